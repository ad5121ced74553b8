// Who takes part; a long list is grouped by answers.

import { answersText } from "../guests";
import { ANSWERS, labelOf, ROLES } from "../labels";
import { ParticipantRole, type EventRow, type ParticipantRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { Avatar } from "./avatar";

const FEW = 8;

export function GuestList({ row, directory }: { row: EventRow; directory: Directory }) {
  const { participants } = row;
  if (participants.length <= FEW) return <Guests guests={participants} directory={directory} />;
  const owner = participants.filter((guest) => guest.role === ParticipantRole.ORGANIZER);
  const others = participants.filter((guest) => guest.role !== ParticipantRole.ORGANIZER);
  return (
    <>
      <p className="guest-sum">{participants.length} people: {answersText(participants)}</p>
      <Guests guests={owner} directory={directory} />
      {ANSWERS.map(([status, label]) => {
        const group = others.filter((guest) => guest.status === status);
        return group.length > 0 && (
          <details key={status} className="guest-group">
            <summary>{label} · {group.length}</summary>
            <Guests guests={group} directory={directory} />
          </details>
        );
      })}
    </>
  );
}

function Guests({ guests, directory }: { guests: ParticipantRow[]; directory: Directory }) {
  return (
    <ul className="guests">
      {guests.map((guest) => {
        const person = directory.person(guest.manager_id);
        return (
          <li key={guest.manager_id}>
            <Avatar person={person} />
            <span className="guest-name">
              {person.name}
              {guest.role !== ParticipantRole.REQUIRED && <small>{labelOf(ROLES, guest.role)}</small>}
            </span>
            <span className="answer" data-answer={guest.status}>{labelOf(ANSWERS, guest.status)}</span>
          </li>
        );
      })}
    </ul>
  );
}
