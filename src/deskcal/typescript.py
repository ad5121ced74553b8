"""The wire's types for the web calendar, from the command table and the model's structs.

`python -m deskcal.typescript` writes them to stdout; `web/src/types.gen.ts` is that text.
"""

import enum
import sys
from typing import Any

import msgspec
from msgspec import inspect as kinds

from deskcal.access import SessionType
from deskcal.commands import COMMANDS
from deskcal.errors import BY_CODE
from deskcal.model import (
    ChangeType,
    Event,
    EventStatus,
    EventType,
    ParticipantRole,
    ParticipantStatus,
    Priority,
)

HEAD = """\
// Generated from the server's command table by `python -m deskcal.typescript`; not to be edited.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
"""
ENUMS: tuple[type[enum.IntEnum], ...] = (
    EventType,
    EventStatus,
    Priority,
    ParticipantRole,
    ParticipantStatus,
    ChangeType,
    SessionType,
)
NAMES = {Event: "EventRow", "Participant": "ParticipantRow"}
PLAIN: dict[type, str] = {
    kinds.IntType: "number",
    kinds.FloatType: "number",
    kinds.StrType: "string",
    kinds.BoolType: "boolean",
    kinds.NoneType: "null",
    kinds.RawType: "Json",
    kinds.AnyType: "Json",
}


def types() -> str:
    """The whole of `web/src/types.gen.ts`."""
    parts = [HEAD, *(_enum(kind) for kind in ENUMS), _codes()]
    structs: dict[str, str] = {}
    _struct(Event, structs, sent=False)
    lines = []
    for name in sorted(COMMANDS):
        command = COMMANDS[name]
        data = _struct(command.data, structs, sent=True)
        answer = "{ event: EventRow }" if command.gives_event else "unknown"
        lines.append(f"  /** {command.summary} */\n  {name}: {{ data: {data}; answer: {answer} }};")
    parts += structs.values()
    parts.append("export interface Commands {\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(parts)


def _enum(kind: type[enum.IntEnum]) -> str:
    members = "\n".join(f"  {member.name}: {int(member)}," for member in kind)
    name = kind.__name__
    return (
        f"export const {name} = {{\n{members}\n}} as const;\n"
        f"export type {name} = (typeof {name})[keyof typeof {name}];\n"
    )


def _codes() -> str:
    codes = "\n  | ".join(f'"{code}"' for code in sorted(BY_CODE))
    return f"export type ErrorCode =\n  | {codes};\n"


def _name(struct: type) -> str:
    return NAMES.get(struct) or NAMES.get(struct.__name__) or struct.__name__


def _struct(struct: type, known: dict[str, str], *, sent: bool) -> str:
    """The name of the struct's interface, which is put among `known`."""
    name = _name(struct)
    if name in known:
        return name
    known[name] = ""
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)
    lines = []
    for field in info.fields:
        optional = "?" if sent and not field.required else ""
        lines.append(f"  {field.encode_name}{optional}: {_type(field.type, known, sent)};\n")
    known[name] = f"export interface {name} {{\n{''.join(lines)}}}\n"
    return name


def _type(kind: kinds.Type, known: dict[str, str], sent: bool) -> str:
    if isinstance(kind, kinds.Metadata):
        return _type(kind.type, known, sent)
    if type(kind) in PLAIN:
        return PLAIN[type(kind)]
    if isinstance(kind, (kinds.EnumType, kinds.StructType)):
        is_struct = isinstance(kind, kinds.StructType)
        return _struct(kind.cls, known, sent=sent) if is_struct else kind.cls.__name__
    if isinstance(kind, kinds.UnionType):
        parts = [_type(part, known, sent) for part in kind.types if not _is_unset(part)]
        return " | ".join(parts)
    return _container(kind, known, sent)


def _container(kind: kinds.Type, known: dict[str, str], sent: bool) -> str:
    """Of lists, tuples and objects. Raises: TypeError for what has no type here."""
    item: Any = getattr(kind, "item_type", None)
    if item is not None:
        inner = _type(item, known, sent)
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if isinstance(kind, kinds.DictType):
        return f"Record<string, {_type(kind.value_type, known, sent)}>"
    if isinstance(kind, kinds.LiteralType):
        return " | ".join(msgspec.json.encode(value).decode() for value in kind.values)
    raise TypeError(f"no TypeScript for {kind}")


def _is_unset(kind: kinds.Type) -> bool:
    return "Unset" in repr(kind)


if __name__ == "__main__":
    sys.stdout.write(types())
