// Calendar apps that sign in with a password of their own: rows of the server, their texts, and the address to give them.

import { encode } from "uqr";
import { stampText } from "./time/formats";

export interface Device {
  id: number;
  name: string;
  /** Unix seconds. */
  created_time: number;
  /** Unix seconds, to the minute; 0: never. */
  last_used_time: number;
}

/** Modules of white around a QR code. Source: ISO/IEC 18004, 6.3.8. */
const QUIET_ZONE = 4;

export interface QrCode {
  /** Modules of a side, with the quiet zone. */
  size: number;
  /** The dark modules as an SVG path, each 1 by 1. */
  path: string;
}

/** What a calendar app asks for first; it finds the calendars from there. */
export function caldavAddress(origin: string): string {
  return `${origin}/`;
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether the server refuses device passwords at this address: not by TLS, and from other hosts. Source: contract, section 16. */
export function isRefused({ protocol, hostname }: Pick<Location, "protocol" | "hostname">): boolean {
  return protocol === "http:" && !LOOPBACK.test(hostname);
}

export function usedText({ created_time, last_used_time }: Device, zone: string): string {
  const used = last_used_time ? `last used ${stampText(last_used_time, zone)}` : "never used";
  return `Added ${stampText(created_time, zone)} · ${used}`;
}

export function qrCode(text: string): QrCode {
  const { data, size } = encode(text, { ecc: "M", border: QUIET_ZONE });
  const rows = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")).join(""));
  return { size, path: rows.join("") };
}
