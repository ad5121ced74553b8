"""The plain text of an `ast_json`, for readers that do not render it. Pure.

Understands ProseMirror-like trees (`type`, `content`, `text`, `marks`) and element-like ones
(`type`, `props`, `children`); of any other object its texts.
"""

from collections.abc import Iterator
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
LINKS = ("http://", "https://", "mailto:")


def ast_text(ast_json: Raw) -> str:
    """Its text, a line for each block; a link is followed by its address."""
    lines = "".join(_texts(msgspec.json.decode(ast_json))).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())[:MAX_TEXT]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif isinstance(node, dict):
        yield from _of_node(node)


def _of_node(node: dict[str, Any]) -> Iterator[str]:
    kind = node.get("type")
    if isinstance(kind, str) and kind in BREAKS:
        yield "\n"
        return
    is_block = isinstance(kind, str) and kind in BLOCKS
    if is_block:
        yield "\n"
    inner = "".join(_texts([node.get(key) for key in ("text", "content", "children")]))
    props = node.get("props")
    if not inner and isinstance(props, dict):
        inner = "".join(_texts(props.get("children")))
    yield inner
    target = _target(node)
    if target and target not in inner:
        yield f" <{target}>"
    if is_block:
        yield "\n"


def _target(node: dict[str, Any]) -> str:
    """The address of the node's link; empty: none, or one with a scheme that is not shown."""
    holders = [node.get("props"), node.get("attrs")]
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        holders += [mark.get("attrs")] if isinstance(mark, dict) else []
    for holder in holders:
        href = holder.get("href") if isinstance(holder, dict) else None
        if isinstance(href, str) and href.lower().startswith(LINKS):
            return href
    return ""
