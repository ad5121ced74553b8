// Desk masks, as the server reads them. Source: seed 000, "Desk Scope"; contract, section 8.

interface Matcher {
  matches: (code: string) => boolean;
  /** By desk as it is written: thousands of events are of few desks. */
  answers: Map<string, boolean>;
}

const known = new Map<string, Matcher>();

/** Whether `desk` matches `mask`; a mask without an including pattern matches nothing. */
export function deskMatches(mask: string, desk: string): boolean {
  let matcher = known.get(mask);
  if (!matcher) {
    matcher = { matches: compile(mask), answers: new Map() };
    known.set(mask, matcher);
  }
  const before = matcher.answers.get(desk);
  if (before !== undefined) return before;
  const answer = matcher.matches(desk.toUpperCase());
  matcher.answers.set(desk, answer);
  return answer;
}

/** What is wrong with the mask, or null. */
export function maskError(mask: string): string | null {
  if (mask.length > 1024) return "A desk mask has at most 1,024 characters.";
  if (patterns(mask).length > 32) return "A desk mask has at most 32 patterns.";
  if (!patterns(mask).some((pattern) => !pattern.startsWith("!"))) return "Name at least one desk, or * for all.";
  return null;
}

function patterns(mask: string): string[] {
  return mask.split(",").map((part) => part.trim()).filter(Boolean);
}

function compile(mask: string): Matcher["matches"] {
  const all = patterns(mask.toUpperCase());
  const includes = all.filter((pattern) => !pattern.startsWith("!")).map(pieces);
  const excludes = all.filter((pattern) => pattern.startsWith("!")).map((pattern) => pieces(pattern.slice(1).trim()));
  return (code) => includes.some((p) => fits(p, code)) && !excludes.some((p) => fits(p, code));
}

function pieces(pattern: string): string[] {
  return pattern.split("*");
}

/** Whether `code` is the pieces in order with anything between them, in linear time. */
function fits(parts: string[], code: string): boolean {
  const [head = "", ...rest] = parts;
  if (rest.length === 0) return code === head;
  const tail = rest.pop() ?? "";
  if (code.length < head.length + tail.length || !code.startsWith(head) || !code.endsWith(tail)) return false;
  const end = code.length - tail.length;
  let at = head.length;
  for (const part of rest) {
    const found = code.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
