import { describe, expect, it } from "vitest";
import { capped, extended, NOTHING_PICKED, toggled, withAll } from "../src/selection";
import { makeRow } from "./make-row";

const shown = [3, 1, 2, 4].map((id) => makeRow({ id, start_time: 1_710_000_000 + id * 60 }));
const ids = ({ ids: all }: { ids: ReadonlySet<number> }) => [...all];

describe("a selection", () => {
  it("is toggled event by event", () => {
    const one = toggled(NOTHING_PICKED, 3);
    expect(one).toMatchObject({ anchor: 3 });
    expect(ids(toggled(one, 1))).toEqual([3, 1]);
    expect(toggled(one, 3)).toMatchObject({ anchor: 0 });
    expect(ids(toggled(one, 3))).toEqual([]);
  });

  it("is extended from the one selected last, in the order of the time, both ways", () => {
    expect(ids(extended(toggled(NOTHING_PICKED, 2), 4, shown))).toEqual([2, 3, 4]);
    expect(ids(extended(toggled(NOTHING_PICKED, 3), 1, shown))).toEqual([3, 1, 2]);
  });

  it("is extended again from the same one", () => {
    const picked = extended(toggled(NOTHING_PICKED, 2), 3, shown);
    expect(picked.anchor).toBe(2);
    expect(ids(extended(picked, 1, shown))).toEqual([2, 3, 1]);
  });

  it("begins at the event where nothing was selected before, or what was is not shown", () => {
    expect(extended(NOTHING_PICKED, 4, shown)).toMatchObject({ anchor: 4 });
    expect(ids(extended(toggled(NOTHING_PICKED, 99), 4, shown))).toEqual([99, 4]);
  });

  it("takes all that are shown, and no more than allowed", () => {
    expect(ids(withAll(NOTHING_PICKED, shown))).toEqual([3, 1, 2, 4]);
    expect(ids(capped(withAll(NOTHING_PICKED, shown), 2))).toEqual([3, 1]);
    expect(capped(NOTHING_PICKED, 2)).toBe(NOTHING_PICKED);
  });

  it("stays in its mode", () => {
    const mode = { ...NOTHING_PICKED, isMode: true };
    expect(toggled(mode, 1).isMode).toBe(true);
    expect(extended(mode, 1, shown).isMode).toBe(true);
  });
});
