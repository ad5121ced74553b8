// Where the timed events of one day stand: side by side where they overlap, in linear-log time.

import type { DrawnItem } from "./day-plan";

interface Range {
  top: number;
  height: number;
}

export interface LayoutInput {
  events: DrawnItem[];
  slotMetrics: { getRange: (start: Date, end: Date) => Range };
  accessors: { start: (item: DrawnItem) => Date; end: (item: DrawnItem) => Date };
}

export interface Laid {
  event: DrawnItem;
  style: { top: number; height: number; width: string; xOffset: string };
}

interface Block {
  item: DrawnItem;
  top: number;
  height: number;
  column: number;
}

const LEAST_PERCENT = (20 / 1440) * 100;
const SLACK = 0.001;
const SLIVER_PX = 8;
const MORE_PX = 27;

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

/** Full blocks share what slivers and counts at the right leave. */
function spread(group: Block[]): Laid[] {
  const slivers = group.filter(({ item }) => item.isSliver);
  const more = group.filter(({ item }) => item.more);
  const full = group.filter(({ item }) => !item.isSliver && !item.more);
  const columns = Math.max(1, inColumns(full));
  const thin = inColumns(slivers);
  const right = thin * SLIVER_PX + (more.length ? MORE_PX : 0);
  return [
    ...full.map((block) => laid(block, `calc((100% - ${right}px) * ${block.column / columns})`, `calc((100% - ${right}px) * ${1 / columns} - 2px)`)),
    ...slivers.map((block) => laid(block, `calc(100% - ${right - block.column * SLIVER_PX}px)`, `${SLIVER_PX - 2}px`)),
    ...more.map((block) => laid(block, `calc(100% - ${MORE_PX}px)`, `${MORE_PX - 1}px`)),
  ];
}

function laid({ item, top, height }: Block, xOffset: string, width: string): Laid {
  return { event: item, style: { top, height, width, xOffset } };
}

/** Gives each block the first free column; how many there are. */
function inColumns(blocks: Block[]): number {
  const ends: number[] = [];
  for (const block of blocks) {
    let column = ends.findIndex((end) => end <= block.top + SLACK);
    if (column < 0) column = ends.length;
    ends[column] = block.top + block.height;
    block.column = column;
  }
  return ends.length;
}
