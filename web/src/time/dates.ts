// Calendar dates without a zone, as ISO text such as "2026-11-27": steps, weeks, months.

const DAY_MS = 86_400_000;

/** Days since 1970-01-01; NaN if it is no date. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

export function dateOfDay(day: number): string {
  const at = new Date(day * DAY_MS);
  return Number.isNaN(+at) ? "" : at.toISOString().slice(0, 10);
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && dateOfDay(dayNumber(text)) === text;
}

export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

/** Whole days from the first date to the second. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** The same day of another month, or its last day where it has no such day. */
export function addMonths(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const first = Date.UTC(year, month - 1 + months, 1) / DAY_MS;
  const length = Date.UTC(year, month + months, 1) / DAY_MS - first;
  return dateOfDay(first + Math.min(day, length) - 1);
}

export function startOfMonth(date: string): string {
  return `${date.slice(0, 7)}-01`;
}

/** 1 is Monday, 7 is Sunday. */
export function weekday(date: string): number {
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;
}

/** The first date of its week, where weeks start on `first` (1 is Monday). */
export function startOfWeek(date: string, first: number): string {
  return addDays(date, -((weekday(date) - first + 7) % 7));
}

/** The dates from `first` on. */
export function datesFrom(first: string, count: number): string[] {
  const day = dayNumber(first);
  return Array.from({ length: count }, (_, index) => dateOfDay(day + index));
}
