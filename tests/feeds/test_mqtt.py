"""MQTT through a real broker: mosquitto, started by the test on loopback and ended by its id."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import aiomqtt
import pytest

from tests.feeds import mosquitto
from tests.feeds import receivers as rx
from tests.feeds.conftest import SITE
from tests.feeds.mosquitto import broker
from tests.feeds.said import scans
from tests.feeds.test_live import FEED_HEALTH, NOW_S, ROW, Heard, free_port, keeping, running
from vedette.clock import SimulatedClock
from vedette.endpoint import parse_mqtt
from vedette.model import FeedState
from vedette.site import Site, load_site

pytestmark = pytest.mark.skipif(mosquitto.PROGRAM is None, reason=mosquitto.ABSENT)
SECRET = "a-long-enough-secret"  # noqa: S105 - a made-up one


def mqtt_site(tmp_path: Path, port: int, sensor: str = "mic", source: str = "mqtt", more: str = "") -> Site:
    head = SITE.split("[[feed]]", 1)[0]
    url = f"mqtt://127.0.0.1:{port}/sensors/%2B/rows" if source != "remote_id" else f"mqtt://127.0.0.1:{port}/scout/#"
    path = tmp_path / "mqtt.toml"
    path.write_text(f'{head}[[feed]]\nsensor = "{sensor}"\nsource = "{source}"\nurl = "{url}"\n{more}')
    return load_site(path)


def opened(heard: Heard) -> bool:
    return "open" in (heard.health() or FEED_HEALTH).detail


async def publish(port: int, *messages: bytes, topic: str = "sensors/roof/rows", retain: bool = False) -> None:
    async with aiomqtt.Client("127.0.0.1", port) as client:
        for message in messages:
            await client.publish(topic, message, qos=1, retain=retain)


def test_none_of_a_thousand_rows_is_lost(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    rows = [json.dumps(json.loads(ROW) | {"azimuth_true_deg": n * 0.36}).encode() for n in range(1000)]

    async def test() -> Heard:
        heard = Heard()
        async with running(mqtt_site(tmp_path, port), heard, SimulatedClock(NOW_S)):
            await heard.until(opened)
            await publish(port, *rows)
            await heard.until(lambda h: h.looks() >= 1000)
        return heard

    with broker(tmp_path, port):
        heard = asyncio.run(test())
    found = [scan.azimuth_true_rad for scan in scans([one.body for one in heard.arrivals])]
    azimuths = [float(azimuth[0]) for azimuth in found if azimuth is not None]
    assert len(azimuths) == len(set(azimuths)) == 1000
    assert azimuths == sorted(azimuths)


def test_garbage_is_counted_and_old_words_are_refused(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)

    async def test() -> None:
        before, heard, clock = Heard(), Heard(), SimulatedClock(NOW_S)
        async with running(mqtt_site(tmp_path, port), before, SimulatedClock(NOW_S)):
            await before.until(opened)
        await publish(port, ROW, retain=True)
        async with running(mqtt_site(tmp_path, port), heard, clock) as supervisor:
            await heard.until(opened)
            await publish(port, b"nonsense", b"\xff" * 100, b"", ROW)
            await publish(port, ROW, topic="sensors/roof/other")
            await publish(port, ROW)
            await heard.until(lambda h: h.looks() == 2)
            clock.set(NOW_S + 3.0)
            supervisor.poll()
            health = heard.health()
            assert health is not None
            assert health.rejected == {"bad_json": 2, "retained": 1}

    with broker(tmp_path, port):
        asyncio.run(test())


def test_a_broker_that_dies_is_found_again(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)

    async def test() -> None:
        heard = Heard()
        async with running(mqtt_site(tmp_path, port), heard, SimulatedClock(NOW_S)):
            await heard.until(lambda h: h.is_in(FeedState.DOWN))
            for count in (1, 2):
                with broker(tmp_path, port):
                    await heard.until(lambda h: opened(h) and not h.is_in(FeedState.DOWN))
                    await publish(port, ROW)
                    await heard.until(lambda h, count=count: h.looks() >= count)
                await heard.until(lambda h: h.is_in(FeedState.DOWN))
        assert "the broker is gone" in (heard.health() or FEED_HEALTH).detail

    asyncio.run(test())


def test_user_and_password_come_from_the_site_and_its_file(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(passwords), "vedette", SECRET], check=True, capture_output=True)
    (tmp_path / "secret.txt").write_text(SECRET + "\n")
    keys = 'user = "vedette"\npassword_file = "secret.txt"\n'

    async def test() -> None:
        for more, state in (("", FeedState.DOWN), (keys, FeedState.STARTING)):
            heard = Heard()
            async with running(mqtt_site(tmp_path, port, more=more), heard, SimulatedClock(NOW_S)):
                await heard.until(
                    lambda h, state=state: opened(h) if state is FeedState.STARTING else "refuses" in detail_of(h)
                )
                assert SECRET not in detail_of(heard)

    with broker(tmp_path, port, "allow_anonymous false", f"password_file {passwords}"):
        asyncio.run(test())


def detail_of(heard: Heard) -> str:
    return (heard.health() or FEED_HEALTH).detail


def test_remote_id_from_a_receiver(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    kept: list[bytes] = []

    async def test() -> Heard:
        heard = Heard()
        site = mqtt_site(tmp_path, port, "rid", "remote_id")
        async with running(site, heard, SimulatedClock(NOW_S), keeping(kept)):
            await heard.until(opened)
            await publish(port, rx.STATUS, rx.SOMEBODYS, rx.structure() + rx.STATUS, topic="scout/ds240")
            await heard.until(lambda h: h.looks() == 1)
        return heard

    with broker(tmp_path, port):
        heard = asyncio.run(test())
    assert heard.rejected() == {"not_remote_id"}
    assert b"6e7f" not in b"".join(kept)


def test_urls() -> None:
    assert parse_mqtt("mqtt://broker.example/a/b") == ("mqtt", "broker.example", 1883, "a/b")
    assert parse_mqtt("mqtts://[::1]:8884/rows/%23") == ("mqtts", "::1", 8884, "rows/#")
    for url in ("mqtt://broker.example", "mqtt://:1883/a", "mqtt://broker.example:99999/a"):
        with pytest.raises(ValueError, match="mqtt://host:port/topic"):
            parse_mqtt(url)


def test_without_aiomqtt_the_feed_says_so(tmp_path: Path) -> None:
    site = mqtt_site(tmp_path, 1883)
    script = f"""
import sys
sys.modules["aiomqtt"] = None
import asyncio
from pathlib import Path
from vedette.feeds.mqtt import subscribe
from vedette.site import load_site
try:
    asyncio.run(subscribe(load_site(Path({str(tmp_path / "mqtt.toml")!r})).feeds[0], None, 60.0))
except ValueError as error:
    print(error)
"""
    assert site.feeds[0].source == "mqtt"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "MQTT needs the package aiomqtt: install vedette[mqtt]"
