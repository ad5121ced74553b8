"""free-busy-query: when a collection's manager or desk is busy. Source: RFC 4791, 7.10."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from deskcal.commands.candidates import zone_of
from deskcal.commands.member import Member
from deskcal.core.free_busy import Interval, merged
from deskcal.http.caldav.conditions import Refused
from deskcal.http.caldav.context import ON_LOOP, Context, is_long, members_within
from deskcal.http.caldav.names import caldav
from deskcal.http.caldav.query import range_of
from deskcal.ical.components import read_components
from deskcal.ical.expand import instances, utc_text
from deskcal.ical.filters import Range
from deskcal.ical.lines import Part, Property
from deskcal.ical.text import calendar_lines
from deskcal.ical.write import PRODUCT
from deskcal.threads import computed


async def free_busy_query(context: Context, root: Element) -> bytes:
    """A VFREEBUSY of the range."""
    node = root.find(caldav("time-range"))
    if node is None:
        raise Refused(400, "a free-busy-query needs a time-range element with start and end")
    range_ = range_of(node)
    found = await members_within(context, range_.since, range_.until)
    if len(found) <= ON_LOOP and not is_long(range_):
        return _text(context, found, range_)
    return await computed(_text, context, found, range_)


def _text(context: Context, found: Sequence[Member], range_: Range) -> bytes:
    default_timezone = context.services.default_timezone
    taken: dict[str, list[Interval]] = {"BUSY": [], "BUSY-TENTATIVE": []}
    for member in found:
        zone = zone_of(member, default_timezone)
        components = read_components(context.text(member), zone)
        for one in instances(components, range_.since, range_.until, zone):
            kind = _kind(one.part)
            if kind and one.end_time > one.start_time:
                taken[kind].append((one.start_time, one.end_time))
    lines = _lines(taken, range_.since, range_.until)
    return calendar_lines(
        ["VERSION:2.0", f"PRODID:{PRODUCT}"], [Part("VFREEBUSY", 0, lines, [])]
    ).encode()


def _kind(part: Part) -> str:
    """FBTYPE; empty: it makes nobody busy."""
    status, transp = part.first("STATUS"), part.first("TRANSP")
    if status is not None and status.value.upper() == "CANCELLED":
        return ""
    if transp is not None and transp.value.upper() == "TRANSPARENT":
        return ""
    if status is not None and status.value.upper() == "TENTATIVE":
        return "BUSY-TENTATIVE"
    return "BUSY"


def _lines(taken: Mapping[str, list[Interval]], since: int, until: int) -> list[Property]:
    lines = [
        _line("DTSTAMP", "DTSTAMP", utc_text(since)),
        _line("DTSTART", "DTSTART", utc_text(since)),
        _line("DTEND", "DTEND", utc_text(until)),
    ]
    for kind, intervals in taken.items():
        for start, end in merged(intervals, since, until):
            value = f"{utc_text(start)}/{utc_text(end)}"
            lines.append(_line("FREEBUSY", f"FREEBUSY;FBTYPE={kind}", value))
    return lines


def _line(name: str, head: str, value: str) -> Property:
    return Property(name, {}, value, 0, f"{head}:{value}")
