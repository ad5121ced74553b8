// What is shown as a file: CSV for spreadsheets, iCalendar for calendar apps. Source: RFC 4180, RFC 5545.

import { plainText, readAst } from "./ast/ast-tree";
import { allDayDates, toItem } from "./calendar-event";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "./labels";
import { startOfDate, dateIn, timeIn } from "./time/clock";
import { addDays } from "./time/dates";
import { EventStatus, type EventRow } from "./types.gen";
import type { Directory } from "./use-directory";
import type { Range } from "./visible-range";

/** Those of the range, in order of time. */
export function rowsOfRange(rows: EventRow[], { first, last }: Range, zone: string): EventRow[] {
  const [from, to] = [startOfDate(first, zone) * 1000, startOfDate(addDays(last, 1), zone) * 1000];
  return rows
    .filter((row) => {
      const { start, end } = toItem(row, zone);
      return +start < to && Math.max(+start, +end - 1) >= from;
    })
    .sort((a, b) => a.start_time - b.start_time || a.id - b.id);
}

const COLUMNS = ["id", "title", "start", "end", "all day", "time zone", "type", "status", "priority", "owner", "desk", "brand", "customer", "lead", "login", "participants", "notes"];

export function toCsv(rows: EventRow[], zone: string, directory: Directory): string {
  const lines = rows.map((row) => {
    const { first, last } = allDayDates(row);
    const at = (seconds: number) => `${dateIn(seconds, zone)} ${timeIn(seconds, zone)}`;
    return [
      row.id, row.title, row.all_day ? first : at(row.start_time), row.all_day ? last : at(row.end_time), row.all_day ? "yes" : "no", zone,
      labelOf(TYPES, row.type), labelOf(STATUSES, row.status), labelOf(PRIORITIES, row.priority), directory.person(row.owner_manager_id).name,
      row.desk, row.brand, row.customer_id || "", row.lead_id || "", row.login || "",
      row.participants.map((guest) => directory.person(guest.manager_id).name).join("; "), plainText(readAst(row.ast_json)),
    ].map(cell).join(",");
  });
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

/** A text that a spreadsheet would take for a formula gets a quote in front. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function toIcs(rows: EventRow[], host: string, now: number): string {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//deskcal//web calendar//EN", "CALSCALE:GREGORIAN"];
  for (const row of rows) {
    const notes = plainText(readAst(row.ast_json));
    lines.push(
      "BEGIN:VEVENT", `UID:${row.id}@${host}`, `DTSTAMP:${utc(now)}`, `LAST-MODIFIED:${utc(row.updated_time)}`, `SEQUENCE:${row.version - 1}`,
      ...timeLines(row), `SUMMARY:${escaped(row.title)}`, ...(notes ? [`DESCRIPTION:${escaped(notes)}`] : []),
      `STATUS:${row.status === EventStatus.CANCELLED ? "CANCELLED" : "CONFIRMED"}`, "END:VEVENT",
    );
  }
  return [...lines, "END:VCALENDAR", ""].map(wrapped).join("\r\n");
}

function timeLines(row: EventRow): string[] {
  if (!row.all_day) {
    // A DTEND must be later than DTSTART: what has no length has none.
    return row.end_time > row.start_time ? [`DTSTART:${utc(row.start_time)}`, `DTEND:${utc(row.end_time)}`] : [`DTSTART:${utc(row.start_time)}`];
  }
  const { first, last } = allDayDates(row);
  const day = (date: string) => date.replace(/-/g, "");
  return [`DTSTART;VALUE=DATE:${day(first)}`, `DTEND;VALUE=DATE:${day(addDays(last, 1))}`];
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
}

/** Lines of at most 75 octets, characters kept whole. */
function wrapped(line: string): string {
  const bytes = new TextEncoder();
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const letter of line) {
    const length = bytes.encode(letter).length;
    if (size + length > 75) {
      parts.push(part);
      part = " ";
      size = 1;
    }
    part += letter;
    size += length;
  }
  return [...parts, part].join("\r\n");
}

export function download(kind: "csv" | "ics", rows: EventRow[], range: Range, zone: string, directory: Directory): void {
  const there = rowsOfRange(rows, range, zone);
  const text = kind === "csv" ? `\uFEFF${toCsv(there, zone, directory)}` : toIcs(there, location.hostname, Math.floor(Date.now() / 1000));
  const address = URL.createObjectURL(new Blob([text], { type: kind === "csv" ? "text/csv" : "text/calendar" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: `calendar-${range.first}-${range.last}.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
