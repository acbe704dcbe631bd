"""Feeds follow a changed site: those it says nothing new of do not notice, the rest is opened as it is now."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from tests.feeds.test_live import NOW_S, ROW, Heard, free_port, live_site, running, send
from vedette.clock import SimulatedClock
from vedette.model import FeedHealth, FeedState
from vedette.site import Site, load_site


def feed(sensor: str, port: int) -> str:
    return f'[[feed]]\nid = "{sensor}-rows"\nsensor = "{sensor}"\nsource = "json"\nurl = "udp://127.0.0.1:{port}"\n'


def site_of(folder: Path, first: int, *more: str) -> Site:
    return live_site(folder, "mic", "json", f"udp://127.0.0.1:{first}", "".join(more))


def messages(heard: Heard, name: str) -> int:
    found = [one.body for one in heard.arrivals if isinstance(one.body, FeedHealth) and one.body.feed == name]
    return found[-1].messages if found else 0


def states(heard: Heard, name: str) -> list[FeedState]:
    return [one.body.state for one in heard.arrivals if isinstance(one.body, FeedHealth) and one.body.feed == name]


def test_a_feed_that_is_the_same_goes_on_and_the_others_follow(tmp_path: Path) -> None:
    kept, moved, there, new = (free_port(socket.SOCK_DGRAM) for _ in range(4))

    async def fly() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        async with running(site_of(tmp_path, kept, feed("radar-1", moved)), heard, clock) as supervisor:
            await heard.until(lambda h: len(states(h, "mic")) > 0 and len(states(h, "radar-1-rows")) > 0)
            await spoken(heard, clock, "mic", kept, 1)
            await supervisor.follow(site_of(tmp_path, kept, feed("radar-1", there), feed("adsb", new)))
            assert states(heard, "radar-1-rows")[-1] is FeedState.ENDED
            await spoken(heard, clock, "mic", kept, 2)
            assert FeedState.ENDED not in states(heard, "mic")
            await spoken(heard, clock, "radar-1-rows", there, 1)
            await spoken(heard, clock, "adsb-rows", new, 1)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind(("127.0.0.1", moved))  # the port that was left is free
            await supervisor.follow(site_of(tmp_path, kept))
            assert states(heard, "adsb-rows")[-1] is FeedState.ENDED
            await spoken(heard, clock, "mic", kept, 3)

    asyncio.run(fly())


async def spoken(heard: Heard, clock: SimulatedClock, name: str, port: int, least: int) -> None:
    """Send until the feed has counted so many messages: a socket that is not open yet takes none."""
    async with asyncio.timeout(10.0):
        while messages(heard, name) < least:
            send(port, ROW)
            clock.set(clock.now_s() + 2.5)
            await asyncio.sleep(0.02)


def test_a_feed_whose_sensor_changed_is_opened_anew(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)

    async def fly() -> None:
        heard, clock = Heard(), SimulatedClock(NOW_S)
        before = site_of(tmp_path, port)
        async with running(before, heard, clock) as supervisor:
            await spoken(heard, clock, "mic", port, 1)
            path = tmp_path / "live.toml"
            path.write_text(path.read_text().replace('id = "mic"', 'id = "mic"\nname = "Mast"', 1))
            await supervisor.follow(load_site(path))
            assert states(heard, "mic")[-1] is FeedState.ENDED
            heard.arrivals.clear()
            await spoken(heard, clock, "mic", port, 1)
            assert states(heard, "mic")[-1] is FeedState.LIVE

    asyncio.run(fly())
