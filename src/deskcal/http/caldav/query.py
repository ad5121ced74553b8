"""The filter of a calendar-query and the form of calendar-data, read from XML.

Source: RFC 4791, 9.6 and 9.7.
"""

import datetime as dt
import enum
from xml.etree.ElementTree import Element

from msgspec import Struct

from deskcal.core.event import MAX_TIME
from deskcal.http.caldav.conditions import (
    CALENDAR_DATA,
    SUPPORTED_COLLATION,
    VALID_FILTER,
    Refused,
    forbidden,
)
from deskcal.http.caldav.names import caldav
from deskcal.ical.filters import CompFilter, ParamFilter, PropFilter, Range, TextMatch

MAX_FILTERS = 100


class Form(enum.Enum):
    """How calendar-data is to be given."""

    WHOLE = enum.auto()
    EXPANDED = enum.auto()
    LIMITED = enum.auto()


class DataForm(Struct, frozen=True):
    """What of a resource is asked for."""

    form: Form = Form.WHOLE
    range: Range = Range()


def comp_filter(node: Element) -> CompFilter:
    """A `comp-filter`. Raises: Refused for one that is not valid."""
    if sum(1 for _ in node.iter()) > MAX_FILTERS:
        raise forbidden(f"a filter of more than {MAX_FILTERS} elements", VALID_FILTER)
    return _comp_filter(node)


def _comp_filter(node: Element) -> CompFilter:
    return CompFilter(
        _name(node),
        node.find(caldav("is-not-defined")) is not None,
        _range_in(node),
        [_prop_filter(one) for one in node.findall(caldav("prop-filter"))],
        [_comp_filter(one) for one in node.findall(caldav("comp-filter"))],
    )


def _prop_filter(node: Element) -> PropFilter:
    return PropFilter(
        _name(node),
        node.find(caldav("is-not-defined")) is not None,
        _range_in(node),
        _text_match(node),
        [
            ParamFilter(
                _name(one), one.find(caldav("is-not-defined")) is not None, _text_match(one)
            )
            for one in node.findall(caldav("param-filter"))
        ],
    )


def _name(node: Element) -> str:
    name = node.get("name", "")
    if not name:
        raise forbidden(f"a {node.tag.rpartition('}')[2]} has no name", VALID_FILTER)
    return name.upper()


def _text_match(node: Element) -> TextMatch | None:
    found = node.find(caldav("text-match"))
    if found is None:
        return None
    collation = found.get("collation", "i;ascii-casemap")
    if collation not in ("i;ascii-casemap", "i;octet", "i;unicode-casemap", "default"):
        raise forbidden(f"the collation {collation[:40]!r} is not known", SUPPORTED_COLLATION)
    is_negated = found.get("negate-condition", "no") == "yes"
    return TextMatch(found.text or "", collation == "i;octet", is_negated)


def _range_in(node: Element) -> Range | None:
    found = node.find(caldav("time-range"))
    return None if found is None else range_of(found)


def range_of(node: Element) -> Range:
    """The range of `start` and `end`, one of which may be absent. Raises: Refused."""
    start, end = node.get("start"), node.get("end")
    since = _time(start) if start else 0
    until = _time(end) if end else MAX_TIME
    if (start is None and end is None) or until <= since:
        raise forbidden("a time-range has a start before its end, in UTC", VALID_FILTER)
    return Range(since, until)


def _time(text: str) -> int:
    try:
        found = dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError as exc:
        raise forbidden(
            f"{text[:40]!r} is no time in UTC such as 20270104T090000Z", VALID_FILTER
        ) from exc
    return min(max(int(found.timestamp()), 0), MAX_TIME)


def data_form(prop: Element | None) -> DataForm:
    """How the calendar-data of a `prop` is asked for. Raises: Refused for other media types."""
    node = prop.find(caldav("calendar-data")) if prop is not None else None
    if node is None:
        return DataForm()
    if node.get("content-type", "text/calendar").lower() != "text/calendar":
        raise forbidden("calendar-data is given as text/calendar 2.0", CALENDAR_DATA)
    for name, form in (("expand", Form.EXPANDED), ("limit-recurrence-set", Form.LIMITED)):
        found = node.find(caldav(name))
        if found is not None:
            if not (found.get("start") and found.get("end")):
                raise Refused(400, f"{name} needs start and end")
            return DataForm(form, range_of(found))
    return DataForm()
