import { expect, it } from "vitest";
import { MOST_REMINDERS } from "../src/api";
import { readMeanwhile } from "../src/use-reminders";
import type { Reminder } from "../src/wire";
import { makeRow } from "./make-row";

const reminder = (token: string, isMissed = false): Reminder => ({ token, due: 0, row: makeRow({ id: 1 }), isMissed });

it("a reminder that the server lists no more was read elsewhere; one that was missed is this tab's", () => {
  expect(readMeanwhile([reminder("a"), reminder("b"), reminder("c", true)], [reminder("a"), reminder("new")])).toEqual(new Set(["b"]));
});

it("of a list that may be cut nothing is taken for read", () => {
  const full = Array.from({ length: MOST_REMINDERS }, (_, index) => reminder(String(index)));
  expect(readMeanwhile([reminder("old")], full)).toEqual(new Set());
});
