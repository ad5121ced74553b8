"""The plain text of trees."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from deskcal.core.plain_text import MAX_TEXT, ast_text


def text_of(tree: object) -> str:
    return ast_text(Raw(json.dumps(tree).encode()))


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (None, ""),
        ("plain", "plain"),
        (["a", "b"], "ab"),
        ({"unknown": 1}, ""),
        ({"type": 7, "text": "odd"}, "odd"),
        ({"type": "mention", "children": ["@", {"text": "Ann"}]}, "@Ann"),
        ({"type": "p", "props": {"children": ["in ", "props"]}}, "in props"),
        ({"type": "doc", "content": [{"type": "br"}, {"text": "after"}]}, "after"),
        ({"text": "x", "marks": [{"type": "link", "attrs": {"href": "javascript:1"}}]}, "x"),
        ({"text": "x", "marks": ["odd", {"attrs": {"href": 7}}]}, "x"),
        (
            {"type": "a", "props": {"href": "mailto:a@b.c"}, "children": "a@b.c"},
            "a@b.c <mailto:a@b.c>",
        ),
        ({"type": "a", "props": {"href": "https://x.y"}, "children": "https://x.y"}, "https://x.y"),
    ],
)
def test_a_tree_is_its_texts(tree: object, text: str) -> None:
    assert text_of(tree) == text


def test_blocks_stand_on_lines_of_their_own_and_links_say_where_they_lead() -> None:
    link = {"type": "link", "attrs": {"href": "https://meet.example/x"}}
    tree = {
        "type": "doc",
        "content": [
            {"type": "heading", "content": [{"type": "text", "text": "Agenda"}]},
            {"type": "paragraph", "content": []},
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": "Join "},
                    {"type": "text", "text": "here", "marks": [link]},
                    {"type": "hard_break"},
                    {"type": "text", "text": "at nine"},
                ],
            },
        ],
    }
    assert text_of(tree) == "Agenda\nJoin here <https://meet.example/x>\nat nine"


def test_a_long_text_is_cut() -> None:
    assert len(text_of("x" * (MAX_TEXT + 1))) == MAX_TEXT


STRINGS = st.sampled_from(["", " ", "a", "p", "br", "link", "https://x.y", "b\nc"])
KEYS = st.sampled_from(["type", "text", "content", "children", "props", "attrs", "marks", "href"])
TREES = st.recursive(
    STRINGS | st.none() | st.integers(),
    lambda trees: st.lists(trees, max_size=4) | st.dictionaries(KEYS, trees, max_size=5),
    max_leaves=12,
)
NODES = st.recursive(
    STRINGS | st.fixed_dictionaries({"type": STRINGS}, optional={"text": STRINGS}),
    lambda nodes: st.fixed_dictionaries(
        {"type": STRINGS},
        optional={
            "text": STRINGS,
            "content": st.lists(nodes, max_size=4),
            "children": st.lists(nodes, max_size=4),
            "props": TREES,
            "marks": TREES,
        },
    ),
    max_leaves=8,
)


@given(TREES | NODES)
def test_nodes_and_objects_have_the_same_text(tree: object) -> None:
    """A list is never decoded into nodes."""
    assert text_of(tree) == text_of([tree])
