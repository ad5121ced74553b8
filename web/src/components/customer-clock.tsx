// What time it is at the customer's, and whether one may call now.

import { customerZone, mayCall, nextCallable } from "../calling-hours";
import { momentText } from "../call-actions";
import { cityOf } from "../time/canonical";
import { clockText } from "../time/formats";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { Icon } from "./icon";

interface Props {
  row: EventRow;
  /** Unix seconds. */
  now: number;
  /** In which the next allowed time is shown. */
  zone: string;
  directory: Directory;
}

export function CustomerClock({ row, now, zone, directory }: Props) {
  const { callingHours } = directory;
  const theirs = customerZone(row, callingHours);
  if (!theirs) return null;
  const isAllowed = mayCall(row, callingHours, now);
  const next = isAllowed ? null : nextCallable(row, callingHours, now);
  return (
    <span className="customer-clock" data-allowed={isAllowed}>
      <Icon name={isAllowed ? "phone" : "ban"} size={12} />
      {clockText(now, theirs)} in {cityOf(theirs)}
      {!isAllowed && (next ? ` · call from ${momentText(next, zone, now)}` : " · not to be called")}
    </span>
  );
}
