// What a person edits of an event: from a row or a slot, and as the data of a create or an update.

import { isSame, mergeParticipants, type Guest } from "./guests";
import type { AddEvent, EventRow, UpdateEvent } from "./types.gen";

const NAMES = [
  "brand",
  "desk",
  "owner_manager_id",
  "type",
  "status",
  "priority",
  "title",
  "ast_json",
  "start_time",
  "end_time",
  "all_day",
  "timezone",
  "remind_time",
  "remind_before_sec",
  "customer_id",
  "lead_id",
  "login",
] as const;

export type FieldName = (typeof NAMES)[number];
export type Fields = Pick<EventRow, FieldName> & {
  participants: Guest[];
  /** A new recurrence rule; empty: it does not repeat (any more); undefined: as it is. */
  rrule?: string;
};

export function fieldsOf(row: EventRow): Fields {
  const fields = pick(row, NAMES) as Pick<EventRow, FieldName>;
  const participants = row.participants.map(({ manager_id, role, status }) => ({ manager_id, role, status }));
  return { ...fields, participants };
}

export function newFields(given: Partial<Fields> & Pick<Fields, "start_time" | "end_time" | "timezone">): Fields {
  return {
    brand: "default",
    desk: "",
    owner_manager_id: 0,
    type: 0,
    status: 0,
    priority: 1,
    title: "",
    ast_json: null,
    all_day: 0,
    remind_time: 0,
    remind_before_sec: 0,
    customer_id: 0,
    lead_id: 0,
    login: 0,
    participants: [],
    ...given,
  };
}

/** The data that creates an event; without participants the server adds the owner alone. */
export function createData(fields: Fields, key: string): AddEvent {
  const { rrule, ...rest } = fields;
  return { ...rest, title: fields.title.trim(), idempotency_key: key, ...(rrule && { recurrence: { rrule } }) };
}

/** Only what differs between two states, as the data of an update. */
export function changedFields(base: Fields, mine: Fields): Omit<UpdateEvent, "id"> {
  const changed = NAMES.filter((name) => !isSame(base[name], mine[name]));
  const data: Omit<UpdateEvent, "id"> = pick(mine, changed);
  if (!isSame(base.participants, mine.participants)) data.participants = mine.participants;
  if (mine.rrule !== undefined) data.recurrence = mine.rrule ? { rrule: mine.rrule } : null;
  return data;
}

export interface Merged {
  /** Their version with what I changed and they did not. */
  fields: Fields;
  /** What both changed, differently. */
  collisions: FieldName[];
}

const TIMES: FieldName[] = ["start_time", "end_time", "all_day"];

/** Puts my changes to `base` on top of theirs. Start, end and all-day go together. */
export function mergeFields(base: Fields, mine: Fields, theirs: Fields): Merged {
  const fields: Fields = { ...theirs, ...(mine.rrule !== undefined && { rrule: mine.rrule }) };
  const collisions = new Set<FieldName>();
  for (const name of NAMES) {
    if (isSame(base[name], mine[name])) continue;
    if (!isSame(base[name], theirs[name]) && !isSame(mine[name], theirs[name])) collisions.add(name);
    else Object.assign(fields, { [name]: mine[name] });
  }
  const movedBy = (side: Fields) => TIMES.some((name) => !isSame(base[name], side[name]));
  const sameTimes = TIMES.every((name) => isSame(mine[name], theirs[name]));
  if (movedBy(mine) && movedBy(theirs) && !sameTimes) {
    collisions.add("start_time");
    Object.assign(fields, pick(theirs, TIMES));
  }
  fields.participants = mergeParticipants(base.participants, mine.participants, theirs.participants);
  return { fields, collisions: [...collisions].filter((name) => name !== "end_time" && name !== "all_day") };
}

/** `fields` with my value for each field named. */
export function withMine(fields: Fields, mine: Fields, names: FieldName[]): Fields {
  const wanted = names.includes("start_time") ? [...names, ...TIMES] : names;
  return { ...fields, ...pick(mine, wanted) };
}

function pick<Name extends FieldName>(from: Pick<EventRow, Name>, names: readonly Name[]): Pick<EventRow, Name> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<EventRow, Name>;
}
