import { describe, expect, it } from "vitest";
import { customerZone, mayCall, nextCallable, type CallingHours } from "../src/calling-hours";
import { secondsOf } from "../src/time/clock";
import { makeRow } from "./make-row";

function hours(text: string, more: Partial<CallingHours[string]> = {}): CallingHours {
  return { default: { hours: text, weekdays: [1, 2, 3, 4, 5, 6, 7], holidays: [], timezone: "Europe/Nicosia", ...more } };
}

const inTokyo = makeRow({ customer_timezone: "Asia/Tokyo" });
const KATHMANDU = "Asia/Kathmandu";

describe("calling hours", () => {
  it("are read on the customer's own clock, also of zones with quarters of an hour", () => {
    const row = makeRow({ customer_timezone: KATHMANDU });
    expect(mayCall(row, hours("09:00-20:00"), secondsOf("2026-11-27", "08:59", KATHMANDU))).toBe(false);
    expect(mayCall(row, hours("09:00-20:00"), secondsOf("2026-11-27", "09:00", KATHMANDU))).toBe(true);
    expect(mayCall(row, hours("09:00-20:00"), secondsOf("2026-11-27", "20:00", KATHMANDU))).toBe(false);
  });

  it("of a customer without a zone are those of the brand, and of a brand without hours always", () => {
    expect(customerZone(makeRow({}), hours("09:00-20:00"))).toBe("Europe/Nicosia");
    expect(mayCall(makeRow({}), hours("09:00-20:00"), secondsOf("2026-11-27", "09:00", "Europe/Nicosia"))).toBe(true);
    expect(mayCall(inTokyo, {}, 1_710_000_000)).toBe(true);
    expect(customerZone(makeRow({}), {})).toBeNull();
  });

  it("over midnight belong to the weekday of their start", () => {
    const night = hours("22:00-02:00", { weekdays: [5] });
    const at = (date: string, time: string) => mayCall(inTokyo, night, secondsOf(date, time, "Asia/Tokyo"));
    expect([at("2026-11-27", "23:00"), at("2026-11-28", "01:59"), at("2026-11-28", "02:00"), at("2026-11-27", "01:00")]).toEqual([true, true, false, false]);
  });

  it("begin again on the next day that is none of rest", () => {
    const table = hours("09:00-20:00", { weekdays: [1, 2, 3, 4, 5], holidays: ["2026-11-30"] });
    const friday = secondsOf("2026-11-27", "21:00", "Asia/Tokyo");
    expect(nextCallable(inTokyo, table, friday)).toBe(secondsOf("2026-12-01", "09:00", "Asia/Tokyo"));
    expect(nextCallable(inTokyo, table, friday - 7200)).toBe(friday - 7200);
  });

  it("follow a change of the clock", () => {
    const row = makeRow({ customer_timezone: "Europe/Berlin" });
    const saturday = secondsOf("2027-03-27", "21:00", "Europe/Berlin");
    expect(nextCallable(row, hours("09:00-20:00"), saturday)).toBe(saturday + 11 * 3600);
  });
});
