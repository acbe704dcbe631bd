"""Mode S frames to looks and reports."""

from __future__ import annotations

import pytest

from tests.feeds.said import NOW_S, TIME_OF_DAY_S, reports, scans
from tests.wire import encoders as enc
from vedette.feeds.arrival import FeedBody
from vedette.feeds.mode_s import ModeSSource, TickClock
from vedette.model import Rejected
from vedette.wire.adsb import MAX_AIRCRAFT
from vedette.wire.beast import ModeSFrame


def mode_s(source: ModeSSource, message: bytes, at_s: float) -> list[FeedBody]:
    return list(source.frame(ModeSFrame(message=message, offset=5), at_s))


def test_positions_and_particulars_of_an_airliner() -> None:
    source = ModeSSource("adsb", (47.2, 8.73))
    assert mode_s(source, enc.velocity(250), NOW_S) == []
    assert scans(mode_s(source, enc.airborne_position(47.3, 8.7, 5000, odd=False), NOW_S + 1.0)) == []
    out = mode_s(source, enc.airborne_position(47.3, 8.7, 5000, odd=True), NOW_S + 1.5)
    (scan,) = scans(out)
    assert (scan.sensor, scan.observed_s, scan.identity, scan.covers) == ("adsb", NOW_S + 1.5, ("icao:4840D6",), False)
    assert scan.altitude_ellipsoid_m is not None
    assert scan.altitude_ellipsoid_m[0] == pytest.approx(5250 * 0.3048)
    (report,) = reports(out)
    assert (report.source, report.callsign, report.pressure_altitude_m) == ("adsb", None, pytest.approx(1524.0))
    (named,) = reports(mode_s(source, enc.callsign(), NOW_S + 2.0))
    assert (named.identity, named.callsign) == ("icao:4840D6", "KLM1023")
    assert reports(mode_s(source, enc.callsign(), NOW_S + 3.0)) == []
    assert len(reports(mode_s(source, enc.callsign(), NOW_S + 12.1))) == 1
    assert source.messages == 6


def test_pressure_altitude_alone_is_no_altitude() -> None:
    source = ModeSSource("adsb", None)
    mode_s(source, enc.airborne_position(47.3, 8.7, 5000, odd=False), NOW_S)
    (scan,) = scans(mode_s(source, enc.airborne_position(47.3, 8.7, 5000, odd=True), NOW_S + 0.5))
    assert scan.altitude_ellipsoid_m is None
    assert scan.sigma_altitude_ellipsoid_m is None


def flown(source: ModeSSource, first: int, *more: bytes) -> list[FeedBody]:
    """A pair of frames of one format, after others."""
    pair = [enc.resent(enc.airborne_position(47.3, 8.7, 5000, odd=odd), first) for odd in (False, True)]
    return [body for step, one in enumerate((*more, *pair)) for body in mode_s(source, one, NOW_S + 0.4 * step)]


def test_an_address_that_is_none_of_icaos_names_nobody() -> None:
    (scan,) = scans(flown(ModeSSource("adsb", None), 0x91))
    assert scan.identity == (None,)
    out = flown(ModeSSource("adsb", None), 0x91, enc.resent(enc.callsign(), 0x91))
    assert [scan.identity for scan in scans(out)] == [("callsign:KLM1023",)]
    assert {report.identity for report in reports(out)} == {"callsign:KLM1023"}
    assert [scan.identity for scan in scans(flown(ModeSSource("adsb", None), 0x98))] == [("icao:4840D6",)]


@pytest.mark.parametrize(
    ("category", "uav", "other"), [((3, 6), 0.8, 0.2 / 3), ((2, 1), 0.1, 0.8), ((4, 3), None, None)]
)
def test_a_category_hints_at_a_class_but_never_at_a_manned_aircraft(
    category: tuple[int, int], uav: float | None, other: float | None
) -> None:
    type_code, number = category
    payload = type_code << 51 | number << 48 | int.from_bytes(enc.callsign()[5:11], "big")
    (scan,) = scans(flown(ModeSSource("adsb", None), 0x8D, enc.extended_squitter(payload)))
    if uav is None:
        assert scan.p_classes is None
        return
    assert scan.p_classes is not None
    assert scan.p_classes[0, :2].sum() == pytest.approx(uav)
    assert scan.p_classes[0, 4] == pytest.approx(other)


def test_an_emergency_is_reported_until_it_is_taken_back() -> None:
    source = ModeSSource("adsb", None)
    mode_s(source, enc.callsign(), NOW_S)
    (declared,) = reports(mode_s(source, enc.emergency(5), NOW_S + 1.0))
    assert (declared.emergency, declared.callsign) == ("unlawful_interference", "KLM1023")
    assert reports(mode_s(source, enc.callsign(), NOW_S + 2.0)) == []
    (over,) = reports(mode_s(source, enc.emergency(0), NOW_S + 3.0))
    assert over.emergency == "none"
    (squawk,) = reports(mode_s(source, enc.emergency(0, 0x0AAA), NOW_S + 4.0))
    assert (squawk.squawk, squawk.emergency) == ("7700", "general")


def test_a_receivers_counter_takes_the_delay_out() -> None:
    clock = TickClock()
    heard_s = [NOW_S + 0.1 * step for step in range(40)]
    delays_s = [0.3 if step % 5 else 0.01 for step in range(40)]
    found = [
        clock.observed_s(int((at_s - NOW_S + 77.0) * 12e6), at_s + delay_s)
        for at_s, delay_s in zip(heard_s, delays_s, strict=True)
    ]
    late = [at_s - true_s for at_s, true_s in zip(found, heard_s, strict=True)]
    assert all(-1e-6 <= one <= 0.3 for one in late)
    assert max(late[6:]) <= 0.0105, "once a frame came without delay, all are timed by it"
    assert clock.observed_s(5, NOW_S + 9.0) == NOW_S + 9.0, "a restarted counter begins again"
    assert clock.observed_s(None, NOW_S + 9.5) == NOW_S + 9.5


def test_a_gps_counter_is_the_time_of_day() -> None:
    seconds = int(TIME_OF_DAY_S) - 1
    assert TickClock().observed_s(seconds << 30 | 500_000_000, NOW_S) == pytest.approx(NOW_S - 0.5, abs=1e-6)
    assert TickClock().observed_s((seconds + 2) << 30, NOW_S) == NOW_S, "never in the future"


def test_a_crowd_of_made_up_addresses_is_bounded() -> None:
    source = ModeSSource("adsb", None)
    for number in range(MAX_AIRCRAFT + 500):
        mode_s(source, enc.callsign(address=number + 1), NOW_S)
    (held,) = {len(source._decoder._aircraft), len(source._particulars["adsb"]._known)}
    assert held == MAX_AIRCRAFT


def test_mode_s_rejects_pass_through() -> None:
    source = ModeSSource("adsb", None)
    (rejected,) = mode_s(source, bytes(5), NOW_S)
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.offset) == ("bad_length", 5)
    assert list(source.frame(Rejected(reason="garbage"), NOW_S)) == [Rejected(reason="garbage")]
    assert source.messages == 0
