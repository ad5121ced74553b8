import { describe, expect, it } from "vitest";
import { firstMinuteShown } from "../src/first-minute";

const OPENING = 450;

describe("the first minute shown", () => {
  it("stays while the time is shown with an hour around it", () => {
    expect(firstMinuteShown(OPENING, 840, 13 * 60)).toBe(OPENING);
    expect(firstMinuteShown(OPENING, 840, OPENING + 60)).toBe(OPENING);
    expect(firstMinuteShown(OPENING, 840, OPENING + 840 - 60)).toBe(OPENING);
  });

  it("is moved as little as the evening needs", () => {
    expect(firstMinuteShown(OPENING, 840, 22.5 * 60)).toBe(23.5 * 60 - 840);
  });

  it("is an hour before the early morning, midnight at the earliest", () => {
    expect(firstMinuteShown(OPENING, 840, 5 * 60)).toBe(4 * 60);
    expect(firstMinuteShown(OPENING, 840, 20)).toBe(0);
  });

  it("is before the time also where less than two hours are shown", () => {
    expect(firstMinuteShown(OPENING, 90, 15 * 60)).toBe(14 * 60);
  });
});
