import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ToastTimes } from "../src/toast-times";

describe("the time of a toast", () => {
  let ended: number[] = [];
  let times = new ToastTimes(() => {});

  beforeEach(() => {
    vi.useFakeTimers();
    ended = [];
    times = new ToastTimes((id) => ended.push(id));
    times.start(1);
  });
  afterEach(() => void vi.useRealTimers());

  it("ends by itself, once", () => {
    vi.advanceTimersByTime(7999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(ended).toEqual([1]);
  });

  it("does not end while the toast is held, and begins anew when it is let go", () => {
    vi.advanceTimersByTime(7999);
    times.hold(1, true);
    vi.advanceTimersByTime(60_000);
    expect(ended).toEqual([]);
    times.hold(1, false);
    vi.advanceTimersByTime(7999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual([1]);
  });

  it("is not prolonged by letting go of what was not held", () => {
    vi.advanceTimersByTime(7999);
    times.hold(1, false);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual([1]);
  });

  it("does not come back with a hold of a toast that is gone", () => {
    times.end(1);
    times.hold(1, true);
    times.hold(1, false);
    vi.advanceTimersByTime(60_000);
    expect([ended, times.isHeld(1)]).toEqual([[], false]);
  });
});
