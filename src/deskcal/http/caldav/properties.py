"""Properties of the CalDAV resources, each a function from a resource to XML.

Source: RFC 4918, 15; RFC 4791, 5.2 and 6.2; RFC 5397; RFC 6578; contract, section 16.
"""

from collections.abc import Callable, Mapping
from email.utils import formatdate

from msgspec import Struct

from deskcal.commands.member import Collection, Member
from deskcal.commands.member_changes import SyncPosition
from deskcal.core.event import MAX_TIME
from deskcal.http.caldav.context import Context, token_of
from deskcal.http.caldav.names import apple, caldav, calendarserver, dav
from deskcal.http.caldav.paths import ROOT, Kind, home_path, managers_path, principal_path
from deskcal.http.caldav.xml import element, href, text

MEMBER_TYPE = "text/calendar; charset=utf-8; component=VEVENT"
REPORTS_OF_MEMBER = (
    caldav("calendar-query"),
    caldav("calendar-multiget"),
    caldav("free-busy-query"),
)
"""Source: RFC 4791, 7: on calendars and on what is in them."""
REPORTS = (dav("sync-collection"), *REPORTS_OF_MEMBER)
COLLATIONS = ("i;ascii-casemap", "i;octet", "i;unicode-casemap")
SETTABLE = (
    dav("displayname"),
    apple("calendar-color"),
    apple("calendar-order"),
    caldav("calendar-description"),
)
"""Properties that clients may set on a collection."""


class Subject(Struct, frozen=True):
    """What is asked for its properties; of `Kind.MEMBER`: any member of the collection."""

    kind: Kind
    context: Context
    path: str
    collection: Collection | None = None
    stored: Mapping[str, str] = {}
    """What clients have set on the collection."""


Property = Callable[[Subject], str | None]
"""The content of a property; None: the resource has no such."""


def _resource_type(subject: Subject) -> str | None:
    if subject.kind == Kind.MEMBER:
        return ""
    found = element(dav("collection"))
    if subject.kind == Kind.PRINCIPAL:
        found += element(dav("principal"))
    if subject.kind == Kind.COLLECTION:
        found += element(caldav("calendar"))
    return found


def _display_name(subject: Subject) -> str | None:
    if subject.kind == Kind.COLLECTION and subject.collection is not None:
        return text(subject.stored.get(dav("displayname"), subject.collection.title))
    if subject.kind in (Kind.PRINCIPAL, Kind.HOME):
        return text(subject.context.around.title)
    return text("deskcal") if subject.kind == Kind.ROOT else None


def _me(subject: Subject) -> str | None:
    return href(principal_path(subject.context.manager_id))


def _home(subject: Subject) -> str | None:
    if subject.kind == Kind.MEMBER:
        return None
    return href(home_path(subject.context.manager_id))


def _addresses(subject: Subject) -> str | None:
    if subject.kind != Kind.PRINCIPAL:
        return None
    manager_id = subject.context.manager_id
    address = f"mailto:manager-{manager_id}@deskcal.invalid"
    return f'<D:href preferred="1">{address}</D:href>' + href(principal_path(manager_id))


def _user_type(subject: Subject) -> str | None:
    return "INDIVIDUAL" if subject.kind == Kind.PRINCIPAL else None


def _principals(_: Subject) -> str | None:
    return href(managers_path())


def _privileges(subject: Subject) -> str | None:
    names = ["read", "read-current-user-privilege-set"]
    collection = subject.collection
    if collection is not None:
        names += ["write-properties"] if subject.kind == Kind.COLLECTION else []
        if collection.is_mine:
            names += ["write", "write-content", "bind", "unbind"]
    found = [element(dav("privilege"), element(dav(name))) for name in names]
    if subject.kind == Kind.COLLECTION:
        found.append(element(dav("privilege"), element(caldav("read-free-busy"))))
    return "".join(found)


def _reports(subject: Subject) -> str | None:
    if subject.collection is None:
        return ""
    names = REPORTS if subject.kind == Kind.COLLECTION else REPORTS_OF_MEMBER
    reports = [element(dav("report"), element(name)) for name in names]
    return "".join(element(dav("supported-report"), one) for one in reports)


def _content_type(subject: Subject) -> str | None:
    return MEMBER_TYPE if subject.kind == Kind.MEMBER else "httpd/unix-directory"


def _etag(_: Context, member: Member) -> str:
    return f'"{member.etag}"'


def _content_length(context: Context, member: Member) -> str:
    return str(len(context.text(member).encode()))


def _modified(_: Context, member: Member) -> str:
    updated = max(event.updated_time for event in member.events)
    return formatdate(min(updated, MAX_TIME), usegmt=True)


OF_MEMBER: Mapping[str, Callable[[Context, Member], str]] = {
    dav("getetag"): _etag,
    dav("getcontentlength"): _content_length,
    dav("getlastmodified"): _modified,
    caldav("calendar-data"): Context.data,
}
"""Properties that only members have, and each another value: their content as XML."""


def _in_collection(content: str) -> Property:
    def found(subject: Subject) -> str | None:
        return content if subject.kind == Kind.COLLECTION else None

    return found


def _token(subject: Subject) -> str | None:
    if subject.kind != Kind.COLLECTION:
        return None
    return token_of(SyncPosition(subject.context.cursor))


def _stored(name: str) -> Property:
    def found(subject: Subject) -> str | None:
        value = subject.stored.get(name)
        return None if value is None else text(value)

    return found


def _largest(subject: Subject) -> str | None:
    is_collection = subject.kind == Kind.COLLECTION
    return str(subject.context.services.limits.max_message_bytes) if is_collection else None


LIVE: Mapping[str, Property] = {
    dav("resourcetype"): _resource_type,
    dav("displayname"): _display_name,
    dav("current-user-principal"): _me,
    dav("principal-URL"): lambda subject: _me(subject) if subject.kind == Kind.PRINCIPAL else None,
    dav("owner"): lambda subject: _me(subject) if subject.collection else None,
    dav("current-user-privilege-set"): _privileges,
    dav("supported-report-set"): _reports,
    dav("principal-collection-set"): _principals,
    dav("getcontenttype"): _content_type,
    dav("sync-token"): _token,
    calendarserver("getctag"): _token,
    caldav("calendar-home-set"): _home,
    caldav("calendar-user-address-set"): _addresses,
    caldav("calendar-user-type"): _user_type,
    caldav("supported-calendar-component-set"): _in_collection('<C:comp name="VEVENT"/>'),
    caldav("supported-calendar-data"): _in_collection(
        '<C:calendar-data content-type="text/calendar" version="2.0"/>'
    ),
    caldav("supported-collation-set"): _in_collection(
        "".join(element(caldav("supported-collation"), one) for one in COLLATIONS)
    ),
    caldav("max-resource-size"): _largest,
    caldav("min-date-time"): _in_collection("19700101T000000Z"),
    caldav("max-date-time"): _in_collection("99991231T235959Z"),
    caldav("calendar-description"): _stored(caldav("calendar-description")),
    apple("calendar-color"): _stored(apple("calendar-color")),
    apple("calendar-order"): _stored(apple("calendar-order")),
}
"""Every property by its name, but those of `OF_MEMBER`."""

ALL = (
    dav("resourcetype"),
    dav("displayname"),
    dav("getetag"),
    dav("getcontenttype"),
    dav("getlastmodified"),
)
"""What `allprop` stands for, as far as the resource has it."""

__all__ = ["ALL", "LIVE", "OF_MEMBER", "ROOT", "SETTABLE", "Subject"]
