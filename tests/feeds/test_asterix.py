"""ASTERIX records to looks, reports and the health of their sensors."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.feeds.conftest import site_with
from tests.feeds.said import NOW_S, TIME_OF_DAY_S, reports, scans
from tests.wire import encoders as enc
from vedette.feeds.arrival import FeedBody
from vedette.feeds.asterix import AsterixSource
from vedette.feeds.sources import radars_of, source_for
from vedette.model import Rejected, SensorStatus
from vedette.site import Site


def plots(site: Site, *records: bytes, at_s: float = NOW_S, source: AsterixSource | None = None) -> list[FeedBody]:
    source = source or AsterixSource(radars_of(site))
    return list(source.datagram(enc.asterix_block(48, *records), at_s))


def test_plots_become_a_look_of_their_radar(site: Site) -> None:
    early = enc.plot_record(2.0, 90.0, TIME_OF_DAY_S - 1.5, address=0x4840D6)
    late = enc.plot_record(3.0, 180.0, TIME_OF_DAY_S - 0.5, height_ft=6000.0)
    (scan,) = scans(plots(site, early, late))
    assert (scan.sensor, scan.observed_s, scan.covers, scan.sector_rad) == ("radar-1", NOW_S - 0.5, False, None)
    assert scan.range_m is not None
    assert scan.azimuth_true_rad is not None
    assert scan.elevation_rad is not None
    assert scan.time_offset_s is not None
    np.testing.assert_allclose(scan.range_m, [2 * 1852.0, 3 * 1852.0])
    np.testing.assert_allclose(scan.azimuth_true_rad, [math.pi / 2, math.pi])
    np.testing.assert_allclose(scan.time_offset_s, [-1.0, 0.0])
    assert scan.identity == ("icao:4840D6", None)
    assert math.isnan(scan.elevation_rad[0])
    # 6000 ft over the sea is about 1828 m + 47 m of geoid over the ellipsoid, 1375 m above the radar, 5556 m away
    assert math.degrees(scan.elevation_rad[1]) == pytest.approx(14.3, abs=0.3)


def test_a_height_that_cannot_be_is_not_measured(site: Site) -> None:
    (scan,) = scans(plots(site, enc.plot_record(0.1, 0.0, TIME_OF_DAY_S, height_ft=60_000.0)))
    assert scan.elevation_rad is None


@pytest.mark.parametrize(("key", "sign"), [("", 1.0), ('doppler_positive = "inward"\n', -1.0)])
def test_a_doppler_speed_is_a_range_rate_outward(tmp_path: Path, key: str, sign: float) -> None:
    place = "latitude_deg = 47.2\nlongitude_deg = 8.73\naltitude_ellipsoid_m = 500.0\n"
    with_doppler = site_with(tmp_path, f'[[sensor]]\nid = "doppler"\nkind = "radar"\n{place}sac = 1\nsic = 4\n{key}')
    said = enc.plot_record(2.0, 90.0, TIME_OF_DAY_S, sic=4, doppler_mps=-25)
    (scan,) = scans(plots(with_doppler, said, enc.plot_record(2.0, 90.0, TIME_OF_DAY_S, sic=4)))
    assert scan.range_rate_mps is not None
    np.testing.assert_array_equal(scan.range_rate_mps, [-25.0 * sign, math.nan])
    assert scan.sigma_range_rate_mps is None, "the record gives none: the site file's, or it is not measured"


def test_a_radar_without_doppler_measures_no_range_rate(site: Site) -> None:
    (scan,) = scans(plots(site, enc.plot_record(2.0, 90.0, TIME_OF_DAY_S)))
    assert scan.range_rate_mps is None


def test_a_plot_that_is_no_detection_makes_no_look(site: Site) -> None:
    nowhere = enc.plot_record(None, 0.0, TIME_OF_DAY_S, address=1)
    monitor = enc.plot_record(1.0, 0.0, TIME_OF_DAY_S, descriptor=b"\x22")
    assert plots(site, nowhere, monitor) == []


def test_other_radars_and_repeats_are_counted(site: Site) -> None:
    source = AsterixSource(radars_of(site))
    record = enc.plot_record(1.0, 0.0, TIME_OF_DAY_S, sic=9)
    assert [r.reason for r in plots(site, record, source=source) if isinstance(r, Rejected)] == ["unknown_radar"]
    again = plots(site, record, at_s=NOW_S + 0.01, source=source)
    assert [r.reason for r in again if isinstance(r, Rejected)] == ["repeated"]
    later = plots(site, record, at_s=NOW_S + 3.0, source=source)
    assert [r.reason for r in later if isinstance(r, Rejected)] == ["unknown_radar"]


def test_two_radars_in_one_datagram(site: Site) -> None:
    out = scans(plots(site, enc.plot_record(1.0, 0.0, TIME_OF_DAY_S), enc.plot_record(1.0, 0.0, TIME_OF_DAY_S, sic=3)))
    assert [scan.sensor for scan in out] == ["radar-1", "radar-2"]


def test_a_radars_health_is_told_once(site: Site) -> None:
    source = AsterixSource(radars_of(site))
    out = [
        body
        for step, common in enumerate((0x00, 0x00, 0x80))
        for body in source.datagram(enc.asterix_block(34, enc.status_record(common, TIME_OF_DAY_S)), NOW_S + step)
        if isinstance(body, SensorStatus)
    ]
    assert [(body.sensor, body.state) for body in out] == [("radar-1", "ok"), ("radar-1", "failed")]


def test_sector_messages_bound_looks(site: Site) -> None:
    source = AsterixSource(radars_of(site))
    bodies: list[FeedBody] = []
    for step in range(20):
        seconds = TIME_OF_DAY_S + step * 0.25
        records = [enc.plot_record(2.0, (step * 45.0 - 20.0) % 360.0, seconds - 0.1)]
        octets = enc.asterix_block(48, *records) + enc.asterix_block(34, enc.sector_record(step * 45 % 360, seconds))
        bodies += source.datagram(octets, NOW_S + step * 0.25)
    covering = [scan for scan in scans(bodies) if scan.covers]
    assert len(covering) >= 8
    assert all(scan.sector_rad is not None and len(scan) == 1 for scan in covering)
    assert list(source.close()) == []


def test_a_radar_without_numbers_takes_all_records(site: Site) -> None:
    source = source_for(site, "asterix", "mic")
    assert isinstance(source, AsterixSource)
    (scan,) = scans(plots(site, enc.plot_record(1.0, 0.0, TIME_OF_DAY_S, sic=77), source=source))
    assert scan.sensor == "mic"


def test_one_socket_brings_the_radars_that_no_other_feed_brings(site: Site) -> None:
    """radar-1 has a feed; radar-2 has none, so its records on radar-1's socket are its own."""
    source = source_for(site, "asterix", "radar-1")
    assert isinstance(source, AsterixSource)
    records = [enc.plot_record(1.0, 0.0, TIME_OF_DAY_S, sic=sic) for sic in (2, 3, 4)]
    out = plots(site, *records, source=source)
    assert [scan.sensor for scan in scans(out)] == ["radar-1", "radar-2"]
    assert [one.reason for one in out if isinstance(one, Rejected)] == ["unknown_radar"]


def test_a_radar_with_a_feed_of_its_own_is_left_to_it(tmp_path: Path) -> None:
    more = '\n[[feed]]\nsensor = "radar-2"\nsource = "asterix"\nurl = "udp://127.0.0.1:8601"\n'
    source = source_for(site_with(tmp_path, more), "asterix", "radar-1")
    assert isinstance(source, AsterixSource)
    out = plots(site_with(tmp_path, more), enc.plot_record(1.0, 0.0, TIME_OF_DAY_S, sic=3), source=source)
    assert out == [Rejected(reason="other_feed", offset=0)]


def marks(source: AsterixSource, *at_s: float, turn_s: float | None = None) -> list[FeedBody]:
    return [
        body
        for second in at_s
        for body in source.datagram(
            enc.asterix_block(34, enc.sector_record(None, TIME_OF_DAY_S + second, turn_s=turn_s)), NOW_S + second
        )
    ]


@pytest.mark.parametrize("turn_s", [4.0, None])
def test_a_radar_whose_north_marks_stop_is_stale(site: Site, turn_s: float | None) -> None:
    """Its plots still come: 2.5 turns after the last mark it is called stale, once, and it recovers with the next."""
    source = AsterixSource(radars_of(site))
    assert marks(source, 0.0, 4.0, 8.0, turn_s=turn_s) == []
    assert list(source.tick(NOW_S + 18.0)) == []
    (told,) = [
        body
        for body in source.datagram(
            enc.asterix_block(48, enc.plot_record(1.0, 0.0, TIME_OF_DAY_S + 18.1)), NOW_S + 18.1
        )
        if isinstance(body, SensorStatus)
    ]
    assert (told.sensor, told.state, told.detail) == ("radar-1", "stale", "no north mark for 10 s")
    assert list(source.tick(NOW_S + 30.0)) == []
    (again,) = marks(source, 31.0, turn_s=turn_s)
    assert isinstance(again, SensorStatus)
    assert (again.state, again.detail) == ("ok", "")


def test_a_radar_that_sends_no_marks_is_not_missed(site: Site) -> None:
    source = AsterixSource(radars_of(site))
    other = bytearray(enc.status_record(0x00, TIME_OF_DAY_S))
    other[other.index(b"\x01\x02\x01") + 2] = 3  # a filtering message
    assert [b.state for b in source.datagram(enc.asterix_block(34, bytes(other)), NOW_S) if isinstance(b, SensorStatus)]
    assert list(source.tick(NOW_S + 600.0)) == []


def test_sector_messages_stand_for_north_marks_only_where_there_are_none(site: Site) -> None:
    source = AsterixSource(radars_of(site))
    for step in range(40):
        octets = enc.asterix_block(34, enc.sector_record(step * 45 % 360 or 1.5, TIME_OF_DAY_S + step))
        assert not [b for b in source.datagram(octets, NOW_S + step) if isinstance(b, SensorStatus)]
    marks(source, 40.0, 44.0)
    told = []
    for step in range(45, 80):
        octets = enc.asterix_block(34, enc.sector_record(step * 45 % 360 or 1.5, TIME_OF_DAY_S + step))
        told += [b.state for b in source.datagram(octets, NOW_S + step) if isinstance(b, SensorStatus)]
    assert told == ["stale"]


def reported(site: Site, category: int, *records: bytes) -> list[FeedBody]:
    return list(AsterixSource(radars_of(site)).datagram(enc.asterix_block(category, *records), NOW_S))


def test_an_ads_b_stations_targets_are_positions_with_their_identity(site: Site) -> None:
    named = bytes.fromhex("04c21ac71c31")
    out = reported(
        site,
        21,
        enc.target_record(47.21, 8.7, TIME_OF_DAY_S - 0.5, height_ft=2000.0, callsign=named, category=3),
        enc.target_record(47.22, 8.71, TIME_OF_DAY_S - 0.25, address=0xABCDEF, descriptor=b"\x60", category=13),
    )
    (scan,) = scans(out)
    assert (scan.sensor, scan.observed_s, scan.covers, scan.identity) == (
        "radar-1", NOW_S - 0.25, False, ("icao:4840D6", None),
    )  # fmt: skip
    assert scan.time_offset_s is not None
    assert scan.sigma_position_m is not None
    assert scan.altitude_ellipsoid_m is not None
    assert scan.p_classes is not None
    np.testing.assert_allclose(scan.time_offset_s, [-0.25, 0.0])
    np.testing.assert_allclose(scan.sigma_position_m, math.hypot(30.0 / 2.4477, 20.0), rtol=1e-4)
    np.testing.assert_allclose(scan.altitude_ellipsoid_m, [609.6, math.nan])
    assert math.isnan(scan.p_classes[0, 0]), "a claim to be an airliner is no report of a class"
    np.testing.assert_allclose(scan.p_classes[1, :2], 0.4)
    (report,) = reports(out)
    assert (report.source, report.identity, report.emitter_category) == ("adsb", "icao:4840D6", "A3")


def test_a_former_edition_is_read_where_the_site_file_says_so(tmp_path: Path) -> None:
    sent = enc.asterix_block(21, enc.former_target_record(47.21, 8.7, TIME_OF_DAY_S - 0.5, sic=201, nucp=8))
    numbers = "sac = 1\nsic = 201\n"
    for said, numbered in ((numbers, True), ("", False)):
        station = f'[[sensor]]\nid = "station"\nkind = "adsb"\ncat021_edition = "0.26"\n{said}'
        site = site_with(
            tmp_path, station + '[[feed]]\nsensor = "station"\nsource = "asterix"\nurl = "udp://127.0.0.1:1"\n'
        )
        source = source_for(site, "asterix", "station" if not numbered else None)
        assert isinstance(source, AsterixSource)
        (scan,) = scans(list(source.datagram(sent, NOW_S)))
        assert (scan.sensor, scan.observed_s, scan.identity) == ("station", NOW_S - 0.5, ("icao:4840D6",))
        assert scan.latitude_deg is not None
        np.testing.assert_allclose(scan.latitude_deg, [47.21], atol=1e-5)
    present = list(AsterixSource({}, site.sensor("mic")).datagram(sent, NOW_S))
    assert {type(body) for body in present} == {Rejected}, "by another profile it is no record"


def test_what_its_station_doubts_or_made_up_is_no_position(site: Site) -> None:
    suspect = enc.target_record(47.21, 8.7, TIME_OF_DAY_S, descriptor=b"\x01\x02")
    simulated = enc.target_record(47.21, 8.7, TIME_OF_DAY_S, descriptor=b"\x01\x20")
    assert reported(site, 21, suspect, simulated) == [Rejected(reason="suspect")]


def test_a_trackers_tracks_are_positions_with_its_accuracy(site: Site) -> None:
    out = reported(
        site,
        62,
        enc.track_record(47.21, 8.7, TIME_OF_DAY_S, address=0x4840D6, sigma_m=50.0, height_ft=2000.0),
        enc.track_record(47.22, 8.71, TIME_OF_DAY_S, number=78),
        enc.track_record(47.23, 8.71, TIME_OF_DAY_S, number=79, status=b"\x01\x01\x01\x80"),  # coasted
        enc.track_record(47.24, 8.71, TIME_OF_DAY_S, number=80, status=b"\x01\x40"),  # ended
    )
    (scan,) = scans(out)
    assert scan.identity == ("icao:4840D6", "track:1/2/78")
    assert scan.sigma_position_m is not None
    np.testing.assert_allclose(scan.sigma_position_m, [math.hypot(50.0, 20.0), math.hypot(100.0, 20.0)])
    (report,) = reports(out)
    assert (report.source, report.identity) == ("system", "icao:4840D6")


def test_a_mode_s_radar_passes_on_what_an_aircraft_calls_itself(site: Site) -> None:
    items = b"\x01\x02" + bytes(3) + b"\xa0" + b"\x02\x00\x40\x00" + b"\x0f\x40" + b"\x48\x40\xd6"
    out = reported(site, 48, enc.fspec(1, 2, 3, 4, 5, 8, 9) + items + bytes.fromhex("04c21ac71c31"))
    (report,) = reports(out)
    assert (report.source, report.identity, report.squawk) == ("mode_s", "icao:4840D6", "7500")
    assert report.callsign is not None


def test_an_empty_datagram_of_plots_says_nothing(site: Site) -> None:
    assert plots(site) == []
