"""Refusals with a precondition of WebDAV, the conditions and preferences of a request. Pure."""

from collections.abc import Mapping

from starlette.datastructures import Headers

from deskcal.http.caldav.names import caldav, dav


class Refused(Exception):
    """The request is answered with an error, and with a precondition where one fits."""

    def __init__(
        self,
        status: int,
        message: str,
        condition: str = "",
        *,
        href: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`condition` in Clark notation; `href`: what it names."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.condition = condition
        self.href = href
        self.headers = dict(headers or {})


ALLOWED = "OPTIONS, PROPFIND, PROPPATCH, REPORT, GET, HEAD, PUT, DELETE"


def not_allowed(message: str) -> Refused:
    """For a method that this address does not answer. Source: RFC 9110, 15.5.6: with Allow."""
    return Refused(405, message, headers={"allow": ALLOWED})


def not_found() -> Refused:
    """For what is not there, and for what is somebody else's."""
    return Refused(404, "there is nothing at this address, or nothing that you may see")


def forbidden(message: str, condition: str = "") -> Refused:
    """The client may not do that, and trying again does not help."""
    return Refused(403, message, condition)


NEED_PRIVILEGES = dav("need-privileges")
VALID_SYNC_TOKEN = dav("valid-sync-token")
SUPPORTED_REPORT = dav("supported-report")
SUPPORTED_COLLATION = caldav("supported-collation")
VALID_FILTER = caldav("valid-filter")
CALENDAR_DATA = caldav("supported-calendar-data")
VALID_DATA = caldav("valid-calendar-data")
MAX_SIZE = caldav("max-resource-size")
MATCHES_WITHIN_LIMITS = dav("number-of-matches-within-limits")


def require_match(headers: Mapping[str, str], etag: str | None) -> None:
    """Raises: Refused with 412 where If-Match or If-None-Match does not hold.

    `etag`: of what is there, without quotes; None: nothing is. Source: RFC 9110, 13.1.
    """
    require_same(headers, etag)
    unwanted = headers.get("if-none-match")
    if unwanted is not None and _names(unwanted, etag):
        raise Refused(412, "If-None-Match names what is there: read it first, or take another name")


def require_same(headers: Mapping[str, str], etag: str | None) -> None:
    """The same for If-Match alone, which a reader may send, too.

    A weak tag is compared as the strong one, unlike RFC 9110, 13.1.1: a proxy that compresses the
    answers of this server makes their tags weak, and each of them names one version.
    """
    wanted = headers.get("if-match")
    if wanted is not None and not _names(wanted, etag):
        raise Refused(
            412, "If-Match names another version than the one that is there: read it again first"
        )


def is_known(headers: Mapping[str, str], etag: str) -> bool:
    """Whether a reader has this version already."""
    known = headers.get("if-none-match")
    return known is not None and _names(known, etag)


def wants_minimal(headers: Headers) -> bool:
    """Whether Prefer says `return=minimal`; the first `return` counts; without one, Brief.

    Source: RFC 7240, 2 and 4.2; RFC 8144, appendix B.
    """
    for preference in ",".join(headers.getlist("prefer")).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "return":
            return value.strip().strip('"').lower() == "minimal"
    return headers.get("brief", "").strip().lower() == "t"


def _names(header: str, etag: str | None) -> bool:
    if etag is None:
        return False
    tags = {one.strip().removeprefix("W/").strip('"') for one in header.split(",")}
    return bool(tags & {"*", etag})
