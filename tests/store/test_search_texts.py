"""Events whose texts change while they are indexed."""

import msgspec
import pytest

from deskcal.limits import Limits
from deskcal.store.batch.batch import SERVER
from deskcal.store.lists.search import for_document
from deskcal.store.ports import Store
from helpers import NOW
from places import Place
from store.mutations import adding, changing, deleting, restoring
from store.test_search import found, index, narrow


async def test_an_all_day_event_is_found_whose_text_came_back_after_it_was_moved(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other default timezone gives it another row in the index, with the text of before."""
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    store = await place.open(Limits())
    await store.mutate(adding(title="Larnaca", all_day=1, start_time=NOW, end_time=NOW))
    await store.mutate(adding(title="newer", start_time=NOW + 200_000, end_time=NOW + 200_000))
    await index(store)
    await store.mutate(changing(1, title="Nicosia"))
    await store.close()
    store = await place.open(Limits(), default_timezone="Asia/Tokyo")
    assert (await found(store, "nicosia"), await found(store, "larnaca")) == ([1], [])
    await store.mutate(changing(1, title="Larnaca"))
    await index(store)
    assert (await found(store, "nicosia"), await found(store, "larnaca")) == ([], [1])
    await store.close()
    assert (await place.check()).differences == []


async def test_an_event_is_found_whose_text_came_back_while_it_was_indexed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step ends between two changes of an event, and the next change undoes the second one."""
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    await store.mutate(adding(title="Zielińska"))
    await store.mutate(adding(title="newer", start_time=NOW + 1, end_time=NOW + 1))
    await index(store)
    await store.mutate(changing(1, title="Larnaca"))
    await store.mutate(changing(1, title="Nicosia"))
    assert await store.search.index(1) == 1
    await store.mutate(changing(1, title="Larnaca"))
    await index(store)
    assert (await found(store, "nicosia"), await found(store, "larnaca")) == ([], [1])


async def test_an_event_whose_text_stays_is_found_after_every_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    await store.mutate(adding(title="newer", start_time=NOW + 1, end_time=NOW + 1))
    await store.mutate(adding(title="Zielińska", location="Nicosia"))
    await index(store)
    await store.mutate(changing(2, priority=2))
    await index(store)
    assert await found(store, "zielinska nicosia") == [2]
    await store.mutate(changing(2, location="Larnaca"))
    await store.mutate(changing(2, priority=1))
    await index(store)
    assert (await found(store, "nicosia"), await found(store, "larnaca")) == ([], [2])
    await store.mutate(deleting(2))
    await index(store)
    await store.mutate(restoring(2))
    await index(store)
    assert (await found(store, "nicosia"), await found(store, "larnaca")) == ([], [2])


async def test_an_event_is_found_that_was_restored_while_its_deletion_was_indexed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step ends before the deletion, when the event is gone already."""
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    await store.mutate(adding(title="Zielińska"))
    await store.mutate(deleting(1))
    assert await store.search.index(1) == 1
    await store.mutate(restoring(1))
    await store.mutate(adding(title="newer", start_time=NOW + 1, end_time=NOW + 1))
    await index(store)
    assert await found(store, "zielinska") == [1]


async def test_an_event_is_indexed_where_its_older_changes_are_forgotten(store: Store) -> None:
    await store.mutate(adding(title="before", now=NOW))
    await index(store)
    await store.mutate(changing(1, title="after", now=NOW + 10))
    assert await store.feed.prune(NOW + 20, 10)
    await index(store)
    assert (await found(store, "before"), await found(store, "after")) == ([], [1])


async def test_an_event_is_indexed_where_only_a_change_of_the_server_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    await store.mutate(adding(title="Zielińska", now=NOW))
    await store.mutate(changing(1, actor=SERVER, now=NOW + 10, reminder_sent_time=NOW + 10))
    await store.mutate(adding(title="newer", start_time=NOW + 1, end_time=NOW + 1, now=NOW + 30))
    assert await store.feed.prune(NOW + 20, 10)
    await index(store)
    assert await found(store, "zielinska") == [1]


@pytest.mark.parametrize(
    "word", ['a"b', "a\\b", "a\x01b", "a\x7fb", "{a}", "[a,b]", "aé\u200db", "a&b:c"]
)
async def test_every_character_is_found_in_the_index(
    store: Store, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    note = {"type": "doc", "content": [{"type": "text", "text": f"x {word} y"}]}
    await store.mutate(adding(ast_json=note))
    await store.mutate(adding(title="newer", start_time=NOW + 1, end_time=NOW + 1))
    await index(store)
    assert await found(store, word) == [1]


def test_words_are_looked_for_again_only_where_a_text_is_another() -> None:
    looked_at: list[set[str]] = []

    def note(words: set[str]) -> int:
        looked_at.append(words)
        return len(looked_at)

    number = for_document(note)
    documents = [
        {"id": 1, "title": "Monday", "ast_json": "review"},
        {"id": 2, "title": "Monday", "ast_json": "review"},
        {"id": 3, "title": "Monday", "ast_json": "call"},
        {"id": 4, "title": "Tuesday", "ast_json": "call"},
        {"id": 5, "title": "Tuesday", "ast_json": "call", "location": "Nicosia"},
        {"id": 6, "title": "Tuesday", "ast_json": "call", "outcome_note": "Nicosia"},
        {"id": 1, "title": "Monday", "ast_json": "review"},
    ]
    assert [number(msgspec.json.encode(one)) for one in documents] == [1, 1, 2, 3, 4, 5, 6]
    assert looked_at[:2] == [{"monday", "review"}, {"monday", "call"}]
