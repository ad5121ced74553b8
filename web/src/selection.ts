// Which events are selected, as ids. No React here.

import type { EventRow } from "./types.gen";

export interface Picked {
  ids: ReadonlySet<number>;
  /** The one selected last, from which a range goes; 0: none. */
  anchor: number;
  /** Whether a plain click selects, as on a touch screen. */
  isMode: boolean;
}

export const NOTHING_PICKED: Picked = { ids: new Set(), anchor: 0, isMode: false };

export function toggled({ ids, isMode }: Picked, id: number): Picked {
  const after = new Set(ids);
  const isOff = after.delete(id);
  if (!isOff) after.add(id);
  return { ids: after, anchor: isOff ? 0 : id, isMode };
}

/** With all from the anchor to `id`, in the order of the time; without an anchor with `id` alone. */
export function extended(picked: Picked, id: number, shown: EventRow[]): Picked {
  const order = [...shown].sort((a, b) => a.start_time - b.start_time || a.id - b.id).map((row) => row.id);
  const [from, to] = [order.indexOf(picked.anchor), order.indexOf(id)].sort((a, b) => a - b) as [number, number];
  const range = from < 0 ? [id] : order.slice(from, to + 1);
  return { ...picked, ids: new Set([...picked.ids, ...range]), anchor: picked.anchor || id };
}

export function withAll(picked: Picked, shown: EventRow[]): Picked {
  return { ...picked, ids: new Set([...picked.ids, ...shown.map((row) => row.id)]) };
}

/** At most `most` of them, those that were selected first. */
export function capped(picked: Picked, most: number): Picked {
  return picked.ids.size <= most ? picked : { ...picked, ids: new Set([...picked.ids].slice(0, most)) };
}
