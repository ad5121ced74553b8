import { describe, expect, it } from "vitest";
import { markedPieces, snippet } from "../src/search-marks";

const marked = (text: string, search: string) => markedPieces(text, search).map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part)).join("");

describe("marks", () => {
  it("are the words of the search, whatever case and accents", () => {
    expect(marked("Rozmowa: Zielińska", "zielinska")).toBe("Rozmowa: [Zielińska]");
    expect(marked("Straße and Ёлка", "strasse елка")).toBe("[Straße] and [Ёлка]");
    expect(marked("Anna calls Anna", "ANNA")).toBe("[Anna] calls [Anna]");
  });

  it("are parts of words, and join where they meet", () => {
    expect(marked("Retention", "tent")).toBe("Re[tent]ion");
    expect(marked("abcd", "ab cd")).toBe("[abcd]");
  });

  it("leave the text whole where nothing matches, or the word has one letter", () => {
    expect(marked("Call", "x")).toBe("Call");
    expect(marked("Call", "c")).toBe("Call");
    expect(markedPieces("", "call")).toEqual([]);
  });

  it("treat no character as special", () => {
    expect(marked("100% (sure) a.b", "100% a.b")).toBe("[100%] (sure) [a.b]");
  });
});

describe("a snippet", () => {
  it("is what is around the first match", () => {
    const text = `${"before ".repeat(20)}needle ${"after ".repeat(40)}`;
    const found = snippet(text, "needle").map((piece) => piece.text).join("");
    expect(found).toMatch(/^….*needle after.*…$/s);
    expect(found.length).toBeLessThan(130);
  });

  it("is empty where nothing matches", () => {
    expect(snippet("nothing here", "needle")).toEqual([]);
  });
});
