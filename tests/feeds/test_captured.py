"""A capture played again gives the live feeds' arrivals exactly: bodies, feeds, receive times and their order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.feeds.contract_rows import beast, json_row
from tests.feeds.sapient_peers import Peer, play, until
from tests.feeds.test_live import Heard, free_port, running, send
from tests.wire import encoders as enc
from tests.wire import sapient_messages as sm
from vedette.cli.inspect import inspect_lines
from vedette.clock import SimulatedClock, iso_utc
from vedette.errors import BadInput
from vedette.feeds.arrival import Arrival
from vedette.feeds.replay import assign, replay
from vedette.feeds.supervisor import FeedSupervisor
from vedette.model import CooperativeReport, Look, Scan, SensorStatus
from vedette.record import Capture
from vedette.site import Site, load_site
from vedette.wire.capture import MAGIC_1, CaptureFrame, CaptureKind, read_frames
from vedette.wire.sapient.ids import uuid_of

SECOND = uuid_of("a second node")
UNKNOWN = "11111111-2222-4333-8444-555555555555"

SITE = """
name = "Capture Field"
id = "capture"
timezone = "Asia/Baghdad"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_ellipsoid_m = 420.0
"""


def sensor(name: str, kind: str, more: str = "") -> str:
    return f"""
[[sensor]]
id = "{name}"
kind = "{kind}"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_ellipsoid_m = 430.0
sigma_range_m = 10.0
sigma_azimuth_deg = 1.0
{more}
"""


def feed(name: str, source: str, url: str) -> str:
    return f'[[feed]]\nsensor = "{name}"\nsource = "{source}"\nurl = "{url}"\n'


def field(folder: Path, ports: dict[str, int], *, without: str = "") -> Site:
    """A radar, an ADS-B receiver, two JSON sensors, one of them on a stream, and SAPIENT nodes."""
    parts = [
        SITE,
        sensor("radar-1", "radar", "sac = 1\nsic = 2"),
        '\n[[sensor]]\nid = "adsb"\nkind = "adsb"\n',
        sensor("mic", "acoustic"),
        sensor("rows", "radar", "period_s = 1.0\nsigma_elevation_deg = 1.0"),
        sensor("node-1", "radar", f'period_s = 1.0\nsigma_elevation_deg = 1.0\nnode_id = "{sm.NODE}"'),
        sensor("node-2", "radar", f'period_s = 1.0\nsigma_elevation_deg = 1.0\nnode_id = "{SECOND}"'),
        feed("radar-1", "asterix", f"udp://127.0.0.1:{ports['radar-1']}"),
        feed("adsb", "beast", f"tcp://127.0.0.1:{ports['adsb']}"),
        feed("mic", "json", f"udp://127.0.0.1:{ports['mic']}"),
        feed("rows", "json", f"tcp://127.0.0.1:{ports['rows']}"),
        feed("node-1", "sapient", f"tcp://127.0.0.1:{ports['node-1']}"),
    ]
    (folder / "field.toml").write_text("".join(parts).replace(without, "") if without else "".join(parts))
    return load_site(folder / "field.toml")


def said(arrivals: Iterable[Arrival]) -> list[tuple[float, str, Any]]:
    """What arrived but health: the time, the feed and all of the body."""
    kept = [one for one in arrivals if isinstance(one.body, (Look, CooperativeReport, SensorStatus))]
    return [(one.received_s, one.feed, _plain(one.body)) for one in kept]


def _plain(body: Any) -> Any:
    if not isinstance(body, Look):
        return body
    return {name: _value(getattr(body.scan, name)) for name in Scan.__struct_fields__}


def _value(value: Any) -> Any:
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


class Server:
    """A receiver that the feed connects to."""

    def __init__(self) -> None:
        self.writers: list[asyncio.StreamWriter] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    async def send(self, octets: bytes) -> None:
        await until(lambda: bool(self.writers))
        for piece in (octets[: len(octets) // 2], octets[len(octets) // 2 :]):
            self.writers[-1].write(piece)
            await self.writers[-1].drain()


def scan_rows(number: int, at_s: float) -> bytes:
    """Two rows of one scan: finished by the next scan, or by time."""
    rows = [
        {"time_utc": iso_utc(at_s), "scan": str(number), "range_m": 900.0 + n, "azimuth_true_deg": 10.0}
        for n in range(2)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


async def live(folder: Path, site: Site, ports: dict[str, int], heard: Heard) -> None:
    """A few seconds of five feeds, with all that a line can do: pieces, two nodes on one feed, refusals, a return."""
    clock, capture = SimulatedClock(sm.NOW_S), Capture(folder, 10**7)
    adsb, rows = Server(), Server()
    servers = [
        await asyncio.start_server(adsb, "127.0.0.1", ports["adsb"]),
        await asyncio.start_server(rows, "127.0.0.1", ports["rows"]),
    ]
    async with running(site, heard, clock, capture.write) as supervisor:
        nodes = [await Peer.connect(ports["node-1"]), await Peer.connect(ports["node-1"])]
        for peer, node in zip(nodes, (sm.NODE, SECOND), strict=True):
            await peer.register(sm.registration(node=node))
        stranger = await Peer.connect(ports["node-1"])
        refused = await stranger.register(sm.registration(node=UNKNOWN))
        assert not refused.registration_ack.acceptance
        for second in range(4):
            at_s = sm.NOW_S + second
            clock.set(at_s + 0.3)
            looks = heard.looks()
            send(ports["radar-1"], enc.asterix_block(48, enc.plot_record(1.0 + second, 90.0, at_s % 86_400.0)), b"\xff")
            send(ports["mic"], json_row(second, at_s))
            await adsb.send(beast(second, at_s))
            await rows.send(scan_rows(second, at_s))
            for peer, node in zip(nodes, (sm.NODE, SECOND), strict=True):
                await peer.send(sm.status(node=node), sm.detection(at_s, node=node))
            await heard.until(lambda h, more=looks + 3: h.looks() >= more)  # type: ignore[misc]
            await settled(supervisor, clock)
        nodes[1].close()
        rows.writers[-1].close()
        await until(lambda: len(rows.writers) == 2)
        await rows.send(scan_rows(9, sm.NOW_S + 4.0))
        await settled(supervisor, clock)
    for server in servers:
        server.close()
    capture.close()


async def settled(supervisor: FeedSupervisor, clock: SimulatedClock) -> None:
    """Let what is under way arrive, and what waits be finished by time alone."""
    for _ in range(40):
        await asyncio.sleep(0)
    for _ in range(3):
        clock.set(clock.now_s() + 0.2)
        supervisor.poll()


def captured(folder: Path) -> tuple[Site, list[tuple[float, str, Any]], dict[str, int]]:
    ports = {name: free_port(socket.SOCK_STREAM) for name in ("radar-1", "adsb", "mic", "rows", "node-1")}
    site, heard = field(folder, ports), Heard()
    play(lambda: live(folder, site, ports, heard))
    return site, said(heard.arrivals), ports


def test_the_arrivals_are_those_of_the_live_feeds(tmp_path: Path) -> None:
    site, live_said, _ = captured(tmp_path)
    looks = [(one[1], one[2]["sensor"]) for one in live_said if isinstance(one[2], dict)]
    brought = {("radar-1", "radar-1"), ("adsb", "adsb"), ("mic", "mic"), ("rows", "rows")}
    assert set(looks) == brought | {("node-1", "node-1"), ("node-1", "node-2")}
    assigned = assign(site, [(None, tmp_path / "capture")])
    assert {one.feed for one in assigned} == {"radar-1", "adsb", "mic", "rows", "node-1"}
    replayed = list(replay(site, assigned))
    assert said(replayed) == live_said
    assert said(replay(site, assigned)) == live_said
    times = [one.received_s for one in replayed]
    assert times == sorted(times)


def test_time_that_finished_a_look_is_in_the_capture(tmp_path: Path) -> None:
    captured(tmp_path)
    (path,) = (tmp_path / "capture/rows").iterdir()
    kinds = [one.moment.kind for one in read_frames(path.read_bytes()) if isinstance(one, CaptureFrame)]
    assert kinds[:2] == [CaptureKind.BEGAN, CaptureKind.OPENED]
    assert kinds.count(CaptureKind.OPENED) == 2, "the line that came back"
    assert CaptureKind.TIME in kinds
    assert kinds[-1] is CaptureKind.ENDED


@pytest.mark.parametrize("name", ["radar-1", "adsb", "mic", "rows", "node-1"])
def test_one_file_is_played_and_inspected(tmp_path: Path, name: str) -> None:
    site, live_said, _ = captured(tmp_path)
    (path,) = (tmp_path / "capture" / name).iterdir()
    moved = path.rename(tmp_path / "elsewhere.cap")
    (assigned,) = assign(site, [(None, moved)])
    assert assigned.feed == name, "the file says so, wherever it lies"
    assert said(replay(site, [assigned])) == [one for one in live_said if one[1] == name]
    *lines, summary = inspect_lines(moved, None, None)
    assert (summary["feed"], summary["format"]) == (name, assigned.recording.capture.source)  # type: ignore[union-attr]
    assert summary["messages"] == len(lines)
    assert {"detection", "identity"} & set(summary["by_kind"])
    assert summary["rejected_by_reason"] == ({"truncated": 4} if name == "radar-1" else {})


def test_another_sensor_can_be_named(tmp_path: Path) -> None:
    site, live_said, _ = captured(tmp_path)
    (path,) = (tmp_path / "capture/mic").iterdir()
    played = said(replay(site, assign(site, [("rows", path)])))
    assert [one[:2] for one in played] == [(one[0], "rows") for one in live_said if one[1] == "mic"]


def test_what_the_site_does_not_have_is_said(tmp_path: Path) -> None:
    _, _, ports = captured(tmp_path)
    (path,) = (tmp_path / "capture/mic").iterdir()
    without = field(tmp_path, ports, without=feed("mic", "json", f"udp://127.0.0.1:{ports['mic']}"))
    with pytest.raises(BadInput, match="no feed 'mic'"):
        assign(without, [(None, path)])
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no capture files"):
        assign(without, [(None, tmp_path / "empty")])


def first_version(path: Path) -> bytes:
    """The same octets as VEDCAP1 had them."""
    frames = [one.moment for one in read_frames(path.read_bytes()) if isinstance(one, CaptureFrame)]
    kept = [one for one in frames if one.kind is CaptureKind.OCTETS]
    return MAGIC_1 + b"".join(struct.pack("<dI", one.received_s, len(one.octets)) + one.octets for one in kept)


@pytest.mark.parametrize("name", ["radar-1", "adsb", "mic", "rows"])
def test_the_first_version_gives_the_same_looks(tmp_path: Path, name: str) -> None:
    site, live_said, _ = captured(tmp_path)
    (path,) = (tmp_path / "capture" / name).iterdir()
    path.write_bytes(first_version(path))
    played = said(replay(site, assign(site, [(None, path)])))
    assert [one[1:] for one in played] == [one[1:] for one in live_said if one[1] == name]
    *_, summary = inspect_lines(path, None, None)
    assert summary["by_kind"]["detection"] > 0


def test_a_node_s_first_version_is_read_as_its_messages(tmp_path: Path) -> None:
    site, live_said, _ = captured(tmp_path)
    (path,) = (tmp_path / "capture/node-1").iterdir()
    path.write_bytes(first_version(path))
    played = [one[2] for one in said(replay(site, assign(site, [(None, path)]))) if isinstance(one[2], dict)]
    live_looks = [one[2] for one in live_said if one[1] == "node-1" and isinstance(one[2], dict)]
    assert sorted((one["sensor"], one["observed_s"]) for one in played) == sorted(
        (one["sensor"], one["observed_s"]) for one in live_looks
    )
