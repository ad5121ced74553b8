// The grids of months, weeks and days: react-big-calendar, given only what it can show.

import { useCallback, useEffect, useMemo, useRef, type RefObject } from "react";
import { Calendar, type SlotInfo } from "react-big-calendar";
import withDragAndDropModule from "react-big-calendar/lib/addons/dragAndDrop";
import { drawnEnd, isLongTimed, toDate, toSeconds } from "../calendar-event";
import { layDay } from "../day-layout";
import type { DrawnItem } from "../day-plan";
import { patternOf } from "../people-colours";
import { isMidnights, type Slot } from "../slot";
import { dateIn, secondsOf } from "../time/clock";
import { useStable } from "../use-stable";
import { dayCount, type Range } from "../visible-range";
import { zoneLocalizer } from "../zone-localizer";
import { LookContext, NO_SLOT, PARTS } from "./calendar-parts";
import type { CalendarProps } from "./calendar-view";
import { eventClass } from "./event-face";
import { shownManager } from "./print-legend";
import { useGridRoles } from "./use-grid-roles";
import { useNowShown } from "./use-now-shown";

interface Props {
  calendar: CalendarProps;
  /** Around the grid. */
  box: RefObject<HTMLDivElement | null>;
  height: number;
  range: Range;
  /** First moments of its days and of the day after, in milliseconds. */
  bounds: number[];
  shown: DrawnItem[];
  /** By day: how many of its events are not drawn. */
  hidden: number[];
}

// The add-on is a CommonJS module: its function may stand one level deeper.
const addOn = withDragAndDropModule as unknown as { default?: typeof withDragAndDropModule };
export const BigCalendar = (addOn.default ?? withDragAndDropModule)<DrawnItem>(Calendar);

const FIRST_HOUR_SHOWN = "07:30";
/** One more than are drawn: what has no room is counted by the page, not by the library. */
const ALL_DAY_ROWS = 4;

export function CalendarGrid({ calendar: props, box, height, range, bounds, shown, hidden }: Props) {
  const { filters, shape, settings, directory, me, zonesVersion } = props;
  const { view, day, zone } = filters;
  // What the library has written is to be written again when one of these changes; at midnight, which day is today.
  const look = `${settings.locale} ${settings.isTwelveHours} ${zonesVersion} ${dateIn(props.now, zone)}`;
  const localizer = useMemo(() => {
    void look;
    const days = view === "month" ? 7 : dayCount(range);
    return zoneLocalizer(zone, { first: () => range.first, days, weekStart: shape.weekStart }, settings.zones);
  }, [zone, look, view, range, shape.weekStart, settings.zones]);
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
  const eventProps = useCallback(
    (item: DrawnItem) => ({
      className: [eventClass(item.resource, me), `pattern-${patternOf(shownManager(item.resource, filters.managers))}`, item.isSliver && "ev-sliver", item.more && `ev-more ${NO_SLOT}`, item.isDraft && "ev-draft", item.piece && `ev-${item.piece}`].filter(Boolean).join(" "),
      style: { "--c": directory.person(shownManager(item.resource, filters.managers)).colour } as React.CSSProperties,
    }),
    [me, filters.managers, directory],
  );
  // Where the grid is loaded already, it is laid out before `box` is known.
  const own = useRef<HTMLDivElement>(null);
  useGridRoles(own, `${view} ${zone}`);
  // A panel that opens takes room: the event stays visible.
  useEffect(() => {
    if (filters.event) box.current?.querySelector(".rbc-selected")?.scrollIntoView({ block: "nearest" });
  }, [box, filters.event, height]);
  const selected = useMemo(() => shown.find((item) => item.resource.id === filters.event && !item.isDraft), [shown, filters.event]);
  const scrollTo = useMemo(() => toDate(secondsOf(range.first, FIRST_HOUR_SHOWN, zone)), [range.first, zone]);
  useNowShown(own, view, range, zone);

  // Drawing the grid again is costly: only when something in it has changed.
  const grid = useMemo(
    () => (
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
        step={30}
        timeslots={2}
        allDayMaxRows={ALL_DAY_ROWS}
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
        draggableAccessor={(item) => !item.more && !item.isDraft && !directory.changeProblem(item.resource)}
        resizableAccessor={(item) => !directory.changeProblem(item.resource)}
      />
    ),
    [localizer, shown, day, view, zone, selected, eventProps, scrollTo, open, change, startNew, move, resize, directory],
  );
  return (
    <LookContext value={context}>
      <div ref={own} className="grid">{grid}</div>
    </LookContext>
  );
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

export function slotOf({ start, end, slots, action }: SlotInfo, view: string, zone: string): Slot {
  const isWhole = view === "month" || slots.length === 0 || isMidnights(start, end, zone);
  if (isWhole) return { start, end, allDay: true };
  return { start, end: action === "click" ? start : end, allDay: false };
}
