// An iCalendar file as messages: what is too long for one goes in parts, all components of a UID together. Pure.

/** Of a part, in bytes of JSON. */
const PART_BYTES = 300 * 1024;
/** Of the data of one message; the token and the command come to it. */
export const MESSAGE_BYTES = 1024 * 1024 - 8192;

const HEAD = ["BEGIN:VCALENDAR", "VERSION:2.0"];

export interface IcsPart {
  /** A calendar of its own. */
  text: string;
  /** Bytes that `text` has as JSON. */
  bytes: number;
  /** How many UIDs it has. */
  uids: number;
  /** The line of the file with which its first component begins. */
  first: number;
  /** For each of its lines, from 1 on at index 0, the line of the file; 0: it is in no place there. */
  lines: number[];
}

interface Lines {
  lines: string[];
  /** The line of the file that the first of them is, from 1 on. */
  first: number;
}

interface Component extends Lines {
  uid: string;
}

/** The parts in the order of the file; null: it is no iCalendar file. */
export function icsParts(text: string, partBytes = PART_BYTES): IcsPart[] | null {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (!lines.some((line) => line.trim().toUpperCase() === "BEGIN:VCALENDAR")) return null;
  const components = componentsOf(lines);
  const shared = [...usualZonesOf(lines, components), ...components.filter(isZone)];
  const parts: IcsPart[] = [];
  let taken: Component[] = [];
  let uids = 0;
  let size = 0;
  for (const group of groupsOf(components.filter((one) => !isZone(one)))) {
    const bytes = jsonBytes(group.flatMap((one) => one.lines).join("\r\n"));
    if (uids && size + bytes > partBytes) {
      parts.push(partOf(shared, taken, uids));
      [taken, uids, size] = [[], 0, 0];
    }
    taken.push(...group);
    uids += 1;
    size += bytes;
  }
  return uids ? [...parts, partOf(shared, taken, uids)] : parts;
}

/** `why` with the lines of the file in place of those of the part. */
export function inFile(why: string, part: IcsPart): string {
  return why.replace(/\bline (\d+)/g, (whole, line: string) => {
    const found = part.lines[Number(line) - 1];
    return found ? `line ${found}` : whole;
  });
}

/** The components of the calendar; one that is cut goes to the end of the file. */
function componentsOf(lines: string[]): Component[] {
  const found: Component[] = [];
  let open: Component | null = null;
  let name = "";
  for (const [index, line] of lines.entries()) {
    // A line that begins with a space goes on with the one before.
    const word = line.trimEnd().toUpperCase();
    if (!open && word.startsWith("BEGIN:") && word !== "BEGIN:VCALENDAR") {
      name = word.slice("BEGIN:".length);
      open = { uid: "", lines: [], first: index + 1 };
      found.push(open);
    }
    open?.lines.push(line);
    if (word === `END:${name}`) open = null;
  }
  for (const one of found) one.uid = uidOf(one.lines);
  return found;
}

/** X-WR-TIMEZONE of the calendar, which says where its floating times are. */
function usualZonesOf(lines: string[], components: Component[]): Lines[] {
  const isInside = (line: number) => components.some((one) => one.first <= line && line < one.first + one.lines.length);
  const starts = [...lines.keys()].filter((index) => /^X-WR-TIMEZONE[:;]/i.test(lines[index] ?? "") && !isInside(index + 1));
  return starts.map((start) => {
    let end = start + 1;
    while (/^[ \t]/.test(lines[end] ?? "")) end += 1;
    return { lines: lines.slice(start, end), first: start + 1 };
  });
}

function isZone({ lines }: Component): boolean {
  return lines[0]?.trim().toUpperCase() === "BEGIN:VTIMEZONE";
}

/** Unfolded; empty: it has none. Source: RFC 5545, 3.1. */
function uidOf(lines: string[]): string {
  const start = lines.findIndex((line) => /^UID[:;]/i.test(line));
  if (start < 0) return "";
  let end = start + 1;
  while (/^[ \t]/.test(lines[end] ?? "")) end += 1;
  const [first = "", ...folded] = lines.slice(start, end);
  return first.slice(first.indexOf(":") + 1) + folded.map((line) => line.slice(1)).join("");
}

/** Those of one UID together; a component without one alone. */
function groupsOf(components: Component[]): Component[][] {
  const groups = new Map<string, Component[]>();
  for (const one of components) {
    const key = one.uid ? `uid ${one.uid}` : `line ${one.first}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

function partOf(shared: Lines[], components: Component[], uids: number): IcsPart {
  const all = [...shared, ...components];
  const text = [...HEAD, ...all.flatMap((one) => one.lines), "END:VCALENDAR", ""].join("\r\n");
  const lines = [...HEAD.map(() => 0), ...all.flatMap((one) => one.lines.map((_, index) => one.first + index)), 0];
  return { text, bytes: jsonBytes(text), uids, first: components[0]?.first ?? 0, lines };
}

function jsonBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}
