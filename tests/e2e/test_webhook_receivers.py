"""The receivers in Python and Node of docs/webhooks.md, as they are printed. Issue 18.

The one in PHP is run by `make compat`.
"""

import sys
from pathlib import Path

import pytest

from e2e.test_foreign_client import node
from places import SqlitePlace
from webhook_receivers import Language, check_receives, check_refuses

LANGUAGES = [
    Language("python", "receiver.py", lambda _: (sys.executable, "receiver.py")),
    Language("js", "receiver.mjs", lambda _: (node(), "receiver.mjs")),
]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)
async def test_the_receiver_takes_each_message_once_and_in_order(
    language: Language, tmp_path: Path
) -> None:
    (tmp_path / "receiver").mkdir()
    await check_receives(language, SqlitePlace(tmp_path / "data"), tmp_path / "receiver")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)
async def test_the_receiver_refuses_what_is_not_signed_or_not_of_now(
    language: Language, tmp_path: Path
) -> None:
    await check_refuses(language, tmp_path)
