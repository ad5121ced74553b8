"""The receivers of docs/webhooks.md, as they are printed. Issue 18."""

import shutil
import sys
from pathlib import Path

import pytest

from e2e.test_foreign_client import node
from places import SqlitePlace
from webhook_receivers import Language, check_receives, check_refuses, code

NEEDS_PHP = pytest.mark.skipif(
    shutil.which("php") is None, reason="no php here: apt-get install php-cli"
)
LANGUAGES = [
    Language("python", "receiver.py", lambda _: (sys.executable, "receiver.py")),
    Language("js", "receiver.mjs", lambda _: (node(), "receiver.mjs")),
    pytest.param(
        Language(
            "php", "receiver.php", lambda port: ("php", "-S", f"127.0.0.1:{port}", "receiver.php")
        ),
        marks=NEEDS_PHP,
    ),
]
NAMES = ["python", "js", "php"]


@pytest.mark.parametrize("language", LANGUAGES, ids=NAMES)
async def test_the_receiver_takes_each_message_once_and_in_order(
    language: Language, tmp_path: Path
) -> None:
    (tmp_path / "receiver").mkdir()
    await check_receives(language, SqlitePlace(tmp_path / "data"), tmp_path / "receiver")


@pytest.mark.parametrize("language", LANGUAGES, ids=NAMES)
async def test_the_receiver_refuses_what_is_not_signed_or_not_of_now(
    language: Language, tmp_path: Path
) -> None:
    await check_refuses(language, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_receiver_has_20_lines(name: str) -> None:
    assert len(list(filter(str.strip, code(name).splitlines()))) <= 20
