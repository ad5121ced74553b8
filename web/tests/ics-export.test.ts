import { expect, it } from "vitest";
import { icsName, wantedOf } from "../src/ics-export";
import { secondsOf } from "../src/time/clock";

it("an export is of a manager or of a desk, of whole days", () => {
  const here = "Europe/Nicosia";
  expect(wantedOf("manager:10", "", "", here)).toEqual({ manager_id: 10, from: null, to: null });
  expect(wantedOf("desk:DESK_EU", "2026-11-27", "2026-11-27", here)).toEqual({
    deskFilter: "DESK_EU", from: secondsOf("2026-11-27", "00:00", here), to: secondsOf("2026-11-28", "00:00", here),
  });
});

it("the code of an exported desk may have colons", () => {
  expect(wantedOf("desk:EU:VIP:2", "", "", "UTC")).toEqual({ deskFilter: "EU:VIP:2", from: null, to: null });
});

it.each([
  ["Anna Petrova", "2026-11-01", "2026-11-30", "calendar-anna-petrova-2026-11.ics"],
  ["Anna Petrova", "2024-02-01", "2024-02-28", "calendar-anna-petrova-2024-02-01-2024-02-28.ics"],
  ["Anna Petrova", "2024-02-01", "2024-02-29", "calendar-anna-petrova-2024-02.ics"],
  ["Ελένη Παπαδοπούλου", "2026-11-27", "2026-11-27", "calendar-ελένη-παπαδοπούλου-2026-11-27.ics"],
  ["Zoe\u0308", "2026-11-27", "", "calendar-zo\u00eb-from-2026-11-27.ics"],
  ["  ../..\\con:\u0000*?<|>\"/ Desk\n#1. ", "", "2026-12-01", "calendar-con-desk-1-until-2026-12-01.ics"],
  ["\ud83d\ude42", "", "", "calendar.ics"],
  ["ж".repeat(500), "", "", `calendar-${"ж".repeat(40)}.ics`],
])("the file of %j is called by owner and range", (name, first, last, file) => {
  expect(icsName(name, first, last)).toBe(file);
});
