"""Which time zones are used, and what they say of 2027. Source: issue 12, no. 21."""

import datetime as dt
import gc
import weakref
import zoneinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzdata

from deskcal.app.zone_data import PACKAGE, keep_zones, newest, system_zones, use_newest_zones
from deskcal.core.zones import ZoneData, offset_table, zone_data

HOUR = 3600
CHANGED = {
    "America/Vancouver": -7,
    "America/Edmonton": -6,
    "America/Yellowknife": -6,
    "America/Winnipeg": -5,
    "America/Havana": -4,
    "Africa/Casablanca": 0,
}
"""Hours from UTC all through 2027 by release 2026f."""


@pytest.mark.parametrize(
    ("system", "package", "wanted"),
    [
        ("2025b", "2026f", "package"),
        ("2026f", "2026f", "package"),
        ("2026g", "2026f", "system"),
        ("2027a", "2026f", "system"),
        (None, "2026f", "package"),
    ],
)
def test_the_newer_of_the_two_sets_is_used(system: str | None, package: str, wanted: str) -> None:
    of_system = None if system is None else ZoneData(system, "system")
    assert newest(of_system, ZoneData(package, "package")).source == wanted


@pytest.mark.parametrize(
    ("name", "line", "version"),
    [
        ("tzdata.zi", "# version 2025b\n# ddeps backzone\n", "2025b"),
        ("+VERSION", "2026c\n", "2026c"),
        ("tzdata.zi", "# This is no version\n", None),
        ("tzdata.zi", "", None),
        ("other", "# version 2025b\n", None),
    ],
)
def test_the_release_of_a_directory_is_in_the_first_line_of_a_file(
    tmp_path: Path, name: str, line: str, version: str | None
) -> None:
    (tmp_path / name).write_text(line)
    found = system_zones([str(tmp_path / "none"), str(tmp_path)])
    assert found == (None if version is None else ZoneData(version, str(tmp_path)))


def test_the_set_that_was_chosen_is_the_one_that_zoneinfo_reads() -> None:
    """Run in one process with all other tests; `conftest.py` has chosen it as the server does."""
    found = use_newest_zones()
    assert found == zone_data()
    assert found.version >= tzdata.IANA_VERSION
    if found.source == PACKAGE:
        assert zoneinfo.TZPATH == ()


def test_a_zone_stays_loaded_however_many_others_are_used() -> None:
    """By itself `zoneinfo` holds eight of them, and reads the file of a ninth each time."""
    keep_zones()
    names = sorted(zoneinfo.available_timezones())[100:150]
    loaded = [weakref.ref(ZoneInfo(name)) for name in names]
    gc.collect()
    assert [one() is ZoneInfo(name) for one, name in zip(loaded, names, strict=True)] == [True] * 50


@pytest.mark.parametrize(("name", "hours"), CHANGED.items())
@pytest.mark.parametrize("day", [(2027, 1, 20), (2027, 3, 2), (2027, 3, 14), (2027, 3, 28)])
def test_clocks_of_2027_are_those_of_the_newest_release(
    name: str, hours: int, day: tuple[int, int, int]
) -> None:
    noon = dt.datetime(*day, 12, tzinfo=ZoneInfo(name))
    assert noon.utcoffset() == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    "name",
    [
        "UTC",
        "Europe/Nicosia",
        "America/Havana",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Asia/Tokyo",
        "Africa/Casablanca",
        "America/Vancouver",
        "Asia/Kathmandu",
        "Pacific/Apia",
    ],
)
def test_a_table_gives_the_offset_of_every_hour(name: str) -> None:
    zone = ZoneInfo(name)
    since = int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp())
    until = int(dt.datetime(2028, 1, 1, tzinfo=dt.UTC).timestamp())
    table = offset_table(zone, since, until)
    offset, changes = table[0], list(zip(table[1::2], table[2::2], strict=True))
    for time in range(since, until, HOUR // 2):
        while changes and changes[0][0] <= time:
            offset = changes.pop(0)[1]
        wanted = dt.datetime.fromtimestamp(time, zone).utcoffset()
        assert wanted is not None and offset == wanted.total_seconds(), time
    assert changes == []


def test_a_change_stands_at_its_very_second() -> None:
    spring = int(dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC).timestamp())
    table = offset_table(ZoneInfo("Europe/Nicosia"), spring - 5 * HOUR, spring + 5 * HOUR)
    assert table == [2 * HOUR, spring, 3 * HOUR]
    assert offset_table(ZoneInfo("Europe/Nicosia"), spring, spring + HOUR) == [3 * HOUR]
    assert offset_table(ZoneInfo("Europe/Nicosia"), spring - HOUR, spring) == [2 * HOUR]
