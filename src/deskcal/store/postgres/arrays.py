"""Arrays as PostgreSQL writes them."""

from collections.abc import Iterable


def integers(values: Iterable[int]) -> str:
    """An array of integers, as text."""
    return f"{{{','.join(map(str, values))}}}"
