// An event to read, with what can be done to it in one click.

import { DateTime } from "luxon";
import type { ReactNode } from "react";
import { meetLink, readAst } from "../ast/ast-tree";
import { AstView } from "../ast/ast-view";
import { allDayDates, dateIn, timeIn, toDate } from "../calendar-event";
import { ANSWERS, labelOf, PRIORITIES, ROLES, STATUSES, TYPES } from "../labels";
import { beforeLabel, reminderChoice } from "../reminder-choice";
import type { Session } from "../session";
import { EventStatus, ParticipantRole, ParticipantStatus, Priority, type EventRow } from "../types.gen";
import type { Actions } from "../actions";
import type { Directory } from "../use-directory";
import { Avatar } from "./avatar";
import { Icon, TypeIcon, type IconName } from "./icon";
import { zoneOffset } from "./zone-picker";

interface Props {
  row: EventRow;
  zone: string;
  session: Session;
  directory: Directory;
  actions: Actions;
  onEdit: () => void;
  onClose: () => void;
}

export function EventDetails({ row, zone, session, directory, actions, onEdit, onClose }: Props) {
  const isOpen = row.status === EventStatus.OPEN;
  const meet = meetLink(readAst(row.ast_json));
  const remove = async () => (await actions.remove(row)) && onClose();
  const owner = directory.person(row.owner_manager_id);
  return (
    <div className="panel-box">
      <header className="panel-head" style={{ "--c": owner.colour } as React.CSSProperties}>
        <div className="panel-tools">
          <span className="kind">
            <TypeIcon type={row.type} size={14} />
            {labelOf(TYPES, row.type)}
          </span>
          {!isOpen && <span className="badge" data-status={row.status}>{labelOf(STATUSES, row.status)}</span>}
          {row.priority !== Priority.NORMAL && <span className="badge" data-priority={row.priority}>{labelOf(PRIORITIES, row.priority)}</span>}
          <span className="spring" />
          <Tool icon="edit" label="Edit" onClick={onEdit} />
          <Tool icon="archive" label="Archive" disabled={row.status === EventStatus.ARCHIVED} onClick={() => actions.setStatus(row, EventStatus.ARCHIVED)} />
          <Tool icon="trash" label="Delete" onClick={() => void remove()} />
          <Tool icon="close" label="Close" onClick={onClose} />
        </div>
        <h2 tabIndex={-1} data-first className={row.status === EventStatus.CANCELLED ? "struck" : undefined}>
          {row.title}
        </h2>
        <div className="panel-actions">
          {meet && isOpen && (
            <a className="button primary" href={meet} target="_blank" rel="noopener noreferrer nofollow">
              <Icon name="video" />
              Join
            </a>
          )}
          {isOpen ? (
            <>
              <button type="button" className="button" onClick={() => actions.setStatus(row, EventStatus.DONE)}>
                <Icon name="check" />
                Complete
              </button>
              <button type="button" className="button" onClick={() => actions.setStatus(row, EventStatus.CANCELLED)}>
                <Icon name="ban" />
                Cancel event
              </button>
            </>
          ) : (
            <button type="button" className="button" onClick={() => actions.setStatus(row, EventStatus.OPEN)}>
              <Icon name="undo" />
              Reopen
            </button>
          )}
        </div>
      </header>
      <div className="panel-body">
        <Answer row={row} me={session.id} onAnswer={(status) => actions.answer(row, status)} />
        <Line icon="clock" label="When">
          <When row={row} zone={zone} />
        </Line>
        <Line icon="people" label="Participants">
          <ul className="guests">
            {row.participants.map((guest) => {
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
        </Line>
        {row.ast_json !== null && (
          <Line icon="text" label="Notes">
            <AstView ast={row.ast_json} />
          </Line>
        )}
        <Links row={row} />
        <Line icon="bell" label="Reminder">
          {reminderText(row, zone)}
        </Line>
        <Line icon="desk" label="Desk and brand">
          {row.desk ? directory.deskTitle(row.desk) : "No desk"} <span className="faint">· {row.brand}</span>
        </Line>
        <p className="trace">
          Created by {directory.person(row.created_by).name}, {stamp(row.created_time, zone)}
          {row.updated_by > 0 && ` · changed by ${directory.person(row.updated_by).name}, ${stamp(row.updated_time, zone)}`}
        </p>
      </div>
    </div>
  );
}

function Tool({ icon, label, disabled, onClick }: { icon: IconName; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Line({ icon, label, children }: { icon: IconName; label: string; children: ReactNode }) {
  return (
    <section className="line" aria-label={label}>
      <span className="line-icon" title={label}>
        <Icon name={icon} />
      </span>
      <div className="line-body">{children}</div>
    </section>
  );
}

const REPLIES: [ParticipantStatus, string][] = [
  [ParticipantStatus.ACCEPTED, "Yes"],
  [ParticipantStatus.TENTATIVE, "Maybe"],
  [ParticipantStatus.DECLINED, "No"],
];

/** The manager's own answer, for a guest. */
function Answer({ row, me, onAnswer }: { row: EventRow; me: number; onAnswer: (status: number) => void }) {
  const own = row.participants.find((guest) => guest.manager_id === me);
  if (!own || own.role === ParticipantRole.ORGANIZER || row.status !== EventStatus.OPEN) return null;
  return (
    <div className="reply">
      <span>Will you take part?</span>
      <div className="segments" role="group" aria-label="Your answer">
        {REPLIES.map(([status, label]) => (
          <button key={status} type="button" aria-pressed={own.status === status} onClick={() => onAnswer(status)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

function When({ row, zone }: { row: EventRow; zone: string }) {
  if (row.all_day) {
    const { first, last } = allDayDates(row);
    return <>{first === last ? `${longDate(first)}, all day` : `${longDate(first)} – ${longDate(last)}, all day`}</>;
  }
  const [first, last] = [dateIn(row.start_time, zone), dateIn(row.end_time, zone)];
  const [from, to] = [timeIn(row.start_time, zone), timeIn(row.end_time, zone)];
  return (
    <>
      {first === last ? `${longDate(first)}, ${from === to ? from : `${from} – ${to}`}` : `${longDate(first)} ${from} – ${longDate(last)} ${to}`}
      <span className="faint">
        {" "}
        · {zone.replace(/_/g, " ")} ({zoneOffset(zone)})
      </span>
    </>
  );
}

function Links({ row }: { row: EventRow }) {
  const links = [
    ["Customer", row.customer_id],
    ["Lead", row.lead_id],
    ["Login", row.login],
  ].filter(([, id]) => id);
  if (!links.length) return null;
  return (
    <Line icon="tag" label="Links">
      <ul className="links">
        {links.map(([label, id]) => (
          <li key={label} className="link-chip">
            <span>{label}</span> {id}
          </li>
        ))}
      </ul>
    </Line>
  );
}

function reminderText(row: EventRow, zone: string): string {
  const choice = reminderChoice(row);
  const sent = row.reminder_sent_time ? `, sent ${stamp(row.reminder_sent_time, zone)}` : "";
  if (choice === "none") return "No reminder";
  if (choice === "start") return `At the start${sent}`;
  if (choice === "time") return `${stamp(row.remind_time, zone)}${sent}`;
  return beforeLabel(choice) + sent;
}

function longDate(date: string): string {
  return DateTime.fromISO(date, { zone: "utc" }).toFormat("ccc d LLL yyyy");
}

function stamp(seconds: number, zone: string): string {
  return DateTime.fromJSDate(toDate(seconds), { zone }).toFormat("d LLL yyyy, HH:mm");
}
