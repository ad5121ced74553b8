// The documents that the editor writes, and whether one can be edited without losing anything.

import { Node, Schema } from "prosemirror-model";
import { isSame } from "../participants";
import type { Json } from "../types.gen";
import { plainText, readAst, safeHref, withNames, type NameOf } from "./ast-tree";

const LINK_ATTRIBUTES = { rel: "noopener noreferrer nofollow" };

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    bulletList: { group: "block", content: "listItem+", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
    orderedList: { group: "block", content: "listItem+", parseDOM: [{ tag: "ol" }], toDOM: () => ["ol", 0] },
    listItem: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    text: { group: "inline" },
    hardBreak: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    mention: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { id: { default: 0 }, kind: { default: "manager" }, label: { default: "" } },
      parseDOM: [{ tag: "span[data-mention]", getAttrs: (element) => JSON.parse(element.dataset.mention ?? "{}") as Record<string, Json> }],
      toDOM: (node) => ["span", { class: "mention", "data-mention": JSON.stringify(node.attrs) }, mentionText(node)],
    },
  },
  marks: {
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (element) => {
            const href = safeHref(element.getAttribute("href"));
            return href ? { href } : false;
          },
        },
      ],
      toDOM: (mark) => ["a", { href: safeHref(mark.attrs.href) ?? "", ...LINK_ATTRIBUTES }, 0],
    },
    bold: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
    italic: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
  },
});

/** What a mention shows. */
export function mentionText(mention: Node, nameOf?: NameOf): string {
  return plainText(withNames(readAst(mention.toJSON() as Json), nameOf));
}

/** The document to edit; null where editing would lose something of `ast`. */
export function editableDocument(ast: Json): Node | null {
  if (ast === null || ast === "") return emptyDocument();
  if (typeof ast === "string") return textDocument(ast);
  try {
    const content = (ast as { content?: Json[] }).content;
    if ((ast as { type?: Json }).type === "doc" && (!content || content.length === 0)) return emptyDocument();
    const document = Node.fromJSON(schema, ast);
    document.check();
    return isSame(sorted(document.toJSON()), sorted(ast)) ? document : null;
  } catch {
    return null;
  }
}

export function emptyDocument(): Node {
  return schema.node("doc", null, [schema.node("paragraph")]);
}

/** A document of the bare text. */
export function textDocument(ast: Json, nameOf?: NameOf): Node {
  const lines = typeof ast === "string" ? ast.split(/\r?\n/) : [plainText(withNames(readAst(ast), nameOf))];
  const paragraphs = lines.map((line) => schema.node("paragraph", null, line ? [schema.text(line)] : []));
  return schema.node("doc", null, paragraphs);
}

/** The `ast_json` of a document; null for an empty one. */
export function astOf(document: Node): Json {
  if (document.childCount === 1 && document.firstChild?.isTextblock && document.firstChild.childCount === 0) return null;
  return document.toJSON() as Json;
}

/** For comparing: the order of keys, and of the marks of a text, means nothing. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value)
    .sort()
    .map((key): [string, Json] => [key, sorted(value[key] ?? null)]);
  return Object.fromEntries(entries.map(([key, one]) => [key, key === "marks" && Array.isArray(one) ? inOrder(one) : one]));
}

function inOrder(marks: Json[]): Json[] {
  const texts = marks.map((mark) => JSON.stringify(mark)).sort();
  return texts.map((text) => JSON.parse(text) as Json);
}
