from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.wire import flight_logs as logs
from vedette.model import Rejected
from vedette.wire.dataflash import is_dated, looks_like_dataflash, read_dataflash
from vedette.wire.telemetry import Fix, Hello, Position, Telemetry

DFREADER = """
import json, sys
from collections import Counter
from pymavlink import DFReader
log, counts, places = DFReader.DFReader_binary(sys.argv[1]), Counter(), []
while (message := log.recv_msg()) is not None:
    counts[message.get_type()] += 1
    if message.get_type() == "POS":
        places.append((message._timestamp, message.Lat, message.Lng, message.Alt))
print(json.dumps([counts, places]))
"""
"""The autopilot makers' own reader, in a process of its own."""


def read(octets: bytes) -> list[tuple[float | None, Telemetry | Rejected]]:
    return list(read_dataflash(octets))


def test_a_log_says_where_its_aircraft_was() -> None:
    octets = logs.dataflash()
    assert looks_like_dataflash(octets)
    assert is_dated(octets)
    found = read(octets)
    named = [(at_s, one) for at_s, one in found if isinstance(one, Telemetry) and one.body is not None]
    assert [one.name for _, one in named] == ["MSG", "POS", "GPS", "POS"]
    assert {one.system for _, one in found if isinstance(one, Telemetry)} == {7}
    (_, hello), (first_s, first), (fix_s, fix), (last_s, last) = named
    assert hello.body == Hello(ua_type="rotorcraft")
    assert isinstance(first.body, Position)
    assert (first.body.latitude_deg, first.body.longitude_deg) == (47.20001, 8.73)
    assert (first.body.altitude_msl_m, first.body.height_m, first.body.boot_s) == (451.5, 20.5, 1.0)
    assert fix.body == Fix(
        latitude_deg=47.2,
        longitude_deg=8.73,
        altitude_msl_m=450.0,
        sigma_position_m=pytest.approx(0.8),
        sigma_altitude_m=pytest.approx(1.5),
        satellites=12,
    )
    # the first good fix, two seconds after the start, dates what stands before it too
    assert (first_s, fix_s, last_s) == pytest.approx((logs.GPS_UNIX_S - 1.0, logs.GPS_UNIX_S, logs.GPS_UNIX_S + 0.1))
    assert isinstance(last.body, Position)


def test_a_log_without_a_fix_has_no_date() -> None:
    octets = b"".join(map(logs.fmt, logs.LAYOUTS)) + logs.gps(1, status=1) + logs.pos(3_000_000)
    assert not is_dated(octets)
    assert {at_s for at_s, _ in read(octets)} == {None}
    assert list(read_dataflash(octets, 1.7e9))[-1][0] == 1.7e9 + 3.0


@pytest.mark.parametrize(
    ("octets", "reasons"),
    [
        (logs.dataflash()[:-1], ["truncated"]),
        (logs.dataflash() + b"\xa3", ["truncated"]),
        (logs.dataflash() + b"\xa3\x95", ["truncated"]),
        (logs.dataflash() + b"noise" + logs.pos(9_000_000), ["garbage"]),
        (logs.dataflash() + b"\xa3\x95\x07" + logs.pos(9_000_000), ["garbage"]),
        (logs.dataflash() + logs.pos(9_000_000, 950_000_000), ["bad_position"]),
        (logs.fmt("POS").replace(b"QLLfff", b"QLLff?"), ["bad_format"]),
        (logs.fmt("POS").replace(b"QLLfff", b"QLLff\0"), ["bad_format"]),
        (logs.fmt("POS").replace(b"F\x1fPOS", b"F\x20POS"), ["bad_format"]),
    ],
)
def test_rejects(octets: bytes, reasons: list[str]) -> None:
    assert [one.reason for _, one in read(octets) if isinstance(one, Rejected)] == reasons


def test_a_real_flight_reads_as_the_makers_own_reader_has_it(recordings: Path) -> None:
    path = recordings / "mavlink/uob_ardupilot_2023-07-06_10-12-18.bin"
    theirs = subprocess.run([sys.executable, "-c", DFREADER, path], capture_output=True, text=True, check=True)
    counts, places = json.loads(theirs.stdout)
    found = read(path.read_bytes())
    ours = [(at_s, one) for at_s, one in found if isinstance(one, Telemetry)]
    assert Counter(one.name for _, one in ours) == counts
    assert [one.reason for _, one in found if isinstance(one, Rejected)] == ["truncated"]
    ours_placed = [
        (at_s, one.body.latitude_deg, one.body.longitude_deg, one.body.altitude_msl_m)
        for at_s, one in ours
        if isinstance(one.body, Position)
    ]
    assert len(ours_placed) == 980
    for one, other in zip(ours_placed, places, strict=True):
        assert one == pytest.approx(other, abs=1e-6)
