"""CAT021 and CAT062: values written by libasterix, another's encoder, read back by ours."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import asterix_forms as forms
from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire.adsb_quality import LATENCY_SIGMA_M
from vedette.wire.asterix import decode_asterix
from vedette.wire.asterix_tracks import AdsbTarget, SystemTrack, icao_text

SOURCE = (("SAC", 25), ("SIC", 7))
FOOT_M = 0.3048


def read(category: int, **items: Any) -> AdsbTarget | SystemTrack:
    named = {name.removeprefix("i"): value for name, value in items.items()}
    record = forms.library_record(category).create({"010": SOURCE} | named)
    (message,) = decode_asterix(enc.asterix_block(category, record.unparse().to_bytes()))
    assert isinstance(message, (AdsbTarget, SystemTrack)), message
    assert (message.sac, message.sic) == (25, 7)
    return message


def target(**items: Any) -> AdsbTarget:
    message = read(21, **items)
    assert isinstance(message, AdsbTarget)
    return message


def track(**items: Any) -> SystemTrack:
    message = read(62, **items)
    assert isinstance(message, SystemTrack)
    return message


LATITUDES, LONGITUDES = st.floats(-90.0, 90.0), st.floats(-179.9, 179.9)


@given(LATITUDES, LONGITUDES, st.integers(-240, 24000), st.integers(-60, 6000), st.integers(0, 86400 * 128 - 1))
def test_a_target_report(latitude_deg: float, longitude_deg: float, height: int, level: int, ticks: int) -> None:
    one = target(
        i130=(("LAT", (latitude_deg, "°")), ("LON", (longitude_deg, "°"))),
        i140=(height * 6.25, "ft"),
        i145=(level * 0.25, "FL"),
        i071=(ticks / 128.0, "s"),
        i080=0x4840D6,
        i161=(0, ("TRNUM", 1234)),
    )
    assert one.latitude_deg == pytest.approx(latitude_deg, abs=180.0 / 2**23)
    assert one.longitude_deg == pytest.approx(longitude_deg, abs=180.0 / 2**23)
    assert one.altitude_ellipsoid_m == pytest.approx(height * 6.25 * FOOT_M)
    assert one.pressure_altitude_m == pytest.approx(level * 25.0 * FOOT_M)
    assert (one.time_of_day_s, one.address, one.track_number) == (ticks / 128.0, "4840D6", 1234)


@given(LATITUDES, LONGITUDES, st.floats(-8000.0, 8000.0), st.floats(-8000.0, 8000.0), st.integers(-240, 24000))
def test_a_system_track(latitude_deg: float, longitude_deg: float, vx: float, vy: float, height: int) -> None:
    one = track(
        i105=(("LAT", (latitude_deg, "°")), ("LON", (longitude_deg, "°"))),
        i185=(("VX", (vx, "m/s")), ("VY", (vy, "m/s"))),
        i130=(height * 6.25, "ft"),
        i040=65535,
        i070=(43200.5, "s"),
    )
    assert one.latitude_deg == pytest.approx(latitude_deg, abs=180.0 / 2**25)
    assert one.longitude_deg == pytest.approx(longitude_deg, abs=180.0 / 2**25)
    assert one.velocity_east_mps == pytest.approx(vx, abs=0.125)
    assert one.velocity_north_mps == pytest.approx(vy, abs=0.125)
    assert one.altitude_ellipsoid_m == pytest.approx(height * 6.25 * FOOT_M)
    assert (one.time_of_day_s, one.track_number) == (43200.5, 65535)
    assert (one.sigma_position_m, one.sigma_altitude_m, one.callsign, one.address) == (None, None, None, None)


def test_a_high_resolution_position_holds() -> None:
    coarse, fine = (("LAT", (1.0, "°")), ("LON", (2.0, "°"))), (("LAT", (36.25, "°")), ("LON", (-43.5, "°")))
    one = target(i130=coarse, i131=fine)
    assert (one.latitude_deg, one.longitude_deg) == (pytest.approx(36.25, abs=1e-7), pytest.approx(-43.5, abs=1e-7))


def test_the_first_time_present_holds() -> None:
    assert target(i073=(2.0, "s"), i077=(3.0, "s")).time_of_day_s == 2.0
    assert target(i071=(1.0, "s"), i073=(2.0, "s")).time_of_day_s == 1.0
    assert target().time_of_day_s is None


DESCRIBED = {"ATP": 0, "ARC": 0, "RC": 0, "RAB": 0, "DCR": 0, "GBS": 0, "SIM": 0, "TST": 0, "SAA": 0, "CL": 0}


def descriptor(**said: int) -> Any:
    values = DESCRIBED | said
    first = [(name, values[name]) for name in ("ATP", "ARC", "RC", "RAB")]
    second = [(name, values[name]) for name in ("DCR", "GBS", "SIM", "TST", "SAA", "CL")]
    third = [0] + [(name, values.get(name, 0)) for name in ("LLC", "IPC", "NOGO", "CPR", "LDPJ", "RCF")]
    return ((*first, None), (*second, None), (*third, None))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {"address_type": "icao", "test": False, "suspect": False, "on_ground": False}),
        ({"ATP": 3, "GBS": 1}, {"address_type": "anonymous", "on_ground": True}),
        ({"ATP": 2}, {"address_type": "surface"}),
        ({"ATP": 6}, {"address_type": None}),
        ({"RAB": 1}, {"test": True}),
        ({"SIM": 1}, {"test": True}),
        ({"TST": 1}, {"test": True}),
        ({"CL": 1}, {"suspect": True}),
        ({"CL": 2}, {"suspect": False}),
        ({"CPR": 1}, {"suspect": True}),
        ({"NOGO": 1}, {"suspect": True}),
        ({"LLC": 1}, {"suspect": True}),
    ],
)
def test_what_a_report_is(said: dict[str, int], found: dict[str, Any]) -> None:
    one = target(i040=descriptor(**said))
    assert {name: getattr(one, name) for name in found} == found


def quality(nic: int, nacp: int | None = None, sil: int = 3, gva: int | None = None) -> Any:
    parts: list[Any] = [(("NUCRNACV", 0), ("NUCPNIC", nic), None)]
    if nacp is not None:
        parts.append((("NICBARO", 0), ("SIL", sil), ("NACP", nacp), None))
    if gva is not None:
        parts.append((0, ("SILS", 0), ("SDA", 0), ("GVA", gva), None))
    return tuple(parts)


@pytest.mark.parametrize(
    ("quality", "version", "own_m", "altitude_m"),
    [
        (quality(8, 9, gva=2), 2, 30.0 / 2.4477, 45.0 / 1.96),
        (quality(8, 9), 1, 30.0 / 2.4477, 45.0 / 1.96),
        (quality(8, 0, 3), 1, 185.2 / math.sqrt(-2 * math.log(1e-7)), 45.0),
        (quality(7), 0, 185.2 / 2 / 2.4477, 45.0),
        (quality(0), 0, 1000.0, 45.0),
    ],
)
def test_quality_becomes_sigma(quality: Any, version: int, own_m: float, altitude_m: float) -> None:
    place = (("LAT", (1.0, "°")), ("LON", (2.0, "°")))
    one = target(i130=place, i140=(100.0, "ft"), i090=quality, i210=(0, ("VNS", 0), ("VN", version), ("LTT", 2)))
    assert one.sigma_position_m == pytest.approx(math.hypot(own_m, LATENCY_SIGMA_M), rel=1e-4)
    assert one.sigma_altitude_m == pytest.approx(altitude_m, rel=1e-4)


def test_names_and_emergencies() -> None:
    one = target(
        i170="KLM1023",
        i020=13,
        i070=(0, ("MODE3A", "7500")),
        i200=(("ICF", 0), ("LNAV", 0), ("ME", 0), ("PS", 5), ("SS", 0)),
    )
    assert (one.callsign, one.emitter_category, one.mode_3a) == ("KLM1023", "B6", "7500")
    assert one.emergency == "unlawful_interference"


def test_speeds_of_a_target() -> None:
    one = target(
        i160=(("RE", 0), ("GS", (0.05, "NM/s")), ("TA", (90.0, "°"))), i157=(("RE", 0), ("GVR", (-625.0, "ft/min")))
    )
    assert one.velocity_east_mps == pytest.approx(92.6, abs=0.1)
    assert one.velocity_north_mps == pytest.approx(0.0, abs=0.1)
    assert one.velocity_up_mps == pytest.approx(-625.0 * FOOT_M / 60.0)
    exceeded = target(
        i160=(("RE", 1), ("GS", (0.05, "NM/s")), ("TA", (90.0, "°"))), i155=(("RE", 1), ("BVR", (0.0, "ft/min")))
    )
    assert (exceeded.velocity_east_mps, exceeded.velocity_up_mps) == (None, None)


def test_a_height_beyond_the_scale_is_unknown() -> None:
    assert target(i140=0x7FFF).altitude_ellipsoid_m is None


@pytest.mark.parametrize(
    ("accuracies", "sigma_m"),
    [
        ({"APC": (("X", (30.0, "m")), ("Y", (40.0, "m")))}, math.hypot(30.0, 40.0) / math.sqrt(2.0)),
        ({"APW": (("LAT", (9e-4, "°")), ("LON", (0.0, "°")))}, 9e-4 * 111_195.0 / math.sqrt(2.0)),
        ({"AGA": (25.0, "ft")}, None),
    ],
)
def test_a_tracks_accuracies_become_sigma(accuracies: Any, sigma_m: float | None) -> None:
    one = track(i105=(("LAT", (36.0, "°")), ("LON", (43.0, "°"))), i500=accuracies)
    assert one.sigma_position_m == (None if sigma_m is None else pytest.approx(sigma_m, rel=5e-3))
    assert one.sigma_altitude_m == (pytest.approx(7.62) if "AGA" in accuracies else None)


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        ((0,), {"ended": False, "coasted": False, "test": False, "on_ground": None, "emergency": None}),
        ((0, 0x40), {"test": True}),
        ((0, 0x20), {"ended": True}),
        ((0, 0, 0, 0x40), {"coasted": True}),
        ((0, 0, 0, 0, 5 << 2), {"emergency": "unlawful_interference"}),
        ((0, 0, 0, 0, 0, 0x08), {"on_ground": True}),
    ],
)
def test_a_tracks_status(octets: tuple[int, ...], found: dict[str, Any]) -> None:
    """Each octet of the status as its 7 bits before the one that says whether another follows."""
    one = track(i080=octets)
    assert {name: getattr(one, name) for name in found} == found


def test_who_a_track_is() -> None:
    derived = {"ADR": 0x4840D6, "ID": "KLM1023", "EMC": 10}
    one = track(i380=derived, i390={"CS": "FLIGHT1"}, i060=(("V", 0), ("G", 0), ("CH", 0), 0, ("MODE3A", "2000")))
    assert (one.address, one.callsign, one.emitter_category, one.mode_3a) == ("4840D6", "KLM1023", "A7", "2000")
    assert track(i390={"CS": "FLIGHT1"}).callsign == "FLIGHT1"
    assert track(i245=(("STI", 0), 0, ("CHR", "N123AB"))).callsign == "N123AB"
    assert track(i245=(("STI", 3), 0, ("CHR", "N123AB"))).callsign is None


def test_pressure_altitude_is_no_height() -> None:
    assert track(i136=(100.0, "FL")).pressure_altitude_m == pytest.approx(10_000 * FOOT_M)
    assert track(i135=(("QNH", 0), ("CTB", (-2.0, "FL")))).pressure_altitude_m == pytest.approx(-200 * FOOT_M)
    corrected = track(i135=(("QNH", 1), ("CTB", (100.0, "FL"))))
    assert (corrected.pressure_altitude_m, corrected.altitude_ellipsoid_m) == (None, None)


def test_a_place_outside_the_earth_is_none() -> None:
    octets = forms.presence([0, 4]) + b"\x19\x07" + (2**31 - 1).to_bytes(4, "big") + bytes(4)
    (message,) = decode_asterix(enc.asterix_block(62, octets))
    assert isinstance(message, SystemTrack)
    assert (message.latitude_deg, message.sigma_position_m) == (None, None)


@pytest.mark.parametrize("category", [21, 34, 48, 62])
def test_a_record_without_its_source_is_rejected(category: int) -> None:
    item = {21: 3, 34: 1, 48: 1, 62: 2}[category]
    size = {21: 1, 34: 1, 48: 3, 62: 1}[category]
    (rejected,) = decode_asterix(enc.asterix_block(category, forms.presence([item]) + bytes(size)))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "no_source"


@pytest.mark.parametrize("octets", [None, bytes(6), bytes.fromhex("820820820820"), bytes.fromhex("ffffffffffff")])
def test_no_text(octets: bytes | None) -> None:
    assert icao_text(octets) is None
