"""JSON documents out, against their published schema, and through a real broker."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiomqtt
import jsonschema
import pytest

from tests.feeds import mosquitto
from tests.feeds.mosquitto import broker
from tests.feeds.test_links_tls import authority, client
from tests.feeds.test_live import free_port
from tests.outputs.scene import ALL_FIELDS, NOW_S, alert, cleared, moment, output, released, site_of, track
from vedette.model import Dispatched, FeedState, Origin, Package, Parcel
from vedette.outputs import Outbox
from vedette.outputs.documents import BrokerEncoder
from vedette.outputs.outbox import Terms
from vedette.outputs.release import Release
from vedette.outputs.seam import Context
from vedette.site import Site
from vedette.wire.documents import schema_text

__all__ = ["authority"]  # a fixture
PUBLISHED = Path(__file__).parents[2] / "docs/schema/output.schema.json"
SCHEMA: dict[str, Any] = json.loads(PUBLISHED.read_text())
CHECK = jsonschema.Draft202012Validator(SCHEMA)
SECRET = "a-long-enough-secret"  # noqa: S105 - a made-up one
HAS_BROKER = pytest.mark.skipif(mosquitto.PROGRAM is None, reason=mosquitto.ABSENT)


def test_the_schema_is_the_published_one() -> None:
    assert PUBLISHED.read_text() == schema_text(), "python -m vedette.wire.documents > docs/schema/output.schema.json"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def told(folder: Path, rule: str, origin: Origin = Origin.LIVE) -> list[Parcel]:
    """All that is told of a track and an alert that come and go."""
    site = site_of(folder, rule + output("mqtt", "mqtt://127.0.0.1:1883/vedette"))
    out = site.outputs[0]
    release = Release(out.release, site, origin)
    encoder = BrokerEncoder(Context(site=site, output=out, origin=origin, now_s=lambda: NOW_S))
    parcels = [*encoder.greet(NOW_S), encoder.will()]
    one = alert()
    for at_s, tracks, alerts in (
        (NOW_S, (track(1, NOW_S),), (one,)),
        (NOW_S + 3.0, (track(1, NOW_S + 3.0),), (one,)),
        (NOW_S + 6.0, (), (cleared(one, NOW_S + 6.0),)),
    ):
        seen = moment(at_s, *tracks, alerts=alerts)
        packages: list[Package] = list(release.see(seen.picture, seen.alerts, at_s))
        parcels += [parcel for package in packages for parcel in encoder.parcels(package)]
    return parcels


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("fields", [ALL_FIELDS, (), ("altitude", "class")], ids=len)
def test_each_document_keeps_the_schema_and_says_its_origin(
    tmp_path: Path, fields: tuple[str, ...], origin: Origin
) -> None:
    documents = [json.loads(parcel.octets) for parcel in told(tmp_path, released(fields), origin) if parcel.octets]
    assert {one["kind"] for one in documents} == {"track", "track_end", "alert", "status"}
    for document in documents:
        CHECK.validate(document)
        assert (document["site"], document["origin"]) == ("test", origin.value)


def test_what_a_document_says(tmp_path: Path) -> None:
    parcels = told(tmp_path, released())
    first, second = (json.loads(parcel.octets) for parcel in parcels if parcel.kind == "track")
    assert (first["track"], first["time_utc"], first["status"]) == (
        "test-T-0001",
        "2023-11-14T22:13:20.000Z",
        "confirmed",
    )
    assert (first["class"], first["p_class"], first["p_classes"]["uav_rotary"]) == ("uav_rotary", 0.75, 0.75)
    assert (first["identity"], first["cooperation"], first["callsign"]) == ("rid:1588TEST7", "claimed", "TESTER")
    assert (first["sigma_position_m"], first["sigma_altitude_m"]) == (12.5, 8.5)
    assert first["sensors"]["radar-1"] == "2023-11-14T22:13:19.600Z"
    assert first["impact"]["place"] == "inside"
    assert first["past"] == []
    assert [point["time_utc"] for point in second["past"]] == [first["time_utc"]]
    raised, over = (json.loads(parcel.octets) for parcel in parcels if parcel.kind == "alert")
    assert (raised["state"], raised["test"], raised["time_to_s"]) == ("raised", False, 3.5)
    assert (over["state"], over["cleared_why"], "latitude_deg" in over) == ("cleared", "now classed bird", False)


def test_what_the_broker_keeps_and_forgets(tmp_path: Path) -> None:
    kept = [(parcel.topic, parcel.keep, bool(parcel.octets)) for parcel in told(tmp_path, released())]
    assert kept == [
        ("status", True, True),
        ("status", True, True),
        ("tracks/test-T-0001", False, True),
        ("alerts/test-A-0001", True, True),
        ("tracks/test-T-0001", False, True),
        ("tracks/test-T-0001", False, True),
        ("alerts/test-A-0001", False, True),
        ("alerts/test-A-0001", True, False),
    ]


class Listener:
    """A subscriber that keeps what it hears."""

    def __init__(self, port: int, context: Any = None, user: str | None = None) -> None:
        self.client = aiomqtt.Client(
            "127.0.0.1", port, tls_context=context, username=user, password=SECRET if user else None
        )
        self.heard: list[tuple[str, bytes, bool]] = []

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30.0):
            while not condition():
                message = await anext(aiter(self.client.messages))
                self.heard.append((str(message.topic), bytes(message.payload), bool(message.retain)))

    def about(self, topic: str) -> list[bytes]:
        return [octets for one, octets, _ in self.heard if one == topic]

    def states(self) -> list[str]:
        return [json.loads(octets)["state"] for octets in self.about("site/a b/status")]


def outbox_of(site: Site, note: Callable[[Any], None] = lambda _: None) -> Outbox:
    return Outbox(
        Terms(
            site=site, origin=Origin.LIVE, note=note, now_s=lambda: NOW_S, rng=random.Random(1), back_off_s=(0.01, 0.05)
        )
    )


def url(port: int, scheme: str = "mqtt") -> str:
    return f"{scheme}://127.0.0.1:{port}/site/a%20b"


@HAS_BROKER
def test_through_a_broker_none_of_a_thousand_is_lost(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = site_of(tmp_path, released() + output("mqtt", url(port)))

    async def test() -> None:
        told, one, first = Told(), alert(), alert(7)
        outbox = outbox_of(site, told)
        async with outbox.open():
            outbox.hand(moment(NOW_S - 1.0, alerts=(first,)))
            await told.some()
            outbox.hand(moment(NOW_S - 0.5, alerts=(cleared(first, NOW_S),)))
            listener = Listener(port)
            async with listener.client:
                await listener.client.subscribe("site/a b/#", qos=1)
                await listener.until(lambda: listener.states()[:1] == ["online"])
                outbox.hand(moment(NOW_S, *(track(n) for n in range(1, 1001)), alerts=(one,)))
                await listener.until(lambda: sum("/tracks/" in topic for topic, _, _ in listener.heard) == 1000)
                late = Listener(port)
                async with late.client:
                    await late.client.subscribe("site/a b/#", qos=1)
                    await late.until(lambda: len(late.heard) == 2)
                assert {(topic, retained) for topic, _, retained in late.heard} == {
                    ("site/a b/status", True),
                    ("site/a b/alerts/test-A-0001", True),
                }
                outbox.hand(moment(NOW_S + 1.0, alerts=(cleared(one, NOW_S + 1.0),)))
                await listener.until(lambda: b"" in listener.about("site/a b/alerts/test-A-0001"))
        late = Listener(port)
        async with late.client:
            await late.client.subscribe("site/a b/#", qos=1)
            await late.until(lambda: bool(late.heard))
            assert late.states() == ["offline"], "we went in order, and said so; the alert is forgotten"
        names = {json.loads(octets)["track"] for topic, octets, _ in listener.heard if "/tracks/" in topic}
        assert names == {f"test-T-{n:04d}" for n in range(1, 1001)}
        for _, octets, _ in listener.heard:
            if octets:
                CHECK.validate(json.loads(octets))

    with broker(tmp_path, port):
        asyncio.run(test())


class Told:
    """What the record is told, to wait for."""

    def __init__(self) -> None:
        self.noted: list[Dispatched] = []
        self._some = asyncio.Event()

    def __call__(self, word: Dispatched) -> None:
        self.noted.append(word)
        self._some.set()

    async def some(self) -> None:
        """Return when something has been sent: the broker is there."""
        await asyncio.wait_for(self._some.wait(), 30.0)


@HAS_BROKER
def test_one_that_is_cut_off_is_said_to_be_gone(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    script = f"""
import asyncio, random, sys
from vedette.model import Origin
from vedette.outputs import Outbox, Terms
from vedette.site import load_site
async def main():
    outbox = Outbox(Terms(site=load_site({str(tmp_path / "test.toml")!r}), origin=Origin.LIVE, note=print,
                          now_s=lambda: 1.0, rng=random.Random(1)))
    async with outbox.open():
        await asyncio.Event().wait()
asyncio.run(main())
"""
    site = site_of(tmp_path, released() + output("mqtt", url(port)))

    async def test() -> None:
        told = Told()
        outbox = outbox_of(site, told)
        async with outbox.open():
            outbox.hand(moment(NOW_S, alerts=(alert(),)))
            await told.some()
        listener = Listener(port)
        async with listener.client:
            await listener.client.subscribe("site/a b/status", qos=1)
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
            try:
                await listener.until(lambda: listener.states() == ["offline", "online"])
            finally:
                process.kill()
                await process.wait()
            await listener.until(lambda: listener.states() == ["offline", "online", "offline"])

    with broker(tmp_path, port):
        asyncio.run(test())


@HAS_BROKER
def test_with_a_password_and_tls(tmp_path: Path, authority: Any) -> None:
    port = free_port(socket.SOCK_STREAM)
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(passwords), "vedette", SECRET], check=True, capture_output=True)
    (tmp_path / "secret.txt").write_text(SECRET + "\n")
    files = [f"{key} {tmp_path / name}" for key, name in (("cafile", "ca.pem"), ("certfile", "our.pem"))]
    more = ("allow_anonymous false", f"password_file {passwords}", *files, f"keyfile {tmp_path / 'our.key'}")
    keys = 'user = "vedette"\npassword_file = "secret.txt"\ntls_authority = "ca.pem"\n'
    site = site_of(tmp_path, released() + output("mqtt", url(port, "mqtts"), keys))

    async def test() -> None:
        told = Told()
        outbox = outbox_of(site, told)
        async with outbox.open():
            outbox.hand(moment(NOW_S, track(), alerts=(alert(),)))
            await told.some()
            assert outbox.health()[0].state is FeedState.LIVE
            listener = Listener(port, client(authority), "vedette")
            async with listener.client:
                await listener.client.subscribe("site/a b/alerts/+", qos=1)
                await listener.until(lambda: bool(listener.heard))

    with broker(tmp_path, port, *more):
        asyncio.run(test())
