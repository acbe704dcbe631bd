from __future__ import annotations

import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.model import Rejected
from vedette.wire.authentication import AuthenticationPages
from vedette.wire.remote_id import EPOCH_2019_S, Authentication, decode_remote_id


def pages_of(data: bytes, *, kind: int = 3, seconds: int = 1000) -> list[bytes]:
    """The messages that carry some data."""
    rest = [data[at : at + 23] for at in range(17, len(data), 23)]
    first = bytes([0x22, kind << 4]) + struct.pack("<BBI", len(rest), len(data), seconds) + data[:17].ljust(17, b"\0")
    others = [bytes([0x22, kind << 4 | n + 1]) + page.ljust(23, b"\0") for n, page in enumerate(rest)]
    return [first, *others]


def taken(pages: AuthenticationPages, raw: list[bytes]) -> list[bytes | None]:
    wholes = []
    for each in raw:
        (page,) = decode_remote_id(each)
        assert isinstance(page, Authentication)
        whole = pages.take(page)
        wholes.append(None if whole is None else whole.octets)
    return wholes


@given(st.binary(min_size=1, max_size=255), st.randoms())
def test_pages_in_any_order_make_the_whole(data: bytes, random: Random) -> None:
    raw = pages_of(data)
    random.shuffle(raw)
    assert taken(AuthenticationPages(), raw) == [None] * (len(raw) - 1) + [data]


def test_a_new_first_page_begins_anew() -> None:
    old, new = pages_of(bytes(40)), pages_of(bytes(range(40)), seconds=1001)
    wholes = taken(AuthenticationPages(), [old[1], old[0], new[0], new[1]])
    assert wholes == [None, bytes(40), None, bytes(range(40))]


def test_kinds_do_not_mix() -> None:
    pages = AuthenticationPages()
    assert taken(pages, [pages_of(bytes(30), kind=1)[0], pages_of(bytes(30), kind=2)[1]]) == [None, None]


def test_what_the_first_page_says() -> None:
    (page,) = decode_remote_id(pages_of(b"abc")[0])
    assert isinstance(page, Authentication)
    assert (page.last_page, page.length, page.made_s) == (0, 3, EPOCH_2019_S + 1000)


@pytest.mark.parametrize(
    ("kind", "word"), [(0, "none"), (1, "uas_id"), (4, "network_remote_id"), (7, "reserved"), (12, "private")]
)
def test_kinds(kind: int, word: str) -> None:
    (page,) = decode_remote_id(pages_of(b"abc", kind=kind, seconds=0)[0])
    assert isinstance(page, Authentication)
    whole = AuthenticationPages().take(page)
    assert whole is not None
    assert (whole.kind, whole.made_s) == (word, None)


def test_more_pages_than_there_can_be() -> None:
    raw = bytearray(pages_of(b"abc")[0])
    raw[2] = 16
    (refused,) = decode_remote_id(bytes(raw))
    assert isinstance(refused, Rejected)
    assert refused.reason == "bad_page"
