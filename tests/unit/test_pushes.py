"""What is pushed without having been asked for: changes, resyncs, reminders. One safe line each."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.document import encode_event, title_text
from deskcal.core.event import ChangeType
from deskcal.wire.pushes import (
    Reminder,
    encode_push,
    encode_read,
    encode_reminder,
    encode_resync,
    reminder_texts,
)
from helpers import NOW, make_event

DOCUMENT = encode_event(make_event(title="it's é]"))


def reminder(**named: Any) -> Reminder:
    texts = reminder_texts(b'"Call back"', "today at 9:00")
    reminder = Reminder(texts, "1-7-10", 10, NOW + 1, NOW, 0, DOCUMENT)
    return msgspec.structs.replace(reminder, **named)


@pytest.mark.parametrize("type_", [ChangeType.ADDED, ChangeType.UPDATED, ChangeType.ARCHIVED])
def test_a_change_is_pushed_with_the_document_as_it_is_stored(type_: ChangeType) -> None:
    assert encode_push(type_, 7, 6, 1, DOCUMENT) == (
        b'{"event":"calendar:event","type":%d,"seq":7,"batch_id":6,"data":%b}\r\n'
        % (type_, DOCUMENT)
    )


def test_a_deletion_has_the_id_alone_whatever_the_document_was() -> None:
    assert encode_push(ChangeType.DELETED, 7, 7, 1, DOCUMENT) == (
        b'{"event":"calendar:event","type":2,"seq":7,"batch_id":7,"data":{"id":1}}\r\n'
    )


def test_a_resync_has_the_seq_after_which_pushes_continue() -> None:
    assert encode_resync(7) == b'{"event":"calendar:resync","seq":7}\r\n'


def test_a_read_reminder_is_pushed_by_its_token() -> None:
    assert encode_read("1-7-10") == (b'{"event":"calendar:reminder","type":2,"token":"1-7-10"}\r\n')


def test_a_reminder_is_the_notification_array_of_the_protocol_family() -> None:
    assert json.loads(encode_reminder(reminder())) == [
        "n",
        "Call back",
        "today at 9:00",
        "1-7-10",
        1,
        10,
        10,
        NOW + 1,
        {"event": json.loads(DOCUMENT), "due": NOW},
        200,
    ]


def test_a_late_reminder_says_how_late_it_is() -> None:
    assert json.loads(encode_reminder(reminder(late_sec=90)))[8]["late_sec"] == 90


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_reminder_of_any_title_is_one_safe_line(title: str) -> None:
    document = encode_event(make_event(title=title))
    texts = reminder_texts(title_text(document), title)
    line = encode_reminder(reminder(texts=texts, document=document))
    text = line.removesuffix(b"\r\n")
    assert json.loads(text)[1:3] == [title, title]
    assert text.isascii() and b"\n" not in text and b"\r" not in text and b"'" not in text
