// How far a zone's clock is from UTC: as the server has it, where it said so, else as the browser has it.
// The browser's zones may be older than the server's, and the server's count.

/** Of one zone: the offset before the first change, then each change and the offset after it; all in seconds. */
export type ZoneTable = readonly number[];

export interface ServerZones {
  /** Of the time zone database, such as "2026f". */
  version: string;
  /** Unix seconds: the tables hold what is in [from, to). */
  from: number;
  to: number;
  zones: Readonly<Record<string, ZoneTable>>;
}

const PIECE_SEC = 15 * 60;
const MOST_KEPT = 50_000;
const NONE: ServerZones = { version: "", from: 0, to: 0, zones: {} };

let server = NONE;
let usual = "UTC";
const listeners = new Set<() => void>();
const kept = new Map<string, Map<number, number>>();
const writers = new Map<string, Intl.DateTimeFormat>();

export function setServerZones(zones: ServerZones): void {
  server = zones;
  for (const listener of listeners) listener();
}

/** What the server takes for an event without a zone, as far as it is known. */
export function serverZone(): string {
  return usual;
}

export function setServerZone(zone: string): void {
  usual = zone;
}

/** The version of the server's zones; empty: not known (yet). What was computed under another one is void. */
export function zonesVersion(): string {
  return server.version;
}

export function watchZones(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Seconds that the clock of `zone` is ahead of UTC at that moment. */
export function offsetAt(seconds: number, zone: string): number {
  if (zone === "UTC") return 0;
  const table = server.zones[zone];
  if (table && seconds >= server.from && seconds < server.to) return fromTable(table, seconds);
  return browserOffset(seconds, zone);
}

export function isZone(name: string): boolean {
  if (server.zones[name]) return true;
  try {
    return Boolean(writerOf(name));
  } catch {
    return false;
  }
}

function fromTable(table: ZoneTable, seconds: number): number {
  let low = 0;
  let high = (table.length - 1) / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle * 2 + 1] ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  return table[low * 2] ?? 0;
}

/** Intl is slow to ask. Clocks change on full quarters of an hour, since 1970 at least. */
function browserOffset(seconds: number, zone: string): number {
  let offsets = kept.get(zone);
  if (!offsets) kept.set(zone, (offsets = new Map()));
  const piece = Math.floor(seconds / PIECE_SEC);
  const known = offsets.get(piece);
  if (known !== undefined) return known;
  if (offsets.size > MOST_KEPT) offsets.clear();
  const offset = askBrowser(piece * PIECE_SEC, zone);
  offsets.set(piece, offset);
  return offset;
}

function askBrowser(seconds: number, zone: string): number {
  const parts = writerOf(zone).formatToParts(seconds * 1000);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall / 1000 - seconds;
}

function writerOf(zone: string): Intl.DateTimeFormat {
  let writer = writers.get(zone);
  if (!writer) {
    const two = "2-digit";
    writer = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: two, day: two, hour: two, minute: two, second: two,
    });
    writers.set(zone, writer);
  }
  return writer;
}
