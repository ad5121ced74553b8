import { expect, it } from "vitest";
import { wantedOf } from "../src/ics-export";
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
