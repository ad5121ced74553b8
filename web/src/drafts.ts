// What is being typed, so that nothing of it is lost: one form at a time, the others wait as drafts.

import type { Fields } from "./event-fields";
import { isSame } from "./participants";
import type { EventRow } from "./types.gen";

export interface Edit {
  /** The event as it was when the form was opened; null: a new one. */
  base: EventRow | null;
  initial: Fields;
  fields: Fields;
  /** In the small box at the slot, not in the whole form. */
  isQuick: boolean;
}

export interface Drafts {
  /** In the form now. */
  open: Edit | null;
  /** Left with changes, the last one first. */
  waiting: Edit[];
}

export const NO_DRAFTS: Drafts = { open: null, waiting: [] };
const MOST_WAITING = 20;

export function isDirty({ fields, initial }: Edit): boolean {
  return !isSame({ ...fields, title: fields.title.trim() }, initial);
}

/** Whether something was typed; a new event that was only placed is not worth keeping. */
export function isWorthKeeping(edit: Edit): boolean {
  if (edit.base) return isDirty(edit);
  const { title, location, ast_json, participants } = edit.fields;
  const isNamed = title.trim() !== edit.initial.title || location !== edit.initial.location;
  return isNamed || !isSame(ast_json, edit.initial.ast_json) || !isSame(participants, edit.initial.participants);
}

export function isOf(edit: Edit, row: EventRow): boolean {
  return edit.base?.id === row.id;
}

/** Opens a form; what was in it before waits, if something was typed. A draft of the same event goes on. */
export function opened({ open, waiting }: Drafts, edit: Edit): Drafts {
  const kept = open && isWorthKeeping(open) ? [open, ...waiting] : waiting;
  const same = edit.base ? kept.find((one) => one.base?.id === edit.base?.id) : undefined;
  return { open: same ?? edit, waiting: kept.filter((one) => one !== same).slice(0, MOST_WAITING) };
}

export function left({ open, waiting }: Drafts): Drafts {
  return { open: null, waiting: open && isWorthKeeping(open) ? [open, ...waiting].slice(0, MOST_WAITING) : waiting };
}

export function resumed(drafts: Drafts, edit: Edit): Drafts {
  const { waiting } = left(drafts);
  return { open: { ...edit, isQuick: false }, waiting: waiting.filter((one) => one !== edit) };
}

export function readDrafts(text: string | null): Drafts {
  try {
    const kept = JSON.parse(text ?? "null") as Drafts | null;
    return kept && Array.isArray(kept.waiting) ? kept : NO_DRAFTS;
  } catch {
    return NO_DRAFTS;
  }
}
