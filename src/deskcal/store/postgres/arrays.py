"""Arrays as PostgreSQL writes them, and statements that take them."""

from collections.abc import Iterable
from typing import Any

from deskcal.store.postgres.connection import Connection


def integers(values: Iterable[int]) -> str:
    """An array of integers, as text."""
    return f"{{{','.join(map(str, values))}}}"


def texts(values: Iterable[str]) -> str:
    """An array of texts without quotation marks and backslashes, as text."""
    return "{" + ",".join([f'"{value}"' for value in values]) + "}"


async def run(connection: Connection, statement: str, values: list[Any]) -> Any:
    """The cursor of a prepared statement, whose rows come in binary."""
    return await connection.execute(statement, values, prepare=True, binary=True)
