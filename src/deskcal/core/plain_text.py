"""The plain text of an `ast_json`, for readers that do not render it. Pure.

Understands ProseMirror-like trees (`type`, `content`, `text`, `marks`) and element-like ones
(`type`, `props`, `children`); of any other object its texts.
"""

from typing import Any

import msgspec
from msgspec import Raw

MAX_TEXT = 10_000
"""Characters; what is longer is cut."""
BREAKS = frozenset({"br", "hard_break", "hardBreak"})
BLOCKS = frozenset(
    {
        *("paragraph", "heading", "blockquote", "code_block", "codeBlock", "list_item", "listItem"),
        *("p", "div", "li", "pre", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section"),
    }
)
"""Types of block nodes, each on its own line."""
_NO_HOLDERS = [None, None]
LINKS = ("http://", "https://", "mailto:")


def ast_text(ast_json: Raw) -> str:
    """Its text, a line for each block; a link is followed by its address."""
    texts: list[str] = []
    _add_texts(msgspec.json.decode(ast_json), texts)
    lines = "".join(texts).splitlines()
    return "\n".join([line.rstrip() for line in lines if line.strip()])[:MAX_TEXT]


def _add_texts(node: Any, texts: list[str]) -> None:
    if isinstance(node, str):
        texts.append(node)
    elif isinstance(node, list):
        for child in node:
            _add_texts(child, texts)
    elif isinstance(node, dict):
        _add_node(node, texts)


def _add_node(node: dict[str, Any], texts: list[str]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and kind in BREAKS:
        texts.append("\n")
        return
    is_block = isinstance(kind, str) and kind in BLOCKS
    if is_block:
        texts.append("\n")
    start = len(texts)
    for key in ("text", "content", "children"):
        _add_texts(node.get(key), texts)
    props = node.get("props")
    if isinstance(props, dict) and not any(texts[start:]):
        _add_texts(props.get("children"), texts)
    target = _target(node)
    if target and target not in "".join(texts[start:]):
        texts.append(f" <{target}>")
    if is_block:
        texts.append("\n")


def _target(node: dict[str, Any]) -> str:
    """The address of the node's link; empty: none, or one with a scheme that is not shown."""
    holders, marks = [node.get("props"), node.get("attrs")], node.get("marks")
    if marks is None and holders == _NO_HOLDERS:
        return ""
    for mark in marks if isinstance(marks, list) else []:
        holders += [mark.get("attrs")] if isinstance(mark, dict) else []
    for holder in holders:
        href = holder.get("href") if isinstance(holder, dict) else None
        if isinstance(href, str) and href.lower().startswith(LINKS):
            return href
    return ""
