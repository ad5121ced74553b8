"""CalDAV answers out of memory are those that would be made now. Source: docs/decisions/0019."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hypothesis import given, settings
from hypothesis import strategies as st

import caldav_changes as changes
from caldav_app import BOTH, App
from caldav_changes import DESK, Change, done, put, taken_out, updated
from dav import Dav, dav_of, serving_dav
from deskcal.http.caldav.app import CalDav
from places import Place, Places
from server.caldav_texts import calendar, vevent

CHANGES: dict[str, Change] = {
    "title": updated(title="Another"),
    "not ASCII": updated(title="Позвонить 🙂 <&>"),
    "desk": updated(3, desk="DESK_US"),
    "other desk": updated(4, desk="DESK_EU"),
    "participant gone": updated(2, participant_manager_ids=[]),
    "participant added": updated(5, participant_manager_ids=[30]),
    "renamed": changes.renamed_manager,
    "archived": done("MngArchiveCalendarEvent", 6),
    "deleted": done("MngDeleteCalendarEvent", 7),
    "restored": done("MngRestoreCalendarEvent", 7),
    "put new": put("new"),
    "put changed": put("one", summary="Other"),
    "put X-": put("two", "X-A:1"),
    "put part": put("parts", summary="Whole"),
    "object alone": changes.object_alone,
    "object beside": changes.object_beside_another_event,
    "occurrence": changes.occurrence_moved,
    "imported": changes.imported("X-IMPORTED:1"),
    "occurrence of one alone": changes.occurrence_of_one_alone,
    "that occurrence deleted": changes.that_occurrence_deleted,
    "series taken out": taken_out("weekly"),
    "taken out": taken_out("one"),
}
"""Changes, one after the other, of which one of the viewers sees something else."""


class Viewers:
    """Apps that have asked before: of the owner, of a participant."""

    def __init__(self, dav: Dav, other: Dav, names: Sequence[str]) -> None:
        self.dav = dav
        self.names = names
        served = CalDav(dav.desk.dispatcher)
        self.memory = served.kept
        self.own, self._other = App(served, dav), App(served, other)
        self._desk = f"{dav.home}{DESK}/"

    async def compare(self) -> list[bytes]:
        """All answers, each compared with one that is made without anything in memory."""
        found = []
        for app, path in ((self.own, ""), (self.own, self._desk), (self._other, "")):
            fresh = app.fresh()
            found.append(await app.sync(path))
            assert found[-1] == await fresh.sync(path)
            found.append(await app.query(path=path))
            assert found[-1] == await app.fresh().query(path=path)
            found.append(await app.multiget(self.names, path))
            assert found[-1] == await app.fresh().multiget(self.names, path)
        return [one.partition(b"<D:sync-token>")[0] for one in found]


@asynccontextmanager
async def viewing(place: Place) -> AsyncIterator[Viewers]:
    """A calendar of which all is in memory."""
    async with serving_dav(place) as dav:
        names = await changes.fill(dav)
        viewers = Viewers(dav, await dav_of(dav.desk, dav.address, 30), names)
        first = await viewers.compare()
        assert await viewers.compare() == first
        yield viewers


async def test_what_is_kept_is_what_is_answered(place: Place) -> None:
    """Else none of these tests would say anything."""
    async with viewing(place) as viewers:
        answer = await viewers.own.query()
        size = viewers.memory.size_bytes
        assert size > len(answer)
        assert await viewers.own.query() == answer
        assert viewers.memory.size_bytes == size
        for key in list(viewers.memory.keys()):
            kept = viewers.memory.get(key)
            assert kept is not None
            for form in kept.forms.values():
                form.responses.update({one: b"<kept/>" for one in form.responses})
        assert b"<kept/>" in await viewers.own.query()
        assert b"<kept/>" in await viewers.own.sync()
        names = [f"event-{number}.ics" for number in range(1, 13)]
        assert (await viewers.own.multiget(names)).count(b"<kept/>") == 12


async def test_every_change_is_seen_at_once(place: Place) -> None:
    async with viewing(place) as viewers:
        before = await viewers.compare()
        for name, change in CHANGES.items():
            await change(viewers.dav)
            after = await viewers.compare()
            assert after != before, name
            before = after


async def test_a_property_of_the_collection_changes_no_member(place: Place) -> None:
    async with viewing(place) as viewers:
        before = await viewers.compare()
        await changes.recoloured(viewers.dav)
        assert await viewers.compare() == before


async def test_what_time_alone_hides_is_hidden(place: Place) -> None:
    """A series that a participant had deleted, and was invited to again, is over one day."""
    async with viewing(place) as viewers:
        dav = viewers.dav
        event_id = await changes.daily(dav)
        people = {"scope": 2, "participant_manager_ids": [30]}
        answered = await dav.desk.call(changes.TEN, "MngUpdateCalendarEvent", id=event_id, **people)
        assert answered["status"] == 200, answered
        await viewers.compare()
        participant = await dav.of(30)
        series = viewers.names[-1]
        assert (await participant.ask("DELETE", participant.mine + series)).status == 204
        await viewers.compare()
        answered = await dav.desk.call(
            changes.THIRTY, "MngRespondCalendarEvent", id=event_id + 2, status=1
        )
        assert answered["status"] == 200, answered
        shown = await viewers.compare()
        assert (await participant.ask("GET", participant.mine + series)).status == 200
        for _ in range(5):
            await changes.hours_passed(dav)
            await viewers.compare()
        assert (await participant.ask("GET", participant.mine + series)).status == 404
        assert await viewers.compare() != shown


async def test_other_properties_are_kept_beside_each_other(place: Place) -> None:
    async with viewing(place) as viewers:
        for props in ("<D:getetag/>", BOTH, "<D:getetag/><D:displayname/>", "<D:resourcetype/>"):
            for _ in range(2):
                fresh = await viewers.own.fresh().query(props)
                assert await viewers.own.query(props) == fresh


async def test_answers_to_long_lists_of_properties_are_not_kept(place: Place) -> None:
    """What was asked for would take memory that is not counted."""
    async with viewing(place) as viewers:
        size = viewers.memory.size_bytes
        props = f"<D:getetag/><D:{'x' * 4096}/>"
        fresh = await viewers.own.fresh().query(props)
        assert await viewers.own.query(props) == fresh
        assert viewers.memory.size_bytes == size


async def test_a_sync_comes_as_far_as_the_collection_is(place: Place) -> None:
    """Also where the last number has no change: an app would ask again each time."""
    async with serving_dav(place) as dav:
        await changes.fill(dav)
        before = await dav.sync()
        await changes.object_alone(dav)
        found = await dav.sync(before.token)
        assert (found.etags, found.gone) == ({}, [])
        assert before.token != found.token == (await dav.sync()).token


async def test_of_several_events_the_rest_is_found_by_name_once_the_first_is_archived(
    place: Place,
) -> None:
    async with viewing(place) as viewers:
        store = viewers.dav.desk.services.store
        parts = await store.objects.named(10, "parts.ics")
        assert parts is not None
        first = next(iter(parts.overrides.values()))
        await done("MngArchiveCalendarEvent", first)(viewers.dav)
        await viewers.compare()
        assert b"parts.ics" in await viewers.own.query("<D:getetag/><D:resourcetype/>")
        assert b"UID:parts" in await viewers.own.query()
        assert b"UID:parts" in await viewers.own.multiget(["parts.ics"])
        mine = viewers.dav.mine
        assert (await viewers.dav.ask("GET", f"{mine}parts.ics")).status == 200


async def test_a_name_that_two_members_have_is_answered_as_without_memory(place: Place) -> None:
    """An app chose the name of an event that it did not see; then it saw it."""
    async with viewing(place) as viewers:
        participant = await viewers.dav.of(30)
        text = calendar(vevent(uid="own"))
        assert (await participant.put("event-1.ics", text)).status == 201
        await viewers.compare()
        await updated(1, participant_manager_ids=[30])(viewers.dav)
        await viewers.compare()
        await viewers.compare()


step = st.one_of(
    st.sampled_from(list(CHANGES.values())),
    st.builds(updated, st.integers(1, 14), title=st.sampled_from(["a", "b", "ü"])),
    st.builds(done, st.just("MngArchiveCalendarEvent"), st.integers(1, 14)),
    st.sampled_from([changes.recoloured, changes.hours_passed]),
)


@settings(max_examples=6, deadline=None)
@given(sequence=st.lists(st.lists(step, min_size=1, max_size=3), min_size=1, max_size=5))
async def test_after_any_changes_all_answers_are_those_without_memory(
    places: Places, sequence: list[list[Change]]
) -> None:
    """To the byte, sync-tokens too."""
    with places() as place:
        async with viewing(place) as viewers:
            for several in sequence:
                for change in several:
                    await attempt(change, viewers.dav)
                await viewers.compare()


async def attempt(change: Change, dav: Dav) -> None:
    """A change that may no longer be possible, for what came before it."""
    try:
        await change(dav)
    except AssertionError:
        return
