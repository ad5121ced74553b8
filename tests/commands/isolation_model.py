"""What each session may learn, by a slow model of section 3: every text is marked.

Every request that writes carries new marks. An administrator's changes tell where each mark has
been: in which event, of which brand, on which desk, with which managers. What the server makes of
a series later counts as an event: who sees that is shown it around an occurrence in calendars.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from deskcal.core.document import encode_event
from harness import Desk, token

MARK = re.compile(r"zq\d+x")
FOLDED = re.compile(r"(\\r\\n|\r?\n) ")
ADMINS = (3, 11)
FAR = 4e9


class Viewer(NamedTuple):
    """A session, as the model knows it: brands and desks by name; None: all of them."""

    manager_id: int
    brands: tuple[str, ...] | None = None
    desks: tuple[str, ...] | None = None
    type: int = 1

    @property
    def token(self) -> str:
        """Its token."""
        return self.token_of()

    def token_of(self, **claims: Any) -> str:
        """Its token with further claims."""
        if self.brands is not None:
            claims["brands"] = ",".join(self.brands)
        if self.desks is not None:
            claims["desks"] = ",".join(self.desks)
        return token(self.manager_id, self.type, exp=FAR, **claims)

    def sees(self, event: dict[str, Any]) -> bool:
        """Whether it may see an event in this state. Source: contract, section 3."""
        if self.brands is not None and event["brand"] not in self.brands:
            return False
        if self.type in ADMINS or self.desks is None or event["desk"] in self.desks:
            return True
        named = {event["owner_manager_id"], event["created_by"]}
        return self.manager_id in named | {row["manager_id"] for row in event["participants"]}


class Model:
    """All states that events have had, and the marks in them."""

    def __init__(self, desk: Desk, root: Viewer) -> None:
        self.desk = desk
        self.root = root
        self.events: dict[int, dict[str, Any]] = {}
        self.trash: dict[int, dict[str, Any]] = {}
        self.states: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.marks_of: dict[int, set[str]] = {}
        self.batches: dict[int, list[int]] = defaultdict(list)
        self.seq = 0
        self.marks = 0

    def mark(self) -> str:
        """A text that nothing else has."""
        self.marks += 1
        return f"zq{self.marks}x"

    async def look(self) -> None:
        """Takes in what has changed."""
        data = {"since": self.seq, "limit": 5000, "deskFilter": "*"}
        answer = await self.desk.call(self.root.token, "MngGetCalendarChanges", **data)
        for change in answer["data"]["changes"]:
            self.seq = change["seq"]
            self.batches[change.get("batch_id", 0)].append(change["id"])
            self._take(change["id"], change["event"])
        for series in await self.desk.services.store.series.page(0, 1000):
            self._note(json.loads(encode_event(series.template)))

    def _take(self, event_id: int, event: dict[str, Any] | None) -> None:
        if event is None:
            if event_id in self.events:
                self.trash[event_id] = self.events.pop(event_id)
            return
        self.trash.pop(event_id, None)
        self.events[event_id] = event
        self.marks_of[event_id] = self._note(event)

    def _note(self, state: dict[str, Any]) -> set[str]:
        """Adds a state of an event, or what the server makes of a series; the marks in it."""
        marks = set(MARK.findall(json.dumps(state)))
        for mark in marks:
            if state not in self.states[mark]:
                self.states[mark].append(state)
        return marks

    def leaks(
        self, viewer: Viewer, text: str, asked: str = "", *, is_past: bool = False
    ) -> set[str]:
        """Marks in `text` that the viewer may not see, nor has sent.

        `is_past`: those of events that it saw at another time are no leaks.
        """
        found = set(MARK.findall(FOLDED.sub("", text))) - set(MARK.findall(asked))
        return {mark for mark in found if not self._may_tell(viewer, mark, is_past)}

    def _may_tell(self, viewer: Viewer, mark: str, is_past: bool) -> bool:
        states: Iterable[dict[str, Any]] = self.states[mark]
        if is_past:
            return any(viewer.sees(state) for state in states)
        holders = {state["id"] for state in states if self._kept(state["id"]) is not None}
        return any(
            mark in self.marks_of[one] and viewer.sees(self._kept(one) or {}) for one in holders
        )

    def _kept(self, event_id: int) -> dict[str, Any] | None:
        return self.events.get(event_id) or self.trash.get(event_id)

    def hidden(self, viewer: Viewer) -> list[int]:
        """Events that the viewer does not see now, but for those whose ids may be other numbers."""
        return [one for one, event in self.events.items() if one > 9 and not viewer.sees(event)]

    def visible(self, viewer: Viewer) -> list[int]:
        """Those that it sees."""
        return [one for one, event in self.events.items() if viewer.sees(event)]
