"""Framing: any split of the bytes gives the same frames, and nothing grows beyond the limit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.wire.frames import CRLF, HEARTBEAT, FrameDecoder

LIMIT = 8


def frames_of(*chunks: bytes, limit: int = LIMIT) -> tuple[list[bytes], bool]:
    """The frames of the chunks, one after another, and whether one was over the limit."""
    decoder = FrameDecoder(limit)
    frames = [frame for chunk in chunks for frame in decoder.feed(chunk)]
    return frames, decoder.overflowed


def slow_frames(stream: bytes, limit: int) -> tuple[list[bytes], bool]:
    """The definition: lines with their ends, empty ones left out, up to one too long."""
    *lines, tail = stream.split(b"\n")
    frames: list[bytes] = []
    for line in lines:
        if len(line.removesuffix(b"\r")) > limit:
            return frames, True
        if line.removesuffix(b"\r"):
            frames.append(line + b"\n")
    return frames, len(tail.removesuffix(b"\r")) > limit


streams = st.lists(st.sampled_from([b"a", b"{}", b"\r", b"\n", b"\r\n", b"abcdefgh"])).map(b"".join)


@given(streams, st.lists(st.integers(0, 60)), st.integers(1, 10))
def test_any_split_of_a_stream_gives_the_frames_of_its_definition(
    stream: bytes, cuts: list[int], limit: int
) -> None:
    edges = sorted([0, *(min(cut, len(stream)) for cut in cuts), len(stream)])
    chunks = [stream[start:end] for start, end in pairwise(edges)]
    assert frames_of(*chunks, limit=limit) == slow_frames(stream, limit)


@given(streams, st.integers(1, 10))
def test_byte_by_byte_gives_the_same_frames(stream: bytes, limit: int) -> None:
    chunks = [bytes([byte]) for byte in stream]
    assert frames_of(*chunks, limit=limit) == slow_frames(stream, limit)


@given(streams)
def test_no_more_than_the_limit_and_a_carriage_return_is_ever_held(stream: bytes) -> None:
    decoder = FrameDecoder(LIMIT)
    for byte in stream:
        decoder.feed(bytes([byte]))
        assert len(decoder.unfinished) <= LIMIT + 1


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"{}\r\n", [b"{}\r\n"]),
        (b"{}\n", [b"{}\n"]),
        (b"a\r\nb\nc\r\n", [b"a\r\n", b"b\n", b"c\r\n"]),
        (b"\r\n\n\r\n{}\r\n\r\n", [b"{}\r\n"]),
        (b"a\rb\r\n", [b"a\rb\r\n"]),
        (b"a\r\r\n", [b"a\r\r\n"]),
        (b" \r\n", [b" \r\n"]),
        (b"\x00\xff\r\n", [b"\x00\xff\r\n"]),
        (b"{}", []),
        (b"", []),
    ],
)
def test_a_frame_ends_with_crlf_or_lf_and_empty_lines_are_skipped(
    stream: bytes, expected: list[bytes]
) -> None:
    assert frames_of(stream) == (expected, False)


def test_an_unfinished_frame_is_kept_until_its_end_comes() -> None:
    decoder = FrameDecoder(LIMIT)
    assert decoder.feed(b'{"a"') == []
    assert len(decoder.unfinished) == 4
    assert decoder.feed(b":1}\r") == []
    assert decoder.feed(b"\nx") == [b'{"a":1}\r\n']
    assert len(decoder.unfinished) == 1


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_frame_of_the_limit_passes_whatever_its_line_end(end: bytes) -> None:
    assert frames_of(b"12345678" + end) == ([b"12345678" + end], False)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_frame_one_byte_over_the_limit_overflows(end: bytes) -> None:
    assert frames_of(b"123456789" + end) == ([], True)


def test_a_carriage_return_after_a_full_frame_waits_for_its_line_feed() -> None:
    assert frames_of(b"12345678\r") == ([], False)
    assert frames_of(b"12345678\r", b"\n") == ([b"12345678\r\n"], False)
    assert frames_of(b"12345678\r", b"x") == ([], True)


def test_frames_before_the_one_that_is_too_long_are_given_out() -> None:
    assert frames_of(b"a\r\nb\r\n123456789\r\nc\r\n") == ([b"a\r\n", b"b\r\n"], True)


def test_frames_before_an_unfinished_one_that_is_too_long_are_given_out() -> None:
    assert frames_of(b"a\r\n123456789") == ([b"a\r\n"], True)


def test_nothing_is_decoded_or_held_after_an_overflow() -> None:
    decoder = FrameDecoder(LIMIT)
    decoder.feed(b"123456789")
    assert decoder.feed(b"\r\nping\r\n") == []
    assert (decoder.overflowed, len(decoder.unfinished)) == (True, 0)


def test_a_frame_of_a_mebibyte_in_small_pieces_comes_whole() -> None:
    size = 1024 * 1024
    decoder = FrameDecoder(size)
    pieces = [b"x" * 64] * (size // 64)
    assert [frame for piece in pieces for frame in decoder.feed(piece)] == []
    assert decoder.feed(b"\r\n") == [b"x" * size + b"\r\n"]


def test_a_heartbeat_is_an_empty_line() -> None:
    assert HEARTBEAT == CRLF == b"\r\n"
    assert frames_of(HEARTBEAT) == ([], False)
