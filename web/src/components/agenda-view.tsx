// The days ahead as a list; more of it is drawn as one scrolls.

import { useEffect, useMemo, useRef, useState } from "react";
import { itemsOfDay, timesOnDate, type CalendarItem } from "../calendar-event";
import { labelOf, TYPES } from "../labels";
import { dateIn, nowSeconds, startOfDate } from "../time/clock";
import { addDays, datesFrom } from "../time/dates";
import { dateText } from "../time/formats";
import { patternOf } from "../people-colours";
import { EventStatus, type EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { usePrinting } from "../use-printing";
import { AGENDA_DAYS } from "../visible-range";
import { Avatar } from "./avatar";
import { eventClass, PriorityMark, SeriesMark, Spoken, usePicked } from "./event-face";
import { Icon, TypeIcon } from "./icon";

interface ListProps {
  zone: string;
  directory: Directory;
  me: number;
  onOpen: (row: EventRow) => void;
  /** Marks it done; undefined: no circle to do so. */
  onDone?: (row: EventRow) => void;
}

interface Props extends ListProps {
  items: CalendarItem[];
  day: string;
  /** Whether `items` are all that there are. */
  isComplete: boolean;
  emptyText: string;
}

const FIRST_ROWS = 120;
const MORE_ROWS = 200;

export function AgendaView({ items, day, isComplete, emptyText, ...rest }: Props) {
  const days = useMemo(() => byDay(items, day, rest.zone), [items, day, rest.zone]);
  const [limit, setLimit] = useState(FIRST_ROWS);
  const total = days.reduce((sum, [, rows]) => sum + rows.length, 0);
  const isPrinting = usePrinting();
  const shown = firstRows(days, isPrinting ? Infinity : limit);
  return (
    <div className="agenda">
      {total === 0 && isComplete && (
        <div className="empty">
          <Icon name="desk" size={28} />
          <p>{emptyText || `Nothing in these ${AGENDA_DAYS} days.`}</p>
          <p className="hint">Press N for a new event.</p>
        </div>
      )}
      {shown.map(([date, rows]) => (
        <AgendaDay key={date} date={date} items={rows} {...rest} />
      ))}
      {total > limit && !isPrinting && <Sentinel onSeen={() => setLimit((count) => count + MORE_ROWS)} key={limit} />}
    </div>
  );
}

/** The days with at most `limit` rows in all. */
function firstRows(days: [string, CalendarItem[]][], limit: number): [string, CalendarItem[]][] {
  const shown: [string, CalendarItem[]][] = [];
  let room = limit;
  for (const [date, rows] of days) {
    if (room <= 0) break;
    shown.push([date, rows.slice(0, room)]);
    room -= rows.length;
  }
  return shown;
}

function AgendaDay({ date, items, ...rest }: ListProps & { date: string; items: CalendarItem[] }) {
  const today = dateIn(nowSeconds(), rest.zone);
  const name = date === today ? "Today" : date === addDays(today, 1) ? "Tomorrow" : dateText(date, "weekday");
  return (
    <section className="agenda-day">
      <h2 data-today={date === today}>
        <span className="agenda-number">{Number(date.slice(8))}</span>
        <span>
          {name}
          <small>{dateText(date, "dayLongMonth")}</small>
        </span>
      </h2>
      <ul>
        {items.map((item) => (
          <EventRowItem key={item.resource.id} item={item} date={date} {...rest} />
        ))}
      </ul>
    </section>
  );
}

/** One event as a row of a list, on a date. */
export function EventRowItem({ item, date, zone, directory, me, onOpen, onDone }: ListProps & { item: CalendarItem; date: string }) {
  const { resource: row } = item;
  const owner = directory.person(row.owner_manager_id);
  return (
    <li className={`row-item pattern-${patternOf(row.owner_manager_id)}`} data-event={row.id} style={{ "--c": owner.colour } as React.CSSProperties}>
      {onDone && <DoneCircle row={row} problem={directory.changeProblem(row)} onDone={onDone} />}
      <button type="button" className={`row ${eventClass(row, me)}`} data-event={row.id} data-picked={usePicked(row)} onClick={() => onOpen(row)}>
        <span className="row-time" aria-hidden="true">{timesOnDate(item, date, zone)}</span>
        <span className="row-bar" />
        <span className="row-main">
          <span className="ev-title">
            <PriorityMark priority={row.priority} />
            <SeriesMark row={row} />
            {item.title}
            <Spoken row={row} owner={owner.name} zone={zone} />
          </span>
          <span className="row-more" aria-hidden="true">
            <TypeIcon type={row.type} />
            {labelOf(TYPES, row.type)}
            {row.customer_id > 0 && <span className="row-desk">#{row.customer_id}</span>}
            {row.desk && <span className="row-desk">{directory.deskTitle(row.desk)}</span>}
          </span>
        </span>
        <span className="row-owner" aria-hidden="true">
          <Avatar person={owner} />
          <span className="row-owner-name">{owner.name}</span>
        </span>
      </button>
    </li>
  );
}

/** Done from where it is seen. */
export function DoneCircle({ row, problem, onDone }: { row: EventRow; problem: string; onDone: (row: EventRow) => void }) {
  const isDone = row.status === EventStatus.DONE;
  const isUsable = !problem && (isDone || row.status === EventStatus.OPEN);
  const label = `${isDone ? "Reopen" : "Complete"}: ${row.title}`;
  return (
    <button type="button" className="done-circle" aria-label={label} title={problem || (isDone ? "Reopen" : "Complete")} aria-pressed={isDone} disabled={!isUsable} onClick={() => onDone(row)}>
      <Icon name="check" size={10} />
    </button>
  );
}

function Sentinel({ onSeen }: { onSeen: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && onSeen(), { rootMargin: "600px" });
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, [onSeen]);
  return <div ref={element} className="sentinel" />;
}

/** The items by their dates; one of several days stands on each. */
function byDay(items: CalendarItem[], day: string, zone: string): [string, CalendarItem[]][] {
  const dates = datesFrom(day, AGENDA_DAYS);
  const starts = datesFrom(day, AGENDA_DAYS + 1).map((date) => startOfDate(date, zone) * 1000);
  const found = dates.map((): CalendarItem[] => []);
  for (const item of items) {
    const from = item.start.getTime();
    const to = Math.max(from, item.end.getTime() - 1);
    if (to < (starts[0] ?? 0) || from >= (starts[AGENDA_DAYS] ?? 0)) continue;
    found.forEach((list, index) => {
      if (from < (starts[index + 1] ?? 0) && to >= (starts[index] ?? 0)) list.push(item);
    });
  }
  return dates.flatMap((date, index): [string, CalendarItem[]][] => {
    const there = itemsOfDay(found[index] ?? [], starts[index] ?? 0, starts[index + 1] ?? 0);
    return there.length ? [[date, there]] : [];
  });
}
