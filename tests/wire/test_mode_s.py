from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire.adsb import ModeSDecoder, ModeSReport, parity
from vedette.wire.avr import AvrReader, encode_avr
from vedette.wire.beast import BeastReader, ModeSFrame, encode_beast, gps_time_of_day_s

FRAMES = st.lists(
    st.builds(
        ModeSFrame,
        message=st.sampled_from([2, 7, 14]).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
        ticks=st.one_of(st.none(), st.integers(0, 2**48 - 1).filter(lambda t: t != 0xFF004D4C4154)),
        signal=st.integers(0, 255),
    ),
    max_size=5,
)


def bare(frames: list[ModeSFrame | Rejected]) -> list[tuple[bytes, int | None]]:
    assert all(isinstance(frame, ModeSFrame) for frame in frames), frames
    return [(frame.message, frame.ticks) for frame in frames if isinstance(frame, ModeSFrame)]


@given(FRAMES, st.integers(1, 7))
def test_beast_round_trip_in_pieces(frames: list[ModeSFrame], size: int) -> None:
    stream, reader = b"".join(map(encode_beast, frames)), BeastReader()
    read = [f for at in range(0, len(stream), size) for f in reader.feed(stream[at : at + size])]
    assert bare([*read, *reader.close()]) == [(f.message, f.ticks) for f in frames]


@given(FRAMES, st.integers(1, 7))
def test_avr_round_trip_in_pieces(frames: list[ModeSFrame], size: int) -> None:
    stream, reader = b"".join(map(encode_avr, frames)), AvrReader()
    read = [f for at in range(0, len(stream), size) for f in reader.feed(stream[at : at + size])]
    assert bare([*read, *reader.close()]) == [(f.message, f.ticks) for f in frames]


SHORT = ModeSFrame(message=bytes.fromhex("5d48520a009a39"), ticks=12)


@given(st.binary(max_size=40))
def test_beast_finds_its_way_back(garbage: bytes) -> None:
    """Two frames after any garbage: the garbage may swallow the first, never the second and third."""
    stream = garbage + encode_beast(SHORT) * 4
    reader = BeastReader()
    frames = [f for f in reader.feed(stream) if isinstance(f, ModeSFrame)]
    assert [f.message for f in frames[-2:]] == [SHORT.message] * 2


@pytest.mark.parametrize(
    ("stream", "reasons"),
    [
        (b"noise" + encode_beast(SHORT), ["garbage"]),
        (b"\x1a\x39" + encode_beast(SHORT), ["bad_frame", "garbage"]),
        (b"\x1a" + encode_beast(SHORT), ["bad_frame"]),
        (encode_beast(SHORT)[:9] + encode_beast(SHORT), ["bad_frame"]),
        (b"\x1a\x34" + bytes(21) + encode_beast(SHORT), []),
    ],
)
def test_beast_rejects(stream: bytes, reasons: list[str]) -> None:
    found = list(BeastReader().feed(stream))
    assert [one.reason for one in found if isinstance(one, Rejected)] == reasons
    assert isinstance(found[-1], ModeSFrame)


def test_an_unfinished_beast_frame_is_truncated() -> None:
    reader = BeastReader()
    assert list(reader.feed(encode_beast(SHORT)[:-1])) == []
    assert [one.reason for one in reader.close()] == ["truncated"]
    assert list(reader.close()) == []


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (b"*5D48520A009A39;\r\n\r\n", []),
        (b"<00000000000C405D48520A009A39;\n", []),
        (b"*5D48520A009A39;", []),
        (b"hello\n", ["bad_frame"]),
        (b"*5D48;*5D48520A;\n", ["bad_frame"]),
        (b"*5D48520A009AXX;\n", ["bad_frame"]),
        (b"*5D48520A", ["truncated"]),
        (b"x" * 80, ["bad_frame"]),
    ],
)
def test_avr_lines(text: bytes, reasons: list[str]) -> None:
    reader = AvrReader()
    found = [*reader.feed(text), *reader.close()]
    assert [one.reason for one in found if isinstance(one, Rejected)] == reasons
    for frame in found:
        assert isinstance(frame, Rejected) or frame.message == SHORT.message


def test_the_gps_clock() -> None:
    assert gps_time_of_day_s(3600 << 30 | 500_000_000) == 3600.5
    assert gps_time_of_day_s(86_400 << 30) is None
    assert gps_time_of_day_s(1 << 30 | 0x3FFFFFFF) is None


def hear(decoder: ModeSDecoder, message: bytes, at_s: float) -> ModeSReport:
    report = decoder.hear(message, at_s)
    assert isinstance(report, ModeSReport), report
    return report


@given(st.floats(-80.0, 80.0), st.floats(-179.9, 179.9), st.booleans())
def test_a_pair_gives_the_position(latitude_deg: float, longitude_deg: float, odd_first: bool) -> None:
    decoder = ModeSDecoder()
    first = hear(decoder, enc.airborne_position(latitude_deg, longitude_deg, 5000, odd=odd_first), 100.0)
    assert first.latitude_deg is None
    second = hear(decoder, enc.airborne_position(latitude_deg, longitude_deg, 5000, odd=not odd_first), 100.5)
    if second.latitude_deg is None:  # the two frames fell into bands with another number of zones
        return
    assert second.longitude_deg is not None
    assert second.latitude_deg == pytest.approx(latitude_deg, abs=1e-4)
    assert (second.longitude_deg - longitude_deg + 180) % 360 - 180 == pytest.approx(0.0, abs=6e-4)
    assert second.pressure_altitude_m == pytest.approx(5000 * 0.3048)
    assert second.altitude_ellipsoid_m is None
    third = hear(decoder, enc.airborne_position(latitude_deg, longitude_deg, 5000, odd=odd_first), 101.0)
    assert third.latitude_deg == pytest.approx(latitude_deg, abs=1e-4)


def test_a_pair_too_far_apart_gives_none() -> None:
    decoder = ModeSDecoder()
    hear(decoder, enc.airborne_position(47.0, 8.0, 5000, odd=False), 100.0)
    assert hear(decoder, enc.airborne_position(47.0, 8.0, 5000, odd=True), 111.0).latitude_deg is None


def test_the_height_over_the_ellipsoid() -> None:
    decoder = ModeSDecoder()
    flown = hear(decoder, enc.velocity(250), 99.0)
    assert flown.velocity_east_mps == pytest.approx(100 * 1852 / 3600)
    assert flown.velocity_north_mps == pytest.approx(0.0, abs=1e-9)
    near = hear(decoder, enc.airborne_position(47.0, 8.0, 5000, odd=False), 100.0)
    assert near.altitude_ellipsoid_m == pytest.approx(5250 * 0.3048)
    late = hear(decoder, enc.airborne_position(47.0, 8.0, 5000, odd=True), 130.0)
    assert late.altitude_ellipsoid_m is None
    gnss = hear(decoder, enc.airborne_position(47.0, 8.0, 5000, odd=True, code=20), 131.0)
    assert gnss.pressure_altitude_m is None
    assert gnss.altitude_ellipsoid_m == pytest.approx(1524.0)


def test_a_jump_is_refused_and_learned_anew() -> None:
    decoder = ModeSDecoder()
    for second, odd in enumerate((False, True)):
        hear(decoder, enc.airborne_position(47.0, 8.0, 5000, odd=odd), 100.0 + second)
    jumped = [
        hear(decoder, enc.airborne_position(47.5, 8.0, 5000, odd=odd), 102.0 + second).latitude_deg
        for second, odd in enumerate((False, True, False))
    ]
    assert jumped[:2] == [None, None]
    assert jumped[2] == pytest.approx(47.5, abs=1e-4)


def test_a_callsign() -> None:
    report = hear(ModeSDecoder(), enc.callsign(), 1.0)
    assert (report.address, report.callsign, report.df) == ("4840D6", "KLM1023", 17)


def test_an_unchecked_address_is_believed_once_heard_checked() -> None:
    decoder, surveillance = ModeSDecoder(), bytes.fromhex("20000ca8f70aa7")
    assert decoder.hear(surveillance, 1.0) is None
    assert hear(decoder, enc.with_parity(bytes.fromhex("5d3981e4")), 2.0).checked
    report = hear(decoder, surveillance, 3.0)
    assert (report.address, report.checked, report.df) == ("3981E4", False, 4)
    assert report.pressure_altitude_m is not None
    assert decoder.hear(surveillance, 3000.0) is None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (enc.callsign()[:-1] + b"\0", "bad_crc"),
        (b"\xff" * 14, "bad_crc"),
        (enc.callsign()[:7], "bad_length"),
        (bytes(5), "bad_length"),
    ],
)
def test_mode_s_rejects(message: bytes, reason: str) -> None:
    rejected = ModeSDecoder().hear(message, 1.0)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason


def test_mode_ac_says_nothing() -> None:
    assert ModeSDecoder().hear(b"\x12\x34", 1.0) is None


SURFACE = bytes.fromhex("8f393322384a02aea63afc43dcba")


def test_a_surface_position_needs_the_receivers_place() -> None:
    assert hear(ModeSDecoder(), SURFACE, 1.0).latitude_deg is None
    report = hear(ModeSDecoder((49.0, 2.5)), SURFACE, 1.0)
    assert report.on_ground
    assert report.latitude_deg == pytest.approx(49.00583267)
    assert report.longitude_deg == pytest.approx(2.57354737)
    # version 0: the protection limit by type code 7, half of which holds 95 %
    assert report.sigma_position_m == pytest.approx(math.hypot(185.2 / 2 / 2.4477, 20.0), rel=1e-4)


def after(*messages: bytes) -> ModeSReport:
    """The report of the last message, all of one aircraft, 0.4 s apart."""
    decoder = ModeSDecoder()
    return [hear(decoder, message, 100.0 + 0.4 * step) for step, message in enumerate(messages)][-1]


def pair(code: int) -> list[bytes]:
    return [enc.airborne_position(47.0, 8.0, 5000, odd=odd, code=code) for odd in (False, True)]


@pytest.mark.parametrize(
    ("status", "code", "own_m"),
    [
        (None, 11, 185.2 / 2 / 2.4477),
        (enc.operational_status(nacp=10, sil=3), 11, 10.0 / 2.4477),
        (enc.operational_status(nacp=0, sil=3), 11, 185.2 / 5.6778),
        (enc.operational_status(nacp=0, sil=2), 11, 185.2 / 4.7985),
        (enc.operational_status(nacp=0, sil=1), 13, 926.0 / 3.7169),
        (enc.operational_status(version=1, a=True, sil=3), 11, 75.0 / 5.6778),
        (enc.operational_status(nacp=0, sil=0), 18, 1000.0),
        (enc.extended_squitter(29 << 51 | 1 << 49 | 9 << 13), 11, 30.0 / 2.4477),
    ],
)
def test_quality_becomes_sigma(status: bytes | None, code: int, own_m: float) -> None:
    report = after(*([] if status is None else [status]), *pair(code))
    assert report.sigma_position_m == pytest.approx(math.hypot(own_m, 20.0), rel=1e-3)


def test_a_gnss_height_has_the_sigma_of_its_code() -> None:
    assert after(*pair(20)).sigma_altitude_m == 45.0
    assert after(enc.operational_status(gva=1), *pair(20)).sigma_altitude_m == pytest.approx(150.0 / 1.96)
    assert after(enc.operational_status(version=1, nacp=10), *pair(20)).sigma_altitude_m == pytest.approx(15.0 / 1.96)
    assert after(enc.velocity(250), *pair(11)).sigma_altitude_m == 30.0


POSITION = enc.airborne_position(47.0, 8.0, 5000, odd=False)


@pytest.mark.parametrize(
    ("first", "bit", "source", "kind"),
    [
        (0x8D, None, "adsb", "icao"),
        (0x90, None, "adsb", "icao"),
        (0x91, None, "adsb", "anonymous"),
        (0x92, None, "tisb", "icao"),
        (0x92, 8, "tisb", "track_file"),
        (0x95, None, "tisb", "anonymous"),
        (0x96, None, "adsr", "icao"),
        (0x96, 8, "adsr", "anonymous"),
        (0x98, None, "adsb", "icao"),
    ],
)
def test_whose_address_it_is(first: int, bit: int | None, source: str, kind: str) -> None:
    report = hear(ModeSDecoder(), enc.resent(POSITION, first, bit=bit), 1.0)
    assert (report.df, report.source, report.address_type, report.address) == (first >> 3, source, kind, "4840D6")
    assert report.pressure_altitude_m == pytest.approx(1524.0)


@pytest.mark.parametrize("first", [0x93, 0x94, 0x97, 0x99])
def test_other_formats_are_not_read(first: int) -> None:
    assert ModeSDecoder().hear(enc.resent(POSITION, first), 1.0) is None


def test_a_bad_military_message_is_rejected() -> None:
    message = enc.resent(POSITION, 0x98)
    assert isinstance(ModeSDecoder().hear(message[:-1] + bytes([message[-1] ^ 1]), 1.0), Rejected)
    assert isinstance(ModeSDecoder().hear(enc.resent(POSITION, 0x99)[:-1] + b"\0", 1.0), Rejected)


@given(st.binary(min_size=11, max_size=11))
def test_parity_is_that_of_the_standard(body: bytes) -> None:
    message = enc.with_parity(body)
    assert parity(message) == 0
    assert parity(message[:-1] + bytes([message[-1] ^ 0x10])) == 0x10


def test_addresses_of_two_kinds_are_two_aircraft() -> None:
    """An even frame under the anonymous address is no half of the pair that ICAO's makes."""
    odd = enc.airborne_position(47.0, 8.0, 5000, odd=True)
    assert after(enc.resent(POSITION, 0x91), odd).latitude_deg is None
    assert after(enc.resent(POSITION, 0x92), odd).latitude_deg is None, "nor is a ground station's of ICAO's"
    assert after(POSITION, odd).latitude_deg == pytest.approx(47.0, abs=1e-4)


@pytest.mark.parametrize(
    ("state", "said"), [(0, "none"), (1, "general"), (5, "unlawful_interference"), (6, "downed"), (7, None)]
)
def test_emergencies(state: int, said: str | None) -> None:
    report = hear(ModeSDecoder(), enc.emergency(state, 0x0AAA), 1.0)
    assert (report.emergency, report.squawk) == (said, "7700")


@pytest.mark.parametrize(
    ("type_code", "number", "category"), [(4, 3, "A3"), (3, 6, "B6"), (2, 1, "C1"), (1, 0, None), (4, 0, None)]
)
def test_emitter_categories(type_code: int, number: int, category: str | None) -> None:
    payload = type_code << 51 | number << 48 | int.from_bytes(enc.callsign()[5:11], "big")
    report = hear(ModeSDecoder(), enc.extended_squitter(payload), 1.0)
    assert (report.emitter_category, report.callsign) == (category, "KLM1023")
