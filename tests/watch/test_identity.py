"""Dispositions and own flights from end to end: the API of a running watch, its record, its papers, a restart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import MANDATE_TOML
from tests.watch.test_decisions import START_S, fly
from vedette.clock import iso_utc
from vedette.console import create_app
from vedette.model import Origin
from vedette.record import read_events, verify
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

ADA = {"by": "Ada", "role": "commander"}
BO = {"by": "Bo", "role": "officer"}
API = "/api/v1"


@pytest.fixture
def plan(site_file: Path, tmp_path: Path) -> Plan:
    text = site_file.read_text().replace("clutter_per_scan = 5.0", "clutter_per_scan = 5.0\nclass_accuracy = 1.0")
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [44.1, 36.4]},
        "properties": {
            "id": "night-patrol",
            "who": "Base UAS section",
            "from": iso_utc(START_S - 600.0),
            "until": iso_utc(START_S + 3600.0),
            "radius_m": 400.0,
            "serial": "SN1",
        },
    }
    document = {"type": "FeatureCollection", "features": [feature]}
    (site_file.parent / "flights.geojson").write_text(json.dumps(document))
    site_file.write_text('flights = "flights.geojson"\n' + text + MANDATE_TOML)
    return Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")


@pytest.fixture
def watch(plan: Plan) -> Iterator[Watch]:
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 12)
    yield watch
    watch.finish()
    watch.close("ended")


@pytest.fixture
def client(watch: Watch) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        yield client


def post(client: TestClient[Litestar], path: str, body: dict[str, Any]) -> tuple[int, Any]:
    answer = client.post(API + path, json=body)
    return answer.status_code, answer.json() if answer.content else None


def the_track(client: TestClient[Litestar]) -> dict[str, Any]:
    (track,) = client.get(f"{API}/tracks").json()["tracks"]
    return dict(track)


def test_a_word_on_a_track(client: TestClient[Litestar], plan: Plan) -> None:
    track = the_track(client)
    name = track["track"]
    assert (track["disposition"], track["override"]) == ("suspicious", None)
    assert track["disposition_evidence"][0]["says"] == "suspicious"
    word = {**ADA, "disposition": "friendly", "reason": "the survey team called"}
    status, said = post(client, f"/tracks/{name}/disposition", word)
    assert (status, said["disposition"], said["evidence_says"]) == (200, "friendly", "suspicious")
    assert {**said["override"], "at_utc": None} == {
        "disposition": "friendly", "reason": "the survey team called", "by": "Ada", "role": "commander",
        "at_utc": None, "evidence_then": "suspicious", "contradicted_utc": None, "carried_from": None,
    }  # fmt: skip
    assert the_track(client)["disposition"] == "friendly"
    page = client.get(f"{API}/incidents/test-I-0001/report.html").text
    assert "the survey team called" in page
    assert "Ada (commander)" in page
    assert post(client, f"/tracks/{name}/disposition/withdraw", {**BO, "reason": "another team"})[0] == 204
    assert the_track(client)["disposition"] == "suspicious"
    assert post(client, f"/tracks/{name}/disposition/withdraw", BO)[0] == 409
    assert verify(plan.folder).intact


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"disposition": "hostile", "reason": "it attacks"}, 400),
        ({**ADA, "disposition": "hostile", "reason": ""}, 400),
        ({**ADA, "disposition": "pending", "reason": "x"}, 400),
        ({**ADA, "disposition": "foe", "reason": "x"}, 400),
        ({**ADA, "disposition": "hostile", "reason": "  "}, 409),
    ],
)
def test_refused(client: TestClient[Litestar], body: dict[str, Any], status: int) -> None:
    name = the_track(client)["track"]
    assert post(client, f"/tracks/{name}/disposition", body)[0] == status
    assert post(client, "/tracks/test-T-0099/disposition", {**ADA, "disposition": "hostile", "reason": "x"})[0] == 404
    assert the_track(client)["override"] is None


def test_friendly_asks_for_a_second_person_and_hostile_relaxes_nothing(client: TestClient[Litestar]) -> None:
    name = the_track(client)["track"]
    defeat = {**ADA, "measure": "defeat", "track": name, "protects": "own_force"}
    status, made = post(client, "/decisions", defeat)
    assert (status, made["state"]) == (200, "authorised")
    say = f"/tracks/{name}/disposition"
    post(client, say, {**BO, "disposition": "friendly", "reason": "may be ours"})
    assert client.get(f"{API}/decisions/{made['id']}").json()["state"] == "lapsed", "at once, with the word"
    status, again = post(client, "/decisions", defeat)
    assert (status, again["state"]) == (200, "awaiting_second")
    found = next(one for one in again["findings"] if one["clause"] == "F1")
    assert "Bo said" in found["detail"]
    post(client, "/facts", {**BO, "fact": "manned", "track": name, "note": "a glider"})
    post(client, say, {**BO, "disposition": "hostile", "reason": "it dived"})
    status, refused = post(client, "/decisions", defeat)
    assert (status, refused["error"]["code"]) == (409, "outside_mandate")
    assert [one["clause"] for one in refused["error"]["details"]] == ["A1"]


def test_own_flights_by_file_and_by_api(client: TestClient[Litestar], watch: Watch) -> None:
    (filed,) = client.get(f"{API}/flights").json()["flights"]
    assert (filed["key"], filed["state"], filed["by"], filed["identities"]) == (
        "night-patrol",
        "expected",
        None,
        ["rid:SN1"],
    )
    track = the_track(client)
    body = {
        **BO, "who": "Survey team", "from_utc": iso_utc(START_S), "until_utc": iso_utc(START_S + 900.0),
        "geometry": {"type": "Point", "coordinates": [track["longitude_deg"], track["latitude_deg"]]},
        "radius_m": 500.0,
        "ceiling_height_agl_m": 400.0,
    }  # fmt: skip
    status, entered = post(client, "/flights", body)
    assert (status, entered["state"], entered["flight"]) == (200, "expected", "test-O-0002")
    fly(watch, 12, 26)
    (_, flying) = client.get(f"{API}/flights").json()["flights"]
    assert (flying["state"], flying["track"], flying["matched"]) == ("flying", track["track"], "place")
    assert flying["p"] > 0.7
    evidence = the_track(client)["disposition_evidence"]
    assert any(one["source"] == "test-O-0002" and one["unit"] == "probability" for one in evidence)
    status, over = post(client, "/flights/test-O-0002/withdraw", {**ADA, "reason": "weather"})
    assert (status, over["state"], over["why"]) == (200, "withdrawn", "weather")
    assert post(client, "/flights/test-O-0002/close", ADA)[0] == 409
    assert post(client, "/flights/test-O-0099/close", ADA)[0] == 404
    for change, word in (
        ({"radius_m": None}, "radius_m"),
        ({"until_utc": iso_utc(START_S - 1.0)}, "until"),
        ({"from_utc": "soon"}, "from"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "radius_m": None}, "geometry"),
        ({"serial": "no serial!"}, "serial"),
        ({"floor_height_agl_m": 500.0}, "ceiling"),
    ):
        status, refused = post(client, "/flights", {**body, **change})
        assert (status, word in refused["error"]["message"]) == (400, True), refused


def test_it_outlives_a_restart(plan: Plan) -> None:
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 12)
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        name = the_track(client)["track"]
        post(client, f"/tracks/{name}/disposition", {**ADA, "disposition": "hostile", "reason": "it dived at us"})
    watch.finish()
    watch.close("ended")
    again = Watch.open(plan, START_S + 12)
    again.begin()
    with TestClient(create_app(again), base_url="http://127.0.0.1") as client:
        track = the_track(client)
        assert (track["track"], track["disposition"]) == (name, "hostile"), "before any new picture"
        fly(again, 12, 16)
        assert the_track(client)["override"]["by"] == "Ada"
        assert [one["flight"] for one in client.get(f"{API}/flights").json()["flights"]] == ["test-O-0001"]
    again.finish()
    again.close("ended")
    planned = list(read_events(plan.folder, kind="flight_planned"))
    assert len(planned) == 1, "the file's flight is entered once"
    assert verify(plan.folder).intact
