// What of the calendar's events is drawn, in a grid or in the agenda.

import { useMemo, useState } from "react";
import { isLongTimed, toItem, toMonthItem, toPieces, toSeconds, type CalendarItem } from "../calendar-event";
import { rankOf, type DrawnItem } from "../day-plan";
import type { Filters } from "../filters";
import { CalendarGrid } from "../lazy-parts";
import type { Settings } from "../settings";
import type { Slot } from "../slot";
import { dateIn, timeIn } from "../time/clock";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import { usePrinting } from "../use-printing";
import { cutGrid, cutRows, isSameCut } from "../view-cut";
import { dayBounds, dayCount, visibleRange, type Shape } from "../visible-range";
import { AgendaView } from "./agenda-view";
import { useEventPointer, type Pointed } from "./event-pointer";
import { PrintLegend } from "./print-legend";
import { useSize } from "./use-size";

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
  /** Whether `rows` are all that there are, so that none can be said to be there. */
  isComplete: boolean;
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

const DAY_HEAD_PX = 30;
const MONTH_HEAD_PX = 30;
const LINE_PX = { normal: 23, compact: 20 };
const LEAST_COLUMN_PX = 58;
/** From this width of a day on, two of its events stand beside each other. */
const TWO_COLUMNS_PX = 90;
/** From this width of a day on, three of those that are done are shown next to its events as slivers. */
const WIDE_DAY_PX = 130;
const GUTTER_PX = 60;
const ALL_DAY_ROWS = 3;

export function CalendarView(props: CalendarProps) {
  const { rows, draft, filters, shape, settings, directory, me, zonesVersion } = props;
  const { view, day, zone } = filters;
  const [box, { width, height }] = useSize();
  const range = useMemo(() => visibleRange(view, day, shape), [view, day, shape]);
  const bounds = useMemo(() => (void zonesVersion, dayBounds(range, zone)), [range, zone, zonesVersion]);
  const { shown, hidden } = useCut(props, bounds, width, height);
  const pointer = useEventPointer(rows, { onPoint: props.onPoint, onMenu: props.onMenu, onNudge: props.onNudge });
  const items = useMemo(() => (view === "agenda" ? (void zonesVersion, rows.map((row) => toItem(row, zone))) : []), [view, rows, zone, zonesVersion]);
  const isPrinting = usePrinting(box);
  return (
    <div ref={box} id="calendar" className="calendar" style={isPrinting ? printedHours(shown, zone) : undefined} data-view={view} data-days={dayCount(range)} data-zones={settings.zones.length} data-loading={props.isLoading} tabIndex={-1} {...pointer}>
      {view === "agenda" ? (
        <AgendaView key={day} items={items} day={day} zone={zone} directory={directory} me={me} isComplete={props.isComplete} emptyText={props.emptyText} onOpen={props.onOpen} onDone={props.onDone} />
      ) : (
        <CalendarGrid calendar={props} box={box} height={height} range={range} bounds={bounds} shown={shown} hidden={hidden} />
      )}
      {isPrinting && <PrintLegend rows={view === "agenda" ? rows : shown.map((item) => item.resource)} managers={filters.managers} zone={zone} start={(bounds[0] ?? 0) / 1000} directory={directory} />}
      {view !== "agenda" && !shown.length && !draft && props.isComplete && props.emptyText && (
        <p className="nothing" role="status">{props.emptyText}</p>
      )}
    </div>
  );
}

/** The same object as long as nothing else is drawn, whatever is known of other ranges. */
function useCut({ rows, draft, filters, settings, now, me, zonesVersion }: CalendarProps, bounds: number[], width: number, height: number) {
  const { view, zone } = filters;
  const cut = useMemo((): { shown: DrawnItem[]; hidden: number[] } => {
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
  const [drawn, setDrawn] = useState(cut);
  if (isSameCut(drawn, cut)) return drawn;
  setDrawn(cut);
  return cut;
}

/** The hours in which a grid has events, for paper: from the first to the last, ten at least. Of all days' wall clocks. */
function printedHours(items: DrawnItem[], zone: string): React.CSSProperties {
  const timed = items.filter((item) => !item.allDay && (item.piece || !isLongTimed(item)));
  const hour = (at: Date) => Number(timeIn(toSeconds(at), zone).slice(0, 2));
  const first = Math.min(9, ...timed.map((item) => hour(item.start)));
  const last = Math.max(first + 9, 17, ...timed.map((item) => (dateIn(toSeconds(item.end), zone) === dateIn(toSeconds(item.start), zone) ? hour(item.end) : 23)));
  return { "--print-first": first, "--print-hours": Math.min(23, last) - first + 1 } as React.CSSProperties;
}
