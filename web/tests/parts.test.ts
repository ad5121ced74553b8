import { describe, expect, it } from "vitest";
import { NO_DRAFTS, left, opened, readDrafts, resumed, type Edit } from "../src/drafts";
import { emptyText, unknownDesk } from "../src/empty-text";
import { fieldsOf } from "../src/event-fields";
import { reschedules } from "../src/event-commands";
import { rowsOfRange, toCsv } from "../src/export";
import { defaultFilters } from "../src/filters";
import { answersText } from "../src/participants";
import { fitsSearch } from "../src/search";
import { linkFor, readSettings, USUAL } from "../src/settings";
import { dateIn, secondsOf, timeIn } from "../src/time/clock";
import type { Directory } from "../src/use-directory";
import { makeRow } from "./make-row";

const edit = (id: number, title: string): Edit => {
  const row = makeRow({ id });
  return { base: row, initial: fieldsOf(row), fields: { ...fieldsOf(row), title }, isQuick: false };
};
const names = (edits: Edit[]) => edits.map((one) => one.fields.title);

describe("drafts", () => {
  it("another form keeps what was typed in the one before", () => {
    const drafts = opened(opened(NO_DRAFTS, edit(1, "Typed")), edit(2, "Title"));
    expect([drafts.open?.base?.id, names(drafts.waiting)]).toEqual([2, ["Typed"]]);
  });

  it("a form without changes is not kept", () => {
    expect(left(opened(NO_DRAFTS, edit(1, "Title")))).toEqual(NO_DRAFTS);
  });

  it("the form of an event with a draft goes on with it", () => {
    const drafts = left(opened(NO_DRAFTS, edit(1, "Typed")));
    expect(opened(drafts, edit(1, "Title"))).toMatchObject({ open: { fields: { title: "Typed" } }, waiting: [] });
  });

  it("are as they were after a reload, and what can't be read is none", () => {
    const drafts = left(opened(NO_DRAFTS, edit(1, "Typed")));
    const back = readDrafts(JSON.stringify(drafts));
    expect(resumed(back, back.waiting[0]!).open?.fields.title).toBe("Typed");
    expect([readDrafts("{"), readDrafts(null), readDrafts("{}")]).toEqual([NO_DRAFTS, NO_DRAFTS, NO_DRAFTS]);
  });
});

describe("search", () => {
  it.each([
    ["zielinska", "Call Zielińska"],
    ["LODZ wisniewski", "Łukasz Wiśniewski, Łódź"],
    ["παπαδοπουλου", "Ελένη Παπαδοπούλου"],
    ["strasse", "Straße"],
  ])("%s finds %s", (search, title) => {
    expect(fitsSearch(makeRow({ title }), search)).toBe(true);
  });

  it("looks in notes and numbers, for every word", () => {
    const row = makeRow({ id: 42, title: "Call", ast_json: "About the fee", customer_id: 555 });
    expect([fitsSearch(row, "fee call"), fitsSearch(row, "#555"), fitsSearch(row, "42"), fitsSearch(row, "fee other")]).toEqual([true, true, true, false]);
  });
});

describe("settings", () => {
  it("are as usual where something else was kept", () => {
    expect(readSettings('{"weekStart":7,"zones":"x","lengthMin":"30","hasSound":true,"unknown":1}')).toEqual({ ...USUAL, weekStart: 7, hasSound: true });
    expect(readSettings("{")).toEqual(USUAL);
  });

  it("make links of numbers, but only of safe kinds", () => {
    expect(linkFor("https://crm.example/customers/{customer_id}", { customer_id: 7 })).toBe("https://crm.example/customers/7");
    expect(linkFor("tel:{customer_id}", { customer_id: 7 })).toBe("tel:7");
    expect([linkFor("javascript:alert({customer_id})", { customer_id: 7 }), linkFor("", {}), linkFor("no address", {})]).toEqual([null, null, null]);
  });
});

it("the answers of many are written in a line", () => {
  const participants = [1, 1, 2, 0, 0, 3].map((status) => ({ status }) as { status: 0 | 1 | 2 | 3 });
  expect(answersText(participants)).toBe("2 yes, 1 no, 1 maybe, 2 open");
});

describe("an empty view says why", () => {
  const filters = defaultFilters("2026-11-27", "UTC", "week");
  it.each([
    [{}, [], ""],
    [{ search: "x" }, [], "Nothing in this week fits “x”"],
    [{ managers: [7] }, [], "No event of these managers is in this week."],
    [{ types: [2] }, [makeRow({})], "One event of this week is left out by status, type or priority."],
  ])("%o", (changes, loaded, text) => {
    expect(emptyText({ ...filters, ...changes }, loaded, "")).toBe(text);
  });

  it("names a desk that nobody knows", () => {
    expect(unknownDesk("DESK_A, desk_x*, !DESK_B", ["DESK_A"])).toBe("DESK_B");
    expect(unknownDesk("*", ["DESK_A"])).toBe("");
    expect(emptyText(filters, [], "DESK_X")).toBe("No desk is called DESK_X.");
  });
});

it("an event is rescheduled by the clock, a past one from now on", () => {
  const zone = "Europe/Nicosia";
  const now = secondsOf("2026-11-27", "10:02", zone);
  const texts = (start: string, end: string) =>
    reschedules(makeRow({ start_time: secondsOf("2026-11-26", start, zone), end_time: secondsOf("2026-11-27", end, zone) }), zone, now).map(
      ({ label, times }) => `${label} ${dateIn(times.start_time, zone)} ${timeIn(times.start_time, zone)}`,
    );
  expect(texts("15:00", "09:00")).toEqual(["+1 h 2026-11-27 11:15", "Tomorrow 2026-11-28 15:00", "Monday 2026-11-30 15:00"]);
});

describe("an export", () => {
  const zone = "Europe/Nicosia";
  const directory = { person: (id: number) => ({ name: `Manager ${id}` }) } as unknown as Directory;
  const row = makeRow({ id: 7, title: '=SUM(A1), "x"', start_time: secondsOf("2026-11-27", "10:00", zone), end_time: secondsOf("2026-11-27", "10:30", zone), ast_json: "a;b" });

  it("has what is in the range, in order", () => {
    const later = { ...row, id: 8, start_time: row.start_time + 86_400, end_time: row.end_time + 86_400 };
    expect(rowsOfRange([later, row], { first: "2026-11-27", last: "2026-11-27" }, zone)).toEqual([row]);
  });

  it("as CSV quotes what must be quoted, and has no formulas", () => {
    const [, line] = toCsv([row], zone, directory).split("\r\n");
    expect(line).toContain('7,"\'=SUM(A1), ""x""",2026-11-27 10:00,2026-11-27 10:30,no');
  });
});
