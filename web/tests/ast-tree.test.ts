import { describe, expect, it } from "vitest";
import { isMeetLink, meetLink, plainText, readAst, safeHref } from "../src/ast/ast-tree";
import type { Json } from "../src/types.gen";

const text = (words: string, styles: string[] = [], href: string | null = null) => ({ kind: "text", text: words, styles, href });

describe("addresses", () => {
  it.each(["http://a.example/", "https://a.example/x?y#z", "mailto:a@b.example"])("%s may be linked", (address) => {
    expect(safeHref(address)).toBe(address);
  });

  it.each([
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "\u0001javascript:alert(1)", "data:text/html,<b>x</b>",
    "vbscript:x", "file:///etc/passwd", "blob:https://a.example/1", "//a.example", "/path", "", "not an address",
  ])("%j may not", (address) => {
    expect(safeHref(address)).toBeNull();
  });

  it("a look-alike is no Google Meet", () => {
    expect(isMeetLink("https://meet.google.com/abc")).toBe(true);
    expect(isMeetLink("https://meet.google.com.evil.example/abc")).toBe(false);
    expect(isMeetLink("http://meet.google.com/abc")).toBe(false);
  });
});

describe("ProseMirror-like trees", () => {
  it("give paragraphs, marks and links", () => {
    const ast: Json = {
      type: "doc",
      content: [
        {
          type: "paragraph",
          content: [
            { type: "text", text: "Hello ", marks: [{ type: "bold" }] },
            { type: "text", text: "Meet", marks: [{ type: "link", attrs: { href: "https://meet.google.com/a-b" } }] },
          ],
        },
      ],
    };
    const nodes = readAst(ast);
    expect(nodes).toEqual([
      { kind: "group", children: [{ kind: "paragraph", children: [text("Hello ", ["bold"]), text("Meet", [], "https://meet.google.com/a-b")] }] },
    ]);
    expect(meetLink(nodes)).toBe("https://meet.google.com/a-b");
  });

  it("lose an unsafe link, not its text", () => {
    const ast: Json = { type: "text", text: "click", marks: [{ type: "link", attrs: { href: "javascript:alert(1)" } }] };
    expect(readAst(ast)).toEqual([text("click")]);
  });
});

describe("element-like trees", () => {
  it("give the same", () => {
    const ast: Json = {
      type: "div",
      props: { className: "x", onclick: "alert(1)" },
      children: [{ type: "p", children: ["Hi ", { type: "a", props: { href: "https://a.example/" }, children: ["there"] }] }, { type: "ul", children: [{ type: "li", children: "One" }] }],
    };
    expect(readAst(ast)).toEqual([
      {
        kind: "group",
        children: [
          { kind: "paragraph", children: [text("Hi "), text("there", [], "https://a.example/")] },
          { kind: "bullets", children: [{ kind: "item", children: [text("One")] }] },
        ],
      },
    ]);
  });
});

describe("anything else", () => {
  it.each<[Json, string]>([
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    [{ type: "script", children: ["alert(1)"] }, "alert(1)"],
    [{ type: "iframe", props: { srcdoc: "<b>", children: "inner" } }, "inner"],
    [[{ whatever: 1 }, "tail"], "tail"],
    [null, ""],
    [{ type: "mention", attrs: { id: 4, label: "Ann" } }, "Ann"],
    ["two\nlines", "two lines"],
  ])("%j is its text", (ast, words) => {
    expect(plainText(readAst(ast))).toBe(words);
  });

  it("nested deeply is read to the end", () => {
    let ast: Json = "deep";
    for (let depth = 0; depth < 64; depth++) ast = { type: "div", children: [ast] };
    expect(plainText(readAst(ast))).toBe("deep");
  });
});
