// Generated from the server's command table by `python -m deskcal.typescript`; not to be edited.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const EventType = {
  TASK: 0,
  REMINDER: 1,
  CALL: 2,
  MEETING: 3,
  FOLLOW_UP: 4,
  DEADLINE: 5,
  SYSTEM: 6,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export const EventStatus = {
  OPEN: 0,
  DONE: 1,
  CANCELLED: 2,
  ARCHIVED: 3,
} as const;
export type EventStatus = (typeof EventStatus)[keyof typeof EventStatus];

export const Priority = {
  LOW: 0,
  NORMAL: 1,
  HIGH: 2,
  URGENT: 3,
} as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

export const ParticipantRole = {
  ORGANIZER: 0,
  REQUIRED: 1,
  OPTIONAL: 2,
} as const;
export type ParticipantRole = (typeof ParticipantRole)[keyof typeof ParticipantRole];

export const ParticipantStatus = {
  INVITED: 0,
  ACCEPTED: 1,
  DECLINED: 2,
  TENTATIVE: 3,
} as const;
export type ParticipantStatus = (typeof ParticipantStatus)[keyof typeof ParticipantStatus];

export const ChangeType = {
  ADDED: 0,
  UPDATED: 1,
  DELETED: 2,
  ARCHIVED: 4,
} as const;
export type ChangeType = (typeof ChangeType)[keyof typeof ChangeType];

export const SessionType = {
  SESSION_USER: 0,
  SESSION_MANAGER: 1,
  SESSION_DEALER: 2,
  SESSION_ADMIN: 3,
  SESSION_SYSTEM: 4,
  SESSION_FIX: 5,
  SESSION_CRM_MANAGER: 10,
  SESSION_CRM_ADMIN: 11,
} as const;
export type SessionType = (typeof SessionType)[keyof typeof SessionType];

export type ErrorCode =
  | "CONFLICT"
  | "FIELD_REQUIRED"
  | "FORBIDDEN"
  | "INTERNAL"
  | "INVALID_FIELD"
  | "INVALID_JSON"
  | "INVALID_REQUEST"
  | "MESSAGE_TOO_LARGE"
  | "NOT_FOUND"
  | "RESYNC_REQUIRED"
  | "TIMEOUT"
  | "TOO_MANY_REQUESTS"
  | "UNAUTHORIZED"
  | "UNAVAILABLE"
  | "UNKNOWN_COMMAND";

export interface EventRow {
  id: number;
  brand: string;
  desk: string;
  owner_manager_id: number;
  created_by: number;
  updated_by: number;
  type: EventType;
  status: EventStatus;
  priority: Priority;
  title: string;
  ast_json: Json;
  start_time: number;
  end_time: number;
  all_day: number;
  timezone: string;
  remind_time: number;
  remind_before_sec: number;
  reminder_sent_time: number;
  customer_id: number;
  lead_id: number;
  login: number;
  created_time: number;
  updated_time: number;
  version: number;
  participants: ParticipantRow[];
}

export interface ParticipantRow {
  event_id: number;
  manager_id: number;
  role: ParticipantRole;
  status: ParticipantStatus;
  created_time: number;
  updated_time: number;
}

export interface Ack {
  token: string;
}

export interface AddEvent {
  brand?: string | null;
  desk?: string | null;
  owner_manager_id?: number | null;
  created_by?: number | null;
  type?: EventType | null;
  status?: EventStatus | null;
  priority?: Priority | null;
  title?: string | null;
  ast_json?: Json;
  start_time?: number | null;
  end_time?: number | null;
  all_day?: number | null;
  timezone?: string | null;
  remind_time?: number | null;
  remind_before_sec?: number | null;
  customer_id?: number | null;
  lead_id?: number | null;
  login?: number | null;
  participants?: ParticipantFields[] | null;
  participant_manager_ids?: number[] | null;
  idempotency_key?: string | null;
}

export interface ParticipantFields {
  manager_id: number;
  role?: ParticipantRole | null;
  status?: ParticipantStatus | null;
  created_time?: number | null;
  updated_time?: number | null;
}

export interface EventVersion {
  id: number;
  if_version?: number | null;
}

export interface FindSlots {
  manager_ids: number[];
  from: number;
  to: number;
  duration_sec: number;
  step_sec?: number;
  limit?: number;
  hours?: WorkingHours | null;
}

export interface WorkingHours {
  start: string;
  end: string;
  timezone: string;
  weekdays: number[];
}

export interface GetChanges {
  deskFilter: string;
  manager_id?: number | null;
  brand?: string | null;
  customer_id?: number | null;
  lead_id?: number | null;
  login?: number | null;
  status?: EventStatus | EventStatus[] | null;
  type?: EventType | EventType[] | null;
  since?: number | null;
  limit?: number;
}

export interface GetDirectory {
  deskFilter: string;
  brand?: string | null;
}

export interface EventId {
  id: number;
}

export interface GetHistory {
  id: number;
  since?: number | null;
  limit?: number;
}

export interface GetEventsByFilter {
  deskFilter: string;
  manager_id?: number | null;
  brand?: string | null;
  customer_id?: number | null;
  lead_id?: number | null;
  login?: number | null;
  status?: EventStatus | EventStatus[] | null;
  type?: EventType | EventType[] | null;
  from: number;
  to: number;
  limit: number;
  offset: number;
}

export interface GetFreeBusy {
  manager_ids: number[];
  from: number;
  to: number;
}

export interface Respond {
  id: number;
  if_version?: number | null;
  status: number;
}

export interface Snooze {
  token: string;
  until: number;
}

export interface UpdateEvent {
  id: number;
  brand?: string | null;
  desk?: string | null;
  owner_manager_id?: number | null;
  created_by?: number | null;
  type?: EventType | null;
  status?: EventStatus | null;
  priority?: Priority | null;
  title?: string | null;
  ast_json?: Json;
  start_time?: number | null;
  end_time?: number | null;
  all_day?: number | null;
  timezone?: string | null;
  remind_time?: number | null;
  remind_before_sec?: number | null;
  customer_id?: number | null;
  lead_id?: number | null;
  login?: number | null;
  participants?: ParticipantFields[] | null;
  participant_manager_ids?: number[] | null;
  if_version?: number | null;
}

export interface Nothing {
}

export interface Subscription {
  chanels?: string[];
  channels?: string[];
  since?: number | null;
}

export interface Channels {
  chanels?: string[];
  channels?: string[];
}

export interface Commands {
  /** Marks a reminder read, on all of the manager's connections. */
  MngAckCalendarReminder: { data: Ack; answer: unknown };
  /** Creates an event; its owner becomes the organizer among its participants. */
  MngAddCalendarEvent: { data: AddEvent; answer: { event: EventRow } };
  /** Sets the status to 3 (archived); a second time changes nothing. */
  MngArchiveCalendarEvent: { data: EventVersion; answer: { event: EventRow } };
  /** Sets the status to 1 (done); a second time changes nothing. */
  MngCompleteCalendarEvent: { data: EventVersion; answer: { event: EventRow } };
  /** Removes an event and its participants; its history stays. */
  MngDeleteCalendarEvent: { data: EventVersion; answer: unknown };
  /** The earliest times at which all of these managers are free, or the fewest are busy. */
  MngFindCalendarSlots: { data: FindSlots; answer: unknown };
  /** What changed after a cursor, in order, and the cursor to go on from. */
  MngGetCalendarChanges: { data: GetChanges; answer: unknown };
  /** Managers and desks that the session may see, by name. */
  MngGetCalendarDirectory: { data: GetDirectory; answer: unknown };
  /** One event. */
  MngGetCalendarEvent: { data: EventId; answer: { event: EventRow } };
  /** Who changed what, when, from what to what; also of a deleted event. */
  MngGetCalendarEventHistory: { data: GetHistory; answer: unknown };
  /** The events that overlap a range, by start_time, then id, and how many there are in all. */
  MngGetCalendarEventsByFilter: { data: GetEventsByFilter; answer: unknown };
  /** When each of these managers is busy, without saying with what. */
  MngGetCalendarFreeBusy: { data: GetFreeBusy; answer: unknown };
  /** Sets the caller's own participant status and touches nobody else's. */
  MngRespondCalendarEvent: { data: Respond; answer: { event: EventRow } };
  /** Marks a reminder read and fires it again at `until`, for this manager alone. */
  MngSnoozeCalendarReminder: { data: Snooze; answer: unknown };
  /** Changes the fields that are sent; `status` 2 cancels. */
  MngUpdateCalendarEvent: { data: UpdateEvent; answer: { event: EventRow } };
  /** The server's time; needs no token, but one that is sent is checked. */
  Ping: { data: Nothing; answer: unknown };
  /** Adds channels to this connection; names that are none of ours stay silent. */
  Subscribe: { data: Subscription; answer: unknown };
  /** Takes channels from this connection. */
  Unsubscribe: { data: Channels; answer: unknown };
}
