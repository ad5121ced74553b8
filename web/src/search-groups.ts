// What a search has found, with the occurrences of one series in one entry.

import { allDayDates } from "./calendar-event";
import { dateIn } from "./time/clock";
import { dateText } from "./time/formats";
import type { EventRow } from "./types.gen";

/** One entry a series, and one for each other event, in the order of the first of each. */
export function grouped(rows: EventRow[]): EventRow[][] {
  const bySeries = new Map<number, EventRow[]>();
  const entries: EventRow[][] = [];
  for (const row of rows) {
    const before = row.series_id ? bySeries.get(row.series_id) : undefined;
    if (before) {
      before.push(row);
      continue;
    }
    const entry = [row];
    entries.push(entry);
    if (row.series_id) bySeries.set(row.series_id, entry);
  }
  return entries;
}

/** "Mon 1 Mar 2027 – Fri 30 Apr 2027": from the first to the last of them. */
export function spanText(rows: EventRow[], zone: string): string {
  const dates = rows.map((row) => (row.all_day ? allDayDates(row).first : dateIn(row.start_time, zone))).sort();
  const [first = "", last = ""] = [dates[0], dates.at(-1)];
  return first === last ? dateText(first, "full") : `${dateText(first, "full")} – ${dateText(last, "full")}`;
}
