"""What a server and the process that sends its webhooks write to each other, cut anywhere."""

import pytest

from deskcal.core.webhooks import Outcome
from deskcal.wire.webhook_posts import Cancel, Post, Tried, frame, posts_reader, tries_reader

POSTS = [
    Post(1, "https://crm.example/", {"webhook-id": "msg_1"}, b"\x00\xff" * 300, 1.5),
    Cancel(1),
    Post(2, "https://crm.example/", {}, b"", 2.0),
]
TRIES = [Tried(1, Outcome(204, 0, 3)), Tried(2, Outcome(0, 7, 15_000, "no answer in time"))]


@pytest.mark.parametrize("size", [1, 3, 5, 64, 10_000])
def test_messages_are_read_however_they_are_cut(size: int) -> None:
    posts, tries = posts_reader(), tries_reader()
    sent, answered = b"".join(map(frame, POSTS)), b"".join(map(frame, TRIES))
    cut = [sent[at : at + size] for at in range(0, len(sent), size)]
    assert [one for data in cut for one in posts.feed(data)] == POSTS
    cut = [answered[at : at + size] for at in range(0, len(answered), size)]
    assert [one for data in cut for one in tries.feed(data)] == TRIES
