// Names of the wire's numbers, for people.

import { EventStatus, EventType, ParticipantRole, ParticipantStatus, Priority } from "./types.gen";

export const TYPES: [EventType, string][] = [
  [EventType.CALL, "Call"],
  [EventType.MEETING, "Meeting"],
  [EventType.FOLLOW_UP, "Follow-up"],
  [EventType.TASK, "Task"],
  [EventType.REMINDER, "Reminder"],
  [EventType.DEADLINE, "Deadline"],
  [EventType.SYSTEM, "System"],
];

export const STATUSES: [EventStatus, string][] = [
  [EventStatus.OPEN, "Open"],
  [EventStatus.DONE, "Done"],
  [EventStatus.CANCELLED, "Cancelled"],
  [EventStatus.ARCHIVED, "Archived"],
];

export const PRIORITIES: [Priority, string][] = [
  [Priority.LOW, "Low"],
  [Priority.NORMAL, "Normal"],
  [Priority.HIGH, "High"],
  [Priority.URGENT, "Urgent"],
];

export const ROLES: [ParticipantRole, string][] = [
  [ParticipantRole.ORGANIZER, "Organizer"],
  [ParticipantRole.REQUIRED, "Required"],
  [ParticipantRole.OPTIONAL, "Optional"],
];

export const ANSWERS: [ParticipantStatus, string][] = [
  [ParticipantStatus.INVITED, "Invited"],
  [ParticipantStatus.ACCEPTED, "Accepted"],
  [ParticipantStatus.DECLINED, "Declined"],
  [ParticipantStatus.TENTATIVE, "Tentative"],
];

export function labelOf<Value>(list: [Value, string][], value: Value): string {
  return list.find(([known]) => known === value)?.[1] ?? String(value);
}

/** "1 event", "2 events". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** "just now", "4 min ago", "2 h ago", "3 days ago". */
export function sinceText(seconds: number): string {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "a day ago" : `${days} days ago`;
}
