// What somebody chose for this browser: forms of dates, defaults of new events, saved filters, links.

import { EventType } from "./types.gen";

export interface Settings {
  /** 1 is Monday, 6 Saturday, 7 Sunday. */
  weekStart: number;
  isTwelveHours: boolean;
  /** Language of dates, BCP 47. */
  locale: string;
  /** Of new events. */
  lengthMin: number;
  remindBeforeSec: number;
  newType: EventType;
  density: "normal" | "compact";
  hasSound: boolean;
  /** Further zones beside the hours; at most two. */
  zones: string[];
  /** Link templates with {customer_id}, {lead_id}, {login}; empty: numbers are no links. */
  customerLink: string;
  leadLink: string;
  loginLink: string;
  callLink: string;
  /** By type: what a new event of it starts with. */
  templates: Partial<Record<EventType, Template>>;
  /** Named queries of the address. */
  filters: SavedFilter[];
}

export interface Template {
  title: string;
  lengthMin: number;
  remindBeforeSec: number;
}

export interface SavedFilter {
  name: string;
  query: string;
}

export const USUAL: Settings = {
  weekStart: 1,
  isTwelveHours: false,
  locale: "en-GB",
  lengthMin: 30,
  remindBeforeSec: 900,
  newType: EventType.CALL,
  density: "normal",
  hasSound: false,
  zones: [],
  customerLink: "",
  leadLink: "",
  loginLink: "",
  callLink: "",
  templates: {},
  filters: [],
};

/** What was kept; what is missing there or of another kind is as usual. */
export function readSettings(text: string | null): Settings {
  let kept: unknown = null;
  try {
    kept = JSON.parse(text ?? "null");
  } catch {
    return USUAL;
  }
  if (typeof kept !== "object" || kept === null) return USUAL;
  const usable = Object.entries(kept).filter(([name, value]) => {
    const usual = USUAL[name as keyof Settings] as unknown;
    return usual !== undefined && typeof usual === typeof value && Array.isArray(usual) === Array.isArray(value) && value !== null;
  });
  return { ...USUAL, ...Object.fromEntries(usable) };
}

/** The address of a number by its template; null where there is none, or where it is not one that may be linked to. */
export function linkFor(template: string, names: Record<string, number>): string | null {
  if (!template.trim()) return null;
  const address = template.trim().replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name] ?? "")));
  try {
    return ["http:", "https:", "tel:", "sip:", "callto:"].includes(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}
