"""Exercises over HTTP: begun, ended and judged; and the whole API once more over the exercise's own desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.console.conftest import ORIGIN
from tests.console.fake_desk import FakeDesk
from tests.console.fake_exercises import FakeRoom
from vedette.console import create_app

Client = TestClient[Litestar]
API = "/api/v1"
BEGIN = {"scenario": "two.toml", "title": "Two from the west", "by": "Trainer"}


@pytest.fixture
def room() -> FakeRoom:
    return FakeRoom()


@pytest.fixture
def client(desk: FakeDesk, room: FakeRoom) -> Iterator[Client]:
    with TestClient(create_app(desk, exercises=room), base_url=ORIGIN) as client:
        yield client


def test_what_may_be_run_and_what_ran(client: Client) -> None:
    before = client.get(f"{API}/exercises").json()
    assert [one["file"] for one in before["scenarios"]] == ["two.toml", "bad.toml"]
    assert before["scenarios"][1]["fault"]
    assert before["exercises"] == []
    begun = client.post(f"{API}/exercises", json=BEGIN)
    assert begun.status_code == 201
    assert (begun.json()["id"], begun.json()["state"], begun.json()["by"]) == ("x1", "running", "Trainer")
    assert client.post(f"{API}/exercises", json=BEGIN).json()["error"]["code"] == "exercise_running"
    ended = client.post(f"{API}/exercises/x1/stop", json={"by": "Trainer"})
    assert (ended.status_code, ended.json()["state"], ended.json()["stopped_by"]) == (200, "ended", "Trainer")
    assert client.get(f"{API}/exercises").json()["exercises"][0]["origin"] == "exercise"


@pytest.mark.parametrize(
    "body", [{}, {"scenario": ""}, BEGIN | {"seed": -1}, BEGIN | {"path": "/etc"}, BEGIN | {"scenario": 5}]
)
def test_bad_bodies_are_refused(client: Client, body: dict[str, object]) -> None:
    assert client.post(f"{API}/exercises", json=body).status_code == 400


def test_no_such_scenario_or_exercise_is_404(client: Client) -> None:
    assert client.post(f"{API}/exercises", json=BEGIN | {"scenario": "../site.toml"}).status_code == 404
    assert client.post(f"{API}/exercises/x7/stop", json={}).status_code == 404
    assert client.get(f"{API}/exercises/x7/evaluation").status_code == 404


def test_it_is_judged_when_it_is_over(client: Client) -> None:
    client.post(f"{API}/exercises", json=BEGIN)
    refused = client.get(f"{API}/exercises/x1/evaluation")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "exercise_running")
    client.post(f"{API}/exercises/x1/stop", json={})
    found = client.get(f"{API}/exercises/x1/evaluation").json()
    assert (found["right"], found["wrong"], found["origin"]) == (2, 2, "exercise")
    one, other = found["targets"]
    assert (one["acknowledge_after_s"], one["decide_after_s"]) == (4.1, 41.0)
    assert [verdict["code"] for verdict in other["verdicts"]] == ["alert_missed", "dismissed_drone"]
    page = client.get(f"{API}/exercises/x1/evaluation.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "EXERCISE" in page.text
    assert "script" not in page.headers["content-security-policy"]


def test_the_exercise_has_the_whole_api_and_the_watch_keeps_its_own(client: Client, desk: FakeDesk) -> None:
    assert client.get(f"{API}/exercise/alerts").status_code == 404
    client.post(f"{API}/exercises", json=BEGIN)
    assert client.get(f"{API}/exercise/health").json()["origin"] == "exercise"
    assert client.get(f"{API}/health").json()["origin"] == "simulated"
    done = client.post(f"{API}/exercise/alerts/erbil-A-0001/acknowledge", json={"note": ""})
    assert done.json()["state"] == "acknowledged"
    states = {one["alert"]: one["state"] for one in client.get(f"{API}/alerts").json()["alerts"]}
    assert states["erbil-A-0001"] == "raised"
    assert desk.actions == []
    nested = client.post(f"{API}/exercise/exercises", json=BEGIN)
    assert (nested.status_code, nested.json()["error"]["code"]) == (409, "no_exercises")


def test_the_exercise_has_its_own_stream(client: Client, room: FakeRoom) -> None:
    client.post(f"{API}/exercises", json=BEGIN)
    with client.websocket_connect(f"{API}/exercise/stream") as socket:
        snapshot = socket.receive_json()
        assert (snapshot["kind"], snapshot["origin"]) == ("snapshot", "exercise")
        assert snapshot["token"] == room.exercise_desk.board.stream.token


def test_a_page_from_elsewhere_is_refused_there_too(client: Client) -> None:
    client.post(f"{API}/exercises", json=BEGIN)
    assert client.get(f"{API}/exercise/alerts", headers={"origin": "http://elsewhere.test"}).status_code == 403


def test_without_exercises_there_is_nothing_to_run(desk: FakeDesk) -> None:
    with TestClient(create_app(desk), base_url=ORIGIN) as client:
        assert client.get(f"{API}/exercises").json() == {"folder": None, "scenarios": [], "exercises": []}
        assert client.post(f"{API}/exercises", json=BEGIN).status_code == 409
