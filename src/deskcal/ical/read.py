"""iCalendar files to events in terms of instants and IANA zones. Pure; any text is taken.

Source: RFC 5545; contract, section 16.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.core.all_day import UTC
from deskcal.core.event import MAX_LOCATION, MAX_TITLE
from deskcal.core.wall_clock import day_start, instant
from deskcal.ical.file_zones import FileZones
from deskcal.ical.floating import until_in_utc
from deskcal.ical.lines import Part, Problem, Property, read_parts, text_of
from deskcal.ical.observances import TIME
from deskcal.limits import DAY_SEC

MAX_UID_BYTES = 1000
MAX_DATES = 10_000
"""EXDATEs or RDATEs of one event."""
MIN_YEAR = 1583
"""Of a start: the first whole year of the Gregorian calendar."""
MAX_DESCRIPTION = 60_000
_TAKEN = {"SUMMARY": MAX_TITLE, "LOCATION": MAX_LOCATION, "DESCRIPTION": MAX_DESCRIPTION}
"""Characters that an event's field takes of a text; the rest is cut."""
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
)
_KNOWN = frozenset(
    (
        *("UID", "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTART", "DTEND", "DURATION"),
        *("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP", "PRIORITY"),
        *("SEQUENCE", "LAST-MODIFIED", "DTSTAMP", "CREATED", "ORGANIZER", "ATTENDEE"),
    )
)


class Moment(Struct, frozen=True):
    """A DATE or DATE-TIME."""

    time: int
    """Unix seconds; of a date its first instant in its zone."""
    local: dt.datetime
    """What the clock of `zone` shows; of a date its midnight."""
    zone: str
    """IANA name; empty: floating, or a date, read in the default zone."""
    is_date: bool = False


class Alarm(Struct, frozen=True):
    """A VALARM that the event's reminder can be."""

    before_sec: int = 0
    """Before the start; 0 with `time`."""
    time: int = 0
    """Unix seconds; 0: relative to the start."""


class Attendee(Struct, frozen=True):
    """ORGANIZER or ATTENDEE."""

    address: str
    """As it stands, such as `mailto:a@example.com`."""
    partstat: str
    role: str
    name: str


class CalendarEvent(Struct, frozen=True, kw_only=True):
    """One VEVENT: an event, a series, or the override of one of its occurrences."""

    uid: str
    line: int
    start: Moment
    end: Moment
    """Never before `start`; of dates the first one that is no part of it."""
    title: str = ""
    description: str = ""
    location: str = ""
    status: str = ""
    is_transparent: bool | None = None
    """None: TRANSP is absent."""
    priority: int = 0
    sequence: int = 0
    modified: int = 0
    """LAST-MODIFIED, else DTSTAMP, Unix seconds; 0: neither."""
    recurrence_id: Moment | None = None
    is_this_and_future: bool = False
    rrule: str = ""
    exdates: tuple[Moment, ...] = ()
    rdates: tuple[Moment, ...] = ()
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    extras: tuple[str, ...] = ()
    """Content lines that deskcal has no field for, unfolded, VALARMs among them."""


class Skipped(Struct, frozen=True):
    """What was not taken."""

    uid: str
    why: str
    """With the line that it stands in."""


class CalendarFile(Struct):
    """What a file holds."""

    events: list[CalendarEvent]
    skipped: list[Skipped]
    warnings: list[Skipped]
    """Of events that were taken, but not in every point as they stand."""
    is_calendar: bool = False
    """Whether there is a VCALENDAR at all."""
    is_cut: bool = False


def too_long(name: str, text: str) -> str:
    """What of the text of SUMMARY, LOCATION or DESCRIPTION has no room; empty: it has."""
    length = len(" ".join(text.split()) if name == "SUMMARY" else text)
    most = _TAKEN[name]
    return f"{name} has {length} characters: the first {most} are taken" if length > most else ""


def read_calendar(
    lines: Iterable[str], default_timezone: str, *, dates_by_file: bool = True
) -> CalendarFile:
    """All that can be read.

    Floating times are in the zone of X-WR-TIMEZONE, else in `default_timezone`.
    Dates are in that of X-WR-TIMEZONE with `dates_by_file`, unless it is UTC, the zone of calendars
    that are of no place (such as published holidays); else in `default_timezone`.
    """
    problems: list[Problem] = []
    parts = list(read_parts(lines, problems))
    zones = FileZones(parts, problems)
    found = CalendarFile([], [Skipped("", f"line {one.line}: {one.why}") for one in problems], [])
    found.is_calendar = any(part.name == "VCALENDAR" for part in parts)
    found.is_cut = any(part.is_cut for part in parts)
    dates = zones.floating if dates_by_file and zones.floating != UTC else ""
    reader = _Reader(default_timezone, zones, dates, found)
    for part in parts:
        if part.name not in ("VCALENDAR", "VTIMEZONE"):
            reader.add_part(part)
    return found


class _Unreadable(ValueError):
    """str() says why, with the line."""


class _Reader:
    """Reads the components of one file with its own VTIMEZONEs."""

    def __init__(
        self, default_timezone: str, zones: FileZones, dates: str, found: CalendarFile
    ) -> None:
        self._default = ZoneInfo(default_timezone)
        self._zones = zones
        self._dates = dates
        self._found = found
        self._warned: set[tuple[str, str]] = set()

    def add_part(self, part: Part) -> None:
        """Takes a VEVENT; what is none, or can't be read, is skipped with the reason."""
        uid_property = part.first("UID")
        uid = text_of(uid_property.value).strip() if uid_property else ""
        if part.name != "VEVENT":
            self._skip(uid, part.line, f"a {part.name[:20]} is no event")
        elif part.is_cut:
            self._skip(uid, part.line, "the file ends in the middle of this event")
        elif not 0 < len(uid.encode("utf-8", "replace")) <= MAX_UID_BYTES:
            self._skip(uid, part.line, f"an event without a UID of 1 to {MAX_UID_BYTES} bytes")
        else:
            try:
                self._found.events.append(self._event(uid, part))
            except (ValueError, OverflowError) as exc:
                self._skip(uid, part.line, str(exc))

    def _skip(self, uid: str, line: int, why: str) -> None:
        why = why if why.startswith("line ") else f"line {line}: {why}"
        self._found.skipped.append(Skipped(uid[:200], why))

    def _event(self, uid: str, part: Part) -> CalendarEvent:
        start_property = part.first("DTSTART")
        if start_property is None:
            raise _Unreadable(f"line {part.line}: an event without DTSTART")
        start = self._moment(start_property, uid)
        if start.local.year < MIN_YEAR:
            raise _Unreadable(f"line {start_property.line}: DTSTART is before {MIN_YEAR}")
        recurrence = part.first("RECURRENCE-ID")
        organizer = part.first("ORGANIZER")
        transp = _upper(part, "TRANSP")
        return CalendarEvent(
            uid=uid,
            line=part.line,
            start=start,
            end=self._end(part, start, uid),
            title=self._text(part, "SUMMARY", uid),
            description=self._text(part, "DESCRIPTION", uid),
            location=self._text(part, "LOCATION", uid),
            status=_upper(part, "STATUS"),
            is_transparent=None if not transp else transp == "TRANSPARENT",
            priority=_integer(part, "PRIORITY"),
            sequence=_integer(part, "SEQUENCE"),
            modified=self._time_of(part, "LAST-MODIFIED") or self._time_of(part, "DTSTAMP"),
            recurrence_id=self._moment(recurrence, uid) if recurrence else None,
            is_this_and_future=_range_of(recurrence) == "THISANDFUTURE",
            rrule=self._rule(part, start),
            exdates=self._moments(part, "EXDATE", uid),
            rdates=self._moments(part, "RDATE", uid),
            organizer=_attendee(organizer) if organizer else None,
            attendees=tuple(map(_attendee, part.all("ATTENDEE"))),
            alarms=tuple(self._alarms(part, uid)),
            extras=tuple(_extras(part)),
        )

    def _text(self, part: Part, name: str, uid: str) -> str:
        """The whole text; a field that takes less of it is named in the warnings."""
        found = part.first(name)
        if found is None:
            return ""
        text = text_of(found.value).strip()
        if why := too_long(name, text):
            self._warn(uid, found.line, why)
        return text

    def _rule(self, part: Part, start: Moment) -> str:
        rules = part.all("RRULE")
        if len(rules) > 1:
            raise _Unreadable(f"line {rules[1].line}: several RRULEs, which readers disagree about")
        if part.first("EXRULE"):
            raise _Unreadable(f"line {part.line}: an EXRULE, which RFC 5545 has withdrawn")
        rule = rules[0].value.strip() if rules else ""
        return rule if start.is_date else until_in_utc(rule, start.zone or self._default.key)

    def _moments(self, part: Part, name: str, uid: str) -> tuple[Moment, ...]:
        found: list[Moment] = []
        for one in part.all(name):
            if one.params.get("VALUE", "").upper() == "PERIOD" or "/" in one.value:
                raise _Unreadable(
                    f"line {one.line}: {name} with periods is not taken; write its starts"
                )
            texts = [text for text in one.value.split(",") if text]
            if len(found) + len(texts) > MAX_DATES:
                raise _Unreadable(f"line {one.line}: more than {MAX_DATES} of {name}")
            found += [self._moment(one, uid, text) for text in texts]
        return tuple(found)

    def _end(self, part: Part, start: Moment, uid: str) -> Moment:
        end, duration = part.first("DTEND"), part.first("DURATION")
        if end is not None:
            found = self._moment(end, uid)
            if found.is_date != start.is_date:
                raise _Unreadable(f"line {end.line}: DTEND and DTSTART are not of one kind")
        elif duration is not None:
            found = self._after(start, *duration_of(duration))
        else:
            found = self._after(start, 1, 0) if start.is_date else start
        if start.is_date and found.time <= start.time:
            return self._after(start, 1, 0)
        return max(found, start, key=lambda moment: moment.time)

    def _after(self, start: Moment, days: int, seconds: int) -> Moment:
        """Days by the wall clock, hours and less exactly."""
        local = start.local + dt.timedelta(days=days)
        moved = self._zoned(local, start.zone, start.is_date) if days else start
        if not seconds:
            return moved
        if start.is_date:
            local = moved.local + dt.timedelta(seconds=seconds)
            return self._zoned(dt.datetime.combine(local, dt.time()), start.zone, True)
        return Moment(moved.time + seconds, moved.local + dt.timedelta(seconds=seconds), start.zone)

    def _time_of(self, part: Part, name: str) -> int:
        found = part.first(name)
        try:
            return max(self._moment(found, "").time, 0) if found else 0
        except (ValueError, OverflowError):
            return 0

    def _moment(self, source: Property, uid: str, text: str | None = None) -> Moment:
        value = (source.value if text is None else text).strip()
        try:
            if date := _DATE.fullmatch(value):
                day = dt.datetime(int(date[1]), int(date[2]), int(date[3]))  # noqa: DTZ001
                return self._zoned(day, self._dates, True)
            time = TIME.fullmatch(value)
            if time is None:
                raise ValueError(f"{value[:40]!r} is no date and no time")
            numbers = [int(number or 0) for number in time.groups()[:6]]
            numbers[5] = min(numbers[5], 59)
            local = dt.datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001
        except ValueError as exc:
            raise _Unreadable(f"line {source.line}: {source.name}: {exc}") from exc
        if time[7]:
            return self._zoned(local, "UTC", False)
        return self._of_tzid(local, source, uid)

    def _of_tzid(self, local: dt.datetime, source: Property, uid: str) -> Moment:
        tzid = source.params.get("TZID", "")
        if not tzid:
            if self._zones.why_not:
                self._warn(uid, source.line, f"{self._zones.why_not}: read in the default zone")
            return self._zoned(local, self._zones.floating, False)
        name = self._zones.name_of(tzid)
        if name is not None:
            return self._zoned(local, name, False)
        zone = self._zones.rules_of(tzid)
        if zone is None:
            why = f"the file has no VTIMEZONE for {tzid[:60]!r}: read in the default zone"
            self._warn(uid, source.line, why)
            return self._zoned(local, "", False)
        why = f"no IANA zone has the clock of {tzid[:60]!r}: its times are kept in UTC"
        self._warn(uid, source.line, why)
        time = zone.instant(local)
        shown = dt.datetime.fromtimestamp(time, dt.UTC).replace(tzinfo=None)
        return Moment(time, shown, "UTC")

    def _warn(self, uid: str, line: int, why: str) -> None:
        if uid and (uid, why) not in self._warned:
            self._warned.add((uid, why))
            self._found.warnings.append(Skipped(uid[:200], f"line {line}: {why}"))

    def _zoned(self, local: dt.datetime, name: str, is_date: bool) -> Moment:
        zone = ZoneInfo(name) if name else self._default
        time = day_start(local.date(), zone) if is_date else instant(local, zone)
        return Moment(time, local, name, is_date)

    def _alarms(self, part: Part, uid: str) -> Iterable[Alarm]:
        for one in part.parts:
            trigger = one.first("TRIGGER") if one.name == "VALARM" else None
            if trigger is None or trigger.params.get("RELATED", "").upper() == "END":
                continue
            if trigger.params.get("VALUE", "").upper() == "DATE-TIME" or "T" in trigger.value[8:9]:
                yield Alarm(time=self._moment(trigger, uid).time)
            else:
                days, seconds = duration_of(trigger)
                if days * DAY_SEC + seconds <= 0:
                    yield Alarm(before_sec=-(days * DAY_SEC + seconds))


def _range_of(recurrence: Property | None) -> str:
    return recurrence.params.get("RANGE", "").upper() if recurrence else ""


def _upper(part: Part, name: str) -> str:
    found = part.first(name)
    return found.value.strip().upper() if found else ""


def _integer(part: Part, name: str) -> int:
    found = _upper(part, name)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0


def duration_of(source: Property) -> tuple[int, int]:
    """Days and seconds of a DURATION; both negative in front of a minus. Raises: ValueError."""
    found = _DURATION.fullmatch(source.value.strip().upper())
    if found is None or len(source.value.strip()) < 3:
        raise _Unreadable(f"line {source.line}: {source.value[:40]!r} is no duration")
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    sign = -1 if found[1] == "-" else 1
    return sign * (weeks * 7 + days), sign * (hours * 3600 + minutes * 60 + seconds)


def _attendee(source: Property) -> Attendee:
    params: Mapping[str, str] = source.params
    return Attendee(
        source.value.strip(),
        params.get("PARTSTAT", "").upper(),
        params.get("ROLE", "").upper(),
        params.get("CN", ""),
    )


def _extras(part: Part) -> Iterable[str]:
    for one in part.properties:
        if one.name not in _KNOWN:
            yield one.text
    for inner in part.parts:
        yield f"BEGIN:{inner.name}"
        yield from (one.text for one in inner.properties)
        yield from _extras(Part(inner.name, inner.line, [], inner.parts))
        yield f"END:{inner.name}"
