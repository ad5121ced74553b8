"""Participants as clients send them, and the rows that are made of them. Pure.

Source: seed 000, "Participants"; contract, section 5.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec
from msgspec import Struct

from deskcal.core.event import (
    Event,
    Id,
    Participant,
    ParticipantRole,
    ParticipantStatus,
    Time,
)
from deskcal.errors import InvalidField

_ORGANIZER, _REQUIRED = ParticipantRole.ORGANIZER, ParticipantRole.REQUIRED
_INVITED, _ACCEPTED = ParticipantStatus.INVITED, ParticipantStatus.ACCEPTED


class ParticipantFields(Struct, frozen=True, gc=False):
    """A participant as a client sends it; what is absent is kept, or set to its default."""

    manager_id: Id
    role: ParticipantRole | None = None
    status: ParticipantStatus | None = None
    created_time: Time | None = None
    updated_time: Time | None = None


def sent_participants(fields: Any, most: int) -> tuple[ParticipantFields, ...] | None:
    """The list of either key, `participants` first; ids of one manager fold into one row.

    None: neither was sent. Raises: InvalidField for more than `most`, for the id 0, and for a
    manager whose row is in `participants` twice.
    """
    if fields.participants is not None:
        _check_list("participants", fields.participants, most)
        return tuple(_each_once(fields.participants))
    ids = fields.participant_manager_ids
    if ids is None:
        return None
    if 0 in ids:
        _refuse_manager(f"participant_manager_ids[{ids.index(0)}]")
    managers = list(dict.fromkeys(ids))
    _check_list("participant_manager_ids", managers, most)
    return tuple(map(ParticipantFields, managers))


def _each_once(rows: list[ParticipantFields]) -> Iterator[ParticipantFields]:
    seen = set()
    for index, row in enumerate(rows):
        if row.manager_id == 0:
            _refuse_manager(f"participants[{index}].manager_id")
        if row.manager_id in seen:
            path = f"participants[{index}].manager_id"
            raise InvalidField(
                f"{path} ({row.manager_id}) stands in the list twice; send one row a manager",
                field=path,
            )
        seen.add(row.manager_id)
        yield row


def _check_list(name: str, rows: list[Any], most: int) -> None:
    if len(rows) > most:
        raise InvalidField(f"{name} has {len(rows)} rows; at most {most} are allowed", field=name)


def _refuse_manager(path: str) -> NoReturn:
    raise InvalidField(f"{path} (0) must be greater than 0", field=path)


def merged_rows(
    before: Event, after: Event, sent: tuple[ParticipantFields, ...] | None, now: int
) -> tuple[Participant, ...]:
    """The rows after an update: those sent, else those there, with a new owner put first.

    `sent`: None where no list was.
    """
    if sent is None and before.owner_manager_id == after.owner_manager_id:
        return before.participants
    if sent is None:
        return rows_of_owner(before, after.owner_manager_id, now)
    known = {row.manager_id: row for row in before.participants}
    return _rows(after.id, after.owner_manager_id, sent, known, now)


def rows_of_owner(event: Event, owner: int, now: int) -> tuple[Participant, ...]:
    """The rows of an event that gets another owner."""
    known = {row.manager_id: row for row in event.participants}
    return _rows(event.id, owner, tuple(map(ParticipantFields, known)), known, now)


def new_rows(
    event_id: int, owner: int, sent: tuple[ParticipantFields, ...], now: int
) -> tuple[Participant, ...]:
    """The rows of a new event: the owner's, then those sent."""
    if not sent:
        return (Participant(event_id, owner, _ORGANIZER, _ACCEPTED, now, now),)
    return _rows(event_id, owner, sent, {}, now)


def _rows(
    event_id: int,
    owner: int,
    sent: tuple[ParticipantFields, ...],
    known: dict[int, Participant],
    now: int,
) -> tuple[Participant, ...]:
    """The owner's row, then the rows as sent."""
    wanted = {row.manager_id: row for row in sent}
    first = wanted.pop(owner, None) or ParticipantFields(owner)
    return (
        _owner_row(event_id, first, known.get(owner), now),
        *[
            _participant_row(event_id, row, known.get(row.manager_id), now)
            for row in wanted.values()
        ],
    )


def check_count(rows: tuple[Participant, ...], most: int) -> None:
    """Raises: InvalidField if the owner's row is one too many."""
    if len(rows) > most:
        raise InvalidField(
            f"participants would be {len(rows)} rows with the owner's; at most {most} are allowed",
            field="participants",
        )


def _owner_row(
    event_id: int, sent: ParticipantFields, known: Participant | None, now: int
) -> Participant:
    if known is None and _is_plain(sent):
        return Participant(event_id, sent.manager_id, _ORGANIZER, _ACCEPTED, now, now)
    kept = known.status if known else _ACCEPTED
    status = kept if sent.status is None else sent.status
    return _row(event_id, sent, known, _ORGANIZER, status, now)


def _participant_row(
    event_id: int, sent: ParticipantFields, known: Participant | None, now: int
) -> Participant:
    """A row of anyone but the owner: never the organizer."""
    if known is None and _is_plain(sent):
        return Participant(event_id, sent.manager_id, _REQUIRED, _INVITED, now, now)
    kept_role = known.role if known else _REQUIRED
    kept_status = known.status if known else _INVITED
    role = kept_role if sent.role is None else sent.role
    status = kept_status if sent.status is None else sent.status
    role = _REQUIRED if role == _ORGANIZER else role
    return _row(event_id, sent, known, role, status, now)


def _is_plain(sent: ParticipantFields) -> bool:
    """Whether the manager alone was sent."""
    is_usual = sent.role is None and sent.status is None
    return is_usual and sent.created_time is None and sent.updated_time is None


def _row(
    event_id: int,
    sent: ParticipantFields,
    known: Participant | None,
    role: ParticipantRole,
    status: ParticipantStatus,
    now: int,
) -> Participant:
    """The row with its times: as sent, else as known (while nothing changed), else now."""
    same = known is not None and (role, status) == (known.role, known.status)
    created = known.created_time if known else now
    updated = known.updated_time if known and same else now
    return Participant(
        event_id,
        sent.manager_id,
        role,
        status,
        created if sent.created_time is None else sent.created_time,
        updated if sent.updated_time is None else sent.updated_time,
    )


def asked_again(row: Participant, owner: int, now: int) -> Participant:
    """The row with its answer reset, unless it is the owner's."""
    if row.manager_id == owner or row.status == _INVITED:
        return row
    return msgspec.structs.replace(row, status=_INVITED, updated_time=now)
