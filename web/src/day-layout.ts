// Where the timed events of one day stand: side by side where they overlap, in linear-log time.

import type { CalendarItem } from "./calendar-event";

interface Range {
  top: number;
  height: number;
}

export interface LayoutInput {
  events: CalendarItem[];
  slotMetrics: { getRange: (start: Date, end: Date) => Range };
  accessors: { start: (item: CalendarItem) => Date; end: (item: CalendarItem) => Date };
}

export interface Laid {
  event: CalendarItem;
  style: { top: number; height: number; width: string; xOffset: string };
}

interface Block {
  item: CalendarItem;
  top: number;
  height: number;
  column: number;
}

const LEAST_PERCENT = (20 / 1440) * 100;
const SLACK = 0.001;

/** A `dayLayoutAlgorithm` of react-big-calendar. */
export function layDay({ events, slotMetrics, accessors }: LayoutInput): Laid[] {
  const blocks = events.map((item) => {
    const { top, height } = slotMetrics.getRange(accessors.start(item), accessors.end(item));
    const tall = Math.max(height, LEAST_PERCENT);
    return { item, top: Math.min(top, 100 - tall), height: tall, column: 0 };
  });
  blocks.sort((a, b) => a.top - b.top || b.height - a.height);
  const laid: Laid[] = [];
  let group: Block[] = [];
  let groupEnd = -1;
  for (const block of blocks) {
    if (block.top >= groupEnd - SLACK) {
      laid.push(...spread(group));
      group = [];
    }
    group.push(block);
    groupEnd = Math.max(groupEnd, block.top + block.height);
  }
  laid.push(...spread(group));
  return laid;
}

function spread(group: Block[]): Laid[] {
  const ends: number[] = [];
  for (const block of group) {
    let column = ends.findIndex((end) => end <= block.top + SLACK);
    if (column < 0) column = ends.length;
    ends[column] = block.top + block.height;
    block.column = column;
  }
  const share = 100 / ends.length;
  return group.map(({ item, top, height, column }) => ({
    event: item,
    style: {
      top,
      height,
      width: `calc(${share}% - 2px)`,
      xOffset: `${column * share}%`,
    },
  }));
}
