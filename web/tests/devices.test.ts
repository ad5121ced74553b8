import { describe, expect, it } from "vitest";
import { caldavAddress, isRefused, qrCode, usedText, type Device } from "../src/devices";

const device = (more: Partial<Device> = {}): Device => ({ id: 1, name: "Phone", created_time: 1_700_000_000, last_used_time: 0, ...more });

describe("a device", () => {
  it("says when it was added and last used", () => {
    expect(usedText(device(), "UTC")).toMatch(/^Added .*22:13.* · never used$/);
    expect(usedText(device({ last_used_time: 1_700_003_580 }), "UTC")).toMatch(/22:13.* · last used .*23:13/);
  });
});

describe("the address", () => {
  it("is the one of the page, without its path", () => {
    expect(caldavAddress("https://calendar.example.com")).toBe("https://calendar.example.com/");
  });
});

describe("a password", () => {
  it.each([
    ["https:", "calendar.example.com", false],
    ["http:", "calendar.example.com", true],
    ["http:", "10.0.0.5", true],
    ["http:", "localhost", false],
    ["http:", "127.0.0.1", false],
    ["http:", "[::1]", false],
  ])("at %s//%s is refused: %s", (protocol, hostname, refused) => {
    expect(isRefused({ protocol, hostname })).toBe(refused);
  });
});

describe("a QR code", () => {
  const { size, path } = qrCode("https://calendar.example.com/");
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`));

  it("has a quiet zone of four modules", () => {
    const all = [...dark].flatMap((one) => one.split(" ").map(Number));
    expect([Math.min(...all), Math.max(...all)]).toEqual([4, size - 5]);
  });

  it("has the finder pattern in three corners", () => {
    const rows = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
    const at = (left: number, top: number) => rows.map((row, y) => [...row].map((_, x) => Number(dark.has(`${left + x} ${top + y}`))).join(""));
    expect(at(4, 4)).toEqual(rows);
    expect(at(size - 11, 4)).toEqual(rows);
    expect(at(4, size - 11)).toEqual(rows);
    expect(at(size - 11, size - 11)).not.toEqual(rows);
  });

  it("differs with its text", () => {
    expect(qrCode("https://calendar.example.org/").path).not.toBe(path);
  });
});
