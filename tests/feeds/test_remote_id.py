"""Remote ID transmissions to looks and reports."""

from __future__ import annotations

import msgspec
import pytest

from tests.feeds.said import NOW_S, reports, scans
from tests.wire import encoders as enc
from vedette.feeds.arrival import FeedBody
from vedette.feeds.remote_id import NAMELESS_S, RemoteIdSource, own_time_s
from vedette.model import CooperativeReport, Look, Rejected
from vedette.wire.radio import Transmission, Transmitter


def say(
    source: RemoteIdSource, at_s: float, *messages: bytes, address: bytes = enc.OURS, payload: bytes | None = None
) -> list[FeedBody]:
    transmission = Transmission(
        transmitter=Transmitter(address),
        medium="wifi_beacon",
        counter=0,
        payload=payload or enc.pack(*messages),
        offset=9,
    )
    return list(source.hear(transmission, at_s))


def test_a_named_drone() -> None:
    source = RemoteIdSource("rid")
    everything = (
        enc.basic_id(),
        enc.location(altitude_m=512.0, accuracy=0x4A, height_m=60.0, over_ground=True),
        enc.self_id(),
        enc.system(),
        enc.operator_id(),
    )
    out = say(source, NOW_S, *everything)
    (scan,) = scans(out)
    assert (scan.sensor, scan.observed_s, scan.identity, scan.covers) == ("rid", NOW_S, ("rid:1588TEST0001",), False)
    assert scan.altitude_ellipsoid_m is not None
    assert scan.sigma_position_m is not None
    assert scan.altitude_ellipsoid_m[0] == 512.0
    assert scan.sigma_position_m[0] == pytest.approx(10.0 / 2.4477)
    (report,) = reports(out)
    assert report == CooperativeReport(
        sensor="rid",
        observed_s=NOW_S,
        source="remote_id",
        identity="rid:1588TEST0001",
        ua_type="rotorcraft",
        operator_id="CHE87astrdge12k8",
        self_id="Survey",
        operator_latitude_deg=47.19,
        operator_longitude_deg=8.72,
        height_agl_m=60.0,
    )
    assert say(source, NOW_S + 0.1, *everything) == []


def test_an_unknown_accuracy_is_a_wide_sigma_and_take_off_height_is_not_over_ground() -> None:
    out = say(RemoteIdSource("rid"), NOW_S, enc.basic_id(), enc.location(height_m=50.0, altitude_m=500.0))
    (scan,), (report,) = scans(out), reports(out)
    assert scan.sigma_position_m is not None
    assert scan.sigma_altitude_ellipsoid_m is not None
    assert (scan.sigma_position_m[0], scan.sigma_altitude_ellipsoid_m[0]) == (30.0, 45.0)
    assert report.height_agl_m is None


def test_a_position_is_held_until_named() -> None:
    source = RemoteIdSource("rid")
    assert say(source, NOW_S, enc.location()) == []
    out = scans(say(source, NOW_S + 1.0, enc.basic_id()))
    assert [(scan.observed_s, scan.identity) for scan in out] == [(NOW_S, ("rid:1588TEST0001",))]


def test_a_drone_that_hides_its_name_is_shown_unnamed() -> None:
    source = RemoteIdSource("rid")
    assert say(source, NOW_S, enc.location()) == []
    out = scans(say(source, NOW_S + NAMELESS_S, enc.location(47.21)))
    assert [scan.identity for scan in out] == [(None,)]


def test_transmitters_are_not_mixed_up() -> None:
    source = RemoteIdSource("rid")
    say(source, NOW_S, enc.basic_id("FIRST"))
    say(source, NOW_S, enc.basic_id("OTHER"), address=enc.THEIRS)
    named = [
        scans(say(source, NOW_S + 1, enc.location(), address=address))[0].identity for address in (enc.OURS, enc.THEIRS)
    ]
    assert named == [("rid:FIRST",), ("rid:OTHER",)]


def test_a_serial_number_names_it_before_a_session() -> None:
    source = RemoteIdSource("rid")
    say(source, NOW_S, enc.basic_id("SERIAL"), enc.basic_id("\x01\x02", id_type=4), enc.basic_id("", id_type=1))
    (scan,) = scans(say(source, NOW_S + 1.0, enc.location()))
    assert scan.identity == ("rid:SERIAL",)


def test_a_repeated_position_is_measured_once() -> None:
    source = RemoteIdSource("rid")
    say(source, NOW_S, enc.basic_id())
    same = enc.location(tenths=100)
    counts = [len(scans(say(source, NOW_S + 0.1 * step, same))) for step in range(5)]
    assert counts == [1, 0, 0, 0, 0]
    assert len(scans(say(source, NOW_S + 0.6, enc.location(tenths=110)))) == 1
    undated = enc.location(47.3)
    counts = [len(scans(say(source, NOW_S + 1.0 + 0.4 * step, undated))) for step in range(4)]
    assert counts == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("tenths", "after_hour_s", "own_s"),
    [(None, 100.0, 100.0), (995, 100.0, 99.5), (970, 100.0, 100.0), (1001, 100.0, 100.0), (35995, 0.5, -0.5)],
)
def test_its_own_time_stands_if_fresh(tenths: int | None, after_hour_s: float, own_s: float) -> None:
    hour_s = 472_222 * 3600.0
    assert own_time_s(tenths, hour_s + after_hour_s) == hour_s + own_s


def test_a_silent_transmitter_is_forgotten() -> None:
    source = RemoteIdSource("rid")
    say(source, NOW_S, enc.basic_id())
    assert scans(say(source, NOW_S + 100.0, enc.location())) == []


def test_bad_messages_are_rejected_with_their_place() -> None:
    source = RemoteIdSource("rid")
    (rejected,) = say(source, NOW_S, enc.location(95.0))
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.offset) == ("bad_position", 9)
    assert source.messages == 1
    assert list(source.hear(Rejected(reason="bad_crc"), NOW_S)) == [Rejected(reason="bad_crc")]
    assert source.messages == 1


def test_a_crowd_of_made_up_transmitters_is_bounded() -> None:
    source = RemoteIdSource("rid")
    for number in range(5000):
        say(source, NOW_S, enc.location(), address=number.to_bytes(6, "big"))
    assert len(source._heard) <= 4096


def test_no_address_in_any_byte_that_comes_out() -> None:
    source = RemoteIdSource("rid")
    out = say(source, NOW_S, enc.basic_id(), enc.location(95.0), enc.location(), enc.system(), enc.operator_id())
    for body in out:
        octets = repr(body).encode()
        if not isinstance(body, Look):
            octets += msgspec.msgpack.encode(body)
        for address in (enc.OURS, enc.THEIRS):
            assert address not in octets
            assert address.hex().encode() not in octets.lower().replace(b":", b"").replace(b"\\x", b"")
