"""Has `zoneinfo` read the newer set of time zones: the system's, or the one of package tzdata.

By itself `zoneinfo` takes the system's, however old. Source: issue 12, no. 21.
"""

import logging
import re
import struct
import zoneinfo
from collections.abc import Iterable
from pathlib import Path

import tzdata

from deskcal.core.draft import leave_out_timezones, timezones
from deskcal.core.zones import ZoneData, set_zone_data

PACKAGE = f"package tzdata {tzdata.__version__}"
_VERSION = re.compile(r"(?:# version )?([0-9]{4}[a-z]{1,2})\b")
_FILES = ("tzdata.zi", "+VERSION")
"""Where a directory of zones says its version, in its first line."""

_UNREADABLE = (OSError, LookupError, ValueError, struct.error)
"""What `zoneinfo` raises for a file that is cut, is none, is not there or can't be opened."""

logger = logging.getLogger(__name__)

_kept: list[zoneinfo.ZoneInfo] = []


def use_newest_zones() -> ZoneData:
    """Chooses the set for the whole process and says which it is. Equal: the package's."""
    system = system_zones(zoneinfo.TZPATH)
    package = ZoneData(tzdata.IANA_VERSION, PACKAGE)
    chosen = newest(system, package)
    if chosen == package and zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()
        timezones.cache_clear()
    set_zone_data(chosen)
    return chosen


def keep_zones() -> None:
    """Loads all zones, and holds them as long as the process runs: 40 ms, 2 MiB.

    `zoneinfo` holds the eight that were used last, and reads the file of any other again each time
    that it is named (`findings/zoneinfo_keeps_eight_zones.sh`). A zone that can't be read is logged
    and left out of `timezones`.
    """
    _kept.clear()
    broken: dict[str, Exception] = {}
    for name in sorted(timezones()):
        try:
            _kept.append(zoneinfo.ZoneInfo(name))
        except _UNREADABLE as exc:
            broken[name] = exc
    for name, why in broken.items():
        logger.error("time zone %s can't be read and is left out: %s", name, why)
    leave_out_timezones(broken)


def newest(system: ZoneData | None, package: ZoneData) -> ZoneData:
    """The set of the later version; a system's set that says no version is never it."""
    if system is None or system.version <= package.version:
        return package
    return system


def system_zones(directories: Iterable[str]) -> ZoneData | None:
    """The set in the first of the directories that says its version; None: none does."""
    for directory in directories:
        for name in _FILES:
            found = _VERSION.match(_first_line(Path(directory) / name))
            if found:
                return ZoneData(found[1], directory)
    return None


def _first_line(file: Path) -> str:
    try:
        with file.open(encoding="ascii", errors="replace") as text:
            return text.readline(200)
    except OSError:
        return ""
