// The days ahead as a list; more of it is drawn as one scrolls.

import { DateTime } from "luxon";
import { useEffect, useMemo, useRef, useState } from "react";
import { itemsOfDay, type CalendarItem } from "../calendar-event";
import { labelOf, TYPES } from "../labels";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { AGENDA_DAYS } from "../visible-range";
import { Avatar } from "./avatar";
import { clockTimes, eventClass, Spoken } from "./event-face";
import { Icon, TypeIcon } from "./icon";

interface Props {
  items: CalendarItem[];
  day: string;
  zone: string;
  directory: Directory;
  me: number;
  isLoading: boolean;
  onOpen: (row: EventRow) => void;
}

const FIRST_ROWS = 120;
const MORE_ROWS = 200;

export function AgendaView({ items, day, zone, directory, me, isLoading, onOpen }: Props) {
  const days = useMemo(() => byDay(items, day, zone), [items, day, zone]);
  const [limit, setLimit] = useState(FIRST_ROWS);
  const total = days.reduce((sum, [, rows]) => sum + rows.length, 0);
  const shown = firstRows(days, limit);
  return (
    <div className="agenda">
      {total === 0 && !isLoading && (
        <div className="empty">
          <Icon name="desk" size={28} />
          <p>Nothing in these {AGENDA_DAYS} days.</p>
          <p className="hint">Loosen the filters, or press N for a new event.</p>
        </div>
      )}
      {shown.map(([date, rows]) => (
        <AgendaDay key={date} date={date} items={rows} zone={zone} directory={directory} me={me} onOpen={onOpen} />
      ))}
      {total > limit && <Sentinel onSeen={() => setLimit((count) => count + MORE_ROWS)} key={limit} />}
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

interface DayProps extends Omit<Props, "day" | "isLoading"> {
  date: string;
}

function AgendaDay({ date, items, zone, directory, me, onOpen }: DayProps) {
  const at = DateTime.fromISO(date, { zone });
  const now = DateTime.now().setZone(zone);
  const name = at.hasSame(now, "day") ? "Today" : at.hasSame(now.plus({ days: 1 }), "day") ? "Tomorrow" : at.toFormat("cccc");
  return (
    <section className="agenda-day">
      <h2 data-today={name === "Today"}>
        <span className="agenda-number">{at.day}</span>
        <span>
          {name}
          <small>{at.toFormat("d LLLL")}</small>
        </span>
      </h2>
      <ul>
        {items.map((item) => (
          <li key={item.resource.id}>
            <EventRowButton item={item} zone={zone} directory={directory} me={me} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One event as a row of a list. */
export function EventRowButton({ item, zone, directory, me, onOpen }: Omit<Props, "items" | "day" | "isLoading"> & { item: CalendarItem }) {
  const { resource: row } = item;
  const owner = directory.person(row.owner_manager_id);
  const time = item.allDay ? "All day" : clockTimes(item, zone);
  return (
    <button
      type="button"
      className={`row ${eventClass(row, me)}`}
      style={{ "--c": owner.colour } as React.CSSProperties}
      onClick={() => onOpen(row)}
    >
      <span className="row-time">{time}</span>
      <span className="row-bar" />
      <span className="row-main">
        <span className="ev-title">
          {item.title}
          <Spoken row={row} owner={owner.name} />
        </span>
        <span className="row-more" aria-hidden="true">
          <TypeIcon type={row.type} />
          {labelOf(TYPES, row.type)}
          {row.desk && <span className="row-desk">{directory.deskTitle(row.desk)}</span>}
        </span>
      </span>
      <span className="row-owner" aria-hidden="true">
        <Avatar person={owner} />
        <span className="row-owner-name">{owner.name}</span>
      </span>
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
  const first = DateTime.fromISO(day, { zone });
  const days: [string, CalendarItem[]][] = [];
  const starts = Array.from({ length: AGENDA_DAYS + 1 }, (_, index) => first.plus({ days: index }).toMillis());
  const found = starts.slice(0, -1).map((): CalendarItem[] => []);
  for (const item of items) {
    const from = item.start.getTime();
    const to = Math.max(from, item.end.getTime() - 1);
    if (to < (starts[0] ?? 0) || from >= (starts[AGENDA_DAYS] ?? 0)) continue;
    found.forEach((list, index) => {
      if (from < (starts[index + 1] ?? 0) && to >= (starts[index] ?? 0)) list.push(item);
    });
  }
  found.forEach((list, index) => {
    const there = itemsOfDay(list, starts[index] ?? 0, starts[index + 1] ?? 0);
    if (there.length) days.push([first.plus({ days: index }).toISODate() ?? "", there]);
  });
  return days;
}
