// How an event looks in the views: icon, time, title, marks.

import { timeIn, toSeconds, type CalendarItem } from "../calendar-event";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "../labels";
import { EventStatus, ParticipantStatus, Priority, type EventRow } from "../types.gen";
import { Icon, TypeIcon } from "./icon";

/** What a screen reader says of an event after time and title. */
export function Spoken({ row, owner }: { row: EventRow; owner: string }) {
  return <span className="visually-hidden">, {spokenRest(row, owner)}</span>;
}

function spokenRest(resource: EventRow, owner: string): string {
  const parts = [labelOf(TYPES, resource.type), owner];
  if (resource.status !== EventStatus.OPEN) parts.push(labelOf(STATUSES, resource.status));
  if (resource.priority >= Priority.HIGH) parts.push(`${labelOf(PRIORITIES, resource.priority)} priority`);
  return parts.join(", ");
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
  item: CalendarItem;
  zone: string;
  owner: string;
}

export function EventLine({ item, zone, owner }: FaceProps) {
  const { resource: row, start, allDay, title } = item;
  return (
    <span className="ev-line">
      <Mark row={row} />
      {!allDay && <span className="ev-time">{timeIn(toSeconds(start), zone)}</span>}
      <span className="ev-title">
        {title}
        <Spoken row={row} owner={owner} />
      </span>
    </span>
  );
}

const SHORT_MS = 40 * 60_000;

export function EventBlock({ item, zone, owner }: FaceProps) {
  const { resource: row, start, end, title } = item;
  const isShort = end.getTime() - start.getTime() < SHORT_MS;
  return (
    <span className="ev-block" data-short={isShort}>
      <span className="ev-title">
        <Mark row={row} />
        {title}
        <Spoken row={row} owner={owner} />
      </span>
      <span className="ev-time">{isShort ? timeIn(toSeconds(start), zone) : clockTimes(item, zone)}</span>
    </span>
  );
}

function Mark({ row }: { row: EventRow }) {
  return (
    <span className="ev-mark">
      {row.status === EventStatus.DONE ? <Icon name="check" size={12} /> : <TypeIcon type={row.type} />}
    </span>
  );
}

/** "10:00 – 10:30"; of an event without length one time. */
export function clockTimes({ start, end }: CalendarItem, zone: string): string {
  const [from, to] = [timeIn(toSeconds(start), zone), timeIn(toSeconds(end), zone)];
  return start.getTime() === end.getTime() ? from : `${from} – ${to}`;
}
