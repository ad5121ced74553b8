// What is shown as a file: CSV for spreadsheets. Source: RFC 4180.

import { plainText, readAst } from "./ast/ast-tree";
import { allDayDates, toItem } from "./calendar-event";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "./labels";
import { startOfDate, dateIn, timeIn } from "./time/clock";
import { addDays } from "./time/dates";
import type { EventRow } from "./types.gen";
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
      row.participants.map((participant) => directory.person(participant.manager_id).name).join("; "), plainText(readAst(row.ast_json)),
    ].map(cell).join(",");
  });
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

/** A text that a spreadsheet would take for a formula gets a quote in front. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function saveCsv(rows: EventRow[], range: Range, zone: string, directory: Directory): void {
  const text = toCsv(rowsOfRange(rows, range, zone), zone, directory);
  saveFile(`calendar-${range.first}-${range.last}.csv`, `\uFEFF${text}`, "text/csv");
}

/** Has the browser save it. */
export function saveFile(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
