import { describe, expect, it } from "vitest";
import { changeText, isTaken, sendsText, statusText, testText, typedCursor, type Delivery, type Webhook } from "../src/webhooks";

const hook = (more: Partial<Webhook> = {}): Webhook => ({
  id: 1, url: "https://crm.example/hooks", deskFilter: "*", brand: null, types: [0, 1, 2, 3, 4], reminders: 0, state: "active", reason: "", created_by: 10, cursor: 7, ...more,
});
const delivery = (more: Partial<Delivery> = {}): Delivery => ({ seq: 7, time: 1_700_000_000, status: 204, took_ms: 12, try: 1, ...more });

describe("a webhook", () => {
  it("says what it is sent", () => {
    expect(sendsText(hook())).toBe("all changes");
    expect(sendsText(hook({ deskFilter: "DESK_*", brand: "b", types: [0, 2], reminders: 1 }))).toBe("added, deleted of DESK_*, brand b, reminders");
  });
});

describe("a try", () => {
  it("is taken with 2xx alone", () => {
    expect([0, 199, 200, 299, 301, 500].map((status) => isTaken(delivery({ status })))).toEqual([false, false, true, true, false, false]);
  });

  it("names its answer and its change", () => {
    expect([statusText(delivery()), statusText(delivery({ status: 0 }))]).toEqual(["204", "no answer"]);
    expect([changeText(delivery()), changeText(delivery({ seq: 0 }))]).toEqual(["change 7", "test or escalation"]);
  });
});

describe("a test", () => {
  it("says what came of it", () => {
    expect(testText({ delivery: delivery() })).toBe("The receiver has answered 204 after 12 ms.");
    expect(testText({ delivery: delivery({ status: 500 }) })).toBe("The receiver has answered 500; it must answer 2xx.");
    expect(testText({ delivery: delivery({ status: 0 }), reason: "no answer in time" })).toBe("No answer: no answer in time");
  });
});

describe("a cursor", () => {
  it("is a number without a sign", () => {
    expect([" 12 ", "0", "", "-1", "1.5", "x", "1".repeat(16)].map(typedCursor)).toEqual([12, 0, null, null, null, null, null]);
  });
});
