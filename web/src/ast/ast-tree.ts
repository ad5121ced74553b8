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
  /** Of a manager who is named by number alone; 0: not so. */
  manager: number;
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
const INLINE = new Set(["text", "span", ...Object.keys(STYLES), "link", "a"]);
const APART = /block|cell|row|^t[dhr]$|table|card|panel|callout|figure|caption|summary|details|article|header|footer/;
const BARE_ADDRESS = /https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?]/g;
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

const MEETING_HOSTS = ["meet.google.com", "zoom.us", "teams.microsoft.com", "teams.live.com", "webex.com", "whereby.com", "meet.jit.si"];

/** Of the meeting services that are known by their hosts. */
export function isMeetLink(href: string): boolean {
  const { protocol, hostname } = new URL(href);
  return protocol === "https:" && MEETING_HOSTS.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}

/** The same nodes, with bare addresses in texts as links. */
export function withLinks(nodes: AstNode[]): AstNode[] {
  return nodes.flatMap((node): AstNode[] => {
    if ("children" in node) return [node.kind === "code" ? node : { ...node, children: withLinks(node.children) }];
    return node.kind === "text" && !node.href && !node.styles.includes("code") ? linked(node) : [node];
  });
}

function linked(node: TextNode): AstNode[] {
  const parts: AstNode[] = [];
  let end = 0;
  for (const match of node.text.matchAll(BARE_ADDRESS)) {
    const href = safeHref(match[0]);
    if (!href) continue;
    if (match.index > end) parts.push({ ...node, text: node.text.slice(end, match.index) });
    parts.push({ ...node, text: match[0], href });
    end = match.index + match[0].length;
  }
  if (end < node.text.length) parts.push({ ...node, text: node.text.slice(end) });
  return parts;
}

/** The same nodes, with the names of managers who are mentioned by number. */
export function withNames(nodes: AstNode[], name: NameOf | undefined): AstNode[] {
  if (!name) return nodes;
  return nodes.map((node) => {
    if ("children" in node) return { ...node, children: withNames(node.children, name) };
    return node.kind === "mention" && node.manager ? { ...node, label: name(node.manager) } : node;
  });
}

/** Name of a manager. */
export type NameOf = (manager: number) => string;

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

/** The address of the first meeting in the tree, also a bare one. */
export function meetLink(nodes: AstNode[]): string | null {
  for (const node of withLinks(nodes)) {
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
  if (kind) return [{ kind, children }];
  // What is not known by name and holds blocks or cells is a block of its own: their texts must not run together.
  const isBlock = name !== "" && !INLINE.has(name) && (APART.test(name) || children.some((child) => "children" in child));
  return isBlock ? [{ kind: "group", children }] : children;
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
  const kind = String(props.kind ?? props.entity ?? nameOf(node)).toLowerCase();
  const isManager = kind === "manager" || kind === "mention";
  const hasName = typeof label === "string" && label !== "" && label !== String(props.id);
  return { kind: "mention", label: String(label || props.id || "?"), manager: isManager && !hasName ? Number(props.id) || 0 : 0 };
}

function childrenOf(node: Record<string, Json>, props: Record<string, Json>, look: Look): AstNode[] {
  const sources = [node.text, node.value, node.content, node.children, props.children, props.text];
  const given = sources.filter((source) => source !== undefined && source !== null);
  return given.flatMap((source) => nodesOf(source, look));
}
