// Where the words of a search are in a text, whatever case and accents.

import { folded } from "./search";

export interface Piece {
  text: string;
  isMatch: boolean;
}

/** The text in pieces; those that a word of the search matches are marked. Joined they are the text. */
export function markedPieces(text: string, search: string): Piece[] {
  const letters = [...text];
  const at: number[] = [];
  let whole = "";
  letters.forEach((letter, index) => {
    const plain = folded(letter);
    whole += plain;
    for (let count = 0; count < plain.length; count++) at.push(index);
  });
  const isMatch = letters.map(() => false);
  for (const word of wordsOf(search)) {
    for (let from = whole.indexOf(word); from >= 0; from = whole.indexOf(word, from + word.length)) {
      for (let place = from; place < from + word.length; place++) isMatch[at[place] ?? 0] = true;
    }
  }
  return joined(letters, isMatch);
}

const AROUND = 40;

/** The part of a longer text around its first match; empty: it has none. */
export function snippet(text: string, search: string): Piece[] {
  const line = text.replace(/\s+/g, " ").trim();
  const pieces = markedPieces(line, search);
  const first = pieces.findIndex((piece) => piece.isMatch);
  if (first < 0) return [];
  const start = pieces.slice(0, first).reduce((sum, piece) => sum + piece.text.length, 0);
  const from = Math.max(0, start - AROUND);
  const to = Math.min(line.length, start + 2 * AROUND);
  const cut = `${from > 0 ? "…" : ""}${line.slice(from, to)}${to < line.length ? "…" : ""}`;
  return markedPieces(cut, search);
}

function wordsOf(search: string): string[] {
  return folded(search).split(/\s+/).filter((word) => word.length > 1);
}

function joined(letters: string[], isMatch: boolean[]): Piece[] {
  const pieces: Piece[] = [];
  letters.forEach((letter, index) => {
    const last = pieces.at(-1);
    if (last && last.isMatch === isMatch[index]) last.text += letter;
    else pieces.push({ text: letter, isMatch: isMatch[index] ?? false });
  });
  return pieces;
}
