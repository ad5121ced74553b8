// react-big-calendar, given only what it can show. The zone is luxon's default while it draws.

import { DateTime } from "luxon";
import { cloneElement, useCallback, useEffect, useMemo, useRef, type ReactElement, type ReactNode } from "react";
import { Calendar, type DateHeaderProps, type EventProps, type EventWrapperProps, type SlotInfo } from "react-big-calendar";
import withDragAndDropModule from "react-big-calendar/lib/addons/dragAndDrop";
import { dateIn, drawnEnd, toSeconds, type CalendarItem } from "../calendar-event";
import { layDay } from "../day-layout";
import type { Filters, ViewName } from "../filters";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
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
  const act = useRef(props);
  act.current = props;
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

  const look = useRef({ zone, directory, hiddenOn, onWholeDay, onChange });
  look.current = { zone, directory, hiddenOn, onWholeDay, onChange };
  const components = useMemo(() => partsOf(look), []);
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
          components={components}
          eventPropGetter={eventProps}
          dayLayoutAlgorithm={layDay as never}
          onView={(name) => act.current.onChange({ view: name as ViewName })}
          onNavigate={(to) => act.current.onChange({ day: dateIn(toSeconds(to), zone) })}
          drilldownView={null}
          onSelectEvent={(item) => act.current.onOpen(item.resource)}
          onKeyPressEvent={(item, event) => pressed(event as unknown as KeyboardEvent) && act.current.onOpen(item.resource)}
          onSelectSlot={(slot) => act.current.onNew(slotOf(slot, view))}
          onEventDrop={({ event, start, isAllDay }) => act.current.onMove(event, new Date(start), isAllDay ?? event.allDay)}
          onEventResize={({ event, start, end }) => act.current.onResize(event, new Date(start), new Date(end))}
          draggableAccessor={() => true}
        />
    ),
    [localizer, shown, date, view, zone, selected, components, eventProps, scrollTo],
  );
  return (
    <div ref={box} id="calendar" className="calendar" data-view={view} data-loading={props.isLoading} tabIndex={-1}>
      {view === "agenda" ? (
        <AgendaView items={items} day={day} zone={zone} directory={directory} me={me} isLoading={props.isLoading} onOpen={onOpen} />
      ) : (
        grid
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
  current: { zone: string; directory: Directory; hiddenOn: (at: Date) => number; onWholeDay: (day: string) => void; onChange: ChangeFilters };
}

/** The parts that we draw. They look the current state up, so that they are made once. */
function partsOf(look: Look) {
  const More = ({ date }: { date: Date }) => {
    const count = look.current.hiddenOn(date);
    if (!count) return null;
    const day = dateIn(toSeconds(date), look.current.zone);
    return (
      <button type="button" className={`more ${NO_SLOT}`} onClick={() => look.current.onWholeDay(day)}>
        +{count} <span className="more-word">more</span>
        <span className="visually-hidden">more on {day}</span>
      </button>
    );
  };
  const DayHead = ({ date }: { date: Date }) => {
    const at = DateTime.fromJSDate(date, { zone: look.current.zone });
    const isToday = at.hasSame(DateTime.now().setZone(look.current.zone), "day");
    return (
      <div className="day-head" data-today={isToday}>
        <button type="button" className="day-link" onClick={() => look.current.onChange({ view: "day", day: at.toISODate() ?? "" })}>
          <span className="day-name">{at.toFormat("ccc")}</span> <span className="day-number">{at.day}</span>
        </button>
        <More date={date} />
      </div>
    );
  };
  return {
    eventWrapper: ButtonWrapper,
    weekWrapper: ({ children }: { children?: ReactNode }) => <div role="cell">{children}</div>,
    event: lineFace(look),
    week: { header: DayHead, event: timedFace(look) },
    work_week: { header: DayHead, event: timedFace(look) },
    day: { header: DayHead, event: timedFace(look) },
    month: {
      header: ({ label }: { label: string }) => <span role="columnheader">{label}</span>,
      dateHeader: ({ date, isOffRange }: DateHeaderProps) => {
        const at = DateTime.fromJSDate(date, { zone: look.current.zone });
        const day = at.toISODate() ?? "";
        return (
          <div className="date-head" data-off={isOffRange}>
            <More date={date} />
            <button type="button" className={`date-link ${NO_SLOT}`} aria-label={at.toFormat("cccc d LLL")} onClick={() => look.current.onChange({ view: "day", day })}>
              {at.day === 1 ? at.toFormat("d LLL") : at.day}
            </button>
          </div>
        );
      },
    },
  };
}

function lineFace(look: Look) {
  return ({ event }: EventProps<CalendarItem>) => <EventLine item={event} {...faceOf(event, look.current)} />;
}

function timedFace(look: Look) {
  return ({ event }: EventProps<CalendarItem>) => {
    const Face = event.allDay ? EventLine : EventBlock;
    return <Face item={event} {...faceOf(event, look.current)} />;
  };
}

function faceOf({ resource }: CalendarItem, { zone, directory }: Look["current"]) {
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
