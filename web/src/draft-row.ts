// A form's event as it would be drawn, before the server has it.

import type { Edit } from "./drafts";
import type { EventRow } from "./types.gen";

export function draftRow({ base, fields }: Edit): EventRow {
  const saved = { id: 0, created_by: 0, updated_by: 0, reminder_sent_time: 0, created_time: 0, updated_time: 0, version: 0 };
  const participants = fields.participants.map((participant) => ({ ...participant, event_id: 0, created_time: 0, updated_time: 0 }));
  return { ...(base ?? saved), ...fields, participants, id: 0, title: fields.title || "New event" } as EventRow;
}
