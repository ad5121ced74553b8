"""XML of requests and answers. Hostile XML is refused: entities, depth, size. No I/O."""

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from deskcal.http.caldav.conditions import Refused
from deskcal.http.caldav.names import PREFIXES

MAX_DEPTH = 32
"""Elements inside each other."""
MAX_ELEMENTS = 60_000

MEDIA_TYPE = "application/xml; charset=utf-8"
_ROOT = " ".join(f'xmlns:{prefix}="{ns}"' for ns, prefix in PREFIXES.items())
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_RETURN = {"\r": "&#13;"}
_REASONS = {200: "OK", 403: "Forbidden", 404: "Not Found", 424: "Failed Dependency"}
_REASONS |= {507: "Insufficient Storage"}


class _Limited(TreeBuilder):
    """Counts depth and elements."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        """Called for a start tag. Raises: ValueError beyond MAX_DEPTH or MAX_ELEMENTS."""
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise ValueError(
                f"more than {MAX_DEPTH} elements inside each other, or {MAX_ELEMENTS} in all"
            )
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """Called for an end tag."""
        self._depth -= 1
        return super().end(tag)


def parse(body: bytes) -> Element | None:
    """The root of a request's body; None of an empty one. Raises: Refused with 400."""
    if not body.strip():
        return None
    parser = DefusedXMLParser(target=_Limited(), forbid_dtd=True)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as exc:
        raise Refused(400, f"the body is no XML that is taken: {exc}") from exc
    return root


def text(value: str) -> str:
    """`value` as character data; a carriage return would be lost to the parser."""
    if _SPECIAL.search(value) is None:
        return value
    return escape(_ILLEGAL.sub("", value), _RETURN)


def element(name: str, content: str = "") -> str:
    """An element of that name in Clark notation; `content` is XML."""
    before, after, empty = tags(name)
    return f"{before}{content}{after}" if content else empty


@functools.lru_cache(maxsize=512)
def tags(name: str) -> tuple[str, str, str]:
    """Start tag, end tag, and the tag of an empty element, of a name in Clark notation."""
    namespace, _, local = name.removeprefix("{").rpartition("}")
    prefix = PREFIXES.get(namespace)
    tag, declared = local, ""
    if prefix is not None:
        tag = f"{prefix}:{local}"
    elif namespace:
        tag, declared = f"X:{local}", f' xmlns:X="{escape(namespace, {chr(34): "&quot;"})}"'
    return f"<{tag}{declared}>", f"</{tag}>", f"<{tag}{declared}/>"


def href(path: str) -> str:
    """A `DAV:href`."""
    return f"<D:href>{text(path)}</D:href>"


def response(path: str, found: Iterable[str], missing: Sequence[str] = ()) -> str:
    """What a resource has of what was asked for; `missing`: names of what it has not."""
    before, between, after = around(missing)
    return f"{before}{text(path)}{between}{''.join(found)}{after}"


def around(missing: Sequence[str]) -> tuple[str, str, str]:
    """What is in front of the path of a response, between it and what was found, and behind that.

    `missing`: as of `response`.
    """
    behind = f"</D:prop>{_status(200)}</D:propstat>"
    if missing:
        behind += _propstat("".join(map(element, missing)), 404)
    return "<D:response><D:href>", "</D:href><D:propstat><D:prop>", f"{behind}</D:response>"


def refused_properties(path: str, refused: Iterable[str], others: Iterable[str]) -> str:
    """A PROPPATCH that was not done: the properties at fault, and the others."""
    parts = [href(path), _propstat("".join(map(element, refused)), 403)]
    names = "".join(map(element, others))
    if names:
        parts.append(_propstat(names, 424))
    return f"<D:response>{''.join(parts)}</D:response>"


def status_response(path: str, status: int, error: str = "") -> str:
    """What became of a resource; `error`: a precondition in Clark notation."""
    detail = f"<D:error>{element(error)}</D:error>" if error else ""
    return f"<D:response>{href(path)}{_status(status)}{detail}</D:response>"


def multistatus(responses: Iterable[str], after: str = "") -> bytes:
    """The body of an answer; `after`: XML behind the responses."""
    return joined([one.encode() for one in responses], after)


def joined(responses: Iterable[bytes], after: str = "") -> bytes:
    """The same of responses that are encoded already."""
    before = f'<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus {_ROOT}>'
    return b"".join((before.encode(), *responses, f"{after}</D:multistatus>\n".encode()))


def error_body(condition: str, path: str, message: str) -> bytes:
    """The body of a refusal. Source: RFC 4918, 14.5."""
    inner = element(condition, href(path) if path else "")
    description = f"<D:responsedescription>{text(message)}</D:responsedescription>"
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{head}<D:error {_ROOT}>{inner}{description}</D:error>\n".encode()


def _propstat(properties: str, status: int) -> str:
    return f"<D:propstat><D:prop>{properties}</D:prop>{_status(status)}</D:propstat>"


def _status(status: int) -> str:
    return f"<D:status>HTTP/1.1 {status} {_REASONS[status]}</D:status>"
