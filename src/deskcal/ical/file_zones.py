"""The zones that one iCalendar file names: its TZIDs, VTIMEZONEs and X-WR-TIMEZONE. Pure.

Source: RFC 5545, 3.2.19 and 3.6.5; contract, section 16.
"""

from collections.abc import Iterable, Sequence

from deskcal.ical.lines import Part, Problem, text_of
from deskcal.ical.observances import observance
from deskcal.ical.zones import RuleZone, same_zone, zone_name

MAX_ZONES = 100
"""VTIMEZONEs of one file."""
USUAL_ZONE = "X-WR-TIMEZONE"
"""The property of a VCALENDAR with the zone of its floating times. No RFC has it; Google and Apple
write it."""


class FileZones:
    """What the names of zones mean in one file."""

    def __init__(self, parts: Sequence[Part], problems: list[Problem]) -> None:
        """Adds VTIMEZONEs that cannot be read to `problems`."""
        self._rules: dict[str, RuleZone] = {}
        self._names: dict[str, str | None] = {}
        for part in [part for part in parts if part.name == "VTIMEZONE"][:MAX_ZONES]:
            self._add(part, problems)
        self.floating = ""
        """IANA name of the zone of X-WR-TIMEZONE; empty: the file names none that is known."""
        self.why_not = ""
        """Why an X-WR-TIMEZONE does not count, for a warning; empty: it does, or there is none."""
        self._set_floating(sorted(_usual_zones(parts)))

    def _add(self, part: Part, problems: list[Problem]) -> None:
        """Takes a VTIMEZONE; one whose TZID is an IANA name is ignored.

        Source: contract, section 16, "Windows and vendor zone names".
        """
        tzid = part.first("TZID")
        if tzid is None or zone_name(tzid.value) is not None:
            return
        try:
            zone = RuleZone([observance(one) for one in part.parts])
        except (ValueError, OverflowError) as exc:
            problems.append(Problem(part.line, f"VTIMEZONE: {exc}"))
            return
        self._rules[tzid.value] = zone
        self._names[tzid.value] = same_zone(zone)

    def _set_floating(self, texts: Sequence[str]) -> None:
        names = {self.name_of(text) for text in texts}
        if len(names) > 1:
            self.why_not = f"{USUAL_ZONE} is {texts[0][:60]!r} and {texts[1][:60]!r}"
        elif names == {None}:
            self.why_not = f"{USUAL_ZONE} is {texts[0][:60]!r}, which is no known zone"
        else:
            self.floating = "".join(filter(None, names))

    def name_of(self, tzid: str) -> str | None:
        """The IANA zone of a TZID; None: no such zone has its clock."""
        return zone_name(tzid) or self._names.get(tzid)

    def rules_of(self, tzid: str) -> RuleZone | None:
        """What the VTIMEZONE of a TZID says; None: the file has none."""
        return self._rules.get(tzid)


def has_usual_zone(text: str) -> bool:
    """Whether a text may have an X-WR-TIMEZONE; a quick look."""
    return USUAL_ZONE in text.upper()


def _usual_zones(parts: Iterable[Part]) -> set[str]:
    found = [one for part in parts if part.name == "VCALENDAR" for one in part.all(USUAL_ZONE)]
    return {text for one in found if (text := text_of(one.value).strip())}
