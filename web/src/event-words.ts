// The keys of an event beyond the seeds, in words.
// Source: contract, section 12.

import { EventType, type EventRow } from "./types.gen";

/** When an open call may be claimed by anyone of its desk: seconds after its start. */
export const POOL_CHOICES: readonly [number, string][] = [
  [0, "Never"],
  [1, "At the start"],
  [900, "15 min after"],
  [3600, "1 h after"],
  [86_400, "1 day after"],
];

const UNITS: readonly [number, string][] = [[86_400, "days"], [3600, "h"], [60, "min"], [1, "s"]];

/** "Never", "1 h after". */
export function poolText(seconds: number): string {
  const usual = POOL_CHOICES.find(([choice]) => choice === seconds);
  if (usual) return usual[1];
  const [length, unit] = UNITS.find(([one]) => seconds % one === 0) ?? [1, "s"];
  return `${seconds / length} ${unit} after`;
}

/** As what it is shown where `show_as` is absent. */
export function isUsuallyFree({ all_day, type }: Pick<EventRow, "all_day" | "type">): boolean {
  const isWork = type === EventType.TASK || type === EventType.REMINDER || type === EventType.DEADLINE;
  return all_day === 1 && isWork;
}

/** "Busy", "Free"; null: as usual for its type. */
export function showAsText(showAs: number | null): string {
  if (showAs === null) return "As usual";
  return showAs === 1 ? "Free" : "Busy";
}
