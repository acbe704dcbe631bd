"""Decisions from end to end: the API of a running watch, its record, its papers, and a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import MANDATE_TOML
from vedette.console import create_app
from vedette.feeds.arrival import Arrival
from vedette.geo import distance_azimuth
from vedette.model import Action, DecisionState, Look, Origin, Scan, Sequenced, Tick, TrackPicture
from vedette.post import Refused
from vedette.record import read_events, verify
from vedette.sim import load_scenario, simulate
from vedette.site import load_site
from vedette.watch.archive import Archive
from vedette.watch.pipeline import Pipeline
from vedette.watch.plan import Plan
from vedette.watch.play import metered, played
from vedette.watch.runtime import Watch

START_S = 1_700_000_000.0
ADA = {"by": "Ada", "role": "commander"}
BO = {"by": "Bo", "role": "officer"}
API = "/api/v1"


def look(second: int) -> Look:
    """A drone 1.2 km east inside the fence, classed with confidence by its radar."""
    return Look(
        scan=Scan(
            sensor="radar-1",
            observed_s=START_S + second,
            range_m=np.array([1200.0 - 10.0 * second]),
            azimuth_true_rad=np.array([1.5]),
            elevation_rad=np.array([0.1]),
            p_classes=np.array([[0.996, 0.001, 0.001, 0.001, 0.001]]),
            look=f"{second}",
        )
    )


@pytest.fixture
def plan(site_file: Path, tmp_path: Path) -> Plan:
    text = site_file.read_text().replace("clutter_per_scan = 5.0", "clutter_per_scan = 5.0\nclass_accuracy = 1.0")
    site_file.write_text(text + MANDATE_TOML)
    return Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")


@pytest.fixture
def watch(plan: Plan) -> Iterator[Watch]:
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 12)
    yield watch
    watch.finish()
    watch.close("ended")


def fly(watch: Watch, first: int, last: int) -> None:
    for second in range(first, last):
        watch.submit(look(second), START_S + second)
        watch.submit(Tick(), START_S + second)
    watch.settle()


@pytest.fixture
def client(watch: Watch) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        yield client


def post(client: TestClient[Litestar], path: str, body: dict[str, Any]) -> tuple[int, Any]:
    answer = client.post(API + path, json=body)
    return answer.status_code, answer.json()


def the_track(client: TestClient[Litestar]) -> str:
    (track,) = client.get(f"{API}/tracks").json()["tracks"]
    return str(track["track"])


def test_a_night_by_the_api(client: TestClient[Litestar], watch: Watch, plan: Plan) -> None:
    track = the_track(client)
    assert client.get(f"{API}/mandate").json()["standing"]["state"] == "in_force"
    status, made = post(client, "/decisions", {**ADA, "measure": "shelter"})
    assert (status, made["state"], made["incident"]) == (200, "authorised", "test-I-0001")
    status, done = post(client, f"/decisions/{made['id']}/carried_out", {**BO, "note": "sounded"})
    assert (status, done["state"]) == (200, "carried_out")

    defeat = {**ADA, "measure": "defeat", "track": track, "protects": "own_force", "key": "first"}
    status, made = post(client, "/decisions", defeat)
    assert (status, made["state"]) == (200, "authorised"), made
    assert f"aircraft {track}" in made["hand_over"]
    assert post(client, "/decisions", defeat)[1] == made

    fact = {**BO, "fact": "manned", "track": track, "note": "a paraglider"}
    status, after = post(client, "/facts", fact)
    assert status == 200
    assert [one["state"] for one in after["decisions"]] == ["carried_out", "lapsed"]
    assert after["decisions"][1]["hand_over"] is None
    status, refused = post(client, "/decisions", {**defeat, "key": "again"})
    assert (status, refused["error"]["code"]) == (409, "outside_mandate")
    assert [one["clause"] for one in refused["error"]["details"]] == ["A1"]
    assert refused["error"]["details"][0]["decision"] == "test-D-0003"
    assert client.get(f"{API}/decisions/test-D-0003").json()["state"] == "refused"
    taken = {**BO, "fact": "measure_taken", "measure": "defeat", "decision": "test-D-0003", "note": "shots heard",
             "happened_utc": "2023-11-14T22:13:20Z"}  # fmt: skip
    assert post(client, "/facts", taken)[0] == 200

    incident = client.get(f"{API}/incidents/test-I-0001").json()
    assert [one["state"] for one in incident["decisions"]] == ["carried_out", "lapsed", "refused"]
    assert [one["outside_mandate"] for one in incident["facts"]] == [False, True]
    page = client.get(f"{API}/incidents/test-I-0001/report.html").text
    for words in ("test-D-0003", "refused: outside the mandate", "A1 Never against an aircraft that may be manned",
                  "taken outside the mandate", "shots heard"):  # fmt: skip
        assert page.count(words) >= (2 if words != "shots heard" else 1), words
    assert verify(plan.folder).intact


def test_a_second_person_and_a_withdrawal(client: TestClient[Litestar]) -> None:
    status, made = post(client, "/decisions", {**ADA, "measure": "close"})
    assert (status, made["state"]) == (200, "awaiting_second")
    status, refused = post(client, f"/decisions/{made['id']}/second", ADA)
    assert (status, refused["error"]["code"]) == (409, "second_refused")
    status, made = post(client, f"/decisions/{made['id']}/second", BO)
    assert (status, made["state"], made["second_by"]) == (200, "authorised", "Bo")
    assert [one["by"] for one in made["attempts"]] == ["Ada"]

    status, mandate = post(client, "/mandate/withdraw", {**BO, "note": "by telephone"})
    assert (status, mandate["standing"]["state"], mandate["standing"]["in_force"]) == (200, "withdrawn", False)
    assert "only detects, warns and reports" in mandate["standing"]["says"]
    assert client.get(f"{API}/decisions/{made['id']}").json()["state"] == "lapsed"
    status, refused = post(client, f"/decisions/{made['id']}/withdraw", ADA)
    assert (status, refused["error"]["code"]) == (409, "illegal_move")
    assert post(client, "/decisions", {**ADA, "measure": "close"})[1]["error"]["details"][0]["clause"] == "M1"
    assert post(client, "/decisions", {**BO, "measure": "shelter"})[1]["state"] == "authorised"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/decisions", {**ADA}, 400),
        ("/decisions", {"by": " ", "role": "commander", "measure": "shelter"}, 400),
        ("/decisions", {"by": "a\n", "role": "commander", "measure": "shelter"}, 400),
        ("/decisions", {**ADA, "measure": "shelter", "key": "k\n"}, 400),
        ("/decisions", {"by": "a\nb", "role": "commander", "measure": "shelter"}, 400),
        ("/decisions", {**ADA, "measure": "shelter", "azimuth_true_deg": 12.0}, 400),
        ("/decisions", {**ADA, "measure": "defeat", "protects": "prestige"}, 400),
        ("/decisions/test-D-0099/second", BO, 404),
        ("/decisions/test-D-0099/carried_out", {**BO, "happened_utc": "yesterday"}, 400),
        ("/facts", {**BO, "fact": "not_manned", "track": "test-T-0099", "note": "seen"}, 404),
        ("/facts", {**BO, "fact": "measure_taken", "note": "no measure"}, 409),
        ("/facts", {**BO, "fact": "measure_taken", "measure": "x", "happened_utc": "2099-01-01T00:00:00Z"}, 409),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_no_event(
    client: TestClient[Litestar], plan: Plan, path: str, body: dict[str, Any], status: int
) -> None:
    assert post(client, path, body)[0] == status
    kinds = ("decision_ordered", "decision_moved", "decision_attempted", "fact_recorded")
    assert not [event for kind in kinds for event in read_events(plan.folder, kind=kind)]


@pytest.mark.slow
def test_in_the_reconstruction_no_order_stands_near_the_airliner_nor_against_it() -> None:
    simulation = simulate(load_scenario("erbil-2021-09-11"), 1)
    site, pipeline = simulation.site, Pipeline(simulation.site)
    arrivals = (Arrival(received_s=one.received_s, feed=one.feed, body=one.body) for one in simulation.arrivals)
    stood, refused_near = set(), 0
    for number, (at_s, body) in enumerate(played(metered(site, arrivals)), 1):
        message = Sequenced(seq=number, received_s=at_s, origin=Origin.SIMULATED, body=body)
        picture = pipeline.step(message).picture
        if picture is None:
            continue
        airliners = [track for track in picture.tracks if (track.identity or "").startswith("icao:")]
        for track in picture.tracks:
            order = {"measure": "defeat", "track": track.track, "protects": "own_force"}
            fact = {"state": "not_manned", "track": track.track, "note": "by camera"}
            if track not in airliners and track.track in {alert.track for alert in pipeline.post.all_alerts}:
                pipeline.post.act(Action(verb="record_fact", target="", **BO, **fact), at_s, Origin.SIMULATED)
            try:
                pipeline.post.act(
                    Action(verb="decide", target=f"{number}-{track.track}", **ADA, **order), at_s, Origin.SIMULATED
                )
            except Refused as refused:
                refused_near += [one["clause"] for one in refused.details] == ["A3"]
                continue
            assert track not in airliners
            stood.add(track.track)
            assert not any(_near(track, airliner) for airliner in airliners)
        assert not any(
            one.state is DecisionState.AUTHORISED and one.order.track in {track.track for track in airliners}
            for one in pipeline.post.decided(at_s).decisions
        )
        for one in pipeline.post.decided(at_s).decisions:
            if one.state is DecisionState.AUTHORISED:
                pipeline.post.act(Action(verb="withdraw", target=one.id, **ADA), at_s, Origin.SIMULATED)
    assert len(stood) == 2
    assert refused_near > 0


def _near(one: TrackPicture, other: TrackPicture) -> bool:
    """Within 2 km and 500 m of height, by the picture's own places."""
    places = (one.latitude_deg, one.longitude_deg, other.latitude_deg, other.longitude_deg)
    heights = (one.altitude_ellipsoid_m, other.altitude_ellipsoid_m)
    if None in places or None in heights:
        return True
    (lat, lon, other_lat, other_lon), (up, other_up) = places, heights
    assert lat is not None and lon is not None and other_lat is not None and other_lon is not None  # noqa: PT018
    assert up is not None and other_up is not None  # noqa: PT018
    return distance_azimuth(lat, lon, other_lat, other_lon)[0] <= 2000.0 and abs(up - other_up) <= 500.0


def test_a_restart_has_every_decision_and_lets_lapse_what_is_too_old(plan: Plan) -> None:
    first = Watch.open(plan, START_S)
    first.begin()
    fly(first, 0, 12)
    with TestClient(create_app(first), base_url="http://127.0.0.1") as client:
        track = the_track(client)
        post(client, "/decisions", {**ADA, "measure": "defeat", "track": track, "protects": "own_force"})
        post(client, "/decisions", {**ADA, "measure": "close"})
        post(client, "/mandate/withdraw", BO)
        before = client.get(f"{API}/decisions").json()
    first.finish()
    first.close("ended")
    second = Watch.open(plan, START_S)
    second.begin()
    with TestClient(create_app(second), base_url="http://127.0.0.1") as client:
        assert client.get(f"{API}/decisions").json() == before
        assert [one["state"] for one in before["decisions"]] == ["lapsed", "lapsed"]
    second.finish()
    second.close("ended")
    (incident,) = Archive(plan.folder).incidents
    assert [one.id for one in incident.decisions] == ["test-D-0001", "test-D-0002"]


def test_what_stood_before_a_long_pause_does_not_stand_after_it(plan: Plan) -> None:
    first = Watch.open(plan, START_S)
    first.begin()
    fly(first, 0, 12)
    with TestClient(create_app(first), base_url="http://127.0.0.1") as client:
        order = {**ADA, "measure": "defeat", "track": the_track(client), "protects": "own_force"}
        assert post(client, "/decisions", order)[1]["state"] == "authorised"
    first.finish()
    first.close("ended")
    second = Watch.open(plan, START_S + 3600.0)
    second.begin()
    with TestClient(create_app(second), base_url="http://127.0.0.1") as client:
        (decision,) = client.get(f"{API}/decisions").json()["decisions"]
        assert decision["state"] == "lapsed"
        assert [one["clause"] for one in decision["findings"]] == ["S2"]
    second.finish()
    second.close("ended")
