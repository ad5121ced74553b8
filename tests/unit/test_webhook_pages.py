"""Pages of changes: each hook gets those that its own filter includes, and only those."""

import pytest

from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType
from deskcal.core.masks import checked_brand_mask, checked_desk_mask
from deskcal.core.visibility import Visibility
from deskcal.core.webhooks import Audience
from deskcal.live import webhook_pages
from deskcal.live.webhook_pages import HookFilters, Page
from deskcal.store.ports.feed import StoredChange
from helpers import NOW, make_event

ALL = Visibility(1, checked_desk_mask("*"), checked_brand_mask("*"))
HOOKS = {
    1: Audience(ALL, checked_desk_mask("*"), ""),
    2: Audience(ALL, checked_desk_mask("DESK_EU*"), ""),
    3: Audience(ALL, checked_desk_mask("*"), "x"),
    4: Audience(ALL, checked_desk_mask("DESK_US"), "y"),
}
Place = tuple[str, str]
"""Brand and desk."""


def document(place: Place | None) -> bytes | None:
    return None if place is None else encode_event(make_event(brand=place[0], desk=place[1]))


def change(seq: int, before: Place | None, after: Place | None) -> StoredChange:
    """From one place to another; `after` None: deleted."""
    old, new = document(before), document(after)
    types = {(True, False): ChangeType.ADDED, (False, True): ChangeType.DELETED}
    type_ = types.get((old is None, new is None), ChangeType.UPDATED)
    known = new or old
    assert known is not None
    return StoredChange(seq, type_, NOW, 1, 1, known, old, seq)


@pytest.mark.parametrize(
    ("before", "after", "hooks"),
    [
        (None, ("x", "DESK_EU1"), {1, 2, 3}),
        (None, ("y", "DESK_US"), {1, 4}),
        (None, ("", ""), {1}),
        (("y", "DESK_US"), ("x", "DESK_EU"), {1, 2, 3, 4}),
        (("y", "DESK_US"), None, {1, 4}),
    ],
)
def test_a_change_is_of_the_hooks_that_its_event_fits_before_or_after_it(
    before: Place | None, after: Place | None, hooks: set[int]
) -> None:
    page = Page([change(7, before, after)], HookFilters(HOOKS))
    assert {one for one in HOOKS if page.fitting(one)} == hooks
    assert page.last_seq == 7


def test_changes_of_a_hook_are_in_order_and_others_are_left_out() -> None:
    places = [("x", "DESK_EU"), ("x", "DESK_US"), ("y", "DESK_EU"), ("x", "DESK_EU")]
    found = [change(seq, None, place) for seq, place in enumerate(places, 1)]
    page = Page(found, HookFilters(HOOKS))
    assert [one.seq for one in page.fitting(2)] == [1, 3, 4]
    assert [one.seq for one in page.fitting(3)] == [1, 2, 4]
    assert page.fitting(5) == ()


def test_the_cache_of_places_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_pages, "REMEMBERED", 2)
    filters = HookFilters(HOOKS)
    for number in range(5):
        assert filters.hooks_of(change(1, None, ("x", f"DESK_EU{number}"))) == {1, 2, 3}
        assert len(filters._known) <= 2


def test_a_page_without_changes_has_no_last_one() -> None:
    assert Page([], HookFilters(HOOKS)).last_seq is None
