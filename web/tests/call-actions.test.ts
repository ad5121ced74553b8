import { describe, expect, it } from "vitest";
import type { Api } from "../src/api";
import { CallActions, refusalText } from "../src/call-actions";
import { EventStore, eventOf } from "../src/event-store";
import { newFinish } from "../src/outcomes";
import { secondsOf } from "../src/time/clock";
import type { Undoing } from "../src/undoing";
import { ServerError } from "../src/wire";
import { makeRow } from "./make-row";

function desk(api: Partial<Api>) {
  const store = new EventStore();
  const toasts: { text: string; failed?: boolean; undo?: () => void }[] = [];
  const undone: string[] = [];
  const actions = new CallActions({
    api: api as Api,
    store,
    tell: (text, more = {}) => void toasts.push({ text, ...more }),
    me: 10,
    zone: "UTC",
    nameOf: (id) => `Manager ${id}`,
    undoing: { of: (batchId: number, text: string) => () => void undone.push(`${batchId} ${text}`) } as unknown as Undoing,
    outcomes: [{ code: "busy", name: "Line busy", types: [], is_contact: 0, next_in_sec: 0 }],
  });
  return { undone, toasts, actions, shown: (id: number) => eventOf(store.get(), id) };
}

const row = makeRow({ id: 1, type: 2 });

describe("a claim", () => {
  it("is shown at once", async () => {
    const claimed = { ...row, claimed_by: 10, claim_until: 2_000_000_000 };
    const { actions, shown, toasts } = desk({ claim: async () => ({ event: claimed }) });
    expect(await actions.claim(row)).toBe(true);
    expect(shown(1)).toBe(claimed);
    expect(toasts).toEqual([]);
  });

  it("that a colleague has says who, and shows it", async () => {
    const held = { ...row, claimed_by: 12, claim_until: secondsOf("2026-11-27", "10:05", "UTC") };
    const { actions, shown, toasts } = desk({ claim: () => Promise.reject(new ServerError(409, "CONFLICT", "claimed", null, held)) });
    expect(await actions.claim(row)).toBe(false);
    expect(shown(1)).toBe(held);
    expect(toasts).toEqual([{ text: "Manager 12 works on it until 10:05.", failed: true }]);
  });

  it("that finds nothing says why and when to ask again", () => {
    const now = secondsOf("2026-11-27", "10:00", "UTC");
    const text = (reason: "NONE_DUE" | "OUTSIDE_HOURS" | "COOLDOWN" | "ALL_CLAIMED", retry_after_sec: number) => refusalText({ event: null, reason, retry_after_sec }, now, "UTC");
    expect(text("NONE_DUE", 0)).toBe("No call is due.");
    expect(text("NONE_DUE", 600)).toBe("No call is due before 10:10.");
    expect(text("OUTSIDE_HOURS", 86_400)).toBe("The customer may not be called now, but at 28 Nov, 10:00.");
    expect(text("COOLDOWN", 60)).toBe("The customer was reached a short time ago; call again at 10:01.");
    expect(text("ALL_CLAIMED", 300)).toBe("Colleagues work on it until 10:05.");
  });
});

describe("finishing", () => {
  it("is sent once, however often it is asked for before the answer", async () => {
    const done = { ...row, status: 1 as const, outcome: "busy" };
    let sent = 0;
    const { actions, toasts } = desk({ finish: async () => (sent++, { row: done, followUp: null, batchId: 7 }) });
    const finish = { ...newFinish(), outcome: "busy" };
    expect(await Promise.all([actions.finish(row, finish), actions.finish(row, finish)])).toEqual([true, false]);
    expect([sent, toasts.length]).toEqual([1, 1]);
    expect(await actions.finish(row, finish)).toBe(true);
  });

  it("shows the pair and undoes it by its batch", async () => {
    const done = { ...row, status: 1 as const, outcome: "busy" };
    const { actions, shown, toasts, undone } = desk({ finish: async () => ({ row: done, followUp: makeRow({ id: 2 }), batchId: 5 }) });
    expect(await actions.finish(row, newFinish())).toBe(true);
    expect([shown(1)?.status, shown(2)?.id]).toEqual([1, 2]);
    expect(toasts[0]?.text).toMatch(/^Line busy: Title, again /);
    toasts[0]?.undo?.();
    expect(undone).toEqual(["5 Line busy: Title"]);
  });

  it("that is refused keeps the event open", async () => {
    const { actions, toasts, shown } = desk({ finish: () => Promise.reject(new ServerError(400, "INVALID_FIELD", "outcome is required", "outcome")) });
    expect(await actions.finish(row, newFinish())).toBe(false);
    expect([shown(1), toasts[0]?.failed]).toEqual([undefined, true]);
  });
});
