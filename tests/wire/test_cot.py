from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from takproto.constants import TAKProtoVer
from takproto.functions import xml2proto

from vedette.model import Rejected
from vedette.wire.cot import MAX_EVENT_BYTES, CotEvent, CotReader, encode_event, looks_like_cot, parse_event, read_cot

NOW_S = 1_700_000_000.0
ATAK = b"""<?xml version='1.0' encoding='UTF-8' standalone='yes'?>
<event version='2.0' uid='ANDROID-589520ccfcd20f01' type='a-f-A-M-H-Q' how='m-g' time='2023-11-14T22:13:20.000Z'
 start='2023-11-14T22:13:20.000Z' stale='2023-11-14T22:14:35.000Z'><point lat='47.2' lon='8.73' hae='547.5' ce='4.9'
 le='9999999.0'/><detail><takv os='34' version='5.1' device='X' platform='ATAK-CIV'/><contact
 endpoint='*:-1:stcp' callsign='FALKE'/><uid Droid='FALKE'/><__group role='Team Member' name='Cyan'/><status
 battery='78'/><track course='271.5' speed='12.25'/></detail></event>"""
EVENT = CotEvent(
    uid="ANDROID-589520ccfcd20f01",
    type="a-f-A-M-H-Q",
    how="m-g",
    time_s=NOW_S,
    start_s=NOW_S,
    stale_s=NOW_S + 75.0,
    latitude_deg=47.2,
    longitude_deg=8.73,
    altitude_ellipsoid_m=547.5,
    sigma_position_m=4.9,
    callsign="FALKE",
    course_true_deg=271.5,
    speed_mps=12.25,
    offset=ATAK.index(b"<event"),
)


def read(octets: bytes) -> list[CotEvent | Rejected]:
    reader = CotReader()
    return [*reader.feed(octets), *reader.close()]


def reasons(found: list[CotEvent | Rejected]) -> list[str]:
    return [one.reason for one in found if isinstance(one, Rejected)]


def placeless(event: CotEvent | Rejected) -> CotEvent:
    assert isinstance(event, CotEvent), event
    return CotEvent(**{name: getattr(event, name) for name in event.__struct_fields__ if name != "offset"})


def test_an_event_of_atak() -> None:
    assert read(ATAK) == [EVENT]
    assert list(read_cot(ATAK)) == [EVENT]
    assert looks_like_cot(ATAK)
    assert EVENT.is_position


@pytest.mark.parametrize("version", [TAKProtoVer.MESH, TAKProtoVer.STREAM])
def test_taks_protobuf_as_takproto_writes_it(version: TAKProtoVer) -> None:
    octets = bytes(xml2proto(ATAK.split(b"\n", 1)[1].decode(), version))
    assert octets[0] == 0xBF
    found = list(read_cot(octets)) if version is TAKProtoVer.MESH else read(octets * 3)
    assert [placeless(one) for one in found] == [placeless(EVENT)] * len(found)
    assert len(found) == (1 if version is TAKProtoVer.MESH else 3)
    cut = list(read_cot(octets[:-5])) if version is TAKProtoVer.MESH else read(octets[:-5])
    assert reasons(cut) == [{TAKProtoVer.MESH: "bad_protobuf", TAKProtoVer.STREAM: "truncated"}[version]]


def test_a_stream_may_change_from_xml_to_protobuf() -> None:
    frame = bytes(xml2proto(ATAK.split(b"\n", 1)[1].decode(), TAKProtoVer.STREAM))
    assert [type(one) for one in read(ATAK + b"\n" + frame + ATAK + frame)] == [CotEvent] * 4


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
NUMBERS = st.floats(0.1, 900_000.0)


@given(
    st.builds(
        CotEvent,
        uid=NAMES,
        type=NAMES,
        how=NAMES,
        time_s=st.integers(0, 4_000_000_000_000).map(lambda millis: millis / 1000.0),
        start_s=st.integers(1, 4_000_000_000_000).map(lambda millis: millis / 1000.0),
        stale_s=st.integers(0, 4_000_000_000_000).map(lambda millis: millis / 1000.0),
        latitude_deg=st.floats(-90.0, 90.0),
        longitude_deg=st.floats(-180.0, 180.0),
        altitude_ellipsoid_m=st.none() | st.floats(-900.0, 90_000.0),
        sigma_position_m=st.none() | NUMBERS,
        sigma_altitude_m=st.none() | NUMBERS,
        callsign=st.none() | NAMES,
        course_true_deg=st.floats(0.0, 359.9),
        speed_mps=st.floats(0.0, 1999.0),
    )
)
def test_events_come_back(event: CotEvent) -> None:
    assert parse_event(encode_event(event)) == event


@given(st.lists(st.integers(1, 400), max_size=20))
def test_pieces_of_any_size_give_the_same(sizes: list[int]) -> None:
    octets = ATAK + b"noise" + ATAK + b"\0\n" + bytes(xml2proto(ATAK.split(b"\n", 1)[1].decode(), TAKProtoVer.STREAM))
    reader, at, found = CotReader(), 0, list[CotEvent | Rejected]()
    for size in [*sizes, len(octets)]:
        found += reader.feed(octets[at : at + size])
        at += size
    assert [*found, *reader.close()] == read(octets)
    assert sum(isinstance(one, CotEvent) for one in found) == 3


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE event [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<event uid="&b;" type="a-f-A"/></event>"""
FETCH = b"""<!DOCTYPE event SYSTEM "file:///etc/passwd"><event uid='x' type='a-f-A'></event>"""
INSIDE = ATAK.replace(b"<detail>", b"<detail>&secret;")


@pytest.mark.parametrize(
    ("octets", "expected", "events"),
    [
        (LAUGHS + ATAK, ["dtd"], 1),
        (FETCH + ATAK, ["dtd"], 1),
        (INSIDE + ATAK, ["bad_xml"], 1),
        (b"noise" + ATAK, ["garbage"], 1),
        (b"<foo></foo>" + ATAK, ["garbage"], 1),
        (ATAK[:-30] + ATAK, ["garbage"], 1),
        (ATAK[:-1], ["truncated"], 0),
        (b"<event>" * 40 + b"</event>" + ATAK, ["garbage", "missing_value"], 1),
        (b"<event>" + b"<a>" * 40 + b"</event>" + ATAK, ["bad_xml"], 1),
        (b"<event " + b"x" * (MAX_EVENT_BYTES + 1), ["too_long"], 0),
        (b"<eventful></event>" + ATAK, ["bad_xml"], 1),
        (ATAK.replace(b"lat='47.2'", b"lat='95'"), ["bad_position"], 0),
        (ATAK.replace(b"lat='47.2'", b"lat='north'"), ["bad_number"], 0),
        (ATAK.replace(b"lat='47.2'", b"lat='nan'"), ["bad_number"], 0),
        (ATAK.replace(b"lat='47.2'", b"lat=''"), ["missing_value"], 0),
        (ATAK.replace(b"uid=", b"id="), ["missing_value"], 0),
        (ATAK.replace(b"stale='2023-11-14T22:14:35.000Z'", b"stale='soon'"), ["bad_time"], 0),
        (ATAK.replace(b"time='2023-11-14T22:13:20.000Z'", b"time='2023-11-14T22:13:20'"), ["bad_time"], 0),
        (b"\xbf\x80\x80\x80\x80\x80\x01" + ATAK, ["garbage"] * 1, 1),
        (b"\xbf\x03abc" + ATAK, ["bad_protobuf"], 1),
    ],
)
def test_rejects_and_the_way_back(octets: bytes, expected: list[str], events: int) -> None:
    found = read(octets)
    assert reasons(found)[: len(expected)] == expected
    assert sum(isinstance(one, CotEvent) for one in found) == events


def test_what_is_unknown_is_none() -> None:
    bare = ATAK[: ATAK.index(b"<detail>")] + b"</event>"
    (event,) = read(bare.replace(b"hae='547.5' ce='4.9'", b"hae='999999.0' ce='9999999.0'"))
    assert isinstance(event, CotEvent)
    unknown = (event.altitude_ellipsoid_m, event.sigma_position_m, event.callsign, event.course_true_deg)
    assert unknown == (None, None, None, None)
    (odd,) = read(ATAK.replace(b"course='271.5'", b"course='west'").replace(b"speed='12.25'", b"speed='-1'"))
    assert isinstance(odd, CotEvent)
    assert (odd.course_true_deg, odd.speed_mps) == (None, None)


def test_other_peoples_words_are_made_fit_to_show() -> None:
    (event,) = read(ATAK.replace(b"callsign='FALKE'", "callsign='\u202eFAL&#10;KE'".encode() + b""))
    assert isinstance(event, CotEvent)
    assert event.callsign == "FALKE"
    assert math.isfinite(event.time_s)
