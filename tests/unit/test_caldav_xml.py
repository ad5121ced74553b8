"""XML of answers, and addresses in it."""

import pytest

from deskcal.http.caldav.paths import member_path, target_of, targets_of
from deskcal.http.caldav.xml import element, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain, Ünïcode\n", "plain, Ünïcode\n"),
        ("a & b < c > d\r\n", "a &amp; b &lt; c &gt; d&#13;\n"),
        ("\x00\x0b\ufffe", ""),
        ("", ""),
    ],
)
def test_character_data_is_escaped(value: str, expected: str) -> None:
    assert text(value) == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("{DAV:}href", "a", "<D:href>a</D:href>"),
        ("{DAV:}collection", "", "<D:collection/>"),
        ("{urn:x}a", "b", '<X:a xmlns:X="urn:x">b</X:a>'),
        ("{urn:x}a", "", '<X:a xmlns:X="urn:x"/>'),
        ("a", "b", "<a>b</a>"),
        ("a", "", "<a/>"),
    ],
)
def test_elements_have_the_prefix_of_their_namespace(
    name: str, content: str, expected: str
) -> None:
    assert element(name, content) == expected


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("event-1.ics", "/c/event-1.ics"),
        ("a b/ü?.ics", "/c/a%20b%2F%C3%BC%3F.ics"),
        ("a&b@c.ics", "/c/a&b@c.ics"),
        ("a\n", "/c/a%0A"),
    ],
)
def test_names_are_quoted_in_a_path(name: str, path: str) -> None:
    assert member_path("/c/", name) == path


def test_the_targets_of_many_paths_are_those_of_each() -> None:
    mine = "/dav/managers/10/calendars/mine"
    paths = [
        *(f"{mine}/a.ics", f"{mine}/b@x.ics", f"{mine}/a%20b.ics", f"{mine}/c.ics/", mine),
        *(f"{mine}/?a/b.ics", f"{mine}/a.ics?x", f"{mine}/a.ics?x/y", f"{mine}//a.ics"),
        *(f"https://x:1{mine}/a.ics", "/dav/managers/10/calendars/desk,b,%C3%BC/a.ics"),
        *("/dav/managers/x/calendars/mine/a.ics", "/dav/managers/11/calendars/mine/a.ics"),
        *("", "/", "a.ics", "/a.ics", "/dav", "/dav/managers/10/calendars", f"{mine}/a/b/c.ics"),
    ]
    assert list(targets_of(paths)) == [(path, target_of(path)) for path in paths]
