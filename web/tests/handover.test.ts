import { describe, expect, it } from "vitest";
import { wantedOf } from "../src/components/handover-dialog";

const CHOICE = { sender: 11, receivers: [12], desk: "", first: "2027-03-01", last: "2027-03-02", isSpread: true, withMeetings: true };

describe("a handover", () => {
  it("counts both days whole, in the zone that is shown", () => {
    expect(wantedOf(CHOICE, "Europe/Berlin")).toMatchObject({ from: Date.UTC(2027, 1, 28, 23) / 1000, to: Date.UTC(2027, 2, 2, 23) / 1000 });
    expect(wantedOf({ ...CHOICE, first: "", last: "" }, "UTC")).toMatchObject({ from: null, to: null });
  });

  it("is spread over several managers only", () => {
    expect(wantedOf(CHOICE, "UTC").mode).toBe("first");
    expect(wantedOf({ ...CHOICE, receivers: [12, 13] }, "UTC").mode).toBe("spread");
    expect(wantedOf({ ...CHOICE, receivers: [12, 13], isSpread: false }, "UTC").mode).toBe("first");
  });

  it("is of one desk or all, and of own events or also of others'", () => {
    expect(wantedOf(CHOICE, "UTC")).toMatchObject({ deskFilter: "*", roles: ["owner", "participant"] });
    expect(wantedOf({ ...CHOICE, desk: "DESK_EU", withMeetings: false }, "UTC")).toMatchObject({ deskFilter: "DESK_EU", roles: ["owner"] });
  });
});
