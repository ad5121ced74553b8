// Participants as a person edits them, and how two edits of one list go together.

import { ParticipantRole, ParticipantStatus, type ParticipantRow } from "./types.gen";

export type Guest = Pick<ParticipantRow, "manager_id" | "role" | "status">;

export function newGuest(manager_id: number): Guest {
  return { manager_id, role: ParticipantRole.REQUIRED, status: ParticipantStatus.INVITED };
}

/** Whether two JSON values are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** "7 yes, 2 no, 1 maybe, 31 open". */
export function answersText(guests: Pick<Guest, "status">[]): string {
  const count = (status: ParticipantStatus) => guests.filter((guest) => guest.status === status).length;
  const parts: [number, string][] = [
    [count(ParticipantStatus.ACCEPTED), "yes"],
    [count(ParticipantStatus.DECLINED), "no"],
    [count(ParticipantStatus.TENTATIVE), "maybe"],
    [count(ParticipantStatus.INVITED), "open"],
  ];
  return parts.filter(([number]) => number).map(([number, word]) => `${number} ${word}`).join(", ");
}

/** Their list with the guests that I added or removed, and the roles and answers that I changed. */
export function mergeParticipants(base: Guest[], mine: Guest[], theirs: Guest[]): Guest[] {
  const before = byManager(base);
  const now = byManager(mine);
  const kept = theirs
    .filter((guest) => now.has(guest.manager_id) || !before.has(guest.manager_id))
    .map((guest) => mergeGuest(before.get(guest.manager_id), now.get(guest.manager_id), guest));
  const there = byManager(theirs);
  const added = mine.filter((guest) => !before.has(guest.manager_id) && !there.has(guest.manager_id));
  return [...kept, ...added];
}

function mergeGuest(base: Guest | undefined, mine: Guest | undefined, theirs: Guest): Guest {
  if (!base || !mine) return theirs;
  return {
    manager_id: theirs.manager_id,
    role: mine.role === base.role ? theirs.role : mine.role,
    status: mine.status === base.status ? theirs.status : mine.status,
  };
}

function byManager(guests: Guest[]): Map<number, Guest> {
  return new Map(guests.map((guest) => [guest.manager_id, guest]));
}
