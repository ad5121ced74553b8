"""A client's methods for series: creates with a rule, and changes of several occurrences."""

import secrets
from collections.abc import Sequence
from typing import Any, Literal, Unpack

import msgspec
from msgspec import UNSET, Struct, UnsetType

from deskcal.client.caller import Caller
from deskcal.client.types import EventChanges, NewEvent
from deskcal.core.event import Event, ParticipantStatus

Scope = Literal[1, 2]
"""1: this occurrence and the following ones; 2: all."""


class Rule(Struct, frozen=True):
    """A recurrence rule: RFC 5545's value without `RRULE:`."""

    rrule: str
    exdates: list[str] | None = None
    """Local dates that are left out, `2026-12-25`; None: those of before, or none."""


class SeriesRow(Struct, frozen=True):
    """A series as the server has it."""

    series_id: int
    rrule: str
    exdates: list[str]
    timezone: str
    start_time: int
    duration_sec: int
    horizon: int
    """Up to when its occurrences exist; of one that has ended, the end of the last."""
    version: int
    own: list[int]
    """Occurrences with fields of their own."""


class CreatedSeries(Struct, frozen=True):
    """A new series."""

    event: Event
    """The first occurrence."""
    series: SeriesRow
    occurrences: int


class ChangedSeries(Struct, frozen=True):
    """What a change of several occurrences left."""

    event: Event
    """The one that was named."""
    series: SeriesRow | None
    """None: nothing is left of it."""
    changed: int


class _DeletedAnswer(Struct):
    ids: list[int]


class _SeriesAnswer(Struct):
    series: SeriesRow


class SeriesCalls(Caller):
    """Commands of series. Source: contract, section 13."""

    async def add_series(
        self,
        rule: Rule,
        *,
        idempotency_key: str | None = None,
        token: str | None = None,
        **event: Unpack[NewEvent],
    ) -> CreatedSeries:
        """Creates a series of which `event` is the first occurrence, once, even if sent again."""
        key = idempotency_key or secrets.token_hex(16)
        data = {**event, "recurrence": rule, "idempotency_key": key}
        answer = await self.ask("MngAddCalendarEvent", data, token)
        return msgspec.json.decode(answer, type=CreatedSeries)

    async def update_series(
        self,
        event_id: int,
        scope: Scope | None = None,
        *,
        rule: Rule | UnsetType | None = UNSET,
        reset_own: bool = False,
        if_version: int | None = None,
        token: str | None = None,
        **changes: Unpack[EventChanges],
    ) -> ChangedSeries:
        """Changes several occurrences; `rule` None ends the rule and keeps the named one.

        Without a scope, and with a `rule`: a single event becomes the first of a series. Conflict
        if the named event's version is not `if_version`.
        """
        data: dict[str, Any] = {**changes, **_target(event_id, scope, if_version)}
        if rule is not UNSET:
            data["recurrence"] = rule
        if reset_own:
            data["reset_own"] = 1
        return await self._changed("MngUpdateCalendarEvent", data, token)

    async def delete_series(
        self,
        event_id: int,
        scope: Scope,
        *,
        if_version: int | None = None,
        token: str | None = None,
    ) -> Sequence[int]:
        """Deletes several occurrences; their ids."""
        data = _target(event_id, scope, if_version)
        answer = await self.ask("MngDeleteCalendarEvent", data, token)
        return msgspec.json.decode(answer, type=_DeletedAnswer).ids

    async def archive_series(
        self,
        event_id: int,
        scope: Scope,
        *,
        if_version: int | None = None,
        token: str | None = None,
    ) -> ChangedSeries:
        """Archives several occurrences."""
        data = _target(event_id, scope, if_version)
        return await self._changed("MngArchiveCalendarEvent", data, token)

    async def respond_series(
        self,
        event_id: int,
        scope: Scope,
        status: ParticipantStatus,
        *,
        if_version: int | None = None,
        token: str | None = None,
    ) -> ChangedSeries:
        """Sets the answer of the token's own manager on several occurrences."""
        data = {**_target(event_id, scope, if_version), "status": status}
        return await self._changed("MngRespondCalendarEvent", data, token)

    async def get_series(
        self,
        event_id: int | None = None,
        *,
        series_id: int | None = None,
        token: str | None = None,
    ) -> SeriesRow:
        """The series of an occurrence, or the one of that id: one of the two is needed.

        NotFound, or InvalidField for an event of no series.
        """
        asked = {"id": event_id, "series_id": series_id}
        data = {name: value for name, value in asked.items() if value is not None}
        answer = await self.ask("MngGetCalendarSeries", data, token)
        return msgspec.json.decode(answer, type=_SeriesAnswer).series

    async def _changed(
        self, command: str, data: dict[str, Any], token: str | None
    ) -> ChangedSeries:
        return msgspec.json.decode(await self.ask(command, data, token), type=ChangedSeries)


def _target(event_id: int, scope: Scope | None, if_version: int | None) -> dict[str, int]:
    """The occurrence that is named, what is meant besides, and the version that it must have."""
    sent = {"id": event_id, "scope": scope, "if_version": if_version}
    return {name: value for name, value in sent.items() if value is not None}
