// react-big-calendar, given only what it can show.

import { useCallback, useEffect, useMemo, useState } from "react";
import { Calendar, type SlotInfo } from "react-big-calendar";
import withDragAndDropModule from "react-big-calendar/lib/addons/dragAndDrop";
import { drawnEnd, isLongTimed, toDate, toItem, toMonthItem, toPieces, toSeconds, type CalendarItem } from "../calendar-event";
import { layDay } from "../day-layout";
import { rankOf, type DrawnItem } from "../day-plan";
import type { Filters } from "../filters";
import { dateIn, secondsOf, startOfDate, timeIn } from "../time/clock";
import { addDays } from "../time/dates";
import type { Settings } from "../settings";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import { patternOf } from "../people-colours";
import { usePrinting } from "../use-printing";
import { useStable } from "../use-stable";
import { cutGrid, cutRows } from "../view-cut";
import { dayBounds, dayCount, visibleRange, type Shape } from "../visible-range";
import { zoneLocalizer } from "../zone-localizer";
import { AgendaView } from "./agenda-view";
import { LookContext, NO_SLOT, PARTS } from "./calendar-parts";
import { eventClass } from "./event-face";
import { useEventPointer, type Pointed } from "./event-pointer";
import { PrintLegend, shownManager } from "./print-legend";
import { useSize } from "./use-size";

export interface Slot {
  start: Date;
  end: Date;
  allDay: boolean;
  /** Of a desk's day: whose column it is in. */
  place?: Pick<EventRow, "owner_manager_id" | "desk" | "brand">;
}

export interface CalendarProps {
  rows: EventRow[];
  /** Of a new event, drawn where it would stand. */
  draft: EventRow | null;
  filters: Filters;
  shape: Shape;
  settings: Settings;
  /** Unix seconds, a minute exactly: what is current. */
  now: number;
  zonesVersion: string;
  directory: Directory;
  me: number;
  isLoading: boolean;
  /** Why nothing is seen; empty where it is not known. */
  emptyText: string;
  onChange: ChangeFilters;
  onOpen: (row: EventRow) => void;
  onDone: (row: EventRow) => void;
  onNew: (slot: Slot) => void;
  onMove: (item: CalendarItem, start: Date, isAllDayRow: boolean) => void;
  onResize: (item: CalendarItem, start: Date, end: Date) => void;
  onWholeDay: (day: string) => void;
  onMore: (items: CalendarItem[]) => void;
  onPoint: (pointed: Pointed | null) => void;
  onMenu: (row: EventRow, x: number, y: number) => void;
  onNudge: (row: EventRow, key: string, isResize: boolean) => void;
}

// The add-on is a CommonJS module: its function may stand one level deeper.
const addOn = withDragAndDropModule as unknown as { default?: typeof withDragAndDropModule };
export const BigCalendar = (addOn.default ?? withDragAndDropModule)<DrawnItem>(Calendar);

const DAY_HEAD_PX = 30;
const MONTH_HEAD_PX = 30;
const LINE_PX = { normal: 23, compact: 20 };
const LEAST_COLUMN_PX = 58;
/** From this width of a day on, two of its events stand beside each other. */
const TWO_COLUMNS_PX = 90;
/** From this width of a day on, three of those that are done stand beside its events as slivers. */
const WIDE_DAY_PX = 130;
const GUTTER_PX = 60;
const ALL_DAY_ROWS = 3;
const FIRST_HOUR_SHOWN = "07:30";

export function CalendarView(props: CalendarProps) {
  const { rows, draft, filters, shape, settings, directory, me, zonesVersion } = props;
  const { view, day, zone } = filters;
  const [box, { width, height }] = useSize();
  const range = useMemo(() => visibleRange(view, day, shape), [view, day, shape]);
  // What the library has written is to be written again when one of these changes.
  const look = `${settings.locale} ${settings.isTwelveHours} ${zonesVersion}`;
  const localizer = useMemo(() => {
    void look;
    const days = view === "month" ? 7 : dayCount(range);
    return zoneLocalizer(zone, { first: () => range.first, days, weekStart: shape.weekStart }, settings.zones);
  }, [zone, look, view, range, shape.weekStart, settings.zones]);
  const bounds = useMemo(() => (void zonesVersion, dayBounds(range, zone)), [range, zone, zonesVersion]);
  const { shown, hidden } = useCut(props, bounds, width, height);
  const hiddenOn = useCallback((at: Date) => hidden[bounds.indexOf(at.getTime())] ?? 0, [hidden, bounds]);

  const open = useStable((item: DrawnItem) => (item.more ? props.onMore(item.more) : item.isDraft ? undefined : props.onOpen(item.resource)));
  const change = useStable(props.onChange);
  const startNew = useStable((slot: SlotInfo) => props.onNew(slotOf(slot, view, zone)));
  const move = useStable(props.onMove);
  const resize = useStable(props.onResize);
  const showDay = useStable(props.onWholeDay);
  const context = useMemo(
    () => ({ zone, zones: settings.zones, directory, hiddenOn, onWholeDay: showDay, onChange: change }),
    [zone, settings.zones, directory, hiddenOn, showDay, change],
  );
  const pointer = useEventPointer(rows, { onPoint: props.onPoint, onMenu: props.onMenu, onNudge: props.onNudge });
  const eventProps = useCallback(
    (item: DrawnItem) => ({
      className: [eventClass(item.resource, me), `pattern-${patternOf(shownManager(item.resource, filters.managers))}`, item.isSliver && "ev-sliver", item.more && `ev-more ${NO_SLOT}`, item.isDraft && "ev-draft", item.piece && `ev-${item.piece}`].filter(Boolean).join(" "),
      style: { "--c": directory.person(shownManager(item.resource, filters.managers)).colour } as React.CSSProperties,
    }),
    [me, filters.managers, directory],
  );
  // Its row group has no table around it, which screen readers take for a fault.
  useEffect(() => box.current?.querySelector(".rbc-allday-cell")?.setAttribute("role", "table"), [box, view, zone]);
  // A panel that opens takes room: the event stays visible.
  useEffect(() => {
    if (filters.event) box.current?.querySelector(".rbc-selected")?.scrollIntoView({ block: "nearest" });
  }, [box, filters.event, height]);
  const selected = useMemo(() => shown.find((item) => item.resource.id === filters.event && !item.isDraft), [shown, filters.event]);
  const scrollTo = useMemo(() => toDate(secondsOf(range.first, FIRST_HOUR_SHOWN, zone)), [range.first, zone]);

  // Drawing the grid anew is dear: only when something in it has changed.
  const grid = useMemo(
    () =>
      view !== "agenda" && (
        <BigCalendar
          key={zone}
          localizer={localizer}
          events={shown}
          allDayAccessor={(item) => item.allDay || (!item.piece && isLongTimed(item))}
          endAccessor={drawnEnd}
          date={toDate(secondsOf(day, "12:00", zone))}
          view={view === "month" || view === "day" ? view : "week"}
          views={["month", "week", "day"]}
          toolbar={false}
          selectable
          resizable
          showMultiDayTimes
          popup={false}
          doShowMoreDrillDown={false}
          selected={selected}
          step={settings.density === "compact" ? 60 : 30}
          timeslots={settings.density === "compact" ? 1 : 2}
          allDayMaxRows={ALL_DAY_ROWS + 1}
          scrollToTime={scrollTo}
          longPressThreshold={350}
          components={PARTS}
          eventPropGetter={eventProps}
          dayLayoutAlgorithm={layDay as never}
          onView={() => {}}
          onNavigate={(to) => change({ day: dateIn(toSeconds(to), zone) })}
          drilldownView={null}
          onSelectEvent={open}
          onKeyPressEvent={(item, event) => pressed(event as unknown as KeyboardEvent) && open(item)}
          onSelectSlot={startNew}
          onEventDrop={({ event, start, isAllDay }) => move(event, new Date(start), isDroppedAbove(event, isAllDay, view))}
          onEventResize={({ event, start, end }) => resize(event, new Date(start), new Date(end))}
          draggableAccessor={(item) => !item.more && !item.isDraft}
        />
      ),
    [localizer, shown, day, view, zone, settings.density, selected, eventProps, scrollTo, open, change, startNew, move, resize],
  );
  const items = useMemo(() => (view === "agenda" ? (void zonesVersion, rows.map((row) => toItem(row, zone))) : []), [view, rows, zone, zonesVersion]);
  const isPrinting = usePrinting(box);
  return (
    <div ref={box} id="calendar" className="calendar" style={isPrinting ? printedHours(shown, zone) : undefined} data-view={view} data-days={dayCount(range)} data-zones={settings.zones.length} data-loading={props.isLoading} tabIndex={-1} {...pointer}>
      {view === "agenda" ? (
        <AgendaView key={day} items={items} day={day} zone={zone} directory={directory} me={me} isLoading={props.isLoading} emptyText={props.emptyText} onOpen={props.onOpen} onDone={props.onDone} />
      ) : (
        <LookContext value={context}>{grid}</LookContext>
      )}
      {isPrinting && <PrintLegend rows={view === "agenda" ? rows : shown.map((item) => item.resource)} managers={filters.managers} zone={zone} start={(bounds[0] ?? 0) / 1000} directory={directory} />}
      {view !== "agenda" && !shown.length && !draft && !props.isLoading && props.emptyText && (
        <p className="nothing" role="status">{props.emptyText}</p>
      )}
    </div>
  );
}

function useCut({ rows, draft, filters, settings, now, me, zonesVersion }: CalendarProps, bounds: number[], width: number, height: number) {
  const { view, zone } = filters;
  return useMemo((): { shown: DrawnItem[]; hidden: number[] } => {
    void zonesVersion;
    if (view === "agenda") return { shown: [], hidden: [] };
    const days = bounds.length - 1;
    if (view === "month") {
      const row = (height - MONTH_HEAD_PX) / (days / 7) - DAY_HEAD_PX;
      return cutRows(rows.map((one) => toMonthItem(one, zone)), bounds, Math.max(1, Math.floor(row / LINE_PX[settings.density])), 7, (item) => rankOf(item, me, now * 1000));
    }
    const day = (width - GUTTER_PX) / days;
    const columns = Math.max(day < TWO_COLUMNS_PX ? 1 : 2, Math.floor(day / LEAST_COLUMN_PX));
    const drafts: DrawnItem[] = draft ? toPieces(draft, zone).map((item) => ({ ...item, isDraft: true })) : [];
    const items = [...drafts, ...rows.flatMap((one) => toPieces(one, zone))];
    return cutGrid(items, bounds, ALL_DAY_ROWS, { zone, columns, slivers: day < WIDE_DAY_PX ? 1 : 3, me, now: now * 1000 });
  }, [view, rows, draft, bounds, width, height, zone, settings.density, me, now, zonesVersion]);
}

/** Whether it was dropped in the row of all-day events. The grid of hours does not say so; a month keeps what it was. */
function isDroppedAbove(item: DrawnItem, isAllDay: boolean | undefined, view: string): boolean {
  return view === "month" ? item.allDay || isLongTimed(item) : (isAllDay ?? false);
}

export function pressed(event: KeyboardEvent): boolean {
  if ((event.key !== "Enter" && event.key !== " ") || event.altKey || event.ctrlKey || event.metaKey) return false;
  event.preventDefault();
  return true;
}

/** The hours in which a grid has events, for paper: from the first to the last, ten at least. Of all days' wall clocks. */
function printedHours(items: DrawnItem[], zone: string): React.CSSProperties {
  const timed = items.filter((item) => !item.allDay && (item.piece || !isLongTimed(item)));
  const hour = (at: Date) => Number(timeIn(toSeconds(at), zone).slice(0, 2));
  const first = Math.min(9, ...timed.map((item) => hour(item.start)));
  const last = Math.max(first + 9, 17, ...timed.map((item) => (dateIn(toSeconds(item.end), zone) === dateIn(toSeconds(item.start), zone) ? hour(item.end) : 23)));
  return { "--print-first": first, "--print-hours": Math.min(23, last) - first + 1 } as React.CSSProperties;
}

export function slotOf({ start, end, slots, action }: SlotInfo, view: string, zone: string): Slot {
  const isWhole = view === "month" || slots.length === 0 || isMidnights(start, end, zone);
  if (isWhole) return { start, end, allDay: true };
  return { start, end: action === "click" ? start : end, allDay: false };
}

function isMidnights(start: Date, end: Date, zone: string): boolean {
  const isFirst = (date: Date) => startOfDate(dateIn(toSeconds(date), zone), zone) === toSeconds(date);
  return isFirst(start) && isFirst(end) && end > start;
}

/** The minute that it is, as it passes; also after a sleep of the machine and a change of its clock. */
export function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / 60_000) * 60);
  useEffect(() => {
    const look = () => setMinute(Math.floor(Date.now() / 60_000) * 60);
    const timer = setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  }, []);
  return minute;
}

/** Dates of a selection of whole days. */
export function datesOf({ start, end }: Slot, zone: string): { first: string; last: string } {
  const first = dateIn(toSeconds(start), zone);
  const last = dateIn(Math.max(toSeconds(start), toSeconds(end) - 1), zone);
  return { first, last: last < first ? first : addDays(last, 0) };
}
