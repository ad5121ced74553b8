// Search in what is loaded: every word in title, texts, location or numbers, whatever case and accents.

import { plainText, readAst } from "./ast/ast-tree";
import type { EventRow } from "./types.gen";

/** Letters that Unicode does not take apart into a letter and its accent. */
const LETTERS: Readonly<Record<string, string>> = { ł: "l", ø: "o", đ: "d", ı: "i", ħ: "h", ß: "ss", æ: "ae", œ: "oe", þ: "th", ð: "d", ς: "σ", ё: "е", й: "и" };

export function folded(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[łøđıħßæœþðςёй]/g, (letter) => LETTERS[letter] ?? letter);
}

const kept = new WeakMap<EventRow, string>();

function textOf(row: EventRow): string {
  let text = kept.get(row);
  if (text === undefined) {
    const numbers = [row.id, row.customer_id, row.lead_id, row.login].filter(Boolean).map((id) => `#${id}`);
    const location = (row as { location?: string }).location ?? "";
    text = folded([row.title, plainText(readAst(row.ast_json)), location, ...numbers].join(" "));
    kept.set(row, text);
  }
  return text;
}

/** Whether the row has every word of the search; an empty one fits all. */
export function fitsSearch(row: EventRow, search: string): boolean {
  const words = folded(search).split(/\s+/).filter(Boolean);
  return words.every((word) => textOf(row).includes(word));
}
