from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from tests.wire.asterix_forms import library_record
from vedette.model import Rejected
from vedette.wire.asterix import (
    DAY_S,
    Plot,
    ServiceMessage,
    decode_asterix,
    looks_like_asterix,
    seat_time_of_day,
)


def only(octets: bytes) -> Plot | ServiceMessage | Rejected:
    (message,) = decode_asterix(octets)
    return message


@given(st.integers(0, 65535), st.integers(0, 65535), st.integers(0, 86400 * 128 - 1), st.integers(1, 2**24 - 1))
def test_a_plot_comes_back(rho: int, theta: int, tick: int, address: int) -> None:
    record = enc.plot_record(rho / 256, theta * 360 / 65536, tick / 128, address=address, height_ft=-250.0)
    plot = only(enc.asterix_block(48, record))
    assert isinstance(plot, Plot)
    assert plot.range_m == pytest.approx(rho / 256 * 1852.0)
    assert plot.azimuth_true_rad == pytest.approx(theta * math.tau / 65536)
    assert (plot.time_of_day_s, plot.address, plot.sac, plot.sic) == (tick / 128, f"{address:06X}", 1, 2)
    assert plot.altitude_msl_m == pytest.approx(-250 * 0.3048)
    assert plot.pressure_altitude_m is None
    assert plot.sensed_by == "psr"


@pytest.mark.parametrize(
    ("descriptor", "test"),
    [(b"\x20", False), (b"\x30", True), (b"\x22", True), (b"\x21\x80", True), (b"\x21\x00", False)],
)
def test_test_targets_say_so(descriptor: bytes, test: bool) -> None:
    plot = only(enc.asterix_block(48, enc.plot_record(1.0, 0.0, 1.0, descriptor=descriptor)))
    assert isinstance(plot, Plot)
    assert plot.test is test


def test_flight_level_code_and_callsign() -> None:
    # 010, 140, 070, 090, 240: FSPEC bits 1, 2, 5, 6 and 9
    def record(code: int, level: int, name: bytes) -> bytes:
        items = b"\x01\x02\x00\x00\x80" + code.to_bytes(2, "big") + level.to_bytes(2, "big") + name
        return enc.asterix_block(48, enc.fspec(1, 2, 5, 6, 9) + items)

    blank = bytes.fromhex("820820820820")
    plot = only(record(0x0E00, 0x0028, bytes.fromhex("04c21ac71c31")))
    assert isinstance(plot, Plot)
    assert plot.mode_3a == "7000"
    assert plot.pressure_altitude_m == pytest.approx(1000 * 0.3048)
    garbled = only(record(0x8E00, 0x4028, blank))
    assert isinstance(garbled, Plot)
    assert (garbled.mode_3a, garbled.pressure_altitude_m, garbled.callsign) == (None, None, None)
    below = only(record(0x0E00, 0x3FFC, blank))
    assert isinstance(below, Plot)
    assert below.pressure_altitude_m == pytest.approx(-100 * 0.3048)


def dopplers(values: Any) -> Plot:
    """A plot with I048/120, written by libasterix."""
    record = library_record(48).create({"010": (("SAC", 1), ("SIC", 2)), "120": values})
    plot = only(enc.asterix_block(48, record.unparse().to_bytes()))
    assert isinstance(plot, Plot)
    return plot


@given(st.integers(-512, 511))
def test_a_calculated_doppler_speed_keeps_its_sign(speed_mps: int) -> None:
    assert dopplers({"CAL": (("D", 0), 0, ("CAL", (speed_mps, "m/s")))}).doppler_mps == speed_mps
    assert dopplers({"CAL": (("D", 1), 0, ("CAL", (speed_mps, "m/s")))}).doppler_mps is None, "doubtful"


@given(st.lists(st.tuples(*[st.integers(0, 65535)] * 3), min_size=1, max_size=5))
def test_raw_doppler_speeds_come_back(measured: list[tuple[int, int, int]]) -> None:
    raw = [(("DOP", (v, "m/s")), ("AMB", (a, "m/s")), ("FRQ", (f, "MHz"))) for v, a, f in measured]
    both = dopplers({"CAL": (("D", 0), 0, ("CAL", (-3, "m/s"))), "RDS": raw})
    assert both.doppler_mps == -3.0
    assert [(one.speed_mps, one.ambiguity_mps, one.frequency_mhz) for one in both.raw_doppler] == measured
    assert dopplers({"RDS": raw}).doppler_mps is None, "nobody unfolds it"


def test_marks() -> None:
    north, sector = decode_asterix(enc.asterix_block(34, enc.sector_record(None, 10.0), enc.sector_record(90.0, 11.0)))
    assert isinstance(north, ServiceMessage)
    assert (north.mark, north.sector_azimuth_rad, north.time_of_day_s) == ("north_mark", None, 10.0)
    assert isinstance(sector, ServiceMessage)
    assert (sector.mark, sector.sector_azimuth_rad) == ("sector", math.pi / 2)


@pytest.mark.parametrize(
    ("common", "state", "detail"),
    [
        (0x00, "ok", ""),
        (0x80, "failed", "not released for operational use"),
        (0x12, "degraded", "data processor overloaded, time source invalid"),
    ],
)
def test_a_radars_own_health_and_place(common: int, state: str, detail: str) -> None:
    message = only(enc.asterix_block(34, enc.status_record(common)))
    assert isinstance(message, ServiceMessage)
    assert (message.state, message.detail) == (state, detail)
    assert message.latitude_deg == pytest.approx(43.56, abs=0.01)
    assert message.longitude_deg == pytest.approx(16.39, abs=0.01)
    assert message.altitude_msl_m == 780.0


@pytest.mark.parametrize(
    ("octets", "reasons"),
    [
        (b"\x30\x00\x30" + bytes(4), ["truncated"]),
        (b"\x30", ["truncated"]),
        (b"\x30\x00\x02\x00", ["bad_block"]),
        (b"\x30\x00\x03", []),
        (enc.asterix_block(20, bytes(5)), ["unsupported_category"]),
        (enc.asterix_block(48, b"\x80\x01"), ["bad_record"]),
        (enc.asterix_block(48, b"\xff\xff\xff\xff\xff\xff"), ["bad_record"]),
        (enc.asterix_block(48, enc.plot_record(1.0, 0.0, 86400.0)), ["bad_time"]),
        (enc.asterix_block(34, enc.sector_record(0.0, 86400.0)), ["bad_time"]),
    ],
)
def test_rejects(octets: bytes, reasons: list[str]) -> None:
    found = list(decode_asterix(octets, 100))
    assert [one.reason for one in found if isinstance(one, Rejected)] == reasons
    assert all(one.offset is not None and one.offset >= 100 for one in found if isinstance(one, Rejected))


def test_a_bad_block_leaves_the_next() -> None:
    octets = enc.asterix_block(48, b"\x80\x01") + enc.asterix_block(48, enc.plot_record(1.0, 0.0, 5.0))
    bad, good = decode_asterix(octets)
    assert bad == Rejected(reason="bad_record", raw=b"\x80\x01", offset=3)
    assert isinstance(good, Plot)


MIDNIGHT = 1_700_006_400.0


@pytest.mark.parametrize(
    ("time_of_day_s", "near_s", "seated_s"),
    [
        (86399.0, MIDNIGHT + 1.0, MIDNIGHT - 1.0),
        (1.0, MIDNIGHT - 1.0, MIDNIGHT + 1.0),
        (43200.0, MIDNIGHT + 43000.0, MIDNIGHT + 43200.0),
    ],
)
def test_midnight(time_of_day_s: float, near_s: float, seated_s: float) -> None:
    assert MIDNIGHT % DAY_S == 0.0
    assert seat_time_of_day(time_of_day_s, near_s) == seated_s


@given(st.floats(0.0, 86399.0), st.floats(0.0, 4e9))
def test_a_seated_time_is_the_nearest(time_of_day_s: float, near_s: float) -> None:
    at_s = seat_time_of_day(time_of_day_s, near_s)
    assert abs(at_s - near_s) <= DAY_S / 2 + 1e-3


@pytest.mark.parametrize(
    ("head", "is_asterix"),
    [
        (enc.asterix_block(48, bytes(4)), True),
        (enc.asterix_block(48, bytes(4)) + enc.asterix_block(34, bytes(2)), True),
        (enc.asterix_block(48, bytes(4)) + b"text", False),
        (b"plain text", False),
        (b"\x30\x00", False),
    ],
)
def test_recognised(head: bytes, is_asterix: bool) -> None:
    assert looks_like_asterix(head) is is_asterix
