// luxon asks Intl for a zone's offset at each step of reckoning, which is slow; offsets are kept here.

import { IANAZone } from "luxon";

const PIECE_MS = 15 * 60_000;
const MOST_KEPT = 50_000;
const fast = new Set<string>();

/** Makes luxon quick in `name`. Clocks change on full quarters of an hour, since 1970 at least. */
export function quicken(name: string): void {
  if (fast.has(name)) return;
  fast.add(name);
  const zone = IANAZone.create(name);
  const slow = zone.offset.bind(zone);
  const kept = new Map<number, number>();
  zone.offset = (moment: number) => {
    if (!(moment >= 0)) return slow(moment);
    const piece = Math.floor(moment / PIECE_MS);
    let offset = kept.get(piece);
    if (offset === undefined) {
      if (kept.size > MOST_KEPT) kept.clear();
      offset = slow(moment);
      kept.set(piece, offset);
    }
    return offset;
  };
}
