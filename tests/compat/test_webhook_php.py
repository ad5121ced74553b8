"""The receiver in PHP of docs/webhooks.md, as it is printed. Issue 18."""

import shutil
from pathlib import Path

import pytest

from places import SqlitePlace
from webhook_receivers import Language, check_receives, check_refuses

pytestmark = pytest.mark.skipif(shutil.which("php") is None, reason="no php here (php-cli)")
PHP = Language(
    "php", "receiver.php", lambda port: ("php", "-S", f"127.0.0.1:{port}", "receiver.php")
)


async def test_the_receiver_takes_each_message_once_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "receiver").mkdir()
    await check_receives(PHP, SqlitePlace(tmp_path / "data"), tmp_path / "receiver")


async def test_the_receiver_refuses_what_is_not_signed_or_not_of_now(tmp_path: Path) -> None:
    await check_refuses(PHP, tmp_path)
