"""Names of XML elements that CalDAV clients and the server use."""

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CALENDARSERVER = "http://calendarserver.org/ns/"
APPLE = "http://apple.com/ns/ical/"

PREFIXES = {DAV: "D", CALDAV: "C", CALENDARSERVER: "CS", APPLE: "A"}
"""Declared on the root of every answer."""


def dav(name: str) -> str:
    """An element of RFC 4918 or its relatives, in Clark notation."""
    return f"{{{DAV}}}{name}"


def caldav(name: str) -> str:
    """An element of RFC 4791."""
    return f"{{{CALDAV}}}{name}"


def calendarserver(name: str) -> str:
    """An element of calendarserver.org's extensions."""
    return f"{{{CALENDARSERVER}}}{name}"


def apple(name: str) -> str:
    """An element of Apple's extensions."""
    return f"{{{APPLE}}}{name}"
