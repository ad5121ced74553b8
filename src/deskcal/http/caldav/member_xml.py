"""The responses of members of a collection: what all have in common is written once. No I/O."""

import functools
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from deskcal.commands.member import Collection, Member
from deskcal.http.caldav import xml
from deskcal.http.caldav.context import Context
from deskcal.http.caldav.names import caldav
from deskcal.http.caldav.paths import Kind, member_path
from deskcal.http.caldav.properties import LIVE, OF_MEMBER, Subject

Content = Callable[[Member], str]
"""The content of a property, as XML."""


class Wanted(Struct, frozen=True):
    """Which properties are asked for."""

    names: Sequence[str]
    is_strict: bool = True
    """Whether what a resource does not have is reported as missing."""
    names_only: bool = False


class MemberXml:
    """Writes the members of one collection with the properties that are asked for."""

    def __init__(
        self,
        context: Context,
        collection: Collection,
        wanted: Wanted,
        data: Content | None = None,
    ) -> None:
        """`data`: of calendar-data; None: the text of the member as it is."""
        subject = Subject(Kind.MEMBER, context, "", collection)
        found: list[tuple[str, str | Content]] = []
        missing = []
        for name in wanted.names:
            content = _content(subject, name)
            if content is None:
                missing.append(name)
            elif wanted.names_only:
                found.append((name, ""))
            else:
                given = data if name == _DATA and data is not None else content
                found.append((name, given))
        is_complete = wanted.is_strict and not context.is_minimal
        before, between, after = xml.around(missing if is_complete else ())
        self._before = before + xml.text(context.path_of(collection))
        self._pieces, rest = _pieces(between, found)
        self._after = rest + after

    def response(self, member: Member) -> str:
        """One member."""
        pieces = [self._before, xml.text(member_path("", member.name))]
        for text, content in self._pieces:
            pieces += text, content(member)
        pieces.append(self._after)
        return "".join(pieces)


_DATA = caldav("calendar-data")


def _content(subject: Subject, name: str) -> str | Content | None:
    """Of a property, or how it is found for a member; None: members have no such property."""
    of_member = OF_MEMBER.get(name)
    if of_member is not None:
        return functools.partial(of_member, subject.context)
    ask = LIVE.get(name)
    return ask(subject) if ask is not None else None


def _pieces(
    text: str, found: Iterable[tuple[str, str | Content]]
) -> tuple[list[tuple[str, Content]], str]:
    """What differs, each with the XML in front of it, and the XML behind; `text`: the beginning."""
    pieces = []
    for name, content in found:
        if isinstance(content, str):
            text += xml.element(name, content)
        else:
            before, after, _ = xml.tags(name)
            pieces.append((text + before, content))
            text = after
    return pieces, text
