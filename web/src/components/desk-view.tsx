// "The desk": one day of a desk for its lead, a column for each manager, with drag between columns.

import { createContext, use, useCallback, useMemo } from "react";
import type { SlotInfo } from "react-big-calendar";
import type { Api } from "../api";
import { drawnEnd, isLongTimed, toDate, toSeconds, type CalendarItem } from "../calendar-event";
import { layDay } from "../day-layout";
import type { DrawnItem } from "../day-plan";
import { chosenDesk, columnItems, cutColumns, deskColumns, deskLists, type DeskColumn } from "../desk-day";
import type { Filters } from "../filters";
import { dateIn, secondsOf } from "../time/clock";
import type { Settings } from "../settings";
import type { Slot } from "../slot";
import { EventStatus, type EventRow } from "../types.gen";
import { useDeskSummary, type DeskSummary } from "../use-desk-summary";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import { useStable } from "../use-stable";
import { dayBounds } from "../visible-range";
import type { Reminder } from "../wire";
import { zoneLocalizer } from "../zone-localizer";
import { Avatar } from "./avatar";
import { BigCalendar, pressed, slotOf } from "./calendar-grid";
import { LookContext, NO_SLOT, PARTS } from "./calendar-parts";
import { DeskSide, DeskTotals } from "./desk-side";
import { eventClass } from "./event-face";
import { useGridRoles } from "./use-grid-roles";
import { useNowShown } from "./use-now-shown";
import { useSize } from "./use-size";

interface Props {
  rows: EventRow[];
  filters: Filters;
  settings: Settings;
  now: number;
  zonesVersion: string;
  directory: Directory;
  me: number;
  api: Api;
  /** Whether `rows` are all that there are. */
  isComplete: boolean;
  escalations: Reminder[];
  onChange: ChangeFilters;
  onOpen: (row: EventRow) => void;
  onNew: (slot: Slot) => void;
  onMore: (items: CalendarItem[]) => void;
  /** `owner`: whose column it was dropped in. */
  onMove: (item: CalendarItem, start: Date, isAllDayRow: boolean, owner: number) => void;
  onResize: (item: CalendarItem, start: Date, end: Date) => void;
}

const GUTTER_PX = 60;
const LEAST_COLUMN_PX = 128;
const FIRST_HOUR_SHOWN = "07:30";
const DAY_PARTS = { ...PARTS, resourceHeader: ColumnHead };

interface Head {
  open: number;
  done: number;
  late: number;
}

interface Heads {
  directory: Directory;
  /** null: not known (yet). */
  headOf: (manager: number) => Head | null;
  /** What the manager has claimed now. */
  claimOf: (manager: number) => EventRow | undefined;
}

const HeadContext = createContext<Heads | null>(null);

export function DeskView({ rows, filters, settings, now, zonesVersion, directory, me, api, isComplete, escalations, onChange, onOpen, onNew, onMore, onMove, onResize }: Props) {
  const { day, zone, brand } = filters;
  const desk = chosenDesk(filters.desk, directory, me);
  const [box, { width }] = useSize();
  const bounds = useMemo(() => (void zonesVersion, dayBounds({ first: day, last: day }, zone)), [day, zone, zonesVersion]);
  const here = useMemo(() => rows.filter((row) => row.desk === desk && row.status !== EventStatus.ARCHIVED), [rows, desk]);
  const lists = useMemo(() => deskLists(here, desk, now), [here, desk, now]);
  const today = useMemo(() => here.filter((row) => row.start_time * 1000 < (bounds[1] ?? 0) && row.end_time * 1000 >= (bounds[0] ?? 0)), [here, bounds]);
  const owners = JSON.stringify([...new Set(today.map((row) => row.owner_manager_id))].sort((a, b) => a - b));
  const columns = useMemo(() => deskColumns(desk, directory, JSON.parse(owners) as number[]), [desk, directory, owners]);
  const summary = useDeskSummary(api, here, lists.overdue.length, desk, brand, (bounds[0] ?? 0) / 1000, (bounds[1] ?? 0) / 1000);
  const columnPx = Math.max(LEAST_COLUMN_PX, (width - GUTTER_PX) / Math.max(1, columns.length));
  const shown = useMemo(
    () => cutColumns(columnItems(today, columns, zone), bounds, columnPx, { zone, me, now: now * 1000 }),
    [today, columns, zone, bounds, columnPx, me, now],
  );
  useNowShown(box, "desk", { first: day, last: day }, zone);
  useGridRoles(box, `${zone} ${columns.map(({ id }) => id).join(" ")}`);
  const heads = useMemo(() => headsOf(directory, summary, lists.claimed, now), [directory, summary, lists.claimed, now]);
  return (
    <HeadContext value={heads}>
      <div className="desk-view">
        <DeskTotals desk={desk} brand={brand} directory={directory} summary={summary} lists={lists} isComplete={isComplete} onDesk={(code) => onChange({ desk: code })} />
        <div className="desk-body">
          <div ref={box} className="desk-grid">
            <div className="desk-columns" style={{ minWidth: GUTTER_PX + columns.length * LEAST_COLUMN_PX }}>
              <Grid {...{ desk, shown, columns, day, zone, zonesVersion, settings, directory, me, chosen: filters.event, onChange, onOpen, onNew, onMore, onMove, onResize }} />
            </div>
          </div>
          <DeskSide lists={lists} isComplete={isComplete} escalations={escalations} now={now} zone={zone} directory={directory} onOpen={onOpen} />
        </div>
      </div>
    </HeadContext>
  );
}

function headsOf(directory: Directory, summary: DeskSummary | null, claimed: EventRow[], now: number): Heads {
  const headOf = (id: number): Head | null => {
    if (!summary) return null;
    const day = summary.managers.get(id);
    return { open: day?.open ?? 0, done: day?.done ?? 0, late: summary.late.get(id)?.overdue ?? 0 };
  };
  return { directory, headOf, claimOf: (id) => claimed.find((row) => row.claimed_by === id && (row.claim_until ?? 0) > now) };
}

function ColumnHead({ resource }: { resource?: unknown }) {
  const heads = use(HeadContext);
  const column = resource as DeskColumn | undefined;
  if (!heads || !column) return null;
  const head = heads.headOf(column.id);
  const claim = heads.claimOf(column.id);
  return (
    <div className="column-head">
      <span className="column-name">
        <Avatar person={heads.directory.person(column.id)} size={22} />
        <strong>{column.name}</strong>
      </span>
      <span className="column-counts">
        {head ? `${head.open} open · ${head.done} done` : "\u00a0"}
        {head && head.late > 0 && <span className="work-late"> · {head.late} late</span>}
      </span>
      <span className="column-claim" title={claim?.title}>{claim ? `Now: ${claim.title}` : ""}</span>
    </div>
  );
}

interface GridProps extends Pick<Props, "zonesVersion" | "settings" | "directory" | "me" | "onChange" | "onOpen" | "onNew" | "onMore" | "onMove" | "onResize"> {
  desk: string;
  shown: DrawnItem[];
  columns: DeskColumn[];
  day: string;
  zone: string;
  chosen: number;
}

const nothingHidden = () => 0;

function Grid({ desk, shown, columns, day, zone, zonesVersion, settings, directory, me, chosen, ...host }: GridProps) {
  const look = `${settings.locale} ${settings.isTwelveHours} ${zonesVersion}`;
  const localizer = useMemo(() => (void look, zoneLocalizer(zone, { first: () => day, days: 1, weekStart: 1 }, [])), [zone, look, day]);
  const open = useStable((item: DrawnItem) => (item.more ? host.onMore(item.more) : host.onOpen(item.resource)));
  const startNew = useStable((slot: SlotInfo) => {
    const owner_manager_id = Number(slot.resourceId);
    const brand = directory.desks.find((one) => one.code === desk)?.brand ?? "default";
    host.onNew({ ...slotOf(slot, "day", zone), ...(owner_manager_id && { place: { owner_manager_id, desk, brand } }) });
  });
  const move = useStable(host.onMove);
  const resize = useStable(host.onResize);
  const change = useStable(host.onChange);
  const context = useMemo(() => ({ zone, zones: [], directory, hiddenOn: nothingHidden, onWholeDay: () => {}, onChange: change }), [zone, directory, change]);
  const eventProps = useCallback(
    (item: DrawnItem) => ({
      className: [eventClass(item.resource, me), item.isSliver && "ev-sliver", item.more && `ev-more ${NO_SLOT}`, item.isCopy && "ev-copy", item.piece && `ev-${item.piece}`].filter(Boolean).join(" "),
      style: { "--c": directory.person(item.resource.owner_manager_id).colour } as React.CSSProperties,
    }),
    [me, directory],
  );
  const mayChange = useCallback((item: DrawnItem) => !item.more && !item.isCopy && !directory.changeProblem(item.resource), [directory]);
  const selected = useMemo(() => shown.find((item) => item.resource.id === chosen && !item.isCopy), [shown, chosen]);
  const scrollTo = useMemo(() => toDate(secondsOf(day, FIRST_HOUR_SHOWN, zone)), [day, zone]);
  const grid = useMemo(
    () => (
      <BigCalendar
        key={zone}
        localizer={localizer}
        events={shown}
        resources={columns}
        resourceIdAccessor={(column) => (column as DeskColumn).id}
        resourceTitleAccessor={(column) => (column as DeskColumn).name}
        resourceAccessor={(item) => item.column}
        allDayAccessor={(item) => item.allDay || (!item.piece && isLongTimed(item))}
        endAccessor={drawnEnd}
        date={toDate(secondsOf(day, "12:00", zone))}
        view="day"
        views={["day"]}
        toolbar={false}
        selectable
        resizable
        showMultiDayTimes
        selected={selected}
        step={30}
        timeslots={2}
        scrollToTime={scrollTo}
        longPressThreshold={350}
        components={DAY_PARTS}
        eventPropGetter={eventProps}
        dayLayoutAlgorithm={layDay as never}
        onView={() => {}}
        onNavigate={(to) => change({ day: dateIn(toSeconds(to), zone) })}
        drilldownView={null}
        onSelectEvent={open}
        onKeyPressEvent={(item, event) => pressed(event as unknown as KeyboardEvent) && open(item)}
        onSelectSlot={startNew}
        onEventDrop={({ event, start, isAllDay, resourceId }) => move(event, new Date(start), isAllDay ?? false, Number(resourceId) || event.resource.owner_manager_id)}
        onEventResize={({ event, start, end }) => resize(event, new Date(start), new Date(end))}
        draggableAccessor={mayChange}
        resizableAccessor={mayChange}
      />
    ),
    [localizer, shown, columns, day, zone, selected, eventProps, mayChange, scrollTo, open, startNew, change, move, resize],
  );
  return <LookContext value={context}>{grid}</LookContext>;
}
