import type { EventRow } from "../src/types.gen";

/** An event with what matters named, everything else plain. */
export function makeRow(fields: Partial<EventRow>): EventRow {
  return {
    id: 1, brand: "default", desk: "DESK_A", owner_manager_id: 10, created_by: 10, updated_by: 0,
    type: 0, status: 0, priority: 1, title: "Title", ast_json: null,
    start_time: 1_710_000_000, end_time: 1_710_003_600, all_day: 0, timezone: "UTC",
    remind_time: 0, remind_before_sec: 0, reminder_sent_time: 0, customer_id: 0, lead_id: 0, login: 0,
    created_time: 1, updated_time: 1, version: 1,
    participants: [{ event_id: 1, manager_id: 10, role: 0, status: 1, created_time: 1, updated_time: 1 }],
    ...fields,
  };
}
