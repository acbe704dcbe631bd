"""A live site of five feeds of different kinds on loopback, and drones in lanes that fly through its three zones.

Each drone is seen by one feed: a radar (ASTERIX over UDP), an ADS-B receiver (Beast over TCP), a home-made sensor (JSON
over UDP), a SAPIENT node (TCP, it connects) and a Remote ID receiver (JSON over UDP). Lanes lie 300 m apart and run
north at 30 m/s; each drone enters the zones at a time of its own, and each zone's rule raises an alert for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from tests.feeds import receivers as rx
from tests.wire import encoders as enc
from tests.wire import sapient_messages as sm
from vedette.clock import iso_utc
from vedette.geo import LocalFrame
from vedette.wire.beast import ModeSFrame, encode_beast
from vedette.wire.sapient.framing import encode_frame

FEEDS: Final = ("radar-1", "adsb", "rows", "node", "rid")
SPEED_MPS: Final = 30.0
LANE_M: Final = 300.0
HEIGHT_M: Final = 150.0
ZONES_M: Final = {"warning": 0.0, "perimeter": 300.0, "keep_out": 600.0}
"""How far north each zone begins; all end at 6 km."""
PERSIST_S: Final = 2.0
LATITUDE_DEG, LONGITUDE_DEG, GROUND_M = 36.2376, 43.9632, 420.0
FRAME: Final = LocalFrame(LATITUDE_DEG, LONGITUDE_DEG, GROUND_M)

_SITE = """
name = "Five Feeds"
id = "five"
timezone = "Asia/Baghdad"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_ellipsoid_m = 420.0
geometry = "five.geojson"

[[sensor]]
id = "radar-1"
kind = "radar"
latitude_deg = 36.2376
longitude_deg = 43.9632
altitude_ellipsoid_m = 420.0
range_m = [10.0, 40000.0]
sigma_range_m = 10.0
sigma_azimuth_deg = 0.1
sac = 1
sic = 2
"""


class Ports(msgspec.Struct, frozen=True):
    """A free port for each feed."""

    of: dict[str, int]


def free_ports() -> Ports:
    """Ports that were free a moment ago, UDP or TCP alike."""
    with contextlib.ExitStack() as held:
        found = {}
        for feed in FEEDS:
            one = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            one.bind(("127.0.0.1", 0))
            found[feed] = int(one.getsockname()[1])
    return Ports(found)


def write_site(folder: Path, ports: Ports) -> Path:
    """The site file and its geometry."""
    kinds = {"adsb": "adsb", "rows": "external", "node": "external", "rid": "remote_id"}
    text = _SITE + "".join(f'\n[[sensor]]\nid = "{one}"\nkind = "{kind}"\n' for one, kind in kinds.items())
    lines = {
        "radar-1": ("asterix", "udp"),
        "adsb": ("beast", "tcp"),
        "rows": ("json", "udp"),
        "node": ("sapient", "tcp"),
        "rid": ("remote_id", "udp"),
    }
    for feed, (source, scheme) in lines.items():
        url = f"{scheme}://127.0.0.1:{ports.of[feed]}"
        text += f'\n[[feed]]\nsensor = "{feed}"\nsource = "{source}"\nurl = "{url}"\n'
    for role in ZONES_M:
        rule = f'id = "{role.replace("_", "-")}"\nzones = ["{role}"]\nclass = "any"\nwithin_s = 0.0'
        text += f"\n[[rule]]\n{rule}\npersist_s = {PERSIST_S}\n"
    (folder / "five.toml").write_text(text)
    features = [_feature(role, from_m) for role, from_m in ZONES_M.items()]
    (folder / "five.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder / "five.toml"


def _feature(role: str, from_m: float) -> dict[str, object]:
    corners = [(-20e3, from_m), (20e3, from_m), (20e3, 6e3), (-20e3, 6e3), (-20e3, from_m)]
    ring = [list(place_of(east_m, north_m)[1::-1]) for east_m, north_m in corners]
    properties = {"id": f"zone-{role.replace('_', '-')}", "name": role, "role": role}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def place_of(east_m: float, north_m: float, up_m: float = 0.0) -> tuple[float, float, float]:
    """Latitude, longitude, altitude over the ellipsoid."""
    latitude, longitude, altitude = FRAME.to_geodetic(np.array([[east_m, north_m, up_m]]))
    return float(latitude[0]), float(longitude[0]), float(altitude[0])


class Report(msgspec.Struct, frozen=True):
    """What was written to a socket: the time its octets bear (or that it is received at), and when it was written."""

    drone: int
    observed_s: float
    written_s: float


class Flight:
    """`drones` drones, the first a fifth of them on the first feed and so on. Times are wall time, UTC seconds."""

    def __init__(self, drones: int, began_s: float, spread_s: float) -> None:
        self.drones, self._began_s, self._spread_s = drones, began_s, spread_s

    def feed(self, drone: int) -> str:
        """Which feed sees it."""
        return FEEDS[drone * len(FEEDS) // self.drones]

    def east_m(self, drone: int) -> float:
        """Its lane."""
        return (drone - (self.drones - 1) / 2.0) * LANE_M

    def north_m(self, drone: int, at_s: float) -> float:
        """How far north it is: it reaches the first zone 6 s after the beginning, or up to `spread_s` later."""
        late_s = 6.0 + self._spread_s * ((drone * 37) % self.drones) / self.drones
        return SPEED_MPS * (at_s - self._began_s - late_s)

    def octets(self, drone: int, at_s: float) -> tuple[bytes, float]:
        """Its report, and the time that it bears."""
        east_m, north_m = self.east_m(drone), self.north_m(drone, at_s)
        latitude, longitude, altitude = place_of(east_m, north_m, HEIGHT_M)
        return getattr(self, f"_{self.feed(drone).partition('-')[0]}")(drone, at_s, (latitude, longitude, altitude))

    def _radar(self, drone: int, at_s: float, place: tuple[float, float, float]) -> tuple[bytes, float]:
        east_m, north_m = self.east_m(drone), self.north_m(drone, at_s)
        range_m, azimuth_deg = math.hypot(east_m, north_m, HEIGHT_M), math.degrees(math.atan2(east_m, north_m)) % 360.0
        del place
        day_s = at_s % 86_400.0
        octets = enc.asterix_block(48, enc.plot_record(range_m / 1852.0, azimuth_deg, day_s))
        return octets, at_s - day_s + round(day_s * 128) / 128

    def _adsb(self, drone: int, at_s: float, place: tuple[float, float, float]) -> tuple[bytes, float]:
        pair = [enc.airborne_position(place[0], place[1], 1900, odd=odd) for odd in (False, True)]
        address = (0x4B0000 + drone).to_bytes(3, "big")
        frames = [ModeSFrame(message=enc.with_parity(one[:1] + address + one[4:11])) for one in pair]
        return b"".join(map(encode_beast, frames)), at_s

    def _rows(self, drone: int, at_s: float, place: tuple[float, float, float]) -> tuple[bytes, float]:
        del drone
        row = {
            "time_utc": iso_utc(at_s),
            "latitude_deg": place[0],
            "longitude_deg": place[1],
            "altitude_ellipsoid_m": place[2],
            "sigma_position_m": 8.0,
            "sigma_altitude_m": 10.0,
        }
        return json.dumps(row).encode(), at_s

    def _node(self, drone: int, at_s: float, place: tuple[float, float, float]) -> tuple[bytes, float]:
        report = sm.detection(at_s, object_id=f"{sm.OBJECT[:-4]}{drone:04d}", x=place[1], y=place[0], z=place[2])
        return encode_frame(report.SerializeToString()), at_s

    def _rid(self, drone: int, at_s: float, place: tuple[float, float, float]) -> tuple[bytes, float]:
        tenths = math.floor(at_s * 10.0)
        location = enc.location(place[0], place[1], altitude_m=place[2], tenths=tenths % 36_000, accuracy=0x44)
        return rx.octets(enc.basic_id(f"1588FIVE{drone:03d}"), location, transmitter=drone), tenths / 10.0


class Lines:
    """The other ends of the five feeds."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._adsb: list[asyncio.StreamWriter] = []
        self._node: asyncio.StreamWriter | None = None
        self._open = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Lines:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self._ports.of["adsb"])
        self._open.callback(server.close)
        self._open.callback(self._udp.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        for writer in (*self._adsb, *((self._node,) if self._node else ())):
            writer.close()
        await self._open.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._adsb.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await reader.read()

    async def join(self) -> None:
        """Connect the node, once the watch listens, and wait for the receiver's client."""
        async with asyncio.timeout(30.0):
            while self._node is None:
                try:
                    reader, self._node = await asyncio.open_connection("127.0.0.1", self._ports.of["node"])
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)
            self._node.write(encode_frame(sm.registration().SerializeToString()))
            await reader.read(1)
            while not self._adsb:  # noqa: ASYNC110 - the feed comes back after its own back-off
                await asyncio.sleep(0.05)

    def send(self, feed: str, octets: bytes) -> None:
        """Write one report to its feed's line."""
        if feed == "adsb":
            self._adsb[-1].write(octets)
        elif feed == "node":
            assert self._node is not None
            self._node.write(octets)
        else:
            self._udp.sendto(octets, ("127.0.0.1", self._ports.of[feed]))


async def fly(lines: Lines, drones: int, seconds: float, spread_s: float, told: Callable[[Report], None]) -> Flight:
    """Fly all drones for so long: each reports once a second, in turns. Tells what was written."""
    flight = Flight(drones, time.time(), spread_s)
    began_s, sent = time.time(), 0
    while (now_s := time.time()) < began_s + seconds:
        while sent < (now_s - began_s) * drones:
            drone = sent % drones
            octets, observed_s = flight.octets(drone, written_s := time.time())
            lines.send(flight.feed(drone), octets)
            told(Report(drone, observed_s, written_s))
            sent += 1
        await asyncio.sleep(1.0 / drones)
    return flight
