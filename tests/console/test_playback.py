"""Looking back over the API: bounded, paged, and refused where the question is none."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.console.fake_desk import FakeDesk
from tests.console.flights import T0_S
from vedette.clock import iso_utc

Client = TestClient[Litestar]


def get(client: Client, path: str, **params: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/history/{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(t_s: float) -> str:
    return iso_utc(T0_S + t_s)


def test_the_span_reaches_to_now_and_names_its_gaps(client: Client) -> None:
    span = get(client, "span")
    assert (span["first_utc"], span["last_utc"], span["origin"]) == (at(-30.0), at(60.0), "simulated")
    assert span["gaps"] == [{"from_utc": at(-25.0), "until_utc": at(-15.0)}]


def test_a_picture_of_an_earlier_time_is_what_was_up_then(client: Client, desk: FakeDesk) -> None:
    desk.show(160.0)
    then = {one["track"]: one for one in get(client, "picture", at=at(40.0))["tracks"]}
    assert {"erbil-T-0012", "erbil-T-0013"} <= set(then)
    assert then["erbil-T-0012"]["observed_s"] == T0_S + 40.0
    now = {one["track"] for one in get(client, "picture", at=at(160.0))["tracks"]}
    assert "erbil-T-0013" not in now
    assert get(client, "picture", at=at(-20.0))["tracks"] == []


def test_points_and_alerts_of_a_time(client: Client) -> None:
    points = get(client, "points", since=at(30.0), until=at(33.0))
    assert {one["observed_s"] - T0_S for one in points["points"]} == {30.0, 31.0, 32.0}
    assert points["next"] is None
    alerts = get(client, "alerts", since=at(0.0), until=at(20.0))
    assert [one["alert"] for one in alerts["alerts"]] == ["erbil-A-0001", "erbil-A-0002"]
    assert (
        get(client, "alerts", since=at(0.0), until=at(60.0), after="erbil-A-0001")["alerts"][0]["alert"]
        == "erbil-A-0002"
    )
    assert get(client, "alerts", since=at(0.0), until=at(5.0))["alerts"] == []


def test_detections_of_an_incident_have_their_places(client: Client) -> None:
    looks = get(client, "detections", incident="erbil-I-0001", since=at(40.0), until=at(42.0))
    assert [(one["sensor"], len(one["places"])) for one in looks["looks"]] == [("radar-s", 1), ("radar-s", 1)]


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("picture", {"at": "yesterday"}, 400),
        ("picture", {}, 400),
        ("points", {"since": at(10.0), "until": at(10.0)}, 400),
        ("points", {"since": at(0.0), "until": at(100_000.0)}, 400),
        ("points", {"since": at(0.0), "until": at(1.0), "step_s": "-1"}, 400),
        ("points", {"since": at(0.0), "until": at(1.0), "after": "-1"}, 400),
        ("detections", {"incident": "erbil-I-0999", "since": at(0.0), "until": at(1.0)}, 404),
    ],
)
def test_a_question_that_is_none_is_refused(client: Client, path: str, params: dict[str, str], status: int) -> None:
    answer = client.get(f"/api/v1/history/{path}", params=params)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"]
