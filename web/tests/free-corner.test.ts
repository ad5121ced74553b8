import { describe, expect, it } from "vitest";
import { freestCorner } from "../src/free-corner";

const around = { left: 200, top: 0, right: 1200, bottom: 700 };
const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

describe("reminder cards", () => {
  it("go to the bottom right where nothing is there", () => {
    expect(freestCorner(around, 300, 140, [])).toBe("bottom right");
    expect(freestCorner(around, 300, 140, [box(300, 200, 400, 400)])).toBe("bottom right");
  });

  it("go to the corner in which they cover the least", () => {
    const right = box(900, 560, 1000, 600);
    const left = box(300, 560, 310, 570);
    expect(freestCorner(around, 300, 140, [right])).toBe("bottom left");
    expect(freestCorner(around, 300, 140, [right, left])).toBe("top right");
    expect(freestCorner(around, 300, 140, [right, left, box(1000, 120, 1100, 200), box(280, 120, 380, 130)])).toBe("bottom left");
  });
});
