"""The capture's own form: round trips, both versions, and any bytes."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.model import Rejected
from vedette.wire.capture import (
    MAGIC,
    MAGIC_1,
    CaptureFrame,
    CaptureHead,
    CaptureKind,
    Moment,
    begins_at,
    encode_head,
    encode_moment,
    is_vedette_capture,
    read_frames,
    read_head,
)

HEAD = CaptureHead(feed="radar-1", sensor="radar-1", source="asterix", scheme="udp")
MOMENTS = st.builds(
    Moment,
    received_s=st.floats(0.0, 4e9),
    kind=st.sampled_from(CaptureKind),
    line=st.integers(0, 2**32 - 1),
    octets=st.binary(max_size=50),
)


@given(st.lists(MOMENTS, max_size=5), st.binary(max_size=3))
def test_what_is_written_is_read_again(moments: list[Moment], torn: bytes) -> None:
    octets = encode_head(HEAD) + b"".join(encode_moment(one, n) for n, one in enumerate(moments, start=1))
    assert is_vedette_capture(octets)
    assert read_head(octets) == HEAD
    read = list(read_frames(octets + torn))
    whole = [one for one in read if isinstance(one, CaptureFrame)]
    assert [(one.moment, one.order) for one in whole] == [(one, n) for n, one in enumerate(moments, start=1)]
    assert [one.reason for one in read if isinstance(one, Rejected)] == (["truncated"] if torn else [])
    assert begins_at(octets) == ((moments[0].received_s, 1) if moments else None)


def test_the_first_version_is_still_read() -> None:
    octets = MAGIC_1 + struct.pack("<dI", 1_631_000_000.5, 3) + b"one" + struct.pack("<dI", 1_631_000_001.0, 2) + b"x"
    assert is_vedette_capture(octets)
    assert read_head(octets) is None
    assert begins_at(octets) == (1_631_000_000.5, 0)
    first, cut = read_frames(octets)
    assert isinstance(first, CaptureFrame)
    assert first.moment == Moment(received_s=1_631_000_000.5, octets=b"one")
    assert isinstance(cut, Rejected)
    assert (cut.reason, cut.offset) == ("truncated", 23)


@pytest.mark.parametrize("at_s", [math.nan, math.inf, -1.0, 1e300])
def test_a_time_that_is_none_ends_the_file(at_s: float) -> None:
    good = encode_moment(Moment(received_s=1.0), 1)
    read = list(read_frames(encode_head(HEAD) + encode_moment(Moment(received_s=at_s), 1) + good))
    assert [getattr(one, "reason", None) for one in read] == ["bad_frame"]


def test_a_head_that_is_no_text_is_none() -> None:
    spoilt = encode_head(HEAD).replace(HEAD.feed.encode(), b"\xff" * len(HEAD.feed), 1)
    assert (read_head(spoilt), begins_at(spoilt)) == (None, None)
    assert [getattr(one, "reason", None) for one in read_frames(spoilt)] == ["bad_head"]


@given(st.sampled_from([MAGIC, MAGIC_1, encode_head(HEAD), b""]), st.binary(max_size=120))
def test_any_bytes_are_read_without_a_fault(beginning: bytes, octets: bytes) -> None:
    for one in read_frames(beginning + octets):
        assert isinstance(one, (CaptureFrame, Rejected))
    read_head(beginning + octets)
    begins_at(beginning + octets)
