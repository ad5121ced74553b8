// Which timed events of a day are drawn in full, which as slivers, and which are counted in their slot.
// Open, urgent and current ones come first; what is done or cancelled gives way. Linear in events and slots.

import { dateIn } from "./time/clock";
import { EventStatus, ParticipantStatus, Priority } from "./types.gen";
import type { CalendarItem } from "./calendar-event";

export interface DrawnItem extends CalendarItem {
  /** A narrow bar beside the others. */
  isSliver?: boolean;
  /** Stands for events of its slot that have no room. */
  more?: CalendarItem[];
  /** Not saved yet. */
  isDraft?: boolean;
  /** Of the desk's day: the manager in whose column it stands. */
  column?: number;
  /** It stands with its owner, too. */
  isCopy?: boolean;
}

const SLOT_MS = 10 * 60_000;
const LEAST_MS = 20 * 60_000;
const MORE_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;

/** What a day's plan depends on besides its events. */
export interface DayShape {
  zone: string;
  /** Beside each other at most. */
  columns: number;
  /** Beside these at most. */
  slivers: number;
  /** Manager who looks at it: declined events give way. */
  me: number;
  /** Unix milliseconds. */
  now: number;
}

/** The items of a grid of hours as they are to be drawn; none of them crosses a midnight. */
export function planDays(items: CalendarItem[], shape: DayShape): DrawnItem[] {
  const days = new Map<string, CalendarItem[]>();
  for (const item of items) {
    const day = dateIn(item.start.getTime() / 1000, shape.zone);
    const list = days.get(day);
    if (list) list.push(item);
    else days.set(day, [item]);
  }
  return [...days.values()].flatMap((list) => planDay(list, shape));
}

/** Whether it gives way to others: done, cancelled, archived, or declined by the viewer. */
export function isFolded({ resource: row }: CalendarItem, me: number): boolean {
  if (row.status !== EventStatus.OPEN) return true;
  return row.participants.some((one) => one.manager_id === me && one.status === ParticipantStatus.DECLINED);
}

function planDay(items: CalendarItem[], { columns, slivers: mostSlivers, me, now }: DayShape): DrawnItem[] {
  const start = Math.min(...items.map((item) => +item.start));
  const full = new Depth(start, columns);
  const slivers = new Depth(start, mostSlivers);
  const drawn: DrawnItem[] = [];
  const left: CalendarItem[] = [];
  const ranked = items.map((item) => ({ item, rank: rankOf(item, me, now) })).sort((a, b) => a.rank - b.rank || +a.item.start - +b.item.start || a.item.resource.id - b.item.resource.id);
  for (const { item } of ranked) {
    const folded = isFolded(item, me);
    if ((!folded || full.isEmpty(item)) && full.take(item)) drawn.push(item);
    else if (folded && slivers.take(item)) drawn.push({ ...item, isSliver: true });
    else left.push(item);
  }
  return [...drawn, ...counted(left)];
}

/** What is drawn first where not all have room: drafts, urgent and current ones, then by priority; folded ones last. `now` in milliseconds. */
export function rankOf(item: CalendarItem, me: number, now: number): number {
  if ((item as DrawnItem).isDraft) return -1;
  if (isFolded(item, me)) return 10;
  const { priority } = item.resource;
  if (priority === Priority.URGENT) return 0;
  if (+item.start <= now && +item.end > now) return 1;
  return 5 - priority;
}

/** One "+N" for each hour in which events have no room. */
function counted(left: CalendarItem[]): DrawnItem[] {
  const hours = new Map<number, CalendarItem[]>();
  for (const item of left.sort((a, b) => +a.start - +b.start)) {
    const hour = Math.floor(+item.start / HOUR_MS);
    hours.set(hour, [...(hours.get(hour) ?? []), item]);
  }
  return [...hours.values()].map((more) => {
    const first = more[0]!;
    return { ...first, end: new Date(+first.start + MORE_MS), title: `${more.length} more`, more };
  });
}

/** How many stand beside each other in each slot of ten minutes. */
class Depth {
  private readonly counts: number[] = [];

  constructor(
    private readonly start: number,
    private readonly most: number,
  ) {}

  isEmpty(item: CalendarItem): boolean {
    const [from, to] = this.slots(item);
    for (let slot = from; slot < to; slot++) if (this.counts[slot]) return false;
    return true;
  }

  /** Whether there was room. */
  take(item: CalendarItem): boolean {
    const [from, to] = this.slots(item);
    for (let slot = from; slot < to; slot++) if ((this.counts[slot] ?? 0) >= this.most) return false;
    for (let slot = from; slot < to; slot++) this.counts[slot] = (this.counts[slot] ?? 0) + 1;
    return true;
  }

  private slots({ start, end }: CalendarItem): [number, number] {
    const last = Math.max(+end, +start + LEAST_MS);
    return [Math.floor((+start - this.start) / SLOT_MS), Math.ceil((last - this.start) / SLOT_MS)];
  }
}
