"""The generated parts of the docs, from the commands, the structs, the errors and the settings.

`python -m deskcal.tools.reference`, run in a source tree, writes them between the markers of the
pages in `FILES`. The meanings of fields and answers are in `reference_texts`.
"""

import enum
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import inspect as kinds

from deskcal.app.config import Setting, settings
from deskcal.app.groups import GROUPS, group_of, shown_default
from deskcal.commands import COMMANDS
from deskcal.commands.filters import CommonFilters
from deskcal.commands.registry import Command
from deskcal.core.draft import REQUIRED
from deskcal.core.event import (
    MAX_ID,
    MAX_TIME,
    READ_ONLY,
    WRITABLE,
    Event,
    Participant,
    default_of,
)
from deskcal.core.participants import ParticipantFields
from deskcal.core.sessions import CALENDAR_TYPES, SessionType
from deskcal.errors import BY_CODE
from deskcal.tools.modules import module_rows
from deskcal.tools.reference_texts import (
    ANSWERS,
    LIMITED,
    LIMITS,
    MEANINGS,
    OF_COMMAND,
    OF_FILTER,
    OF_PARTICIPANT,
    ON_CREATE,
    ORDER,
)

FILES = {
    "docs/protocol.md": ("sessions", "errors", "event", "participant", "commands"),
    "docs/operations.md": ("settings",),
    "ARCHITECTURE.md": ("modules",),
}
"""The marked parts of each page, by its path in the source tree."""

_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def written(text: str) -> str:
    """The text of a page with its generated parts as they should be now."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n{found[3]}", text)


def write(root: Path) -> None:
    """Replaces the generated parts of the pages in the source tree `root`."""
    for name in FILES:
        path = root / name
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")


def sessions() -> str:
    """The session types and what each may do."""
    rows = [
        (str(int(kind)), kind.name, "yes" if kind in CALENDAR_TYPES else "no")
        for kind in SessionType
    ]
    return _table(("`type`", "session type", "calendar commands"), rows)


def errors() -> str:
    """Every code that an answer can carry."""
    known = sorted(set(BY_CODE.values()), key=lambda error: (error.status, error.code))
    rows = [
        (str(error.status), f"`{error.code}`", _one_line(error.__doc__))
        for error in known
        if error.code != "INTERNAL" or error.__name__ == "Internal"
    ]
    return _table(("status", "code", "when"), rows)


def event() -> str:
    """The keys of an event, in their order."""
    rows = []
    for field in _fields(Event):
        name = field.encode_name
        changes = "may change" if name in WRITABLE and name != "created_by" else "kept"
        rows.append(
            (
                f"`{name}`",
                _type_of(field),
                _limits(field, LIMITS),
                _on_create(field),
                OF_UPDATE.get(name, changes),
                MEANINGS.get(name, ""),
            )
        )
    return _table(("field", "type", "limits", "on create", "on update", "meaning"), rows)


OF_UPDATE = {
    "id": "names the event",
    "updated_by": "manager of the token",
    "updated_time": "now",
    "version": "one more",
    "reminder_sent_time": "kept by the server",
    "participants": "replaced if sent",
}
"""What an update does with fields that it does not simply take."""


def participant() -> str:
    """The keys of a participant's row."""
    sent = {field.encode_name for field in _fields(ParticipantFields)}
    rows = [
        (
            f"`{field.encode_name}`",
            _type_of(field),
            "yes" if field.encode_name in sent else "no, it is the event's id",
            OF_PARTICIPANT.get(field.encode_name, ""),
        )
        for field in _fields(Participant)
    ]
    return _table(("field", "type", "can be sent", "meaning"), rows)


def commands() -> str:
    """Every command: a line in the list, then its data."""
    rows = [(f"[`{name}`](#{name.lower()})", COMMANDS[name].summary) for name in ORDER]
    parts = [_table(("command", "what it does"), rows)]
    parts += [_command(COMMANDS[name]) for name in ORDER]
    return "\n".join(parts)


def _command(command: Command) -> str:
    rows = [_row(command.name, field) for field in _fields(command.data)]
    head = ("field", "type", "required", "limits", "meaning")
    data = _table(head, rows) if rows else "No data.\n"
    repeat = " Safe to repeat." if command.is_repeatable else ""
    text = f"{command.summary}{repeat} Answer's data: {ANSWERS[command.name]}."
    return f"### {command.name}\n\n{text}\n\n{data}"


def _row(command: str, field: kinds.Field) -> tuple[str, ...]:
    name = field.encode_name
    is_required = field.required or (command == "MngAddCalendarEvent" and name in REQUIRED)
    is_filter = issubclass(COMMANDS[command].data, CommonFilters) and name in OF_FILTER
    special = OF_COMMAND.get((command, name)) or (OF_FILTER[name] if is_filter else "")
    meaning = special or MEANINGS.get(name, "")
    required = "yes" if is_required else "no"
    rules = {} if special and (command, name) not in LIMITED else LIMITS
    return f"`{name}`", _type_of(field), required, _limits(field, rules), meaning


def settings_by_group() -> str:
    """A table of the settings of each group."""
    found = {title: [s for s in settings() if group_of(s.name) == title] for title in GROUPS}
    return "\n".join(f"### {title}\n\n{_settings(rows)}" for title, rows in found.items() if rows)


def _settings(rows: Iterable[Setting]) -> str:
    head = ("setting", "default", "environment", "meaning")
    cells = [(f"`{s.name}`", shown_default(s), f"`{s.variable}`", s.meaning) for s in rows]
    return _table(head, cells)


def unexplained() -> list[str]:
    """Fields and answers that `reference_texts` does not explain; there should be none."""
    found = [name for name in COMMANDS if name not in ANSWERS]
    found += [f"event.{f.encode_name}" for f in _fields(Event) if f.encode_name not in MEANINGS]
    found += [
        f"participant.{f.encode_name}"
        for f in _fields(Participant)
        if f.encode_name not in OF_PARTICIPANT
    ]
    for name, command in COMMANDS.items():
        for field in _fields(command.data):
            key = field.encode_name
            if key not in MEANINGS and (name, key) not in OF_COMMAND:
                found.append(f"{name}.{key}")
    return found


def _fields(struct: type[Any]) -> Sequence[kinds.Field]:
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)
    return info.fields


def _parts(kind: kinds.Type) -> list[kinds.Type]:
    """The kinds of JSON that a field takes, null and absence left out."""
    if isinstance(kind, kinds.Metadata):
        return _parts(kind.type)
    if isinstance(kind, kinds.UnionType):
        return [part for inner in kind.types for part in _parts(inner)]
    if isinstance(kind, kinds.NoneType) or "Unset" in repr(kind):
        return []
    return [kind]


def _type_of(field: kinds.Field) -> str:
    """For people: `int`, `time`, `array of int`."""
    return "seconds" if field.encode_name.endswith("_sec") else _type(field.type)


def _type(kind: kinds.Type) -> str:
    return " or ".join(dict.fromkeys(map(_name, _parts(kind))))


def _name(kind: kinds.Type) -> str:
    if isinstance(kind, kinds.IntType):
        return "time" if kind.le == MAX_TIME else "int"
    if isinstance(kind, kinds.ListType | kinds.VarTupleType):
        return f"array of {_type(kind.item_type)}"
    if isinstance(kind, kinds.EnumType | kinds.LiteralType):
        return "int" if all(isinstance(value, int) for value in _values(kind)) else "string"
    return _NAMES.get(type(kind), type(kind).__name__)


def _values(kind: kinds.EnumType | kinds.LiteralType) -> list[Any]:
    """What is taken, as it is on the wire."""
    if isinstance(kind, kinds.EnumType):
        return [one.value for one in kind.cls]
    return list(kind.values)


_NAMES: dict[type, str] = {
    kinds.StrType: "string",
    kinds.BoolType: "bool",
    kinds.FloatType: "number",
    kinds.RawType: "object, array, string or null",
    kinds.StructType: "object",
    kinds.DictType: "object",
    kinds.AnyType: "any",
}


def _limits(field: kinds.Field, rules: Mapping[str, str]) -> str:
    """What values are taken: by `rules`, else as far as the type tells."""
    if field.encode_name in rules:
        return rules[field.encode_name]
    return "; ".join(dict.fromkeys(text for part in _parts(field.type) if (text := _range(part))))


def _range(kind: kinds.Type) -> str:
    if isinstance(kind, kinds.IntType) and kind.ge is not None:
        return f"{kind.ge} .. {_bound(kind.le)}" if kind.le is not None else f"at least {kind.ge}"
    if isinstance(kind, kinds.EnumType) and issubclass(kind.cls, enum.IntEnum):
        return ", ".join(f"{n.value} {n.name.lower().replace('_', '-')}" for n in kind.cls)
    if isinstance(kind, kinds.EnumType | kinds.LiteralType):
        return " or ".join(f"`{json.dumps(value)}`" for value in _values(kind))
    if isinstance(kind, kinds.StrType) and kind.max_length is not None:
        return f"{kind.min_length or 0} .. {kind.max_length} characters"
    if isinstance(kind, kinds.ListType | kinds.VarTupleType):
        inner = "; ".join(filter(None, map(_range, _parts(kind.item_type))))
        count = "" if kind.max_length is None else f"at most {kind.max_length}"
        return "; ".join(filter(None, (count, inner)))
    return ""


def _bound(value: float) -> str:
    """The two large bounds by their names."""
    return {MAX_ID: "2^53-1", MAX_TIME: "the year 9999"}.get(int(value), f"{value:g}")


def _on_create(field: kinds.Field) -> str:
    name = field.encode_name
    if name in ON_CREATE:
        return ON_CREATE[name]
    if name in REQUIRED:
        return "required"
    if name in READ_ONLY:
        return "by the server"
    value = default_of(field)
    if value is None:
        return "absent"
    if isinstance(value, enum.IntEnum):
        return f"{int(value)}"
    return f'`"{value}"`' if isinstance(value, str) else f"{value}"


def _one_line(text: str | None) -> str:
    """A docstring as a cell; what the class calls `details` is part of the wire's `error`."""
    return re.sub(r'details\["(\w+)"\]', r"error.\1", " ".join((text or "").split()))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {
    "sessions": sessions,
    "errors": errors,
    "event": event,
    "participant": participant,
    "commands": commands,
    "settings": settings_by_group,
    "modules": lambda: _table(("module", "contents"), module_rows()),
}
"""What stands between the markers of each name."""


if __name__ == "__main__":
    write(Path())
