"""TLS on the links that have it: a TAK server, a broker, and who pushes."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import urllib.request
from pathlib import Path

import aiomqtt
import pytest
import trustme

from tests.feeds import mosquitto
from tests.feeds.conftest import SITE
from tests.feeds.said import scans
from tests.feeds.test_cot import FRIENDS, changed, taky
from tests.feeds.test_live import FEED_HEALTH, Heard, free_port, running
from tests.feeds.test_rows import NOW_S, ROW, TOKEN, opened, pushing
from vedette.clock import LiveClock, SimulatedClock
from vedette.errors import BadSite
from vedette.model import FeedState
from vedette.site import Site, load_site
from vedette.wire.cot import encode_event

KEYS = 'tls_certificate = "our.pem"\ntls_key = "our.key"\ntls_authority = "ca.pem"\n'
"""Of a site whose folder holds what `authority` makes."""


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """An authority of the site's own, with a certificate and key for 127.0.0.1."""
    ca = trustme.CA()
    ours = ca.issue_cert("127.0.0.1")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    ours.private_key_pem.write_to_path(tmp_path / "our.key")
    ours.cert_chain_pems[0].write_to_path(tmp_path / "our.pem")
    return ca


def client(trusted: trustme.CA, issuer: trustme.CA | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    trusted.configure_trust(context)
    if issuer is not None:
        issuer.issue_cert("sensor.example").configure_cert(context)
    return context


def site_of(folder: Path, sensor: str, source: str, url: str, keys: str = KEYS) -> Site:
    head = SITE.split("[[feed]]", 1)[0] + FRIENDS.split("[[feed]]", 1)[0]
    path = folder / "tls.toml"
    path.write_text(f'{head}[[feed]]\nsensor = "{sensor}"\nsource = "{source}"\nurl = "{url}"\n{keys}')
    return load_site(path)


async def is_down(site: Site, words: str) -> None:
    heard = Heard()
    async with running(site, heard, SimulatedClock(NOW_S)):
        await heard.until(lambda h: words in (h.health() or FEED_HEALTH).detail and h.is_in(FeedState.DOWN))


def test_a_tak_server_by_its_own_authority(tmp_path: Path, authority: trustme.CA) -> None:
    port, clock = free_port(socket.SOCK_STREAM), LiveClock()
    url = f"tls://127.0.0.1:{port}"
    tls = "enabled = yes\nca = ca.pem\ncert = our.pem\nkey = our.key"

    async def test() -> Heard:
        heard = Heard()
        async with running(site_of(tmp_path, "tak", "cot", url), heard, clock):
            await heard.until(opened)
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client(authority, authority))
            now_s = clock.now_s()
            for number in range(100):
                event = changed(uid=f"friend-{number}", time_s=now_s, start_s=now_s, stale_s=now_s + 300.0)
                writer.write(encode_event(event))
            await heard.until(lambda h: h.looks() >= 100)
            writer.close()
        await is_down(site_of(tmp_path, "tak", "cot", url, 'tls_authority = "ca.pem"\n'), "CERTIFICATE_REQUIRED")
        await is_down(site_of(tmp_path, "tak", "cot", url, ""), "CERTIFICATE_VERIFY_FAILED")
        return heard

    with taky(tmp_path, port, tls):
        heard = asyncio.run(test())
    assert len({scan.identity for scan in scans([one.body for one in heard.arrivals])}) == 100


@pytest.mark.skipif(mosquitto.PROGRAM is None, reason=mosquitto.ABSENT)
def test_a_broker_that_demands_certificates(tmp_path: Path, authority: trustme.CA) -> None:
    port = free_port(socket.SOCK_STREAM)
    url = f"mqtts://127.0.0.1:{port}/rows"
    files = [f"{key} {tmp_path / name}" for key, name in (("cafile", "ca.pem"), ("certfile", "our.pem"))]
    more = ("allow_anonymous true", *files, f"keyfile {tmp_path / 'our.key'}", "require_certificate true")

    async def test() -> None:
        heard = Heard()
        async with running(site_of(tmp_path, "mic", "mqtt", url), heard, SimulatedClock(NOW_S)):
            await heard.until(opened)
            async with aiomqtt.Client("127.0.0.1", port, tls_context=client(authority, authority)) as sensor:
                await sensor.publish("rows", ROW, qos=1)
            await heard.until(lambda h: h.looks() == 1)

    with mosquitto.broker(tmp_path, port, *more):
        asyncio.run(test())


def push(port: int, context: ssl.SSLContext | None, scheme: str = "https") -> dict[str, object] | str:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{scheme}://127.0.0.1:{port}/rows", ROW, {"Authorization": f"Bearer {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:  # noqa: S310 - loopback
            return dict(json.load(answer))
    except (OSError, ssl.SSLError) as error:
        return type(error).__name__


@pytest.mark.parametrize("demanded", [False, True])
def test_who_pushes_may_do_so_over_https(tmp_path: Path, authority: trustme.CA, *, demanded: bool) -> None:
    port = free_port(socket.SOCK_STREAM)
    (tmp_path / "token.txt").write_text(TOKEN + "\n")
    keys = 'token_file = "token.txt"\n' + (KEYS if demanded else KEYS.rsplit("tls_authority", 1)[0])
    site = site_of(tmp_path, "mic", "json", f"https://127.0.0.1:{port}/rows", keys)

    def act() -> list[object]:
        return [
            push(port, client(authority, authority)),
            push(port, client(authority)),
            push(port, client(trustme.CA())),
            push(port, None, "http"),
        ]

    (known, anonymous, wary, plain), heard = pushing(site, act)
    taken = {"accepted": 1, "rejected": {}}
    assert known == taken
    assert (anonymous == taken) is not demanded
    assert isinstance(wary, str)
    assert isinstance(plain, str)
    assert heard.looks() == (1 if demanded else 2)


@pytest.mark.parametrize(
    ("source", "url", "keys", "key"),
    [
        ("json", "https://127.0.0.1:8630/", "", "feed[0].tls_certificate"),
        ("json", "https://0.0.0.0:8630/", KEYS, "feed[0].token_file"),
        ("json", "http://127.0.0.1:8630/", 'tls_authority = "ca.pem"\n', "feed[0].tls_authority"),
        ("cot", "tls://127.0.0.1:8089", 'tls_certificate = "our.pem"\n', "feed[0].tls_certificate"),
        ("mqtt", "mqtts://127.0.0.1:8883/rows", 'tls_authority = "no.pem"\n', "feed[0].tls_authority"),
        ("mqtt", "mqtt://127.0.0.1:1883/rows", 'tls_authority = "ca.pem"\n', "feed[0].tls_authority"),
    ],
)
def test_faults_of_the_site_file(
    tmp_path: Path, authority: trustme.CA, source: str, url: str, keys: str, key: str
) -> None:
    with pytest.raises(BadSite) as caught:
        site_of(tmp_path, "mic", source, url, keys)
    assert [fault.key for fault in caught.value.faults] == [key]
