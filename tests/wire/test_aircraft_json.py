from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire.adsb_quality import LATENCY_SIGMA_M
from vedette.wire.aircraft_json import Snapshot, decode_aircraft_json, looks_like_aircraft_json
from vedette.wire.aircraft_report import SIGMA_MLAT_M, SIGMA_UNSAID_M, AircraftReport
from vedette.wire.beast import ModeSFrame
from vedette.wire.rs1090_lines import decode_rs1090_line, looks_like_rs1090

NOW_S = 1_700_000_000.0


def one(**said: Any) -> AircraftReport:
    snapshot = decode_aircraft_json(enc.aircraft_json(NOW_S, enc.aircraft(**said)))
    assert isinstance(snapshot, Snapshot)
    (report,) = snapshot.aircraft
    assert isinstance(report, AircraftReport), report
    return report


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0), st.floats(0.0, 60.0), st.integers(-1000, 60_000))
def test_a_position_comes_back(latitude_deg: float, longitude_deg: float, age_s: float, altitude_ft: int) -> None:
    report = one(latitude_deg=latitude_deg, longitude_deg=longitude_deg, seen_pos=age_s, alt_geom=altitude_ft)
    assert (report.latitude_deg, report.longitude_deg) == (latitude_deg, longitude_deg)
    assert report.at_s == pytest.approx(NOW_S - age_s)
    assert report.altitude_ellipsoid_m == pytest.approx(altitude_ft * 0.3048)
    assert (report.pressure_altitude_m, report.zoned) == (None, True)


@pytest.mark.parametrize(
    ("said", "own_m"),
    [
        ({"nac_p": 9, "rc": 186, "sil": 3}, 30.0 / 2.4477),
        ({"nac_p": 0, "rc": 186, "sil": 3}, 186.0 / 5.6778),
        ({"nic": 8, "sil": 2}, 185.2 / 4.7985),
        ({"nic": 8, "sil": 0}, 185.2 / 2 / 2.4477),
    ],
)
def test_quality_becomes_sigma(said: dict[str, Any], own_m: float) -> None:
    assert one(**said).sigma_position_m == pytest.approx(math.hypot(own_m, LATENCY_SIGMA_M), rel=1e-4)


@pytest.mark.parametrize(
    ("said", "source", "sigma_m"),
    [
        ({}, "adsb", SIGMA_UNSAID_M),
        ({"type": "mlat", "nac_p": 9}, "mlat", SIGMA_MLAT_M),
        ({"mlat": ["lat", "lon"], "nac_p": 9}, "mlat", SIGMA_MLAT_M),
        ({"type": "tisb_other", "nac_p": True, "nic": 99}, "tisb", SIGMA_UNSAID_M),
        ({"type": "adsr_icao"}, "adsr", SIGMA_UNSAID_M),
        ({"type": "other", "nac_p": 9}, "other", SIGMA_UNSAID_M),
        ({"type": "adsc"}, "other", SIGMA_UNSAID_M),
        ({"tisb": ["lat"]}, "tisb", SIGMA_UNSAID_M),
    ],
)
def test_where_a_position_comes_from(said: dict[str, Any], source: str, sigma_m: float) -> None:
    report = one(**said)
    assert (report.source, report.sigma_position_m) == (source, sigma_m)


def test_as_dump1090_mutability_writes_it() -> None:
    text = b"""{ "now" : 1795626355.4,
  "messages" : 180,
  "aircraft" : [
    {"hex":"4840d6","squawk":"7700","flight":"KLM1023 ","lat":49.157999,"lon":2.600001,"nucp":7,"seen_pos":1.3,
    "altitude":5000,"vert_rate":64,"track":90,"speed":100,"category":"A3","mlat":[],"tisb":[],"messages":180,"seen":1.3}
  ]
}
"""
    assert looks_like_aircraft_json(text)
    snapshot = decode_aircraft_json(text)
    assert isinstance(snapshot, Snapshot)
    (report,) = snapshot.aircraft
    assert isinstance(report, AircraftReport)
    assert (report.callsign, report.squawk, report.emitter_category) == ("KLM1023", "7700", "A3")
    assert report.sigma_position_m == pytest.approx(math.hypot(185.2 / 2 / 2.4477, LATENCY_SIGMA_M), rel=1e-4)
    assert report.velocity_east_mps == pytest.approx(100 * 1852 / 3600)
    assert report.velocity_up_mps == pytest.approx(64 * 0.3048 / 60)


def test_names_heights_and_speeds() -> None:
    report = one(
        flight="KLM1023 ", squawk="7500", emergency="unlawful", category="A3", alt_baro=4975, baro_rate=-64, gs=100.0,
        track=90.0, gva=2, alt_geom=5250,
    )  # fmt: skip
    assert (report.callsign, report.squawk, report.emergency) == ("KLM1023", "7500", "unlawful_interference")
    assert (report.emitter_category, report.on_ground) == ("A3", False)
    assert report.pressure_altitude_m == pytest.approx(4975 * 0.3048)
    assert report.sigma_altitude_m == pytest.approx(45.0 / 1.96)
    assert report.velocity_east_mps == pytest.approx(100 * 1852 / 3600)
    assert report.velocity_up_mps == pytest.approx(-64 * 0.3048 / 60)
    assert one(alt_baro="ground").on_ground is True
    assert one(altitude=1000).pressure_altitude_m == pytest.approx(304.8)
    assert one(emergency="reserved").emergency is None
    assert one(category="A0", flight="@@@@@@@@", squawk=7500).emitter_category is None


def test_an_address_that_is_none_of_icaos() -> None:
    report = one(hex="~2abcde")
    assert (report.address, report.address_type) == ("2ABCDE", "anonymous")


def test_without_a_position_its_time_is_that_of_its_last_message() -> None:
    report = one(latitude_deg=None, type="mode_s", seen=2.5)
    assert (report.at_s, report.latitude_deg, report.sigma_position_m) == (NOW_S - 2.5, None, None)
    assert report.source == "mode_s"


@pytest.mark.parametrize(
    ("aircraft", "reason"),
    [
        ("text", "bad_aircraft"),
        ({"hex": "nobody"}, "bad_aircraft"),
        ({"hex": 7}, "bad_aircraft"),
        (enc.aircraft(91.0), "out_of_range"),
        ({"hex": "4840d6", "lat": 47.0}, "out_of_range"),
        ({"hex": "4840d6", "lat": "47", "lon": 8.0}, "out_of_range"),
    ],
)
def test_a_bad_aircraft_leaves_the_others(aircraft: object, reason: str) -> None:
    snapshot = decode_aircraft_json(enc.aircraft_json(NOW_S, aircraft, enc.aircraft()), 7)
    assert isinstance(snapshot, Snapshot)
    bad, good = snapshot.aircraft
    assert bad == Rejected(reason=reason, offset=7)
    assert isinstance(good, AircraftReport)


@pytest.mark.parametrize("octets", [b"", b"[]", b"{", b'{"now": 1}', b'{"aircraft": {}}', b"[" * 5000, b"\xff"])
def test_what_is_no_such_file(octets: bytes) -> None:
    found = decode_aircraft_json(octets)
    assert isinstance(found, Rejected)
    assert found.reason == "bad_json"
    assert not looks_like_aircraft_json(octets)


def test_a_file_without_its_time_has_none() -> None:
    snapshot = decode_aircraft_json(enc.aircraft_json(None, enc.aircraft()))
    assert isinstance(snapshot, Snapshot)
    (report,) = snapshot.aircraft
    assert isinstance(report, AircraftReport)
    assert (snapshot.now_s, report.at_s) == (None, None)


def test_recognised() -> None:
    text = enc.aircraft_json(NOW_S, enc.aircraft())
    assert looks_like_aircraft_json(text)
    assert looks_like_aircraft_json(text + b"\n" + text)
    assert looks_like_aircraft_json(text.replace(b", ", b",\n"))


def test_rs1090_lines() -> None:
    line = enc.rs1090_line(enc.callsign(), NOW_S)
    assert decode_rs1090_line(line, 3) == (NOW_S, ModeSFrame(message=enc.callsign(), offset=3))
    assert looks_like_rs1090(line)
    for bad in (
        b"",
        b"[1]",
        b'{"timestamp": 1, "frame": "zz"}',
        b'{"timestamp": true, "frame": "00"}',
        b'{"frame": "00"}',
    ):
        assert decode_rs1090_line(bad, 3) == (None, Rejected(reason="bad_row", raw=bad, offset=3))
