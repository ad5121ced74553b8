"""The client's methods for series against a real server."""

from deskcal import Client, ParticipantStatus, Rule
from harness import token
from helpers import NOW
from places import Place
from server.test_client_feed import FAR, TEN, RestartableServer

WEEK = 7 * 86_400


async def test_a_series_is_created_changed_and_ended(place: Place) -> None:
    server = RestartableServer(place)
    async with server.open(), Client.connect("127.0.0.1", server.port, token=TEN) as client:
        made = await client.add_series(
            Rule("FREQ=WEEKLY;COUNT=5"),
            title="Review",
            start_time=NOW + 60,
            end_time=NOW + 3660,
            participant_manager_ids=[11],
        )
        assert (made.occurrences, made.series.rrule) == (5, "FREQ=WEEKLY;COUNT=5")
        assert made.event.series_id == made.series.series_id
        page = await client.get_events_by_filter(since=NOW, until=NOW + 9 * WEEK)
        ids = [event.id for event in page.rows]
        later = await client.update_series(ids[2], 1, start_time=NOW + 2 * WEEK + 600)
        assert (later.changed, later.event.start_time) == (3, NOW + 2 * WEEK + 600)
        eleven = token(11, exp=FAR)
        answered = await client.respond_series(ids[2], 2, ParticipantStatus.ACCEPTED, token=eleven)
        assert answered.changed == 3
        assert (await client.archive_series(ids[4], 1)).changed == 1
        assert await client.delete_series(ids[3], 1) == [ids[3]]
        single = await client.update_series(ids[0], 2, rule=None)
        assert (single.series, single.event.series_id) == (None, 0)
        assert (await client.get_series(ids[2])).rrule.startswith("FREQ=WEEKLY")
