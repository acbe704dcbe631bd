"""One operator's position, id and words followed through a whole running watch: they are in nothing that it says.

The drone's own Remote ID raises an alert and an incident. Then everything is read: each GET of the API by a viewer and
by an auditor, both forms of the stream, every paper, command and export of an incident, what partners were sent, and
what was printed. What holds them is told apart: the record and the captured bytes, until `[privacy]` erases them.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets.sync.client

from tests.access.quick import CHEAP, PASSWORD, PEOPLE
from tests.conftest import MANDATE_TOML
from tests.feeds import mosquitto
from tests.feeds import receivers as rx
from tests.outputs.partners import Broker, Partner, TcpListener
from tests.outputs.scene import released
from tests.watch.driving import Running, running, vedette
from tests.watch.test_live import Sender, free_port
from tests.watch.test_privacy import everything_written, remote_id_site
from tests.wire import encoders as enc
from vedette.access import UserFile, new_user
from vedette.console.rights import ROUTES
from vedette.report import FORMATS

pytestmark = pytest.mark.slow

LATITUDE_DEG, LONGITUDE_DEG = 36.2193717, 43.9171393
OPERATOR, WORDS = "IRQ4711orchardgate", "Orchard-4711"
DRONE = "rid:1588TEST0001"
SECRETS = (
    b"36.2193", b"43.9171", OPERATOR.encode(), OPERATOR[:8].encode(), WORDS.encode(),
    *(struct.pack(form, number) for form in ("<d", ">d") for number in (LATITUDE_DEG, LONGITUDE_DEG)),
    *(struct.pack("<i", round(number * 1e7)) for number in (LATITUDE_DEG, LONGITUDE_DEG)),
    *(struct.pack("<i", round(number * 1e7)).hex().encode() for number in (LATITUDE_DEG, LONGITUDE_DEG)),
)  # fmt: skip
API = "/api/v1"


def said(number: int) -> bytes:
    """The drone comes closer; its operator stands at one place."""
    return rx.octets(
        enc.basic_id(),
        enc.location(36.2376, 43.9700 - number * 1e-5, altitude_m=450.0, speed_mps=9.0),
        enc.self_id(WORDS),
        enc.system(LATITUDE_DEG, LONGITUDE_DEG, altitude_m=431.5),
        enc.operator_id(OPERATOR),
    )


def leaks(octets: bytes | str) -> set[bytes]:
    """Which of the secrets are in it."""
    octets = octets.encode() if isinstance(octets, str) else octets
    return {secret for secret in SECRETS if secret in octets}


@contextmanager
def hearing(partner: Partner) -> Iterator[Partner]:
    """A partner in a loop of its own thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(partner.start(), loop).result(30.0)
    try:
        yield partner
    finally:
        asyncio.run_coroutine_threadsafe(partner.stop(), loop).result(30.0)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30.0)
        loop.close()


@contextmanager
def taking() -> Iterator[tuple[str, list[bytes]]]:
    """Where webhooks are posted to, and what came."""
    heard: list[bytes] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(str(self.headers).encode() + self.rfile.read(int(self.headers["content-length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", heard
    finally:
        server.shutdown()
        thread.join(30.0)
        server.server_close()


def out(name: str, kind: str, url: str, more: str = "") -> str:
    return f'[[output]]\nid = "{name}"\npartner = "{name}"\nkind = "{kind}"\nurl = "{url}"\nrelease = "all"\n{more}\n'


def people(data: Path) -> None:
    for name, (role, roles) in PEOPLE.items():
        user = new_user(name, role, roles, CHEAP.hash(PASSWORD), 1.0, must_change=False)
        UserFile(data).change(lambda users, user=user: users.add(user, "a test"))  # type: ignore[misc]


def entered(stack: ExitStack, watch: Running, name: str) -> httpx.Client:
    client = stack.enter_context(httpx.Client(base_url=watch.address, trust_env=False, timeout=30.0))
    answer = client.post(f"{API}/session", json={"name": name, "password": PASSWORD})
    client.headers["x-vedette-csrf"] = answer.json()["csrf"]
    return client


def until(client: httpx.Client, path: str, wanted: Any) -> Any:
    for _ in range(3000):
        answer = client.get(path).json()
        if wanted(answer):
            return answer
        threading.Event().wait(0.02)
    raise AssertionError(f"{path} never became what was waited for: {answer}")


def sending(health: dict[str, Any]) -> set[str]:
    return {one["output"] for one in health["outputs"] if one["sent"]}


def addresses(client: httpx.Client) -> Iterator[str]:
    """Every GET of the API, with what there is in its places."""
    there = {
        "incident_id": [one["id"] for one in client.get(f"{API}/incidents").json()["incidents"]],
        "track_id": [one["track"] for one in client.get(f"{API}/tracks").json()["tracks"]],
        "sha256": [client.get(f"{API}/site").json()["sha256"]],
    }
    times = "since=2020-01-01T00:00:00Z&until=2099-01-01T00:00:00Z"
    span = client.get(f"{API}/history/span").json()
    piece = f"since={span['first_utc']}&until={span['last_utc']}"
    queries = {
        "history/points": piece, "history/picture": f"at={span['last_utc']}", "history/alerts": times,
        "history/detections": f"incident={there['incident_id'][0]}&{piece}",
        "log": "kind=cooperative_seen", "record/events": "kind=cooperative_seen",
    }  # fmt: skip
    for route in ROUTES:
        method, path = route.split(" ")
        if method != "GET" or "{file_path}" in path:
            continue
        query = queries.get(path.removeprefix(f"{API}/"))
        found = [path]
        for place, names in there.items():
            found = [one.replace(f"{{{place}}}", name) for one in found for name in names]
        for one in found:
            yield re.sub(r"\{\w+\}", "x", one) + (f"?{query}" if query else "")
    yield f"{API}/log"
    yield f"{API}/record/events?who={DRONE}"
    yield f"{API}/tracks/nobody"


def streamed(client: httpx.Client, watch: Running) -> str:
    """Some of both forms of the stream."""
    cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    heard = ""
    for form, words in (("", ""), ("?form=delta", json.dumps({"watch": [TRACK]}))):
        address = watch.address.replace("http", "ws") + f"{API}/stream{form}"
        with websockets.sync.client.connect(address, additional_headers={"cookie": cookie}) as socket:
            if words:
                socket.send(words)
            for _ in range(12):
                text = str(socket.recv(10.0))
                heard += text
                if form:
                    socket.send(json.dumps({"have": json.loads(text)["seq"]}))
    return heard


TRACK = "test-T-0001"


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, int]:
    port = free_port()
    return remote_id_site(tmp_path, f"udp://127.0.0.1:{port}"), port


def test_an_operator_is_in_nothing_that_a_watch_says(tmp_path: Path, site: tuple[Path, int]) -> None:
    path, port = site
    data, caps = tmp_path / "data", tmp_path / "caps"
    caps.mkdir()
    (tmp_path / "hook.secret").write_text("a secret of ours\n")
    with ExitStack() as stack:
        hook, posted = stack.enter_context(taking())
        partners = [("tak", "cot", stack.enter_context(hearing(TcpListener(tmp_path)))),
                    ("node", "sapient", stack.enter_context(hearing(TcpListener(tmp_path))))]  # fmt: skip
        if mosquitto.PROGRAM is not None:
            partners.append(("broker", "mqtt", stack.enter_context(hearing(Broker(tmp_path)))))
        tables = "".join(out(name, kind, partner.url) for name, kind, partner in partners)
        tables += out("hook", "webhook", hook, 'secret_file = "hook.secret"\nprivate = true')
        tables += out("caps", "cap", f"file:{caps}", 'sender = "watch@example"')
        path.write_text(path.read_text() + MANDATE_TOML.replace("2024-01-01", "2090-01-01") + released() + tables)
        people(data)
        watch = stack.enter_context(running("watch", path, "--data", data, folder=tmp_path))
        viewer, auditor, officer = (entered(stack, watch, name) for name in ("V. Viewer", "A. Auditor", "O. Officer"))
        with Sender(port, said):
            until(viewer, f"{API}/incidents", lambda answer: answer["incidents"])
            until(
                viewer,
                f"{API}/health",
                lambda answer: all(one["sent"] for one in answer["outputs"] if one["output"] in ("tak", "hook")),
            )
            seen: dict[str, str] = {}
            for client, name in ((viewer, "viewer"), (auditor, "auditor"), (officer, "officer")):
                for address in addresses(client):
                    seen[f"{name} {address}"] = client.get(address).text
                seen[f"{name} stream"] = streamed(client, watch)
        assert {where: found for where, text in seen.items() if (found := leaks(text))} == {}
        assert sum(DRONE in text for text in seen.values()) > 20
        assert "cooperative_seen" in seen[f"auditor {API}/log?kind=cooperative_seen"]
        told = b"".join(b"".join(partner.received) for _, _, partner in partners) + b"".join(posted)
        assert DRONE[4:].encode() in told
        opening = f"{API}/tracks/{TRACK}/operator"
        for client in (viewer, auditor):
            refused = client.post(opening, json={"note": "I would like to know"})
            assert refused.status_code == 403
            assert leaks(refused.text) == set()
        opened = officer.post(opening, json={"note": "police ask"})
        assert leaks(opened.text) >= {b"36.2193", b"43.9171"}
        again = {address: viewer.get(address).text for address in addresses(viewer)}
        assert {address: found for address, text in again.items() if (found := leaks(text))} == {}
        assert watch.end(signal.SIGTERM) == 0
        told = b"".join(b"".join(partner.received) for _, _, partner in partners) + b"".join(posted)
    assert leaks(told) == set()
    assert leaks(everything_written(caps)) == set()
    assert leaks((tmp_path / "stderr.txt").read_bytes()) == set()
    assert leaks(commands(tmp_path, data)) == set()
    held = {one.name for one in data.rglob("*") if one.is_file() and leaks(one.read_bytes())}
    assert held, "the test would find it"
    assert all(name.startswith("record.sqlite") or name.endswith(".bin") for name in held), held


def commands(folder: Path, data: Path) -> bytes:
    """What is printed and written by every command about an incident and the record."""
    listed = vedette("incident", "list", data).stdout
    incident = re.search(r"test-I-\d+", listed)
    assert incident is not None, listed
    papers = folder / "papers"
    papers.mkdir()
    printed = listed
    for words in (
        ("log", data), ("log", data, "--json"), ("log", data, "--kind", "cooperative_seen", "--json"),
        ("log", data, "--about", DRONE), ("incident", "show", data, incident[0]), ("history", "list", data),
        ("history", "patterns", data), ("verify", data),
        ("incident", "export", data, incident[0], "--out", papers / "excerpt"),
        *(("incident", "report", data, incident[0], "--format", one, "--out", papers / one) for one in FORMATS),
    ):  # fmt: skip
        done = vedette(*words)
        assert done.returncode == 0, (words, done.stderr)
        printed += done.stdout + done.stderr
    written = everything_written(papers)
    assert incident[0].encode() in written
    assert DRONE in printed
    return written + printed.encode()
