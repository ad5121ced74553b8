// Shows an `ast_json`. React escapes all text; no HTML is ever made of it.

import type { ReactNode } from "react";
import { Icon } from "../components/icon";
import type { Json } from "../types.gen";
import { isMeetLink, readAst, withLinks, withNames, type AstNode, type BlockNode, type NameOf, type Style, type TextNode } from "./ast-tree";

const TAGS: Record<Style, "strong" | "em" | "u" | "s" | "code"> = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strike: "s",
  code: "code",
};

/** `nameOf`: the name of a manager who is mentioned by number. */
export function AstView({ ast, nameOf }: { ast: Json; nameOf?: NameOf }) {
  return <div className="ast">{grouped(withNames(withLinks(readAst(ast)), nameOf))}</div>;
}

/** Loose text between blocks stands in paragraphs of its own. */
function grouped(nodes: AstNode[]): ReactNode[] {
  const out: ReactNode[] = [];
  let loose: AstNode[] = [];
  const flush = () => {
    if (loose.length) out.push(<p key={out.length}>{loose.map(inline)}</p>);
    loose = [];
  };
  for (const node of nodes) {
    if ("children" in node) {
      flush();
      out.push(block(node, out.length));
    } else {
      loose.push(node);
    }
  }
  flush();
  return out;
}

function block(node: BlockNode, key: number): ReactNode {
  switch (node.kind) {
    case "paragraph":
      return node.children.some((child) => "children" in child) ? (
        <div key={key}>{grouped(node.children)}</div>
      ) : (
        <p key={key}>{node.children.map(inline)}</p>
      );
    case "heading":
      return <div key={key} className="ast-heading">{grouped(node.children)}</div>;
    case "bullets":
      return <ul key={key}>{node.children.map(item)}</ul>;
    case "numbers":
      return <ol key={key}>{node.children.map(item)}</ol>;
    case "quote":
      return <blockquote key={key}>{grouped(node.children)}</blockquote>;
    case "code":
      return <pre key={key}>{node.children.map(inline)}</pre>;
    case "rule":
      return <hr key={key} />;
    default:
      return <div key={key}>{grouped(node.children)}</div>;
  }
}

function item(node: AstNode, key: number): ReactNode {
  return <li key={key}>{"children" in node ? grouped(node.children) : inline(node, 0)}</li>;
}

function inline(node: AstNode, key: number): ReactNode {
  if (node.kind === "break") return <br key={key} />;
  if (node.kind === "mention") return <span key={key} className="mention">{node.label}</span>;
  if (node.kind === "text") return <span key={key}>{text(node)}</span>;
  return <span key={key}>{grouped(node.children)}</span>;
}

function text(node: TextNode): ReactNode {
  const styled = node.styles.reduce<ReactNode>((inner, style) => {
    const Tag = TAGS[style];
    return <Tag>{inner}</Tag>;
  }, node.text);
  if (!node.href) return styled;
  if (isMeetLink(node.href)) {
    return (
      <a className="button meet" href={node.href} target="_blank" rel="noopener noreferrer nofollow">
        <Icon name="video" />
        {node.href.includes("meet.google.com") ? "Join Google Meet" : "Join the meeting"}
      </a>
    );
  }
  return (
    <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
      {styled}
    </a>
  );
}
