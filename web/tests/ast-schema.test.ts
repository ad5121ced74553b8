import { describe, expect, it } from "vitest";
import { astOf, editableDocument, emptyDocument, mentionText, schema, textDocument } from "../src/ast/ast-schema";
import type { Json } from "../src/types.gen";

const list: Json = {
  type: "doc",
  content: [
    { type: "bulletList", content: [{ type: "listItem", content: [{ type: "paragraph", content: [{ type: "text", text: "One", marks: [{ type: "bold" }] }] }] }] },
    { type: "paragraph", content: [{ type: "mention", attrs: { id: 10, kind: "manager", label: "Ann" } }] },
  ],
};

describe("a document", () => {
  it("that the editor knows comes back as it was", () => {
    const document = editableDocument(list);
    expect(document && astOf(document)).toEqual(list);
  });

  it.each<[string, Json]>([
    ["another node", { type: "doc", content: [{ type: "table", content: [] }] }],
    ["another attribute", { type: "doc", content: [{ type: "paragraph", attrs: { align: "center" } }] }],
    ["an element-like tree", { type: "div", children: ["x"] }],
    ["an array", ["x"]],
  ])("with %s is not offered, lest it lose something", (_, ast) => {
    expect(editableDocument(ast)).toBeNull();
  });

  it("whose marks are in another order is offered: they mean the same", () => {
    const marks = [{ type: "italic" }, { type: "bold" }];
    const ast: Json = { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "x", marks }] }] };
    expect(editableDocument(ast)?.textContent).toBe("x");
  });

  it("without content is null", () => {
    expect(astOf(emptyDocument())).toBeNull();
    expect(editableDocument(null)).not.toBeNull();
    expect(editableDocument({ type: "doc", content: [] })).not.toBeNull();
  });

  it("of an unknown tree is its text", () => {
    expect(textDocument({ type: "div", children: ["a", { type: "p", children: ["b"] }] }).textContent).toBe("ab");
  });

  it("of an unknown tree has the names of those who are mentioned by number", () => {
    const ast: Json = { type: "table", content: [{ type: "mention", attrs: { id: 11, kind: "manager", label: "" } }] };
    expect(textDocument(ast, (id) => `Manager ${id}`).textContent).toBe("Manager 11");
  });
});

describe("a mention", () => {
  const nameOf = (id: number) => `Manager ${id}`;

  it.each([
    ["by number is the manager's name", { id: 11, kind: "manager", label: "" }, "Manager 11"],
    ["with a label is that", { id: 11, kind: "manager", label: "Ann" }, "Ann"],
    ["of a customer is not named as a manager", { id: 11, kind: "customer", label: "" }, "11"],
  ])("%s", (_, attrs, words) => {
    expect(mentionText(schema.node("mention", attrs), nameOf)).toBe(words);
  });
});
