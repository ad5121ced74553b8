"""Notes as `ast_json`, in the form that the page edits. Pure."""

from collections.abc import Sequence
from typing import Any

Node = dict[str, Any]
"""A node of a ProseMirror document."""


def doc(*blocks: Node) -> Node:
    """The document of these blocks."""
    return {"type": "doc", "content": list(blocks)}


def paragraph(*parts: str | Node) -> Node:
    """A paragraph of texts, links and mentions."""
    content = [text(part) if isinstance(part, str) else part for part in parts]
    return {"type": "paragraph", "content": content}


def text(words: str, *marks: str) -> Node:
    """A run of text with marks such as `bold`."""
    node: Node = {"type": "text", "text": words}
    return node | {"marks": [{"type": mark} for mark in marks]} if marks else node


def link(address: str) -> Node:
    """A link whose text is its address."""
    return text(address) | {"marks": [{"type": "link", "attrs": {"href": address}}]}


def mention(manager_id: int, name: str) -> Node:
    """A mention of a manager."""
    return {"type": "mention", "attrs": {"id": manager_id, "kind": "manager", "label": name}}


def bullets(lines: Sequence[str]) -> Node:
    """A list with a bullet for each line."""
    items = [{"type": "listItem", "content": [paragraph(line)]} for line in lines]
    return {"type": "bulletList", "content": items}
