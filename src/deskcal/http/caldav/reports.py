"""REPORT: calendar-query, calendar-multiget, sync-collection, free-busy-query.

Source: RFC 4791, 7.8 to 7.10; RFC 6578, 3.2.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from msgspec import Struct

from deskcal.commands.candidates import candidates, zone_of
from deskcal.commands.member import Collection, Member
from deskcal.commands.member_changes import (
    Synced,
    changes_since,
    first_listing,
)
from deskcal.commands.members import members, members_named
from deskcal.core.all_day import span_of
from deskcal.errors import ResyncRequired
from deskcal.http.caldav import xml
from deskcal.http.caldav.conditions import (
    MATCHES_WITHIN_LIMITS,
    SUPPORTED_REPORT,
    VALID_FILTER,
    Refused,
    forbidden,
)
from deskcal.http.caldav.context import (
    ON_LOOP,
    Context,
    invalid_token,
    is_long,
    position_of,
    token_of,
)
from deskcal.http.caldav.free_busy import free_busy_query
from deskcal.http.caldav.names import caldav, dav
from deskcal.http.caldav.paths import Kind, member_path, principal_path, target_of
from deskcal.http.caldav.properties import Subject
from deskcal.http.caldav.propfind import Wanted, member_subjects, properties, wanted_of
from deskcal.http.caldav.query import DataForm, Form, comp_filter, data_form
from deskcal.ical.components import Components, read_components
from deskcal.ical.expand import expanded, limited
from deskcal.ical.filters import (
    CompFilter,
    asks_for_all,
    asks_for_events,
    fits,
    only_range,
    ranges_of,
)

ABOVE = (Kind.ROOT, Kind.MANAGERS, Kind.PRINCIPAL, Kind.HOME)
MAX_HREFS = 20_000
"""Of a multiget."""
MANY = 200
"""Members that are looked up by name at most; more are found in a listing."""
MAX_EXPANDED = 32 * 1024 * 1024
"""Characters of the responses of one expansion."""


class Report(Struct, frozen=True):
    """The answer to a REPORT."""

    body: bytes
    media_type: str = xml.MEDIA_TYPE
    status: int = 207


async def report(context: Context) -> Report:
    """Answers by the root of the body. Raises: Refused."""
    root = xml.parse(context.body)
    if root is None:
        raise Refused(400, "a REPORT needs a body: its root element says which report")
    if root.tag == caldav("calendar-multiget") and context.target.kind in (Kind.HOME, Kind.MEMBER):
        return Report(await _multiget(context, root))
    if root.tag == dav("principal-property-search") and context.target.kind in ABOVE:
        return Report(_principals(context, root))
    answer = _REPORTS.get(root.tag)
    if answer is None or context.target.kind != Kind.COLLECTION:
        raise forbidden(
            f"the report {root.tag.rpartition('}')[2][:60]} is not answered here; ask for one of "
            "this address's supported-report-set",
            SUPPORTED_REPORT,
        )
    return await answer(context, root)


def _principals(context: Context, root: Element) -> bytes:
    """The manager's own principal, if it fits: others are not named. Source: RFC 3744, 9.4."""
    subject = Subject(Kind.PRINCIPAL, context, principal_path(context.manager_id))
    title = context.around.title.casefold()
    texts = [one.findtext(dav("match")) or "" for one in root.findall(dav("property-search"))]
    if not all(text.strip().casefold() in title for text in texts):
        return xml.multistatus([])
    wanted = wanted_of(root.find(dav("prop")))
    if not wanted.names:
        # As caldav 3.6 sends it: the names beside an empty prop.
        others = (dav("prop"), dav("property-search"))
        wanted = Wanted([one.tag for one in root if one.tag not in others])
    return xml.multistatus([properties(subject, wanted)])


class _Shown(Struct, frozen=True):
    """Members in the form in which they are asked for."""

    context: Context
    wanted: Wanted
    data: DataForm

    def response(self, collection: Collection, member: Member) -> str:
        """One member."""
        if self.data.form == Form.WHOLE:
            return self._properties(collection, member, None)
        zone = zone_of(member, self.context.services.default_timezone)
        components = read_components(self.context.text(member), zone)
        return self._properties(collection, member, _formed(components, self.data, zone))

    def _properties(self, collection: Collection, member: Member, data: str | None) -> str:
        (subject,) = member_subjects(self.context, collection, [member])
        name = caldav("calendar-data")
        if data is None or name not in self.wanted.names:
            return properties(subject, self.wanted)
        others = Wanted([one for one in self.wanted.names if one != name])
        found = properties(subject, others)
        content = xml.element(name, xml.text(data))
        return found.replace("<D:prop>", f"<D:prop>{content}", 1)

    async def responses(self, collection: Collection, found: Sequence[Member]) -> list[str]:
        """All of them, off the event loop where that takes long. Raises: Refused."""
        takes_long = self.data.form == Form.EXPANDED and is_long(self.data.range)
        if len(found) <= ON_LOOP and not takes_long:
            return self._responses(collection, found)
        return await asyncio.to_thread(self._responses, collection, found)

    def _responses(self, collection: Collection, found: Sequence[Member]) -> list[str]:
        if self.data.form != Form.EXPANDED:
            return [self.response(collection, one) for one in found]
        made: list[str] = []
        size = 0
        for one in found:
            made.append(self.response(collection, one))
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


def _shown(context: Context, root: Element) -> _Shown:
    prop = root.find(dav("prop"))
    return _Shown(context, wanted_of(prop), data_form(prop))


async def _query(context: Context, root: Element) -> Report:
    collection = context.collection()
    shown = _shown(context, root)
    outer = root.find(caldav("filter"))
    node = outer.find(caldav("comp-filter")) if outer is not None else None
    if node is None:
        raise forbidden("a calendar-query needs a filter element with a comp-filter", VALID_FILTER)
    wanted = comp_filter(node)
    if wanted.name != "VCALENDAR":
        raise forbidden("the outermost comp-filter must have the name VCALENDAR", VALID_FILTER)
    found = await fitting(context, collection, wanted)
    return Report(xml.multistatus(await shown.responses(collection, found)))


async def fitting(context: Context, collection: Collection, wanted: CompFilter) -> list[Member]:
    """The members that a filter has."""
    if not asks_for_events(wanted):
        return []
    range_ = ranges_of(wanted)
    services, session = context.services, context.session
    found = await candidates(services, session, collection, range_.since, range_.until)
    if asks_for_all(wanted):
        return found
    plain = only_range(wanted)

    def is_chosen(member: Member) -> bool:
        if plain is not None and member.key.event_id and len(member.documents) == 1:
            start, end = span_of(member.events[0], services.default_timezone)
            return start < plain.until and (end > plain.since or start >= plain.since)
        zone = zone_of(member, services.default_timezone)
        return fits(read_components(context.text(member), zone), wanted, zone)

    def chosen() -> list[Member]:
        return list(filter(is_chosen, found))

    if len(found) <= ON_LOOP and not is_long(range_):
        return chosen()
    return await asyncio.to_thread(chosen)


async def _multiget_report(context: Context, root: Element) -> Report:
    return Report(await _multiget(context, root))


async def _multiget(context: Context, root: Element) -> bytes:
    hrefs = [(one.text or "").strip() for one in root.findall(dav("href"))]
    if len(hrefs) > MAX_HREFS:
        raise Refused(413, f"a multiget of {len(hrefs)} resources; at most {MAX_HREFS} are taken")
    shown = _shown(context, root)
    found = await _named(context, hrefs)
    by_collection: dict[str, list[Member]] = {}
    for collection, member in found.values():
        by_collection.setdefault(collection.name, []).append(member)
    texts: dict[tuple[str, str], str] = {}
    for name, several in by_collection.items():
        collection = context.around.collections[name]
        made = await shown.responses(collection, several)
        texts |= {(name, one.name): text for one, text in zip(several, made, strict=True)}
    responses = []
    for href in hrefs:
        known = found.get(href)
        if known is None:
            responses.append(xml.status_response(href, 404))
        else:
            responses.append(texts[known[0].name, known[1].name])
    return xml.multistatus(responses)


async def _named(context: Context, hrefs: Iterable[str]) -> Mapping[str, tuple[Collection, Member]]:
    """Collection and member by href, without those that are not there."""
    found: dict[str, tuple[Collection, Member]] = {}
    wanted: dict[str, dict[str, list[str]]] = {}
    for href in hrefs:
        target = target_of(href)
        if target.kind == Kind.MEMBER and target.manager_id == context.manager_id:
            wanted.setdefault(target.collection, {}).setdefault(target.member, []).append(href)
    for name, by_member in wanted.items():
        collection = context.around.collections.get(name)
        if collection is None:
            continue
        for member in await _members_named(context, collection, list(by_member)):
            for href in by_member[member.name]:
                found[href] = (collection, member)
    return found


async def _members_named(
    context: Context, collection: Collection, names: Sequence[str]
) -> list[Member]:
    services, session = context.services, context.session
    if len(names) > MANY:
        wanted = set(names)
        return [one for one in await members(services, session, collection) if one.name in wanted]
    return await members_named(services, session, collection, names)


async def _sync(context: Context, root: Element) -> Report:
    collection = context.collection()
    shown = _shown(context, root)
    token = (root.findtext(dav("sync-token")) or "").strip()
    limit = _limit(root)
    services, session = context.services, context.session
    position = position_of(token) if token else None
    try:
        if position is None or position.after is not None:
            synced = await first_listing(services, session, collection, position, limit)
        else:
            synced = await changes_since(services, session, collection, position.seq, limit)
    except ResyncRequired as exc:
        raise invalid_token() from exc
    return Report(await _synced_body(context, shown, collection, synced))


async def _synced_body(
    context: Context, shown: _Shown, collection: Collection, synced: Synced
) -> bytes:
    path = context.path_of(collection)
    responses = await shown.responses(collection, synced.members)
    responses += [xml.status_response(member_path(path, name), 404) for name in synced.gone]
    if synced.is_cut:
        responses.append(xml.status_response(path, 507, MATCHES_WITHIN_LIMITS))
    token = xml.element(dav("sync-token"), xml.text(token_of(synced.position)))
    return xml.multistatus(responses, token)


def _limit(root: Element) -> int:
    text = (root.findtext(f"{dav('limit')}/{dav('nresults')}") or "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise Refused(400, f"nresults ({text[:20]}) is no number above 0")
    return int(text)


async def _free_busy(context: Context, root: Element) -> Report:
    body = await free_busy_query(context, root)
    return Report(body, "text/calendar; charset=utf-8", 200)


_REPORTS: Mapping[str, Callable[[Context, Element], Awaitable[Report]]] = {
    caldav("calendar-query"): _query,
    caldav("calendar-multiget"): _multiget_report,
    dav("sync-collection"): _sync,
    caldav("free-busy-query"): _free_busy,
}
