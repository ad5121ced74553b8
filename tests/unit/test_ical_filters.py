"""Which filters of a calendar-query need a look at the text of a resource."""

import pytest

from deskcal.ical.filters import CompFilter, PropFilter, Range, asks_for_all

EVENT = CompFilter("VEVENT")


@pytest.mark.parametrize(
    ("wanted", "is_all"),
    [
        (CompFilter("VCALENDAR"), True),
        (CompFilter("VCALENDAR", comps=[EVENT]), True),
        (CompFilter("VCALENDAR", props=[], comps=[CompFilter("VEVENT", props=[], comps=[])]), True),
        (CompFilter("VCALENDAR", is_absent=True), False),
        (CompFilter("VCALENDAR", range=Range(1, 2)), False),
        (CompFilter("VCALENDAR", props=[PropFilter("X-A")], comps=[EVENT]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", is_absent=True)]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", range=Range(1, 2))]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", props=[PropFilter("UID")])]), False),
        (
            CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", comps=[CompFilter("VALARM")])]),
            False,
        ),
        (CompFilter("VCALENDAR", comps=[EVENT, CompFilter("VTIMEZONE")]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VTODO")]), False),
        (CompFilter("VTODO"), False),
    ],
)
def test_a_filter_of_all_events_needs_none(wanted: CompFilter, is_all: bool) -> None:
    assert asks_for_all(wanted) is is_all
