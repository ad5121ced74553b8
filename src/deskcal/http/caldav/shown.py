"""Members in the form in which a request asks for them: properties, and what of their texts."""

from collections.abc import Hashable, Sequence
from xml.etree.ElementTree import Element

from msgspec import Struct

from deskcal.commands.candidates import zone_of
from deskcal.commands.member import Collection, Key, Member
from deskcal.http.caldav import xml
from deskcal.http.caldav.conditions import MATCHES_WITHIN_LIMITS, forbidden
from deskcal.http.caldav.context import ON_LOOP, Context, is_long
from deskcal.http.caldav.member_xml import Content, MemberXml, Wanted
from deskcal.http.caldav.names import caldav, dav
from deskcal.http.caldav.propfind import wanted_of
from deskcal.http.caldav.query import DataForm, Form, data_form
from deskcal.ical.components import Components, read_components
from deskcal.ical.expand import expanded, limited
from deskcal.threads import computed

KEPT_ON_LOOP = 200
"""Members that are written on the event loop at most, where their texts are kept."""
MAX_KEPT_NAMES = 4096
"""Characters of the names of properties that are asked for at most, where answers are kept."""
MAX_EXPANDED = 32 * 1024 * 1024
"""Bytes of the responses of one expansion."""


class Shown(Struct, frozen=True):
    """Members in the form in which they are asked for."""

    context: Context
    wanted: Wanted
    data: DataForm

    def _data(self, member: Member) -> str:
        """The part of its text that is asked for, as character data."""
        zone = zone_of(member, self.context.services.default_timezone)
        components = read_components(self.context.text(member), zone)
        return xml.text(_formed(components, self.data, zone))

    @property
    def kept_as(self) -> Hashable:
        """What decides how a member is shown, besides itself; None: that is not to be kept."""
        names = self.wanted.names
        if self.data.form != Form.WHOLE or self.wanted.names_only:
            return None
        if sum(map(len, names)) > MAX_KEPT_NAMES:
            return None
        is_minimal = self.context.is_minimal
        return tuple(names), is_minimal, self.context.around.names_hash

    async def responses(self, collection: Collection, found: Sequence[Member]) -> list[bytes]:
        """All of them, off the event loop where that takes long. Raises: Refused."""
        data = self._quick_data(found)
        if data is not None:
            return self._responses(collection, found, data)
        is_whole = self.data.form == Form.WHOLE
        data = self.context.data if is_whole else self._data
        takes_long = self.data.form == Form.EXPANDED and is_long(self.data.range)
        if len(found) <= ON_LOOP and not takes_long:
            return self._responses(collection, found, data)
        return await computed(self._responses, collection, found, data)

    def _quick_data(self, found: Sequence[Member]) -> Content | None:
        """The texts of not too many members where none has to be made; else None."""
        if self.data.form != Form.WHOLE or len(found) > KEPT_ON_LOOP:
            return None
        texts: dict[Key, str] = {}
        if caldav("calendar-data") in self.wanted.names:
            for one in found:
                text = self.context.kept_data(one)
                if text is None:
                    return None
                texts[one.key] = text
        return lambda member: texts[member.key]

    def _responses(
        self, collection: Collection, found: Sequence[Member], data: Content
    ) -> list[bytes]:
        response = MemberXml(self.context, collection, self.wanted, data).response
        if self.data.form != Form.EXPANDED:
            return [response(one).encode() for one in found]
        made: list[bytes] = []
        size = 0
        for one in found:
            made.append(response(one).encode())
            size += len(made[-1])
            if size > MAX_EXPANDED:
                raise forbidden(
                    "the expansion is too long; ask for a shorter time-range", MATCHES_WITHIN_LIMITS
                )
        return made


def _formed(components: Components, data: DataForm, zone: str) -> str:
    since, until = data.range.since, data.range.until
    if data.form == Form.EXPANDED:
        return expanded(components, since, until, zone)
    return limited(components, since, until)


def shown_by(context: Context, root: Element) -> Shown:
    """What the body of a REPORT asks for."""
    prop = root.find(dav("prop"))
    return Shown(context, wanted_of(prop), data_form(prop))
