"""A large file in parts: every component once, those of a UID together, lines of the file."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.ical.read import read_calendar
from deskcal.ical.split import MAX_PROPERTY_BYTES, FilePart, find_places, parts_of

ZONE = "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0530\n"
ZONE += "TZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n"


def event(uid: str, title: str) -> str:
    text = f"BEGIN:VEVENT\nUID:{uid[:3]}\n {uid[3:]}\nDTSTART;TZID=X:20270101T000000\n"
    return text + f"SUMMARY:{title}\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nEND:VEVENT\n"


def parts(text: str, max_bytes: int) -> list[FilePart]:
    file = io.BytesIO(text.encode())
    return list(parts_of(file, find_places(file), max_bytes))


@given(st.lists(st.integers(0, 6), max_size=20), st.integers(1, 2000))
def test_every_event_is_in_one_part_with_all_of_its_uid(uids: list[int], size: int) -> None:
    body = "".join(event(f"uid-{uid}", f"title {n}") for n, uid in enumerate(uids))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{ZONE}{body}END:VCALENDAR\n"
    whole = read_calendar(text.splitlines(), "UTC")
    found = []
    seen: set[str] = set()
    for part in parts(text, size):
        read = read_calendar(part.text.decode().splitlines(), "UTC")
        assert read.is_calendar and read.skipped == [] and read.warnings == []
        here = {one.uid for one in read.events}
        assert not here & seen
        seen |= here
        found += [
            (one.uid, one.title, one.start.time, part.line_of(one.line)) for one in read.events
        ]
    wanted = [(one.uid, one.title, one.start.time, one.line) for one in whole.events]
    assert sorted(found) == sorted(wanted)


def test_a_part_is_no_larger_than_asked_for_but_for_one_uid() -> None:
    body = "".join(event(f"uid-{n}", "x" * 100) for n in range(50))
    found = parts(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n", 1000)
    assert len(found) > 5 and all(len(part.text) < 1200 for part in found)
    assert found[-1].done_bytes == len(body)


def test_a_component_that_is_cut_is_handed_on() -> None:
    text = "BEGIN:VCALENDAR\n" + event("uid-1", "a") + "BEGIN:VEVENT\nUID:uid-2\nSUMM"
    (part,) = parts(text, 10_000)
    read = read_calendar(part.text.decode().splitlines(), "UTC")
    assert [one.uid for one in read.events] == ["uid-1"]
    assert len(read.skipped) >= 1


@pytest.mark.parametrize("is_folded", [True, False])
def test_of_a_long_property_the_rest_is_not_handed_on(is_folded: bool) -> None:
    value = "\n ".join(["A" * 75] * 3000) if is_folded else "A" * 300_000
    before, after = event("uid-1", "a"), event("uid-2", "b")
    long = event("uid-3", "c").replace("SUMMARY", f"ATTACH:{value}\nDESCRIPTION:{value}\nSUMMARY")
    text = f"BEGIN:VCALENDAR\n{before}{long}{after}END:VCALENDAR\n"
    found = parts(text, 100_000)
    assert [part.uids for part in found] == [1, 1, 1]
    assert MAX_PROPERTY_BYTES < len(found[1].text) - 200_000 < 2 * MAX_PROPERTY_BYTES + 60_000
    for part in found:
        read = read_calendar(part.text.decode().splitlines(), "UTC")
        assert read.skipped == []
        assert [text.splitlines()[part.line_of(one.line) - 1] for one in read.events] == [
            "BEGIN:VEVENT"
        ]
        (title,) = [
            number
            for number, line in enumerate(part.text.decode().splitlines(), 1)
            if line.startswith("SUMMARY")
        ]
        assert text.splitlines()[part.line_of(title) - 1].startswith("SUMMARY")
    assert found[-1].done_bytes == len(before + long + after)


def test_memory_grows_by_little_of_what_the_file_has() -> None:
    def peak(count: int) -> int:
        body = "".join(event(f"uid-{n}", "x" * 300) for n in range(count))
        file = io.BytesIO(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n".encode())
        tracemalloc.start()
        for part in parts_of(file, find_places(file), 100_000):
            assert len(part.text) < 110_000
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few, many = peak(1000), peak(5000)
    assert many - few < 4000 * 100


def test_what_is_no_calendar_is_known() -> None:
    assert not find_places(io.BytesIO(b"hello\n")).is_calendar
