"""REPORT: calendar-query, calendar-multiget, sync-collection, free-busy-query.

Source: RFC 4791, 7.8 to 7.10; RFC 6578, 3.2.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from msgspec import Struct

from deskcal.commands.candidates import zone_of
from deskcal.commands.member import Member
from deskcal.commands.member_changes import (
    SyncPosition,
    changes_since,
    first_listing,
)
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
    members_within,
    position_of,
    token_of,
)
from deskcal.http.caldav.free_busy import free_busy_query
from deskcal.http.caldav.member_xml import Wanted
from deskcal.http.caldav.names import caldav, dav
from deskcal.http.caldav.paths import Kind, Target, member_path, principal_path, targets_of
from deskcal.http.caldav.properties import REPORTS_OF_MEMBER, Subject
from deskcal.http.caldav.propfind import properties, wanted_of
from deskcal.http.caldav.query import comp_filter
from deskcal.http.caldav.shown import Shown, shown_by
from deskcal.http.caldav.whole import all_of, named
from deskcal.ical.components import read_components
from deskcal.ical.filters import (
    CompFilter,
    asks_for_all,
    asks_for_events,
    fits,
    only_range,
    ranges_of,
)
from deskcal.threads import computed

ABOVE = (Kind.ROOT, Kind.MANAGERS, Kind.PRINCIPAL, Kind.HOME)
MAX_HREFS = 20_000
"""Of a multiget."""
_NONE: Mapping[str, bytes] = {}


class Report(Struct, frozen=True):
    """The answer to a REPORT."""

    body: bytes
    media_type: str = xml.MEDIA_TYPE
    status: int = 207


async def report(context: Context) -> Report:
    """Answers by the root of the body. Raises: Refused."""
    root = await context.root()
    if root is None:
        raise Refused(400, "a REPORT needs a body: its root element says which report")
    kind = context.target.kind
    if root.tag == caldav("calendar-multiget") and kind == Kind.HOME:
        return Report(await _multiget(context, root))
    if root.tag == dav("principal-property-search") and kind in ABOVE:
        return Report(_principals(context, root))
    answer = _REPORTS.get(root.tag)
    is_about = kind == Kind.COLLECTION or (kind == Kind.MEMBER and root.tag in REPORTS_OF_MEMBER)
    if answer is None or not is_about:
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
        # As caldav 3.6 sends it: the names next to an empty prop.
        others = (dav("prop"), dav("property-search"))
        wanted = Wanted([one.tag for one in root if one.tag not in others])
    return xml.multistatus([properties(subject, wanted)])


async def _query(context: Context, root: Element) -> Report:
    collection = context.collection()
    shown = shown_by(context, root)
    outer = root.find(caldav("filter"))
    node = outer.find(caldav("comp-filter")) if outer is not None else None
    if node is None:
        raise forbidden("a calendar-query needs a filter element with a comp-filter", VALID_FILTER)
    wanted = comp_filter(node)
    if wanted.name != "VCALENDAR":
        raise forbidden("the outermost comp-filter must have the name VCALENDAR", VALID_FILTER)
    is_whole = context.target.kind == Kind.COLLECTION
    if is_whole and asks_for_events(wanted) and asks_for_all(wanted):
        responses = (await all_of(context, collection, shown)).responses
    else:
        found = await fitting(context, wanted)
        responses = await shown.responses(collection, found)
    return Report(xml.joined(responses))


async def fitting(context: Context, wanted: CompFilter) -> list[Member]:
    """The members of the target that a filter has."""
    if not asks_for_events(wanted):
        return []
    range_ = ranges_of(wanted)
    found = await members_within(context, range_.since, range_.until)
    if asks_for_all(wanted):
        return found
    plain = only_range(wanted)
    default_timezone = context.services.default_timezone

    def is_chosen(member: Member) -> bool:
        if plain is not None and member.key.event_id and len(member.documents) == 1:
            start, end = span_of(member.events[0], default_timezone)
            return start < plain.until and (end > plain.since or start >= plain.since)
        zone = zone_of(member, default_timezone)
        return fits(read_components(context.text(member), zone), wanted, zone)

    def chosen() -> list[Member]:
        return list(filter(is_chosen, found))

    if len(found) <= ON_LOOP and not is_long(range_):
        return chosen()
    return await computed(chosen)


async def _multiget_report(context: Context, root: Element) -> Report:
    return Report(await _multiget(context, root))


async def _multiget(context: Context, root: Element) -> bytes:
    hrefs = [(one.text or "").strip() for one in root.findall(dav("href"))]
    if len(hrefs) > MAX_HREFS:
        raise Refused(413, f"a multiget of {len(hrefs)} resources; at most {MAX_HREFS} are taken")
    shown = shown_by(context, root)
    places = [(href, _place(context, target)) for href, target in targets_of(hrefs)]
    texts = await _texts(context, shown, places)
    responses = []
    for href, (collection, name) in places:
        found = texts.get(collection, _NONE).get(name)
        responses.append(xml.status_response(href, 404).encode() if found is None else found)
    return xml.joined(responses)


def _place(context: Context, target: Target) -> tuple[str, str]:
    """The names of collection and member; empty: it is neither the manager's own, nor a member."""
    is_own = target.kind == Kind.MEMBER and target.manager_id == context.manager_id
    return (target.collection, target.member) if is_own else ("", "")


async def _texts(
    context: Context, shown: Shown, places: Iterable[tuple[str, tuple[str, str]]]
) -> Mapping[str, Mapping[str, bytes]]:
    """The responses of the members by names of collection and member, without what is not there."""
    wanted: dict[str, dict[str, None]] = {}
    for _, (collection, name) in places:
        wanted.setdefault(collection, {})[name] = None
    texts = {}
    for name, names in wanted.items():
        found = context.around.collections.get(name)
        if found is not None:
            texts[name] = await named(context, found, shown, list(names))
    return texts


async def _sync(context: Context, root: Element) -> Report:
    collection = context.collection()
    shown = shown_by(context, root)
    token = (root.findtext(dav("sync-token")) or "").strip()
    limit = _limit(root)
    position = position_of(token) if token else None
    if position is None and not limit:
        whole = await all_of(context, collection, shown)
        return Report(_synced_body(whole.responses, SyncPosition(whole.seq)))
    services, session = context.services, context.session
    try:
        if position is None or position.after is not None:
            synced = await first_listing(services, session, collection, position, limit)
        else:
            synced = await changes_since(services, session, collection, position.seq, limit)
    except ResyncRequired as exc:
        raise invalid_token() from exc
    path = context.path_of(collection)
    responses = await shown.responses(collection, synced.members)
    others = [xml.status_response(member_path(path, name), 404) for name in synced.gone]
    if synced.is_cut:
        others.append(xml.status_response(path, 507, MATCHES_WITHIN_LIMITS))
    responses += [one.encode() for one in others]
    return Report(_synced_body(responses, synced.position))


def _synced_body(responses: Sequence[bytes], position: SyncPosition) -> bytes:
    token = xml.element(dav("sync-token"), xml.text(token_of(position)))
    return xml.joined(responses, token)


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
