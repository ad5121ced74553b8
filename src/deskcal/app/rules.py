"""What a setting may be, from its type: for the check, and in words for error messages."""

from collections.abc import Sequence
from typing import Any

import msgspec

from deskcal.limits import DAY_SEC

MAX_SEC = 36_525 * DAY_SEC
"""Of every setting in seconds: a hundred years."""
MAX_NUMBER = 10**12
"""Of every other number."""


def kind_and_rule(info: msgspec.inspect.Type) -> tuple[str, str]:
    """Kind and rule of a setting's type."""
    if isinstance(info, msgspec.inspect.IntType):
        return "int", f"must be an integer {_range(info)}"
    if isinstance(info, msgspec.inspect.FloatType):
        return "float", f"must be a finite number {_range(info)}"
    if isinstance(info, msgspec.inspect.BoolType):
        return "bool", "must be true or false"
    if isinstance(info, msgspec.inspect.VarTupleType):
        item = _range(info.item_type)
        return "numbers", f"must be numbers {item} with commas between, such as 2,4"
    if isinstance(info, msgspec.inspect.DictType):
        return "tables", "must be a table for each brand, as JSON outside of the file"
    if isinstance(info, msgspec.inspect.LiteralType):
        return "choice", f"must be one of {', '.join(map(str, info.values))}"
    return "str", "must be a string"


def _range(info: Any) -> str:
    """What a type of numbers takes: "of at least 1", "from 0 to 6", "above 0"."""
    if info.gt is not None:
        return f"above {info.gt}" + ("" if info.le is None else f", at most {info.le}")
    return f"of at least {info.ge}" if info.le is None else f"from {info.ge} to {info.le}"


def require_usable(name: str, numbers: Sequence[float]) -> None:
    """Raises: ValueError for a number that can be meant by nobody and that clocks can't take."""
    most = MAX_SEC if name.endswith("_sec") else MAX_NUMBER
    if any(number > most for number in numbers):
        raise ValueError(f"is too large; at most {most} is possible")
