"""Detections pushed by home-made sensors: HTTP, WebSocket, MQTT; pictures; and the example client."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.feeds.conftest import SITE
from tests.feeds.said import scans
from tests.feeds.test_live import FEED_HEALTH, NOW_S, ROW, Heard, free_port, running
from vedette.clock import SimulatedClock
from vedette.errors import BadSite
from vedette.feeds.http import MAX_BODY_BYTES, parse_http
from vedette.feeds.rows import RowSource
from vedette.model import FeedState, Rejected
from vedette.site import Site, load_site

TOKEN = "a-long-enough-secret"  # noqa: S105 - a made-up one
EXAMPLE = Path(__file__).parents[2] / "examples/acoustic_sensor.py"


def opened(heard: Heard) -> bool:
    return "open" in (heard.health() or FEED_HEALTH).detail


def http_site(tmp_path: Path, port: int, more: str = "") -> Site:
    head = SITE.split("[[feed]]", 1)[0]
    feed = f'[[feed]]\nsensor = "mic"\nsource = "json"\nurl = "http://127.0.0.1:{port}/rows"\n'
    path = tmp_path / "http.toml"
    path.write_text(head + feed + more)
    return load_site(path)


def post(port: int, body: bytes, path: str = "/rows", **headers: str) -> tuple[int, dict[str, Any]]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, names)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def pushing(site: Site, act: Callable[[], Any], heard: Heard | None = None) -> tuple[Any, Heard]:
    """Run the site's feeds while `act` runs in a thread."""
    heard = heard or Heard()

    async def test() -> Any:
        clock = SimulatedClock(NOW_S)
        async with running(site, heard, clock) as supervisor:
            await heard.until(opened)
            done = await asyncio.to_thread(act)
            clock.set(NOW_S + 3.0)
            supervisor.poll()
            return done

    return asyncio.run(test()), heard


def test_posted_rows_are_answered_one_by_one(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    nothing = b'{"time_utc": "yesterday"}'

    def act() -> list[tuple[int, dict[str, Any]]]:
        return [
            post(port, ROW),
            post(port, ROW + b"\n" + ROW + b"\n" + nothing),
            post(port, b"[" + ROW + b"," + nothing + b", 7]"),
            post(port, json.dumps(json.loads(ROW), indent=2).encode()),
            post(port, nothing),
            post(port, b""),
        ]

    answers, heard = pushing(http_site(tmp_path, port), act)
    assert answers == [
        (200, {"accepted": 1, "rejected": {}}),
        (200, {"accepted": 2, "rejected": {"bad_time": 1}}),
        (200, {"accepted": 1, "rejected": {"bad_time": 1, "bad_json": 1}}),
        (200, {"accepted": 1, "rejected": {}}),
        (400, {"accepted": 0, "rejected": {"bad_time": 1}}),
        (200, {"accepted": 0, "rejected": {}}),
    ]
    assert heard.looks() == 5
    health = heard.health()
    assert health is not None
    assert (health.state, health.messages) == (FeedState.LIVE, 5)
    assert health.rejected == {"bad_time": 3, "bad_json": 1}


def test_who_may_push(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    (tmp_path / "token.txt").write_text(TOKEN + "\n")
    site = http_site(tmp_path, port, 'token_file = "token.txt"\n')

    def act() -> list[int]:
        good = f"Bearer {TOKEN}"
        return [
            post(port, ROW)[0],
            post(port, ROW, Authorization="Bearer wrong-enough-secret")[0],
            post(port, ROW, Authorization=good)[0],
            post(port, ROW, Authorization=good, Origin="https://elsewhere.example")[0],
            post(port, ROW, path="/other", Authorization=good)[0],
            post(port, b"x" * (MAX_BODY_BYTES + 1), Authorization=good)[0],
        ]

    statuses, heard = pushing(site, act)
    assert statuses == [401, 401, 200, 403, 404, 413]
    assert heard.looks() == 1
    health = heard.health()
    assert health is not None
    assert health.rejected == {"bad_token": 2, "web_page": 1, "too_long": 1}


def test_only_post(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)

    def act() -> int:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/rows", timeout=10)
        refused.value.close()
        return refused.value.code

    assert pushing(http_site(tmp_path, port), act)[0] == 405


def test_what_the_watch_cannot_take_is_to_be_sent_again(tmp_path: Path) -> None:
    port, heard = free_port(socket.SOCK_STREAM), Heard()
    heard.takes = False
    answer, _ = pushing(http_site(tmp_path, port), lambda: post(port, ROW), heard)
    assert answer == (503, {"accepted": 1, "rejected": {}, "shed": 1})
    health = heard.health()
    assert health is not None
    assert health.shed == 1


def test_over_a_websocket(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    (tmp_path / "token.txt").write_text(TOKEN)
    site = http_site(tmp_path, port, 'token_file = "token.txt"\n')
    url = f"ws://127.0.0.1:{port}/rows"

    async def test() -> None:
        heard = Heard()
        async with running(site, heard, SimulatedClock(NOW_S)):
            await heard.until(opened)
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with websockets.connect(url, additional_headers=headers) as line:
                await line.send(ROW.decode())
                assert json.loads(await line.recv()) == {"accepted": 1, "rejected": {}}
                await line.send(ROW + b"\nnonsense")
                assert json.loads(await line.recv()) == {"accepted": 1, "rejected": {"bad_json": 1}}
            for wrong in ({}, headers | {"Origin": "https://elsewhere.example"}):
                with pytest.raises(websockets.InvalidStatus):
                    await websockets.connect(url, additional_headers=wrong)
        assert heard.looks() == 2

    asyncio.run(test())


def test_an_address_that_is_taken_is_tried_again(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        async def test() -> None:
            heard = Heard()
            async with running(http_site(tmp_path, port), heard, SimulatedClock(NOW_S)):
                await heard.until(lambda h: h.is_in(FeedState.DOWN))
                other.close()
                await heard.until(opened)
                assert (await asyncio.to_thread(post, port, ROW))[0] == 200

        asyncio.run(test())


def test_a_token_file_that_is_no_good(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    for text, words in (("short", "at least"), (None, "cannot be read")):
        if text is not None:
            (tmp_path / "token.txt").write_text(text)
        else:
            (tmp_path / "token.txt").unlink()
        site = http_site(tmp_path, port, 'token_file = "token.txt"\n')

        async def test(site: Site = site, words: str = words) -> None:
            heard = Heard()
            async with running(site, heard, SimulatedClock(NOW_S)):
                await heard.until(lambda h: words in (h.health() or FEED_HEALTH).detail)
                assert "short" not in (heard.health() or FEED_HEALTH).detail.replace("too short", "")

        asyncio.run(test())


@pytest.mark.parametrize(
    ("feed", "key"),
    [
        ('url = "http://0.0.0.0:8630/"', "feed[0].token_file"),
        ('url = "http://sensors.example:8630/"', "feed[0].token_file"),
        ('url = "http://127.0.0.1/"', "feed[0].url"),
        ('url = "udp://127.0.0.1:8630"\ntoken_file = "t"', "feed[0].token_file"),
        ('url = "udp://127.0.0.1:8630"\npassword_file = "t"', "feed[0].password_file"),
        ('url = "mqtt://127.0.0.1:1883"', "feed[0].url"),
        ('url = "serial://ttyUSB0"', "feed[0].url"),
    ],
)
def test_faults_of_the_site_file(tmp_path: Path, feed: str, key: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(SITE.split("[[feed]]", 1)[0] + f'[[feed]]\nsensor = "mic"\nsource = "json"\n{feed}\n')
    with pytest.raises(BadSite) as caught:
        load_site(path)
    assert [fault.key for fault in caught.value.faults] == [key]


def test_secrets_are_named_from_the_site_files_folder(tmp_path: Path) -> None:
    site = http_site(tmp_path, 8630, 'token_file = "token.txt"\n')
    assert site.feeds[0].token_file == str(tmp_path / "token.txt")
    assert parse_http("http://[::1]:8630") == ("::1", 8630, "/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://cameras.example/1.jpg", None),
        ("http://CAMERAS.example:8080/1.jpg?x=1", None),
        ("https://elsewhere.example/1.jpg", "image_host"),
        ("https://cameras.example.elsewhere.example/", "image_host"),
        ("https://cameras.example@elsewhere.example/", "bad_image"),
        ("javascript:alert(1)", "bad_image"),
        ("file:///etc/passwd", "bad_image"),
        ("https://cameras.example/" + "x" * 500, "bad_image"),
        ("https://cameras.example/\n", "bad_image"),
        ("https://[cameras", "bad_image"),
        (7, "bad_image"),
    ],
)
def test_a_picture_is_on_a_host_of_the_sites_list(url: object, reason: str | None) -> None:
    source = RowSource("mic", ("cameras.example",))
    row = json.loads(ROW) | {"image_url": url}
    (body,) = source.message(json.dumps(row).encode(), NOW_S)
    if reason is None:
        (scan,) = scans([body])
        assert scan.image_url == (url,)
    else:
        assert isinstance(body, Rejected)
        assert body.reason == reason


def test_pictures_stay_with_their_detections() -> None:
    source = RowSource("mic", ("cameras.example",))
    rows = [json.loads(ROW) | {"scan": "1"} for _ in range(3)]
    rows[1]["image_url"] = "https://cameras.example/1.jpg"
    list(source.message(json.dumps(rows).encode(), NOW_S))
    (scan,) = scans(list(source.flush()))
    assert scan.image_url == (None, "https://cameras.example/1.jpg", None)


def test_the_example_client(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    assert len(EXAMPLE.read_text().splitlines()) == 20

    def act() -> str:
        command = [sys.executable, str(EXAMPLE), f"http://127.0.0.1:{port}/rows", "3", "0"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    printed, heard = pushing(http_site(tmp_path, port), act)
    assert printed.splitlines() == ['{"accepted": 1, "rejected": {}}'] * 3
    assert heard.looks() == 3
