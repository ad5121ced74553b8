// Participants as a person edits them, and how two edits of one list go together.

import { ParticipantRole, ParticipantStatus, type ParticipantRow } from "./types.gen";

export type Participant = Pick<ParticipantRow, "manager_id" | "role" | "status">;

export function newParticipant(manager_id: number): Participant {
  return { manager_id, role: ParticipantRole.REQUIRED, status: ParticipantStatus.INVITED };
}

/** Whether two JSON values are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** "7 yes, 2 no, 1 maybe, 31 open". */
export function answersText(participants: Pick<Participant, "status">[]): string {
  const count = (status: ParticipantStatus) => participants.filter((participant) => participant.status === status).length;
  const parts: [number, string][] = [
    [count(ParticipantStatus.ACCEPTED), "yes"],
    [count(ParticipantStatus.DECLINED), "no"],
    [count(ParticipantStatus.TENTATIVE), "maybe"],
    [count(ParticipantStatus.INVITED), "open"],
  ];
  return parts.filter(([number]) => number).map(([number, word]) => `${number} ${word}`).join(", ");
}

/** Their list with the participants that I added or removed, and the roles and answers that I changed. */
export function mergeParticipants(base: Participant[], mine: Participant[], theirs: Participant[]): Participant[] {
  const before = byManager(base);
  const now = byManager(mine);
  const kept = theirs
    .filter((participant) => now.has(participant.manager_id) || !before.has(participant.manager_id))
    .map((participant) => mergeParticipant(before.get(participant.manager_id), now.get(participant.manager_id), participant));
  const there = byManager(theirs);
  const added = mine.filter((participant) => !before.has(participant.manager_id) && !there.has(participant.manager_id));
  return [...kept, ...added];
}

function mergeParticipant(base: Participant | undefined, mine: Participant | undefined, theirs: Participant): Participant {
  if (!base || !mine) return theirs;
  return {
    manager_id: theirs.manager_id,
    role: mine.role === base.role ? theirs.role : mine.role,
    status: mine.status === base.status ? theirs.status : mine.status,
  };
}

function byManager(participants: Participant[]): Map<number, Participant> {
  return new Map(participants.map((participant) => [participant.manager_id, participant]));
}
