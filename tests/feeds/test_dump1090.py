"""dump1090-mutability (Debian has it) as a real receiver: what it makes of our frames, by each of its outputs."""

from __future__ import annotations

import asyncio
import shutil
import socket
from pathlib import Path

import pytest

from tests.feeds.test_live import Heard, free_port, live_site, running
from tests.wire import encoders as enc
from vedette.clock import LiveClock
from vedette.model import CooperativeReport, Look
from vedette.wire.beast import ModeSFrame, encode_beast

PROGRAM = shutil.which("dump1090-mutability")
PORTS = ("net-ri-port", "net-ro-port", "net-sbs-port", "net-bi-port", "net-bo-port")


def frames() -> bytes:
    """An airliner, by its name and two halves of its position."""
    messages = [enc.callsign(), *(enc.airborne_position(49.1, 2.6, 5000, odd=odd) for odd in (False, True))]
    return b"".join(encode_beast(ModeSFrame(message=one, ticks=12_000_000 + n)) for n, one in enumerate(messages * 3))


def is_there(heard: Heard) -> bool:
    """Whether the airliner is seen under its address, and called by its name."""
    bodies = [one.body for one in heard.arrivals]
    placed = {name for body in bodies if isinstance(body, Look) for name in body.scan.identity or ()}
    named = {body.callsign for body in bodies if isinstance(body, CooperativeReport)}
    return placed == {"icao:4840D6"} and "KLM1023" in named


@pytest.mark.skipif(PROGRAM is None, reason="dump1090-mutability is not installed (Debian has it)")
@pytest.mark.parametrize(
    ("source", "output"),
    [("beast", "net-bo-port"), ("avr", "net-ro-port"), ("sbs", "net-sbs-port"), ("aircraft_json", None)],
)
def test_a_real_receiver_is_heard_by_each_of_its_outputs(source: str, output: str | None, tmp_path: Path) -> None:
    ports = {option: free_port(socket.SOCK_STREAM) for option in PORTS}
    url = f"file:{tmp_path}/aircraft.json" if output is None else f"tcp://127.0.0.1:{ports[output]}"
    site = live_site(tmp_path, "adsb", source, url)
    options = [word for option, port in ports.items() for word in (f"--{option}", str(port))]
    net = ["--net-only", "--net-bind-address", "127.0.0.1", "--quiet", "--write-json", str(tmp_path)]

    async def test() -> None:
        assert PROGRAM is not None
        heard = Heard()
        receiver = await asyncio.create_subprocess_exec(
            PROGRAM, *net, *options, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with running(site, heard, LiveClock()):
                await heard.until(lambda h: any(getattr(a.body, "detail", "").startswith("open") for a in h.arrivals))
                _, writer = await asyncio.open_connection("127.0.0.1", ports["net-bi-port"])
                writer.write(frames())
                await writer.drain()
                await heard.until(is_there)
                writer.close()
        finally:
            receiver.terminate()
            await receiver.wait()

    asyncio.run(test())
