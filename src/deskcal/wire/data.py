"""The data of a command, from JSON text to its struct. Pure."""

import functools
from typing import Any, get_args

import msgspec
from msgspec import Raw, Struct

from deskcal.core.event import NULL
from deskcal.errors import InvalidJson
from deskcal.wire.field_errors import field_error

_decode_keys = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.Encoder().encode


def decode_data(decoder: msgspec.json.Decoder[Any], data: Raw) -> Any:
    """`data` as the struct of its command. `null` for an optional field means absent.

    Raises: FieldRequired or InvalidField, naming the field, its value and the rule.
    Source: contract, section 4.
    """
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as exc:
        if bytes(data) == b"null":
            return decode_data(decoder, Raw(b"{}"))
        without = _without_nulls(decoder.type, data)
        if without is not None:
            return decode_data(decoder, without)
        raise field_error(str(exc), decoder.type, data) from exc
    except ValueError as exc:
        raise InvalidJson(f"data is not usable JSON: {exc}") from exc


def _without_nulls(wanted: Any, data: Raw) -> Raw | None:
    """`data` without the nulls of optional fields whose type has none; None: there are none."""
    fields = _decode_fields(data)
    gone = [name for name in _optional(wanted) if fields and fields.get(name) == NULL]
    if not gone or fields is None:
        return None
    return Raw(_encode({name: value for name, value in fields.items() if name not in gone}))


def _decode_fields(data: Raw) -> dict[str, Raw] | None:
    """The members of `data`; None where it is no object."""
    try:
        return _decode_keys(data)
    except msgspec.ValidationError:
        return None


@functools.lru_cache(maxsize=512)
def _optional(wanted: type[Struct]) -> tuple[str, ...]:
    """Fields of a struct that may be left out, and whose type does not take null."""
    return tuple(
        field.encode_name
        for field in msgspec.structs.fields(wanted)
        if not field.required and not _takes_null(field.type)
    )


def _takes_null(hint: Any) -> bool:
    return hint in (None, type(None), Any, Raw) or any(map(_takes_null, get_args(hint)))
