import { describe, expect, it } from "vitest";
import { countText } from "../src/labels";
import { beforeLabel } from "../src/reminder-choice";

describe("a number with its noun", () => {
  it("has an s unless it is one", () => {
    expect([0, 1, 2].map((count) => countText(count, "event"))).toEqual(["0 events", "1 event", "2 events"]);
  });

  it("is right in the label of a reminder of another length", () => {
    expect([45, 60, 120, 5400, 7200, 172_800].map(beforeLabel)).toEqual([
      "1 minute before", "1 minute before", "2 minutes before", "90 minutes before", "2 hours before", "2 days before",
    ]);
  });
});
