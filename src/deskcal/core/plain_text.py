"""The plain text of an `ast_json`, for readers that do not render it. Pure.

Understands ProseMirror-like trees (`type`, `content`, `text`, `marks`) and element-like ones
(`type`, `props`, `children`); of any other object its texts.
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

MAX_TEXT = 10_000
"""Characters that readers are given, unless they ask for more; what is longer is cut."""
BREAKS = frozenset({"br", "hard_break", "hardBreak"})
BLOCKS = frozenset(
    {
        *("paragraph", "heading", "blockquote", "code_block", "codeBlock", "list_item", "listItem"),
        *("p", "div", "li", "pre", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section"),
    }
)
"""Types of block nodes, each on its own line."""
LINKS = ("http://", "https://", "mailto:")


class _Node(Struct, gc=False):
    """What is read of a node. Not of these types where it was made of an object."""

    type: str | None = None
    text: str | None = None
    content: "list[_Node | str] | None" = None
    children: "list[_Node | str] | None" = None
    props: Any = None
    attrs: Any = None
    marks: Any = None


_FIELDS = frozenset(_Node.__struct_fields__)
_decode_usual = msgspec.json.Decoder(_Node | None).decode


def ast_text(ast_json: Raw, most: int = MAX_TEXT) -> str:
    """Its text, a line for each block; a link is followed by its address. `most`: characters."""
    texts: list[str] = []
    _add_texts(_decode(ast_json), texts)
    lines = "".join(texts).splitlines()
    return "\n".join([line.rstrip() for line in lines if line.strip()])[:most]


def _decode(ast_json: Raw) -> Any:
    """Nodes, which takes half the time of objects, unless there is anything else in the tree."""
    try:
        return _decode_usual(ast_json)
    except msgspec.ValidationError:
        return msgspec.json.decode(ast_json)


def _add_texts(node: Any, texts: list[str]) -> None:
    if isinstance(node, _Node):
        _add_node(node, texts)
    elif isinstance(node, str):
        texts.append(node)
    elif isinstance(node, list):
        for child in node:
            _add_texts(child, texts)
    elif isinstance(node, dict):
        _add_node(_Node(**{key: node[key] for key in node.keys() & _FIELDS}), texts)


def _add_node(node: _Node, texts: list[str]) -> None:
    kind = node.type if isinstance(node.type, str) else ""
    if kind in BREAKS:
        texts.append("\n")
        return
    is_block = kind in BLOCKS
    if is_block:
        texts.append("\n")
    start = len(texts)
    if node.text is not None:
        _add_texts(node.text, texts)
    if node.content is not None:
        _add_texts(node.content, texts)
    if node.children is not None:
        _add_texts(node.children, texts)
    if not (node.props is node.attrs is node.marks is None):
        _add_properties(node, texts, start)
    if is_block:
        texts.append("\n")


def _add_properties(node: _Node, texts: list[str], start: int) -> None:
    """What its properties have: its text, unless it has one from `start` on, and its link."""
    if isinstance(node.props, dict) and not any(texts[start:]):
        _add_texts(node.props.get("children"), texts)
    target = _target(node)
    if target and target not in "".join(texts[start:]):
        texts.append(f" <{target}>")


def _target(node: _Node) -> str:
    """The address of the node's link; empty: none, or one with a scheme that is not shown."""
    holders, marks = [node.props, node.attrs], node.marks
    for mark in marks if isinstance(marks, list) else []:
        holders += [mark.get("attrs")] if isinstance(mark, dict) else []
    for holder in holders:
        href = holder.get("href") if isinstance(holder, dict) else None
        if isinstance(href, str) and href.lower().startswith(LINKS):
            return href
    return ""
