import { describe, expect, it } from "vitest";
import { againTime, completeData, hasUnsavedNote, isOutcomeRequired, newFinish, outcomeName, outcomesFor, withAgain, withOutcome } from "../src/outcomes";
import { secondsOf } from "../src/time/clock";
import type { DirectoryOutcome } from "../src/wire";
import { makeRow } from "./make-row";

const ZONE = "Europe/Berlin";
const NOW = secondsOf("2027-03-27", "15:00", ZONE);
const outcome = (code: string, more: Partial<DirectoryOutcome> = {}): DirectoryOutcome => ({ code, name: code, types: [], is_contact: 0, next_in_sec: 0, ...more });

describe("an outcome", () => {
  it("is offered for its types alone", () => {
    const all = [outcome("any"), outcome("calls", { types: [2, 4] }), outcome("meetings", { types: [3] })];
    expect(outcomesFor(all, 4).map((one) => one.code)).toEqual(["any", "calls"]);
  });

  it("has its name of the directory, else its code", () => {
    const all = [outcome("no_answer", { name: "No answer" }), outcome("unnamed", { name: "" })];
    expect(["no_answer", "unnamed", "gone"].map((code) => outcomeName(all, code))).toEqual(["No answer", "unnamed", "gone"]);
  });

  it("is required where one can be given", () => {
    const all = [outcome("calls", { types: [2, 4] })];
    expect([2, 3].map((type) => isOutcomeRequired(all, [2, 3], type))).toEqual([true, false]);
    expect(isOutcomeRequired(all, [3], 2)).toBe(false);
    expect(isOutcomeRequired([], [3], 3)).toBe(true);
  });

  it("chooses its usual next call", () => {
    const choose = (next_in_sec: number) => withOutcome(newFinish(NOW), outcome("x", { next_in_sec }), NOW);
    expect([0, 3600, 86_400, 604_800, 900].map((seconds) => choose(seconds).again)).toEqual(["none", "hour", "tomorrow", "week", "own"]);
    expect(choose(900).at).toBe(NOW + 900);
  });

  it("replaces the next call of another outcome, not one that was chosen by hand", () => {
    const busy = outcome("busy", { next_in_sec: 3600 });
    const final = outcome("final");
    const own = withAgain(withAgain(newFinish(NOW), { again: "own" }), { at: NOW + 5 });
    expect(withOutcome(withOutcome(newFinish(NOW), busy, NOW), final, NOW)).toMatchObject({ outcome: "final", again: "none" });
    expect(withOutcome(own, busy, NOW)).toEqual({ ...own, outcome: "busy", again: "own", at: NOW + 5 });
    expect(withOutcome(withAgain(newFinish(NOW), { again: "none" }), busy, NOW)).toMatchObject({ outcome: "busy", again: "none" });
  });
});

describe("completing", () => {
  const row = makeRow({ id: 7 });

  it("sends what was chosen and nothing else", () => {
    expect(completeData(row, newFinish(NOW), ZONE, NOW)).toEqual({ id: 7 });
    expect(completeData(row, { ...newFinish(NOW), outcome: "busy", note: " later ", again: "hour" }, ZONE, NOW)).toEqual({
      id: 7,
      outcome: "busy",
      outcome_note: "later",
      follow_up: { in_sec: 3600, customer_hours: 1 },
    });
  });

  it("means the same time of the clock by tomorrow and next week, over a change of the clock", () => {
    const at = (again: "tomorrow" | "week") => againTime({ ...newFinish(NOW), again }, ZONE, NOW);
    expect(at("tomorrow")).toBe(secondsOf("2027-03-28", "15:00", ZONE));
    expect(at("week")).toBe(secondsOf("2027-04-03", "15:00", ZONE));
    expect(completeData(row, { ...newFinish(NOW), again: "tomorrow", inHours: false }, ZONE, NOW).follow_up).toEqual({ start_time: NOW + 23 * 3600, customer_hours: 0 });
  });
});

it("a note is unsaved where the event has another or none", () => {
  expect(hasUnsavedNote({ note: "Asks " }, { outcome_note: "Asks" })).toBe(false);
  expect(hasUnsavedNote({ note: "Asks" }, { outcome_note: "Calls back" })).toBe(true);
  expect(hasUnsavedNote({ note: "Asks" }, {})).toBe(true);
  expect(hasUnsavedNote({ note: " " }, {})).toBe(false);
});
