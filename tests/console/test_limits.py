"""What is sent to harm: nested without end, numbers beyond all, files that are devices. It is refused, and no fault."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.access.quick import PEOPLE
from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.console.fake_desk import FakeDesk
from tests.console.house import House, filled
from tests.console.test_stream import STREAM
from vedette.access import RIGHTS
from vedette.console import create_app
from vedette.console.rights import ROUTES
from vedette.model import Origin, Tick
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

API = "/api/v1"
DEEP = 30_000
BODIES = {
    "an open list": b"[" * DEEP,
    "deep below an unknown key": b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep below a known key": b'{"note":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "half a letter": b'{"note": "\\ud800"}',
    "no UTF-8": b'{"note": "\xff\xfe"}',
    "no number": b'{"latitude_deg": NaN, "seed": 1e999}',
    "a huge number": b'{"seed": ' + b"9" * 5000 + b"}",
    "nothing": b"",
    "a null byte": b"\0",
}
START_S = 1_700_000_000.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize("name", ["C. Commander", "M. Manager"])
def test_no_body_is_a_fault_of_the_console(house: House, name: str, caplog: pytest.LogCaptureFixture) -> None:
    client = house.client(name)
    tried = set()
    with caplog.at_level(logging.ERROR):
        for route, right in ROUTES.items():
            method, path = route.split(" ")
            if method not in ("POST", "PUT", "PATCH") or right not in RIGHTS[PEOPLE[name][0]]:
                continue
            for words, body in BODIES.items():
                headers = {"content-type": "application/json"}
                answer = client.request(method, filled(path), content=body, headers=headers)
                assert answer.status_code < 500, (route, words, answer.text)
                tried.add(route)
    assert len(tried) > 10
    assert caplog.records == []
    assert house.desk.actions == []


def test_before_log_in_a_deep_body_is_refused_in_a_word(house: House) -> None:
    headers = {"content-type": "application/json"}
    answer = house.client().post(f"{API}/session", content=BODIES["deep below an unknown key"], headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")


def test_what_a_client_says_deep_in_the_stream_says_nothing(client: TestClient[Litestar], desk: FakeDesk) -> None:
    with client.websocket_connect(f"{STREAM}?form=delta") as socket:
        socket.receive_json()
        socket.send_text('{"x":' + "[" * DEEP + "]" * DEEP + "}")
        socket.send_text('{"have": 1e400, "watch": "' + "x" * 1000 + '"}')
        socket.send_text("[" * DEEP)
        assert socket.receive_json()["messages"] == []


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    folder = tmp_path_factory.mktemp("limits")
    (folder / "test.geojson").write_text(SITE_GEOJSON)
    (folder / "site.toml").write_text(SITE_TOML)
    site = load_site(folder / "site.toml")
    plan = Plan(site=site, origin=Origin.LIVE, folder=folder / "data", site_file=folder / "site.toml")
    watch = Watch.open(plan, START_S)
    watch.begin()
    watch.submit(Tick(), START_S)
    yield watch
    watch.finish()
    watch.close("ended")


@pytest.fixture(scope="module")
def at_watch(watch: Watch) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        yield client


QUERIES = {
    "log": ({"after": 10**30}, {"after": -(10**30)}, {"since": "9999-12-31T23:59:59Z"}, {"kind": "\0"}),
    "history": ({"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, {"kind": "\0"}, {"zone": "\x7f"}),
    "history/points": (
        {"since": "0001-01-01T00:00:00Z", "until": "0001-01-01T00:00:01Z", "step_s": "nan"},
        {"since": "9999-12-31T23:59:58Z", "until": "9999-12-31T23:59:59Z", "after": 10**30},
        {"since": "9999-12-31T23:59:58Z", "until": "9999-12-31T23:59:59Z", "track": "\0" * 200},
    ),
    "history/picture": ({"at": "9999-12-31T23:59:59.999999Z"}, {"at": "0001-01-01T00:00:00+14:00"}),
    "history/alerts": ({"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z", "after": "\0"},),
}


@pytest.mark.parametrize("path", QUERIES)
def test_no_query_is_a_fault(at_watch: TestClient[Litestar], path: str) -> None:
    for query in QUERIES[path]:
        answer = at_watch.get(f"{API}/{path}", params=query)
        assert answer.status_code in (200, 400), (query, answer.text)


DRAFTS = {
    "lists": "a = " + "[" * DEEP,
    "tables": "a = " + "{b = " * DEEP,
    "dotted": "a" + ".a" * DEEP + " = 1",
    "a header": "[a" + ".a" * DEEP + "]",
    "a number": "latitude_deg = 1" + "0" * 6000,
    "within the limit of a list": "x = " + "[" * 200 + "]" * 200,
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_site_file_nested_without_end_has_a_fault(at_watch: TestClient[Litestar], name: str) -> None:
    for path, more in (("check", {}), ("edit", {"edits": [{"do": "set", "path": ["name"], "value": "x"}]})):
        body = {"toml": DRAFTS[name], "geometry": SITE_GEOJSON, **more}
        answer = at_watch.post(f"{API}/site/{path}", json=body)
        assert answer.status_code in (200, 400), answer.text[:300]
        assert answer.status_code == 400 or len(answer.json()["faults"]) >= 1
    wanted = {"toml": DRAFTS[name], "geometry": SITE_GEOJSON, "base_sha256": "0" * 64}
    assert at_watch.post(f"{API}/site/apply", json=wanted).status_code == 409


@pytest.mark.parametrize("named", ["/dev/zero", "/dev/stdin", "/proc", "."])
def test_a_draft_does_not_read_a_device(at_watch: TestClient[Litestar], named: str) -> None:
    body = {"toml": f'flights = "{named}"\n' + SITE_TOML, "geometry": SITE_GEOJSON}
    faults = at_watch.post(f"{API}/site/check", json=body).json()["faults"]
    assert [fault["key"] for fault in faults] == ["flights"]


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00-23:00"])
def test_a_time_that_no_zone_can_say_is_none(at_watch: TestClient[Litestar], watch: Watch, time: str) -> None:
    """Once recorded, it would make every screen and paper that shows it fail."""
    body = {"fact": "measure_taken", "by": "A. Rahman", "role": "x", "measure": "lights", "happened_utc": time}
    answer = at_watch.post(f"{API}/facts", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")
    assert watch.board.decided().facts == ()


HIDDEN = {
    "a null": "\0",
    "a bell": "\x07",
    "turned round": "\u202egpj.exe",
    "no width": "A.\u200bPerson",
    "a tag": "\U000e0041",
}
SEEN = ("ünïcode — “quotes” 🚁\n\tand lines", "می‌خواهم", "שלום\u200f", "=HYPERLINK(1)", "<script>alert(1)</script>")


def sighting(**words: str) -> dict[str, Any]:
    place = {"latitude_deg": 36.2, "longitude_deg": 43.9, "azimuth_true_deg": 10.0}
    return {"time": "2023-11-14T22:13:20Z", **place, **words}


@pytest.mark.parametrize("key", ["note", "looked_like", "seen_by"])
@pytest.mark.parametrize("words", HIDDEN)
def test_letters_that_nobody_sees_are_not_recorded(
    at_watch: TestClient[Litestar], watch: Watch, key: str, words: str
) -> None:
    before = watch.board.sightings()
    answer = at_watch.post(f"{API}/sightings", json=sighting(**{key: f"seen {HIDDEN[words]} by"}))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_text")
    assert watch.board.sightings() == before


@pytest.mark.parametrize("words", SEEN)
def test_what_is_written_is_kept_as_written(at_watch: TestClient[Litestar], words: str) -> None:
    answer = at_watch.post(f"{API}/sightings", json=sighting(looked_like=words))
    assert answer.json()["looked_like"] == words
