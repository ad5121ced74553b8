"""The table of commands: names, input structs and handlers."""

from asyncio import Future
from collections.abc import Callable, Coroutine, Generator, Iterable
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from deskcal.commands.services import Services
from deskcal.core.document import Record
from deskcal.core.sessions import CALENDAR_TYPES, Session
from deskcal.core.visibility import not_found
from deskcal.live.connections import Peer
from deskcal.store.ports import Loaded, Store

Data = bytes | list[bytes]
"""JSON text of an answer's `data`, whole or in pieces; safe to send.

Of a command that `gives_event` it is the document alone: its `data` is `{"event":<document>}`.
"""


class Reading(Struct, frozen=True, gc=False):
    """A read of one event, which begins once its connection has a turn."""

    store: Store
    event_id: int
    session: Session

    def begin(self, done: Loaded) -> None:
        """Reads it; calls `done` later."""
        self.store.read(self.event_id, done)

    def see(self, event: Record | None) -> bytes:
        """Its document, where the session may see it. Raises: NotFound."""
        if event is None or not self.session.can_see(event):
            raise not_found(self.event_id)
        return event.document

    async def document(self) -> bytes:
        """Reads it without a turn. Raises: NotFound, Unavailable."""
        return self.see(await self.store.load(self.event_id))


class Changing(Struct, frozen=True):
    """A change on its way, whose answer is made of what it left; no task waits for it."""

    change: Future[Any]
    answer: Callable[[Any], bytes | Coroutine[Any, Any, Data]]
    """The `data` of what `change` gives; a coroutine where something is to be read for it."""

    def __await__(self) -> Generator[Any, None, Data]:
        return self.data().__await__()

    async def data(self) -> Data:
        """Waits for the change. Raises: what `change` and `answer` raise."""
        found = self.answer(await self.change)
        return found if isinstance(found, bytes) else await found


class PagedData(Protocol):
    """An answer's `data` in pages that are made as they are taken."""

    async def take(self) -> list[bytes]:
        """The next pieces of its JSON text, safe to send; empty once only `end` is missing.

        Raises: Unavailable where the rest can't be read.
        """

    def end(self) -> bytes:
        """What follows the last page: ends the object."""

    def close(self) -> None:
        """Nothing more is taken; call it in any case."""


Work = Coroutine[Any, Any, Data | PagedData] | Future[bytes] | Reading | Changing
"""A future is the document of one event."""
Handler = Callable[[Services, Peer, Session, Any], Data | Work]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class NoData(Struct):
    """The data of a command that takes none."""


class Command(Struct, frozen=True):
    """One command of the protocol."""

    name: str
    data: type[Struct]
    answer: Handler
    decoder: msgspec.json.Decoder[Any]
    """JSON text to `data`."""
    known: frozenset[str]
    """Keys of `data` that an answer does not name as ignored."""
    gives_event: bool
    """Whether its `data` is one event."""
    is_list: bool
    """Whether its answer may be large: a connection works on one such at a time."""
    is_repeatable: bool
    """Whether sending it twice does no more than sending it once: every read, and some changes."""
    types: frozenset[int] | None
    """Session types that may use it; None: any."""
    number: int
    """Its place in the table."""

    @property
    def summary(self) -> str:
        """First line of the handler's docstring; empty where Python drops those (`-OO`)."""
        return next(iter((self.answer.__doc__ or "").strip().splitlines()), "")


COMMANDS: dict[str, Command] = {}
"""Every command by its name on the wire."""


def command(
    name: str,
    data: type[Struct],
    *,
    gives_event: bool = False,
    is_list: bool = False,
    is_repeatable: bool = False,
    types: frozenset[int] | None = CALENDAR_TYPES,
    read_only: Iterable[str] = (),
) -> Callable[[_Function], _Function]:
    """Adds the decorated handler to the table.

    `read_only`: further keys of `data` that may be sent back, and are not named as ignored.
    """

    def register(handler: _Function) -> _Function:
        COMMANDS[name] = Command(
            name=name,
            data=data,
            answer=handler,
            decoder=msgspec.json.Decoder(data),
            known=frozenset((*data.__struct_encode_fields__, *read_only)),
            gives_event=gives_event,
            is_list=is_list,
            is_repeatable=is_repeatable,
            types=types,
            number=len(COMMANDS),
        )
        return handler

    return register
