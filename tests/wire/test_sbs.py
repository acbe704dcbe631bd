from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire.aircraft_report import SIGMA_MLAT_M, SIGMA_UNSAID_M, AircraftReport
from vedette.wire.sbs import SbsNote, decode_sbs, looks_like_sbs

NOW_S = 1_700_000_000.0


def one(line: bytes) -> AircraftReport:
    report = decode_sbs(line.strip(), 7)
    assert isinstance(report, AircraftReport), report
    return report


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0), st.integers(-1000, 60_000))
def test_a_position_comes_back(latitude_deg: float, longitude_deg: float, altitude_ft: int) -> None:
    report = one(enc.sbs_line(place=f"{latitude_deg:.5f},{longitude_deg:.5f}", altitude_ft=str(altitude_ft)))
    assert report.latitude_deg == pytest.approx(latitude_deg, abs=1e-5)
    assert report.longitude_deg == pytest.approx(longitude_deg, abs=1e-5)
    assert report.pressure_altitude_m == pytest.approx(altitude_ft * 0.3048)
    assert (report.at_s, report.zoned, report.altitude_ellipsoid_m) == (NOW_S, False, None)
    assert report.sigma_position_m == SIGMA_UNSAID_M


def test_a_line_from_the_field() -> None:
    text = b"MSG,4,5,211,4CA2D6,10057,2008/11/28,14:53:49.986,2008/11/28,14:58:51.153,,,408.3,146.4,,,64,,,,,"
    report = one(text)
    assert (report.address, report.address_type, report.latitude_deg) == ("4CA2D6", "icao", None)
    assert math.hypot(report.velocity_east_mps or 0.0, report.velocity_north_mps or 0.0) == pytest.approx(
        210.05, abs=0.01
    )
    assert report.velocity_up_mps == pytest.approx(64 * 0.3048 / 60)
    assert report.at_s == pytest.approx(1_227_884_029.986)


def test_as_dump1090_mutability_sends_it() -> None:
    report = one(
        b"MSG,3,1,1,4840D6,1,2026/11/25,17:05:49.788,2026/11/25,17:05:49.788,,5000,,,49.10000,2.60000,,,,,,0\r"
    )
    assert (report.latitude_deg, report.longitude_deg, report.on_ground) == (49.1, 2.6, False)
    assert report.pressure_altitude_m == pytest.approx(1524.0)
    named = one(b"MSG,1,1,1,4840D6,1,2026/11/25,17:05:49.788,2026/11/25,17:05:49.788,KLM1023 ,,,,,,,,,,,0\r")
    assert named.callsign == "KLM1023"


def test_names_flags_and_other_addresses() -> None:
    report = one(enc.sbs_line(6, callsign="KLM1023 ", squawk="7700", emergency="-1", ground="0"))
    assert (report.callsign, report.squawk, report.emergency, report.on_ground) == ("KLM1023", "7700", "general", False)
    assert one(enc.sbs_line(6, emergency="0", ground="-1", squawk="7800")).emergency == "none"
    assert one(enc.sbs_line(6, ground="1")).on_ground is True
    assert one(enc.sbs_line(8, squawk="78A0", callsign="A,B"[0] + "?")).callsign is None
    assert one(enc.sbs_line(3, address="~2abcde")).address_type == "anonymous"
    mlat = one(enc.sbs_line(type="MLAT", place="47.2,8.7"))
    assert (mlat.source, mlat.sigma_position_m) == ("mlat", SIGMA_MLAT_M)


@pytest.mark.parametrize(
    "at", ["2023/13/01,00:00:00", "2023/02/01,25:00:00", "2023/02/01,00:61:00", "yesterday,noon", ","]
)
def test_a_time_that_is_none_is_unknown(at: str) -> None:
    assert one(enc.sbs_line(at=at)).at_s is None


@pytest.mark.parametrize("kind", ["SEL", "ID", "AIR", "STA", "CLK"])
def test_what_the_software_says_of_itself_is_of_no_aircraft(kind: str) -> None:
    assert decode_sbs(enc.sbs_line(type=kind).strip()) == SbsNote(kind)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello", "bad_line"),
        (b"MSG,3,1", "bad_line"),
        (enc.sbs_line(address="48G0D6"), "bad_address"),
        (enc.sbs_line(address="000000"), "bad_address"),
        (enc.sbs_line(altitude_ft="high"), "bad_number"),
        (enc.sbs_line(place="91,8"), "out_of_range"),
        (enc.sbs_line(place="nan,8"), "out_of_range"),
        (enc.sbs_line(speed_kt="inf"), "out_of_range"),
    ],
)
def test_bad_lines(line: bytes, reason: str) -> None:
    rejected = decode_sbs(line.strip(), 7)
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.offset) == (reason, 7)


def test_recognised() -> None:
    assert looks_like_sbs(enc.sbs_line())
    assert not looks_like_sbs(b"MSG")
    assert not looks_like_sbs(b"time_utc,sensor,scan,range_m,a,b,c,d,e,f,g")
