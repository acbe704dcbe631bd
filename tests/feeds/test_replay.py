from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.feeds.conftest import site_with
from tests.wire import encoders as enc
from tests.wire import flight_logs as logs
from vedette.errors import BadInput
from vedette.feeds.arrival import Arrival
from vedette.feeds.recording import open_recording
from vedette.feeds.replay import assign, replay
from vedette.model import CooperativeReport, FeedHealth, FeedState, Look, Rejected
from vedette.site import Site
from vedette.wire import pcap
from vedette.wire.avr import encode_avr
from vedette.wire.beast import ModeSFrame, encode_beast

NOW_S = 1_700_000_000.0
TIME_OF_DAY_S = NOW_S % 86_400.0


def wifi_capture(*frames: tuple[float, bytes]) -> bytes:
    return enc.pcap(pcap.LINK_WIFI_RADIOTAP, [(at_s, enc.radiotap(frame)) for at_s, frame in frames])


def drone(at_s: float, latitude_deg: float = 47.2) -> tuple[float, bytes]:
    return at_s, enc.beacon(enc.element(enc.pack(enc.basic_id(), enc.location(latitude_deg))))


def radar_capture(*times: float, sic: int = 2) -> bytes:
    records = [
        (at_s, enc.asterix_block(48, enc.plot_record(2.0, 90.0, at_s % 86_400.0, sic=sic, address=7))) for at_s in times
    ]
    return enc.pcap(pcap.LINK_ETHERNET, [(at_s, enc.ethernet(enc.ipv4(octets))) for at_s, octets in records])


def airliner(*, ticks: bool = True) -> list[ModeSFrame]:
    messages = [enc.airborne_position(47.3, 8.7, 5000, odd=odd) for odd in (False, True, False)]
    return [
        ModeSFrame(message=message, ticks=12_000_000 * (step + 7) if ticks else None)
        for step, message in enumerate(messages)
    ]


TABLE = """time_utc,sensor,scan,azimuth_true_deg,sigma_azimuth_deg
2023-11-14T22:13:20Z,mic,1,90.0,2.0
2023-11-14T22:13:19Z,mic,2,91.0,2.0
2023-11-14T22:13:21Z,mic,3,95.0,2.0
"""

FILES: dict[str, tuple[str, bytes]] = {
    "rid.pcap": ("remote_id", wifi_capture(drone(NOW_S), drone(NOW_S + 1.0, 47.201))),
    "ble.pcapng": ("remote_id", enc.section() + enc.interface(pcap.LINK_BLE_NORDIC) + enc.enhanced(b"frame", 5)),
    "radar.pcap": ("asterix", radar_capture(NOW_S, NOW_S + 4.0)),
    "radar.ast": ("asterix", enc.asterix_block(48, enc.plot_record(2.0, 90.0, 60.0))),
    "adsb.bin": ("beast", b"".join(map(encode_beast, airliner()))),
    "adsb.avr": ("avr", b"".join(map(encode_avr, airliner()))),
    "adsb.jsonl": (
        "rs1090",
        b"".join(
            json.dumps({"timestamp": NOW_S + step, "frame": frame.message.hex()}).encode() + b"\n"
            for step, frame in enumerate(airliner())
        ),
    ),
    "flight.bin": ("dataflash", logs.dataflash()),
    "flight.tlog": ("mavlink", logs.tlog((NOW_S, logs.frames(logs.heartbeat)), (NOW_S, logs.frames(logs.position())))),
    "aircraft.log": (
        "sbs",
        b"".join(enc.sbs_line(place=f"47.{21 + step},8.7", at=f"2023/11/14,22:13:2{step}.000") for step in range(3))
        + enc.sbs_line(type="STA"),
    ),
    "aircraft.json": ("aircraft_json", enc.aircraft_json(NOW_S, enc.aircraft(), enc.aircraft(None, hex="abcdef"))),
    "history.jsonl": (
        "aircraft_json",
        b"".join(enc.aircraft_json(NOW_S + step, enc.aircraft(47.2 + step / 100)) + b"\n" for step in range(3)),
    ),
    "table.csv": ("table", TABLE.encode()),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, (_, octets) in FILES.items():
        (tmp_path / name).write_bytes(octets)
    return tmp_path


def played(site: Site, *files: tuple[str | None, Path]) -> list[Arrival]:
    return list(replay(site, assign(site, files)))


def looks(arrivals: list[Arrival]) -> list[tuple[float, Look]]:
    return [(a.received_s, a.body) for a in arrivals if isinstance(a.body, Look)]


def rejects(arrivals: list[Arrival]) -> list[str]:
    return [a.body.reason for a in arrivals if isinstance(a.body, Rejected)]


@pytest.mark.parametrize("name", FILES)
def test_a_recording_is_recognised(folder: Path, name: str) -> None:
    format, octets = FILES[name]
    found = open_recording(folder / name)
    assert (found.format, found.name, found.sha256) == (format, name, hashlib.sha256(octets).hexdigest())
    assert open_recording(folder / name, format="avr").format == "avr"


@pytest.mark.parametrize(
    ("name", "octets", "why"),
    [
        ("absent", None, "no such file"),
        ("empty.pcap", b"", "empty"),
        ("text.txt", b"Dear Sir or Madam,\n", "not a recording"),
        ("web.pcap", enc.pcap(1, [(1.0, enc.ethernet(enc.ipv4(b"GET /")))]), "not a recording"),
        ("head.pcap", enc.pcap(127, []), "not a recording"),
        ("cut.pcap", enc.pcap(127, [])[:20], "not a recording"),
        ("noise.bin", bytes(range(256)), "not a recording"),
    ],
)
def test_what_is_no_recording_is_bad_input(tmp_path: Path, name: str, octets: bytes | None, why: str) -> None:
    if octets is not None:
        (tmp_path / name).write_bytes(octets)
    with pytest.raises(BadInput, match=why):
        open_recording(tmp_path / name)


def test_a_folder_or_a_strange_format_is_bad_input(folder: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        open_recording(folder)
    with pytest.raises(BadInput, match="format = tape"):
        open_recording(folder / "rid.pcap", format="tape")


def test_each_file_finds_its_sensor(site: Site, folder: Path) -> None:
    files = ["rid.pcap", "radar.pcap", "adsb.bin", "adsb.jsonl", "table.csv"]
    assigned = assign(site, [(None, folder / name) for name in files])
    assert [one.sensor for one in assigned] == ["rid", "radar-1", "adsb", "adsb", None]
    assert [one.feed for one in assigned] == ["rid", "radar-1", "adsb", "adsb", "table.csv"]
    (named,) = assign(site, [("mic", folder / "rid.pcap")])
    assert named.sensor == "mic"


def test_files_that_no_sensor_or_several_could_have_made(site: Site, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no sensor whose feed's source is avr"):
        assign(site, [(None, folder / "adsb.avr")])
    with pytest.raises(BadInput, match="sensor = nobody"):
        assign(site, [("nobody", folder / "rid.pcap")])
    (folder / "other.pcap").write_bytes(radar_capture(NOW_S, sic=9))
    with pytest.raises(BadInput, match="1/9"):
        assign(site, [(None, folder / "other.pcap")])
    (folder / "other.csv").write_text(TABLE.replace("mic", "ear"))
    with pytest.raises(BadInput, match="ear"):
        assign(site, [(None, folder / "other.csv")])
    second = '\n[[sensor]]\nid = "rid-2"\nkind = "remote_id"\n[[feed]]\nsensor = "rid-2"\nsource = "remote_id"\n'
    several = site_with(tmp_path, second + 'url = "file:x"\n')
    with pytest.raises(BadInput, match="several sensors"):
        assign(several, [(None, folder / "rid.pcap")])


def test_a_radar_without_numbers_is_meant_where_it_is_alone(folder: Path, tmp_path: Path) -> None:
    plain = site_with(tmp_path, without="sac = 1\nsic = 2\n")
    (assigned,) = assign(plain, [(None, folder / "radar.pcap")])
    assert assigned.sensor == "radar-1"
    assert len(looks(list(replay(plain, [assigned])))) == 2


@pytest.mark.parametrize("numbers", ["sac = 1\nsic = 201\n", ""])
def test_a_station_of_a_former_edition_is_replayed_as_the_site_file_says(tmp_path: Path, numbers: str) -> None:
    """By its numbers or as the one without any; the times of the file are those of its records, too."""
    station = f'\n[[sensor]]\nid = "station"\nkind = "adsb"\ncat021_edition = "0.26"\n{numbers}'
    feed = '[[feed]]\nsensor = "station"\nsource = "asterix"\nurl = "udp://127.0.0.1:8621"\n'
    path = tmp_path / "station.ast"
    records = [enc.former_target_record(47.2, 8.7, second, sic=201) for second in (60.0, 90.0)]
    path.write_bytes(b"".join(enc.asterix_block(21, record) for record in records))
    found = looks(played(site_with(tmp_path, station + feed), (None, path)))
    assert [(at_s, look.scan.sensor, look.scan.identity) for at_s, look in found] == [
        (60.0, "station", ("icao:4840D6",)), (90.0, "station", ("icao:4840D6",)),
    ]  # fmt: skip


def test_two_radars_of_one_file(site: Site, folder: Path) -> None:
    both = radar_capture(NOW_S)[:] + radar_capture(NOW_S + 1.0, sic=3)[24:]
    (folder / "both.pcap").write_bytes(both)
    (assigned,) = assign(site, [(None, folder / "both.pcap")])
    assert assigned.sensor is None
    assert [look.scan.sensor for _, look in looks(list(replay(site, [assigned])))] == ["radar-1", "radar-2"]


def test_recordings_are_merged_by_receive_time(site: Site, folder: Path) -> None:
    names = ["adsb.bin", "rid.pcap", "radar.pcap", "table.csv", "adsb.jsonl"]
    arrivals = played(site, *((None, folder / name) for name in names))
    times = [arrival.received_s for arrival in arrivals]
    assert times == sorted(times)
    assert times[0] == NOW_S
    sensors = Counter(look.scan.sensor for _, look in looks(arrivals))
    assert sensors == {"adsb": 4, "rid": 2, "radar-1": 2, "mic": 3}
    again = played(site, *((None, folder / name) for name in names))
    assert [repr(one) for one in again] == [repr(one) for one in arrivals]


def test_each_sensor_of_a_table_has_its_own_health(site: Site, folder: Path) -> None:
    two = TABLE + "2023-11-14T22:13:22Z,radar-1,1,95.0,2.0\n" + "2023-11-14T22:13:40Z,mic,9,95.0,2.0\n"
    (folder / "two.csv").write_text(two)
    arrivals = played(site, (None, folder / "two.csv"))
    assert [a.received_s for a in arrivals] == sorted(a.received_s for a in arrivals)
    health = [(a.received_s - NOW_S, a.body) for a in arrivals if isinstance(a.body, FeedHealth)]
    stale = [(at_s, body.feed, body.sensor) for at_s, body in health if body.state is FeedState.STALE]
    assert stale[:2] == [(6.0, "mic", "mic"), (7.0, "radar-1", "radar-1")]
    ended = {body.feed: body.messages for _, body in health if body.state is FeedState.ENDED}
    assert ended == {"mic": 4, "radar-1": 1}


@pytest.mark.parametrize(("name", "positions"), [("aircraft.log", 3), ("aircraft.json", 1), ("history.jsonl", 3)])
def test_what_a_receivers_software_wrote_is_replayed(site: Site, folder: Path, name: str, positions: int) -> None:
    out = looks(played(site, ("adsb", folder / name)))
    assert len(out) == positions
    assert {look.scan.identity for _, look in out} == {("icao:4840D6",)}
    assert all(0.0 <= received_s - look.scan.observed_s <= 1.0 for received_s, look in out)


def test_a_tables_receive_time_is_the_latest_so_far(site: Site, folder: Path) -> None:
    out = looks(played(site, (None, folder / "table.csv")))
    assert [received_s for received_s, _ in out] == [NOW_S, NOW_S, NOW_S + 1.0]
    assert [look.scan.observed_s for _, look in out] == [NOW_S, NOW_S - 1.0, NOW_S + 1.0]


def test_a_table_goes_on_past_bad_rows_and_strange_sensors(site: Site, folder: Path) -> None:
    (folder / "bad.csv").write_text(
        TABLE + "yesterday,mic,4,1.0,2.0\n2023-11-14T22:13:22Z,ear,5,1.0,2.0\n2023-11-14T22:13:23Z,mic,6,NaN,2.0\n"
    )
    arrivals = played(site, (None, folder / "bad.csv"))
    assert len(looks(arrivals)) == 3
    assert sorted(rejects(arrivals)) == ["bad_number", "bad_time", "unknown_sensor"]
    renamed = looks(played(site, ("mic", folder / "bad.csv")))
    assert {look.scan.sensor for _, look in renamed} == {"mic"}
    assert len(renamed) == 4


def test_an_undated_recording_counts_from_its_start(site: Site, folder: Path) -> None:
    out = looks(played(site, (None, folder / "adsb.bin")))
    assert [received_s for received_s, _ in out] == [1.0, 2.0]
    (assigned,) = assign(site, [(None, folder / "adsb.bin")])
    started = msgspec.structs.replace(assigned, recording=open_recording(folder / "adsb.bin", start_s=NOW_S))
    assert [at_s for at_s, _ in looks(list(replay(site, [started])))] == [NOW_S + 1.0, NOW_S + 2.0]
    (raw,) = looks(played(site, (None, folder / "radar.ast")))
    assert raw[1].scan.observed_s == 60.0


def test_a_counter_that_goes_back_stands_still(site: Site, folder: Path) -> None:
    frames = airliner()
    frames[1] = msgspec.structs.replace(frames[1], ticks=5)
    (folder / "restart.bin").write_bytes(b"".join(map(encode_beast, frames)))
    units = list(open_recording(folder / "restart.bin", start_s=NOW_S).units())
    assert [at_s for at_s, _ in units] == [NOW_S, NOW_S, NOW_S + (frames[2].ticks - 5) / 12e6 if frames[2].ticks else 0]
    (folder / "plain.avr").write_bytes(b"".join(map(encode_avr, airliner(ticks=False))))
    assert [at_s for at_s, _ in open_recording(folder / "plain.avr").units()] == [None, None, None]


def test_health_stands_among_the_arrivals(site: Site, folder: Path) -> None:
    (folder / "gap.pcap").write_bytes(wifi_capture(drone(NOW_S), drone(NOW_S + 60.0, 47.21)))
    health = [a for a in played(site, (None, folder / "gap.pcap")) if isinstance(a.body, FeedHealth)]
    states = [(a.received_s - NOW_S, a.body.state) for a in health if isinstance(a.body, FeedHealth)]
    assert states[0] == (0.0, FeedState.LIVE)
    assert (5.0, FeedState.STALE) in states
    assert states[-2:] == [(60.0, FeedState.LIVE), (60.0, FeedState.ENDED)]
    last = health[-1].body
    assert isinstance(last, FeedHealth)
    assert (last.messages, last.rejected, last.sensor) == (2, {}, "rid")


def test_a_cut_short_recording_is_worked_as_far_as_it_goes(site: Site, folder: Path) -> None:
    (folder / "cut.pcap").write_bytes(FILES["rid.pcap"][1][:-3])
    arrivals = played(site, (None, folder / "cut.pcap"))
    assert len(looks(arrivals)) == 1
    assert rejects(arrivals) == ["truncated"]
    lines = FILES["adsb.jsonl"][1] + b'{"timestamp": 1, "frame": "zz"}\n{"timestamp": true}\n\n'
    (folder / "cut.jsonl").write_bytes(lines + b'{"time')
    assert rejects(played(site, (None, folder / "cut.jsonl"))) == ["bad_row", "bad_row", "truncated"]


def test_other_peoples_frames_leave_no_trace(site: Site, folder: Path) -> None:
    """A mixed capture: no address, ours or theirs, in any byte of any message."""
    theirs = [enc.beacon(b"\xdd\x03\x00\x50\xf2", enc.THEIRS), b"\x08\x02" + bytes(8) + enc.THEIRS + bytes(60)]
    broken = enc.radiotap(enc.beacon(enc.element(enc.location()), enc.THEIRS))[:-1] + b"\0"
    octets = wifi_capture((NOW_S, theirs[0]), drone(NOW_S + 1.0), (NOW_S + 2.0, theirs[1]), drone(NOW_S + 3.0, 95.0))
    octets += enc.pcap(127, [(NOW_S + 4.0, broken)])[24:] + b"cut short" + enc.THEIRS
    (folder / "mixed.pcap").write_bytes(octets)
    arrivals = played(site, (None, folder / "mixed.pcap"))
    assert sorted(rejects(arrivals)) == ["bad_crc", "bad_position", "truncated"]
    last = arrivals[-1].body
    assert isinstance(last, FeedHealth)
    assert last.messages == 2
    for arrival in arrivals:
        text = repr(arrival)
        for address in (enc.OURS, enc.THEIRS):
            assert repr(address)[2:-1] not in text
            assert address.hex() not in text.lower().replace(":", "").replace("\\x", "")


def test_the_anafi_flight(tmp_path: Path, recordings: Path) -> None:
    site = site_with(tmp_path)
    arrivals = played(site, (None, recordings / "remote_id/parrot_anafi4_real.pcapng"))
    out = looks(arrivals)
    assert {look.scan.identity for _, look in out} == {("rid:1588E040445AC004418",)}
    # a new position a second, in beacons nine times as often
    assert 115 <= len(out) <= 125
    observed = [look.scan.observed_s for _, look in out]
    assert observed == sorted(set(observed))
    assert all(0.0 <= received_s - look.scan.observed_s <= 2.0 for received_s, look in out)
    (said, *_) = [a.body for a in arrivals if isinstance(a.body, CooperativeReport)]
    assert (said.identity, said.ua_type) == ("rid:1588E040445AC004418", "rotorcraft")
    last = arrivals[-1].body
    assert isinstance(last, FeedHealth)
    assert (last.state, last.messages, last.rejected) == (FeedState.ENDED, 1140, {})


def test_radars_that_send_on_two_networks(tmp_path: Path, recordings: Path) -> None:
    site = site_with(tmp_path, without="sac = 1\nsic = 2\n")
    arrivals = played(site, ("radar-1", recordings / "asterix/cat_034_048.pcap"))
    assert Counter(rejects(arrivals)) == {"repeated": 50}
    # 128 plots, each twice; one of the 64 without range and azimuth
    assert sum(len(look.scan) for _, look in looks(arrivals)) == 63
