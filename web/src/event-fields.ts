// What a person edits of an event: from a row or a slot, and as the data of a create or an update.

import { isSame, mergeParticipants, type Participant } from "./participants";
import type { AddEvent, EventRow, UpdateEvent } from "./types.gen";

const SEED_NAMES = [
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

/** Keys that an event has only while they differ from these defaults. Source: contract, section 12. */
const DEFAULTS = {
  location: "",
  show_as: null as number | null,
  customer_timezone: "",
  pool_after_sec: 0,
};

type SeedName = (typeof SEED_NAMES)[number];
type MoreName = keyof typeof DEFAULTS;
const MORE_NAMES = Object.keys(DEFAULTS) as MoreName[];
const NAMES: readonly FieldName[] = [...SEED_NAMES, ...MORE_NAMES];

export type FieldName = SeedName | MoreName;
export type Fields = Pick<EventRow, SeedName> & typeof DEFAULTS & {
  participants: Participant[];
  /** A new recurrence rule; empty: it does not repeat (any more); undefined: as it is. */
  rrule?: string;
};

export function fieldsOf(row: EventRow): Fields {
  const fields = { ...pick(row, SEED_NAMES), ...DEFAULTS, ...definedOf(pick(row, MORE_NAMES)) };
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
    ...DEFAULTS,
    ...given,
  };
}

/** The data that creates an event; without participants the server adds the owner alone. */
export function createData(fields: Fields, key: string): AddEvent {
  const { rrule, ...rest } = fields;
  const usual = MORE_NAMES.filter((name) => rest[name] === DEFAULTS[name]);
  for (const name of usual) delete (rest as Partial<Fields>)[name];
  return { ...rest, title: fields.title.trim(), idempotency_key: key, ...(rrule && { recurrence: { rrule } }) };
}

/** Only what differs between two states, as the data of an update. */
export function changedFields(base: Fields, mine: Fields): Omit<UpdateEvent, "id"> {
  const changed = NAMES.filter((name) => isChanged(base, mine, name));
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
    if (!isChanged(base, mine, name)) continue;
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

/** Whether `mine` says otherwise; a draft of an earlier page lacks the newer names. */
function isChanged(base: Fields, mine: Fields, name: FieldName): boolean {
  return mine[name] !== undefined && !isSame(base[name], mine[name]);
}

function pick<From, Name extends keyof From>(from: From, names: readonly Name[]): Pick<From, Name> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<From, Name>;
}

/** Without the keys that are absent. */
function definedOf(from: Pick<EventRow, MoreName>): Partial<typeof DEFAULTS> {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined));
}
