// `ast_json` as a small tree that is safe to show: known nodes by name, anything else as its text.
// Reads ProseMirror-like trees (type, content, text, marks) and element-like ones (type, props,
// children). Nothing in it is ever taken for HTML.

import type { Json } from "../types.gen";
import { isRecord } from "../wire";

export type BlockKind = "paragraph" | "heading" | "bullets" | "numbers" | "item" | "quote" | "code" | "rule" | "group";
export type Style = "bold" | "italic" | "underline" | "strike" | "code";

export interface TextNode {
  kind: "text";
  text: string;
  styles: Style[];
  /** Only http, https or mailto. */
  href: string | null;
}

export interface MentionNode {
  kind: "mention";
  label: string;
}

export interface BreakNode {
  kind: "break";
}

export interface BlockNode {
  kind: BlockKind;
  children: AstNode[];
}

export type AstNode = TextNode | MentionNode | BreakNode | BlockNode;

const BLOCKS: Record<string, BlockKind> = {
  doc: "group", root: "group", fragment: "group", div: "group", section: "group", body: "group",
  paragraph: "paragraph", p: "paragraph",
  heading: "heading", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading",
  bulletlist: "bullets", ul: "bullets", list: "bullets", orderedlist: "numbers", ol: "numbers",
  listitem: "item", li: "item",
  blockquote: "quote", quote: "quote",
  codeblock: "code", pre: "code",
  horizontalrule: "rule", hr: "rule",
};
const STYLES: Record<string, Style> = {
  bold: "bold", strong: "bold", b: "bold",
  italic: "italic", em: "italic", i: "italic",
  underline: "underline", u: "underline",
  strike: "strike", s: "strike", del: "strike",
  code: "code",
};
const BREAKS = new Set(["hardbreak", "br", "linebreak"]);
const LINKS = new Set(["link", "a", "googlemeet", "meet"]);
const MENTIONS = new Set(["mention", "entity", "entitymention", "customer", "lead", "login", "manager"]);
const SAFE_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

interface Look {
  styles: Style[];
  href: string | null;
}

/** The nodes of an `ast_json`; never throws. */
export function readAst(ast: Json): AstNode[] {
  return nodesOf(ast, { styles: [], href: null });
}

/** The address as it may be linked to; null for any other kind than http, https and mailto. */
export function safeHref(address: unknown): string | null {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address);
    return SAFE_PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function isMeetLink(href: string): boolean {
  const url = new URL(href);
  return url.protocol === "https:" && url.hostname === "meet.google.com";
}

/** All text, for a one-line preview. */
export function plainText(nodes: AstNode[]): string {
  return nodes
    .map((node) => {
      if (node.kind === "text") return node.text;
      if (node.kind === "mention") return node.label;
      return node.kind === "break" ? " " : `${plainText(node.children)} `;
    })
    .join("")
    .replace(/\s+/g, " ")
    .trim();
}

/** The first Google Meet link in the tree. */
export function meetLink(nodes: AstNode[]): string | null {
  for (const node of nodes) {
    if (node.kind === "text") {
      if (node.href && isMeetLink(node.href)) return node.href;
    } else if ("children" in node) {
      const found = meetLink(node.children);
      if (found) return found;
    }
  }
  return null;
}

function nodesOf(ast: Json | undefined, look: Look): AstNode[] {
  if (typeof ast === "string") return textNodes(ast, look);
  if (typeof ast === "number") return textNodes(String(ast), look);
  if (Array.isArray(ast)) return ast.flatMap((part) => nodesOf(part, look));
  return isRecord(ast) ? nodeOf(ast as Record<string, Json>, look) : [];
}

function textNodes(text: string, { styles, href }: Look): AstNode[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, index): AstNode[] => {
    const node: AstNode[] = line ? [{ kind: "text", text: line, styles, href }] : [];
    return index ? [{ kind: "break" }, ...node] : node;
  });
}

function nodeOf(node: Record<string, Json>, look: Look): AstNode[] {
  const name = nameOf(node);
  const props = { ...record(node.attrs), ...record(node.attributes), ...record(node.props) };
  const inner = marked(node.marks, styled(name, props, look));
  if (BREAKS.has(name)) return [{ kind: "break" }];
  if (MENTIONS.has(name)) return [mention(node, props)];
  const children = childrenOf(node, props, inner);
  if (LINKS.has(name) && children.length === 0 && inner.href) return textNodes(inner.href, inner);
  const kind = BLOCKS[name];
  return kind ? [{ kind, children }] : children;
}

function nameOf(node: Record<string, Json>): string {
  const name = node.type ?? node.tag ?? node.name ?? "";
  return typeof name === "string" ? name.toLowerCase().replace(/[_-]/g, "") : "";
}

function record(value: Json | undefined): Record<string, Json> {
  return isRecord(value) ? (value as Record<string, Json>) : {};
}

function styled(name: string, props: Record<string, Json>, look: Look): Look {
  const style = STYLES[name];
  const withStyle = style && !look.styles.includes(style) ? [...look.styles, style] : look.styles;
  if (!LINKS.has(name)) return { styles: withStyle, href: look.href };
  return { styles: withStyle, href: safeHref(props.href ?? props.url) ?? look.href };
}

function marked(marks: Json | undefined, look: Look): Look {
  if (!Array.isArray(marks)) return look;
  return marks.reduce<Look>((found, mark) => {
    if (typeof mark === "string") return styled(mark.toLowerCase(), {}, found);
    if (!isRecord(mark)) return found;
    const one = mark as Record<string, Json>;
    return styled(nameOf(one), { ...record(one.attrs), ...record(one.props) }, found);
  }, look);
}

function mention(node: Record<string, Json>, props: Record<string, Json>): MentionNode {
  const label = [props.label, props.name, props.text, node.text, props.id].find(
    (value) => typeof value === "string" || typeof value === "number",
  );
  return { kind: "mention", label: String(label ?? "?") };
}

function childrenOf(node: Record<string, Json>, props: Record<string, Json>, look: Look): AstNode[] {
  const sources = [node.text, node.value, node.content, node.children, props.children, props.text];
  const given = sources.filter((source) => source !== undefined && source !== null);
  return given.flatMap((source) => nodesOf(source, look));
}
