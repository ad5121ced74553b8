// How an event looks in the views: icon, title, time, marks.

import { useContext } from "react";
import { allDayText, toSeconds } from "../calendar-event";
import type { DrawnItem } from "../day-plan";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "../labels";
import { dateIn } from "../time/clock";
import { clockText, dateText } from "../time/formats";
import { EventStatus, ParticipantStatus, Priority, type EventRow } from "../types.gen";
import { PickedContext } from "../use-selection";
import { Icon, TypeIcon } from "./icon";

/** What a screen reader says of an event after its title: date, start, end, status, owner. */
export function Spoken({ row, owner, zone }: { row: EventRow; owner: string; zone: string }) {
  const isPicked = usePicked(row);
  return <span className="visually-hidden">, {spokenRest(row, owner, zone)}{isPicked && ", selected"}</span>;
}

/** Whether the event is selected; undefined: no, so that it is no attribute. */
export function usePicked(row: EventRow): true | undefined {
  return useContext(PickedContext).has(row.id) || undefined;
}

function spokenRest(row: EventRow, owner: string, zone: string): string {
  const parts = [spokenTime(row, zone), labelOf(TYPES, row.type), labelOf(STATUSES, row.status).toLowerCase(), owner];
  if (row.series_id) parts.push(row.own_fields?.length ? "repeats, differs from its series" : "repeats");
  if (row.priority !== Priority.NORMAL) parts.push(`${labelOf(PRIORITIES, row.priority).toLowerCase()} priority`);
  return parts.join(", ");
}

function spokenTime(row: EventRow, zone: string): string {
  if (row.all_day) return allDayText(row);
  const [first, last] = [dateIn(row.start_time, zone), dateIn(row.end_time, zone)];
  const end = first === last ? "" : `${dateText(last, "day")} `;
  return `${dateText(first, "day")}, ${clockText(row.start_time, zone)} to ${end}${clockText(row.end_time, zone)}`;
}

/** The manager's own answer, where it is still to be given. */
export function isUnanswered(row: EventRow, me: number): boolean {
  if (row.status !== EventStatus.OPEN) return false;
  return row.participants.some((one) => one.manager_id === me && one.status === ParticipantStatus.INVITED);
}

export function eventClass(row: EventRow, me: number): string {
  const names = ["ev"];
  if (row.status === EventStatus.DONE) names.push("ev-done");
  if (row.status === EventStatus.CANCELLED) names.push("ev-cancelled");
  if (row.status === EventStatus.ARCHIVED) names.push("ev-archived");
  if (row.participants.some((one) => one.manager_id === me && one.status === ParticipantStatus.DECLINED)) names.push("ev-declined");
  if (isUnanswered(row, me)) names.push("ev-invited");
  if (row.priority === Priority.URGENT) names.push("ev-urgent");
  return names.join(" ");
}

interface FaceProps {
  item: DrawnItem;
  zone: string;
  owner: string;
}

export function EventLine({ item, zone, owner }: FaceProps) {
  const { resource: row, start, allDay, title } = item;
  return (
    <span className="ev-line" data-event={row.id || undefined} data-picked={usePicked(row)}>
      <Mark row={row} />
      <span className="ev-title">
        {title}
        <Spoken row={row} owner={owner} zone={zone} />
      </span>
      <SeriesMark row={row} />
      {!allDay && <span className="ev-time" aria-hidden="true">{clockText(toSeconds(start), zone)}</span>}
    </span>
  );
}

const SHORT_MS = 40 * 60_000;

export function EventBlock({ item, zone, owner }: FaceProps) {
  const { resource: row, start, end, title, more } = item;
  const isPicked = usePicked(row);
  if (more) return <span className="ev-count">+{more.length}<span className="visually-hidden"> more at {clockText(toSeconds(start), zone)}</span></span>;
  const isShort = end.getTime() - start.getTime() < SHORT_MS;
  return (
    <span className="ev-block" data-short={isShort} data-event={row.id || undefined} data-picked={isPicked}>
      <span className="ev-title">
        <Mark row={row} />
        {title || "New event"}
        <Spoken row={row} owner={owner} zone={zone} />
      </span>
      <span className="ev-time" aria-hidden="true">{isShort ? clockText(toSeconds(start), zone) : pieceTimes(item, zone)}</span>
      <SeriesMark row={row} />
    </span>
  );
}

/** "10:00 – 10:30"; of a night its own part, "22:00 →" and "→ 02:00". */
function pieceTimes({ piece, resource: row }: DrawnItem, zone: string): string {
  const [from, to] = [clockText(row.start_time, zone), clockText(row.end_time, zone)];
  if (piece === "first") return `${from} – ${to}`;
  if (piece === "last") return `until ${to}`;
  return row.start_time === row.end_time ? from : `${from} – ${to}`;
}

const PRIORITY_MARKS: Partial<Record<Priority, string>> = { [Priority.LOW]: "↓", [Priority.HIGH]: "!", [Priority.URGENT]: "!!" };

/** A sign, not only a colour. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const mark = PRIORITY_MARKS[priority];
  return mark ? <span className="ev-priority" data-priority={priority} aria-hidden="true">{mark}</span> : null;
}

/** Of an occurrence; another one where it differs from its series. */
export function SeriesMark({ row }: { row: EventRow }) {
  if (!row.series_id) return null;
  const isOwn = Boolean(row.own_fields?.length);
  return (
    <span className="ev-series" data-own={isOwn} title={isOwn ? "Repeats; this one differs from its series" : "Repeats"} aria-hidden="true">
      <Icon name="repeat" size={11} />
    </span>
  );
}

function Mark({ row }: { row: EventRow }) {
  return (
    <span className="ev-mark">
      {row.status === EventStatus.DONE ? <Icon name="check" size={12} /> : <TypeIcon type={row.type} />}
      {row.status === EventStatus.OPEN && <PriorityMark priority={row.priority} />}
    </span>
  );
}
