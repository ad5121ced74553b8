// From which minute of the day on a grid of hours is shown.

const AROUND_MIN = 60;

/** The minute at the top of a grid that shows `shown` minutes from `first` on, moved as little as an hour around `now` needs. */
export function firstMinuteShown(first: number, shown: number, now: number): number {
  const moved = Math.min(Math.max(first, now + AROUND_MIN - shown), now - AROUND_MIN);
  return Math.max(0, moved);
}
