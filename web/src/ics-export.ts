// What an export to a calendar file asks for. `whose`: `manager:ID`, or `desk:CODE`, whose code may have colons, too.

import { startOfDate } from "./time/clock";
import { addDays } from "./time/dates";
import type { ExportEvents } from "./types.gen";

/** What is asked for; both days may be empty and count whole, in the zone that is shown. */
export function wantedOf(whose: string, first: string, last: string, zone: string): ExportEvents {
  const [kind, name] = partsOf(whose);
  return {
    ...(kind === "desk" ? { deskFilter: name } : { manager_id: Number(name) }),
    from: first ? startOfDate(first, zone) : null,
    to: last ? startOfDate(addDays(last, 1), zone) : null,
  };
}

function partsOf(whose: string): [string, string] {
  const colon = whose.indexOf(":");
  return [whose.slice(0, colon), whose.slice(colon + 1)];
}
