// Who takes part; a long list is grouped by answers.

import { answersText } from "../participants";
import { ANSWERS, labelOf, ROLES } from "../labels";
import { ParticipantRole, type EventRow, type ParticipantRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { Avatar } from "./avatar";

const FEW = 8;

export function ParticipantList({ row, directory }: { row: EventRow; directory: Directory }) {
  const { participants } = row;
  if (participants.length <= FEW) return <Participants participants={participants} directory={directory} />;
  const owner = participants.filter((participant) => participant.role === ParticipantRole.ORGANIZER);
  const others = participants.filter((participant) => participant.role !== ParticipantRole.ORGANIZER);
  return (
    <>
      <p className="participant-sum">{participants.length} people: {answersText(participants)}</p>
      <Participants participants={owner} directory={directory} />
      {ANSWERS.map(([status, label]) => {
        const group = others.filter((participant) => participant.status === status);
        return group.length > 0 && (
          <details key={status} className="participant-group">
            <summary>{label} · {group.length}</summary>
            <Participants participants={group} directory={directory} />
          </details>
        );
      })}
    </>
  );
}

function Participants({ participants, directory }: { participants: ParticipantRow[]; directory: Directory }) {
  return (
    <ul className="participants">
      {participants.map((participant) => {
        const person = directory.person(participant.manager_id);
        return (
          <li key={participant.manager_id}>
            <Avatar person={person} />
            <span className="participant-name">
              {person.name}
              {participant.role !== ParticipantRole.REQUIRED && <small>{labelOf(ROLES, participant.role)}</small>}
            </span>
            <span className="answer" data-answer={participant.status}>{labelOf(ANSWERS, participant.status)}</span>
          </li>
        );
      })}
    </ul>
  );
}
