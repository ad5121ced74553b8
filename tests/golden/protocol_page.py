"""The JSON of docs/protocol.md: messages in order, by the section that they stand in."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_decoder = json.JSONDecoder()


def sections() -> dict[str, list[Any]]:
    """The messages of each section that has any."""
    _, *parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    found = {
        title: [message for block in _BLOCK.findall(text) for message in messages(block)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }
    return {title: listed for title, listed in found.items() if listed}


def messages(block: str) -> Iterator[Any]:
    """The JSON texts of a block, which follow each other with white space between."""
    place = 0
    while block[place:].strip():
        place += len(block[place:]) - len(block[place:].lstrip())
        message, place = _decoder.raw_decode(block, place)
        yield message


def is_request(message: Any) -> bool:
    """Whether a client sends it."""
    return isinstance(message, dict) and "command" in message


def is_answer(message: Any) -> bool:
    """Whether it answers a request."""
    return isinstance(message, dict) and "status" in message and "extID" in message


def is_pushed(message: Any) -> bool:
    """Whether the server sends it unasked."""
    return isinstance(message, list) or (isinstance(message, dict) and "event" in message)
