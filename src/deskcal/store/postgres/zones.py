"""Whether all nodes of a database use the same release of the time zones.

Each names its own in the name of its connections, so nothing has to be stored.
"""

import logging

from deskcal.core.zones import zone_data
from deskcal.store.postgres.connection import APPLICATION, ZONES, Connection

logger = logging.getLogger(__name__)

_CONNECTED = """
    SELECT DISTINCT split_part(split_part(application_name, %(zones)s, 2), ' ', 1)
    FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, %(ours)s)
      AND strpos(application_name, %(zones)s) > 0 ORDER BY 1"""


async def differing_zones(connection: Connection) -> list[str]:
    """A sentence for each release that a node uses and this process does not."""
    own = zone_data().version
    if not own:
        return []
    parameters = {"zones": ZONES, "ours": APPLICATION}
    cursor = await connection.execute(_CONNECTED.encode(), parameters)
    others = [version for (version,) in await cursor.fetchall() if version != own]
    return [
        f"a node uses the time zones of release {version} and another one those of {own}: their "
        "clocks may differ by an hour; run the same deskcal and tzdata on all nodes"
        for version in others
    ]


async def warn_of_zones(connection: Connection) -> None:
    """Writes what `differing_zones` finds to the log."""
    for sentence in await differing_zones(connection):
        logger.warning(sentence)
