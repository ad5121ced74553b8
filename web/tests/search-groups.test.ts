import { expect, it } from "vitest";
import { grouped, spanText } from "../src/search-groups";
import { secondsOf } from "../src/time/clock";
import { makeRow } from "./make-row";

const ids = (entries: { id: number }[][]) => entries.map((entry) => entry.map((row) => row.id));

it("occurrences of one series are one entry, where the first of them is", () => {
  const rows = [makeRow({ id: 9 }), makeRow({ id: 8, series_id: 3 }), makeRow({ id: 7 }), makeRow({ id: 6, series_id: 3 }), makeRow({ id: 5, series_id: 4 })];
  expect(ids(grouped(rows))).toEqual([[9], [8, 6], [7], [5]]);
  expect(grouped([])).toEqual([]);
});

it("an entry says from when to when its occurrences are, by the zone that is shown", () => {
  const zone = "Europe/Nicosia";
  const on = (date: string) => makeRow({ start_time: secondsOf(date, "00:30", zone), end_time: secondsOf(date, "01:00", zone) });
  expect(spanText([on("2027-03-08"), on("2027-03-01")], zone)).toBe("Mon 1 Mar 2027 – Mon 8 Mar 2027");
  expect(spanText([on("2027-03-08"), on("2027-03-01")], "UTC")).toBe("Sun 28 Feb 2027 – Sun 7 Mar 2027");
  expect(spanText([on("2027-03-01")], zone)).toBe("Mon 1 Mar 2027");
});
