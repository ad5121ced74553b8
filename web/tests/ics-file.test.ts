import { describe, expect, it } from "vitest";
import { icsParts, inFile } from "../src/ics-file";

const event = (uid: string, ...more: string[]) => ["BEGIN:VEVENT", ...(uid ? [`UID:${uid}`] : []), ...more, "END:VEVENT"];
const zone = ["BEGIN:VTIMEZONE", "TZID:Here", "END:VTIMEZONE"];
const calendar = (...lines: string[]) => ["BEGIN:VCALENDAR", "PRODID:x", ...lines, "END:VCALENDAR", ""].join("\r\n");
const uidsOf = (text: string) => [...text.matchAll(/^UID:(.*)\r$/gm)].map(([, uid]) => uid);
const summaries = (text: string) => [...text.matchAll(/^SUMMARY:(.*)\r$/gm)].map(([, name]) => name);

describe("a calendar file in parts", () => {
  it("keeps what has one UID together, and the zones in each", () => {
    const file = calendar(...event("a", "SUMMARY:1"), ...zone, ...event("b", "SUMMARY:2"), ...event("a", "SUMMARY:3"), ...event("", "SUMMARY:4"), ...event("", "SUMMARY:5"));
    const parts = icsParts(file, 1) ?? [];
    expect(parts.map(({ text }) => summaries(text))).toEqual([["1", "3"], ["2"], ["4"], ["5"]]);
    for (const { text, uids } of parts) {
      expect(text).toContain(zone.join("\r\n"));
      expect([text.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"), text.endsWith("END:VCALENDAR\r\n"), uids]).toEqual([true, true, 1]);
    }
    expect(icsParts(file)?.map(({ text, uids }) => [summaries(text), uids])).toEqual([[["1", "3", "2", "4", "5"], 4]]);
  });

  it("reads UIDs that are folded, in lower case or with parameters", () => {
    const file = calendar(...event("", "SUMMARY:1", "uid;X-A=1:long", " er"), ...event("b"), ...event("", "UID:longer", "SUMMARY:2"), ...event("", "UID:long", "\ter", "SUMMARY:3"));
    expect(icsParts(file, 1)?.map(({ text }) => summaries(text))).toEqual([["1", "2", "3"], []]);
  });

  it("does not end a component within a text that is folded there", () => {
    const file = calendar(...event("a", "DESCRIPTION:the line", " END:VEVENT", "SUMMARY:1"), ...event("b", "SUMMARY:2"));
    expect(icsParts(file, 1)?.map(({ text }) => summaries(text))).toEqual([["1"], ["2"]]);
  });

  it("names lines of the file, not of the part", () => {
    const file = calendar(...event("a"), ...zone, ...event("b", "RRULE:x"));
    const [, part] = icsParts(file, 1) ?? [];
    if (!part) throw new Error("there is one part");
    const at = part.text.split("\r\n").indexOf("RRULE:x") + 1;
    const whole = file.split("\r\n").indexOf("RRULE:x") + 1;
    expect([at, whole]).toEqual([8, 11]);
    expect(inFile(`line ${at}: RRULE (x) is none; see line 1`, part)).toBe("line 11: RRULE (x) is none; see line 1");
  });

  it("keeps the zone of floating times in each part, and none that an event has", () => {
    const usual = ["x-wr-timezone;VALUE=TEXT:Europe/", " Berlin"];
    const file = calendar(...event("a", "X-WR-TIMEZONE:Asia/Tokyo"), ...usual, ...event("b", "RRULE:x"));
    const parts = icsParts(file, 1) ?? [];
    expect(parts.map(({ text }) => text.split("\r\n").slice(2, 5))).toEqual([
      [...usual, "BEGIN:VEVENT"],
      [...usual, "BEGIN:VEVENT"],
    ]);
    expect([parts[1]?.lines[2], parts[1]?.lines[3], parts[1]?.lines[4]]).toEqual([7, 8, 9]);
  });

  it("counts the bytes of its JSON", () => {
    const [part] = icsParts(calendar(...event("Ж\"")), 1) ?? [];
    expect(part?.bytes).toBe(new TextEncoder().encode(JSON.stringify(part?.text)).length);
  });

  it("takes one that is cut, with bare line feeds, or with a byte order mark", () => {
    expect(uidsOf(icsParts("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:cut", 1)?.[0]?.text ?? "")).toEqual(["a"]);
    expect(icsParts("\uFEFFBEGIN:VCALENDAR\nEND:VCALENDAR\n")).toEqual([]);
  });

  it("knows what is no calendar", () => {
    expect(icsParts("<html></html>")).toBeNull();
    expect(icsParts("")).toBeNull();
  });
});
