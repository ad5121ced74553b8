// react-big-calendar, given only what it can show. The zone is luxon's default while it draws.

import { DateTime } from "luxon";
import { cloneElement, createContext, use, useCallback, useEffect, useMemo, type ReactElement, type ReactNode } from "react";
import { Calendar, type DateHeaderProps, type EventProps, type EventWrapperProps, type SlotInfo } from "react-big-calendar";
import withDragAndDropModule from "react-big-calendar/lib/addons/dragAndDrop";
import { dateIn, drawnEnd, toSeconds, type CalendarItem } from "../calendar-event";
import { layDay } from "../day-layout";
import type { Filters, ViewName } from "../filters";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import { useStable } from "../use-stable";
import { cutColumns, cutRows } from "../view-cut";
import { dayBounds, visibleRange } from "../visible-range";
import { zoneLocalizer } from "../zone-localizer";
import { AgendaView } from "./agenda-view";
import { EventBlock, EventLine, eventClass } from "./event-face";
import { useSize } from "./use-size";

export interface Slot {
  start: Date;
  end: Date;
  allDay: boolean;
}

interface Props {
  items: CalendarItem[];
  filters: Filters;
  directory: Directory;
  me: number;
  isLoading: boolean;
  onChange: ChangeFilters;
  onOpen: (row: EventRow) => void;
  onNew: (slot: Slot) => void;
  onMove: (item: CalendarItem, start: Date, allDay: boolean) => void;
  onResize: (item: CalendarItem, start: Date, end: Date) => void;
  onWholeDay: (day: string) => void;
}

// The add-on is a CommonJS module: its function may stand one level deeper.
const addOn = withDragAndDropModule as unknown as { default?: typeof withDragAndDropModule };
const BigCalendar = (addOn.default ?? withDragAndDropModule)<CalendarItem>(Calendar);

const DAY_HEAD_PX = 30;
const LINE_PX = 23;
const MONTH_HEAD_PX = 30;
const LEAST_COLUMN_PX = 58;
/** From this width of a day on, two of its events stand beside each other. */
const TWO_COLUMNS_PX = 92;
const GUTTER_PX = 60;
const ALL_DAY_ROWS = 3;
const FIRST_HOUR_SHOWN = 8;

/** A press on what is called so is no press on the slot below it. */
const NO_SLOT = "rbc-show-more";

const FORMATS = {
  timeGutterFormat: "HH:mm",
  dateFormat: "d",
  dayFormat: "ccc d",
  weekdayFormat: "ccc",
  eventTimeRangeFormat: () => "",
  selectRangeFormat: ({ start, end }: { start: Date; end: Date }) =>
    `${DateTime.fromJSDate(start).toFormat("HH:mm")} – ${DateTime.fromJSDate(end).toFormat("HH:mm")}`,
};

export function CalendarView(props: Props) {
  const { items, filters, directory, me, onChange, onOpen, onWholeDay } = props;
  const open = useStable(onOpen);
  const change = useStable(onChange);
  const startNew = useStable(props.onNew);
  const move = useStable(props.onMove);
  const resize = useStable(props.onResize);
  const showDay = useStable(onWholeDay);
  const { view, day, zone } = filters;
  const [box, { width, height }] = useSize();
  const localizer = useMemo(() => zoneLocalizer(zone), [zone]);
  const date = useMemo(() => DateTime.fromISO(day, { zone }).set({ hour: 12 }).toJSDate(), [day, zone]);
  const bounds = useMemo(() => dayBounds(visibleRange(view, day, zone)), [view, day, zone]);
  const { shown, hidden } = useMemo(() => {
    if (view === "agenda") return { shown: [], hidden: [] };
    const days = bounds.length - 1;
    if (view === "month") {
      const row = (height - MONTH_HEAD_PX) / (days / 7) - DAY_HEAD_PX;
      return cutRows(items, bounds, Math.max(1, Math.floor(row / LINE_PX)));
    }
    const day = (width - GUTTER_PX) / days;
    const columns = Math.max(day < TWO_COLUMNS_PX ? 1 : 2, Math.floor(day / LEAST_COLUMN_PX));
    return cutColumns(items, bounds, columns, ALL_DAY_ROWS);
  }, [view, items, bounds, width, height]);
  const hiddenOn = useCallback((at: Date) => hidden[bounds.indexOf(at.getTime())] ?? 0, [hidden, bounds]);

  const look = useMemo(() => ({ zone, directory, hiddenOn, onWholeDay: showDay, onChange: change }), [zone, directory, hiddenOn, showDay, change]);
  const scrollTo = useMemo(() => firstHour(zone), [zone]);

  const eventProps = useCallback(
    (item: CalendarItem) => ({
      className: eventClass(item.resource, me),
      style: { "--c": colourOf(item.resource, filters.managers, directory) } as React.CSSProperties,
    }),
    [me, filters.managers, directory],
  );
  // Its row group has no table around it, which screen readers take for a fault.
  useEffect(() => box.current?.querySelector(".rbc-allday-cell")?.setAttribute("role", "table"), [box, view, zone]);
  const selected = useMemo(() => items.find((item) => item.resource.id === filters.event), [items, filters.event]);

  // Drawing the grid anew is dear: only when something in it has changed.
  const grid = useMemo(
    () => view !== "agenda" && (
        <BigCalendar
          key={zone}
          localizer={localizer}
          events={shown}
          endAccessor={drawnEnd}
          date={date}
          view={view}
          views={["month", "week", "work_week", "day"]}
          toolbar={false}
          selectable
          resizable
          popup={false}
          doShowMoreDrillDown={false}
          selected={selected}
          step={30}
          timeslots={2}
          allDayMaxRows={ALL_DAY_ROWS + 1}
          scrollToTime={scrollTo}
          longPressThreshold={350}
          formats={FORMATS}
          components={PARTS}
          eventPropGetter={eventProps}
          dayLayoutAlgorithm={layDay as never}
          onView={(name) => change({ view: name as ViewName })}
          onNavigate={(to) => change({ day: dateIn(toSeconds(to), zone) })}
          drilldownView={null}
          onSelectEvent={(item) => open(item.resource)}
          onKeyPressEvent={(item, event) => pressed(event as unknown as KeyboardEvent) && open(item.resource)}
          onSelectSlot={(slot) => startNew(slotOf(slot, view))}
          onEventDrop={({ event, start, isAllDay }) => move(event, new Date(start), isAllDay ?? event.allDay)}
          onEventResize={({ event, start, end }) => resize(event, new Date(start), new Date(end))}
          draggableAccessor={() => true}
        />
    ),
    [localizer, shown, date, view, zone, selected, eventProps, scrollTo, open, change, startNew, move, resize],
  );
  return (
    <div ref={box} id="calendar" className="calendar" data-view={view} data-loading={props.isLoading} tabIndex={-1}>
      {view === "agenda" ? (
        <AgendaView key={day} items={items} day={day} zone={zone} directory={directory} me={me} isLoading={props.isLoading} onOpen={onOpen} />
      ) : (
        <LookContext value={look}>{grid}</LookContext>
      )}
      {filters.search && view !== "agenda" && !shown.length && !props.isLoading && (
        <p className="nothing" role="status">
          No title in sight fits “{filters.search}”
        </p>
      )}
    </div>
  );
}

interface Look {
  zone: string;
  directory: Directory;
  hiddenOn: (at: Date) => number;
  onWholeDay: (day: string) => void;
  onChange: ChangeFilters;
}

/** What the parts below need; react-big-calendar draws them, so that they get no props of ours. */
const LookContext = createContext<Look | null>(null);

function useLook(): Look {
  const look = use(LookContext);
  if (!look) throw new Error("drawn outside of the calendar");
  return look;
}

function More({ date }: { date: Date }) {
  const { zone, hiddenOn, onWholeDay } = useLook();
  const count = hiddenOn(date);
  if (!count) return null;
  const day = dateIn(toSeconds(date), zone);
  return (
    <button type="button" className={`more ${NO_SLOT}`} onClick={() => onWholeDay(day)}>
      +{count} <span className="more-word">more</span>
      <span className="visually-hidden">more on {day}</span>
    </button>
  );
}

function DayHead({ date }: { date: Date }) {
  const { zone, onChange } = useLook();
  const at = DateTime.fromJSDate(date, { zone });
  const isToday = at.hasSame(DateTime.now().setZone(zone), "day");
  return (
    <div className="day-head" data-today={isToday}>
      <button type="button" className="day-link" onClick={() => onChange({ view: "day", day: at.toISODate() ?? "" })}>
        <span className="day-name">{at.toFormat("ccc")}</span> <span className="day-number">{at.day}</span>
      </button>
      <More date={date} />
    </div>
  );
}

function MonthDay({ date, isOffRange }: DateHeaderProps) {
  const { zone, onChange } = useLook();
  const at = DateTime.fromJSDate(date, { zone });
  const day = at.toISODate() ?? "";
  return (
    <div className="date-head" data-off={isOffRange}>
      <More date={date} />
      <button type="button" className={`date-link ${NO_SLOT}`} aria-label={at.toFormat("cccc d LLL")} onClick={() => onChange({ view: "day", day })}>
        {at.day === 1 ? at.toFormat("d LLL") : at.day}
      </button>
    </div>
  );
}

function LineFace({ event }: EventProps<CalendarItem>) {
  return <EventLine item={event} {...faceOf(event, useLook())} />;
}

function TimedFace({ event }: EventProps<CalendarItem>) {
  const face = faceOf(event, useLook());
  return event.allDay ? <EventLine item={event} {...face} /> : <EventBlock item={event} {...face} />;
}

const PARTS = {
  eventWrapper: ButtonWrapper,
  weekWrapper: ({ children }: { children?: ReactNode }) => <div role="cell">{children}</div>,
  event: LineFace,
  week: { header: DayHead, event: TimedFace },
  work_week: { header: DayHead, event: TimedFace },
  day: { header: DayHead, event: TimedFace },
  month: {
    header: ({ label }: { label: string }) => <span role="columnheader">{label}</span>,
    dateHeader: MonthDay,
  },
};

function faceOf({ resource }: CalendarItem, { zone, directory }: Look) {
  return { zone, owner: directory.person(resource.owner_manager_id).name };
}

/** Makes what react-big-calendar draws of an event a button; its text is its name. */
function ButtonWrapper({ children }: EventWrapperProps<CalendarItem> & { children?: unknown }): ReactElement {
  const button = { role: "button", tabIndex: 0, title: undefined } as never;
  const outer = children as ReactElement<{ children?: ReactElement }>;
  const inner = outer.props.children;
  return typeof outer.type === "string" || !inner ? cloneElement(outer, button) : cloneElement(outer, {}, cloneElement(inner, button));
}

function pressed(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  event.preventDefault();
  return true;
}

/** The owner's colour; of several managers chosen, one that is chosen. */
export function colourOf(row: EventRow, managers: number[], directory: Directory): string {
  const owner = row.owner_manager_id;
  if (!managers.length || managers.includes(owner)) return directory.person(owner).colour;
  const guest = row.participants.find((one) => managers.includes(one.manager_id));
  return directory.person(guest?.manager_id ?? owner).colour;
}

function slotOf({ start, end, slots, action }: SlotInfo, view: string): Slot {
  const isWhole = view === "month" || slots.length === 0 || isMidnights(start, end);
  const last = !isWhole && action === "click" ? DateTime.fromJSDate(start).plus({ minutes: 30 }).toJSDate() : end;
  return { start, end: last, allDay: isWhole };
}

function isMidnights(start: Date, end: Date): boolean {
  const [from, to] = [DateTime.fromJSDate(start), DateTime.fromJSDate(end)];
  return +from === +from.startOf("day") && +to === +to.startOf("day") && to > from;
}

/** The morning, where the day's grid is scrolled to at first. */
function firstHour(zone: string): Date {
  return DateTime.now().setZone(zone).set({ hour: FIRST_HOUR_SHOWN - 1, minute: 30, second: 0, millisecond: 0 }).toJSDate();
}
