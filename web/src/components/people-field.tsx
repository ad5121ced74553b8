// Owner and participants, chosen by name.

import { useMemo, useState } from "react";
import { newParticipant, type Participant } from "../participants";
import { ANSWERS, labelOf, ROLES } from "../labels";
import { ParticipantRole, type ParticipantRole as Role } from "../types.gen";
import type { Directory } from "../use-directory";
import { Avatar } from "./avatar";
import { Icon } from "./icon";

interface Props {
  participants: Participant[];
  owner: number;
  brand: string;
  /** What is known of a manager at the event's time; empty: nothing. */
  busyText: (manager: number) => string;
  directory: Directory;
  onChange: (participants: Participant[]) => void;
  onOwner: (manager: number) => void;
}

const MOST_OFFERED = 6;

export function PeopleField({ participants, owner, brand, busyText, directory, onChange, onOwner }: Props) {
  const rows = participants.some((participant) => participant.manager_id === owner)
    ? participants
    : [{ ...newParticipant(owner), role: ParticipantRole.ORGANIZER, status: 1 as const }, ...participants];
  const setRole = (id: number, role: Role) => {
    if (role === ParticipantRole.ORGANIZER) onOwner(id);
    else onChange(rows.map((participant) => (participant.manager_id === id ? { ...participant, role } : participant)));
  };
  return (
    <fieldset className="field">
      <legend className="label">Participants</legend>
      <ul className="participants editable">
        {rows.map((participant) => {
          const person = directory.person(participant.manager_id);
          const isOwner = participant.manager_id === owner;
          return (
            <li key={participant.manager_id}>
              <Avatar person={person} />
              <span className="participant-name">
                {person.name}
                <small>
                  {isOwner ? "Organizer" : labelOf(ANSWERS, participant.status)}
                  {busyText(participant.manager_id) && <span className="busy"> · {busyText(participant.manager_id)}</span>}
                </small>
              </span>
              {!isOwner && (
                <>
                  <select className="input small" aria-label={`Role of ${person.name}`} value={participant.role}
                    onChange={(event) => setRole(participant.manager_id, Number(event.target.value) as Role)}>
                    {ROLES.map(([value, label]) => (
                      <option key={value} value={value}>{label}</option>
                    ))}
                  </select>
                  <button type="button" className="icon-button small" aria-label={`Remove ${person.name}`}
                    onClick={() => onChange(rows.filter((one) => one.manager_id !== participant.manager_id))}>
                    <Icon name="close" size={14} />
                  </button>
                </>
              )}
            </li>
          );
        })}
      </ul>
      <AddPerson taken={rows.map((participant) => participant.manager_id)} brand={brand} directory={directory}
        onAdd={(id) => onChange([...rows, newParticipant(id)])} />
    </fieldset>
  );
}

interface AddProps {
  taken: number[];
  brand: string;
  directory: Directory;
  onAdd: (id: number) => void;
}

function AddPerson({ taken, brand, directory, onAdd }: AddProps) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const offered = useMemo(() => {
    const wanted = text.trim().toLocaleLowerCase();
    return directory.people
      .filter((one) => !taken.includes(one.id) && (!one.brand || one.brand === brand))
      .filter((one) => one.name.toLocaleLowerCase().includes(wanted) || String(one.id) === wanted)
      .slice(0, MOST_OFFERED);
  }, [text, taken, brand, directory]);
  const add = (id: number | undefined) => {
    if (id === undefined) return;
    onAdd(id);
    setText("");
    setActive(0);
    setIsOpen(false);
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown" && !isOpen) setIsOpen(true);
    else if (event.key === "ArrowDown") setActive((at) => Math.min(at + 1, offered.length - 1));
    else if (event.key === "ArrowUp") setActive((at) => Math.max(at - 1, 0));
    else if (event.key === "Enter") add(isOpen ? offered[active]?.id : undefined);
    else if (event.key === "Escape" && isOpen) setIsOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <div className="combo">
      <input
        className="input"
        role="combobox"
        aria-label="Add a participant"
        aria-expanded={isOpen}
        aria-controls="people-list"
        aria-activedescendant={isOpen && offered[active] ? `person-${offered[active].id}` : undefined}
        autoComplete="off"
        placeholder="Add by name"
        value={text}
        onFocus={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onChange={(event) => (setText(event.target.value), setActive(0), setIsOpen(true))}
        onKeyDown={onKey}
      />
      {isOpen && offered.length > 0 && (
        <ul className="combo-list" id="people-list" role="listbox" aria-label="Managers">
          {offered.map((one, index) => (
            <li key={one.id} id={`person-${one.id}`} role="option" aria-selected={index === active}
              onMouseDown={(event) => (event.preventDefault(), add(one.id))}>
              <Avatar person={one} size={20} />
              {one.name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
