"""POST and GET /sightings: what goes in, what comes out, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.console.fake_desk import FakeDesk
from vedette.clock import parse_time

Client = TestClient[Litestar]
PATH = "/api/v1/sightings"
BODY: dict[str, Any] = {
    "time": "2021-09-11T23:43:00+03:00",
    "latitude_deg": 36.24,
    "longitude_deg": 43.96,
    "azimuth_true_deg": 360.0,
    "elevation_deg": 10.0,
    "motion": "moving",
    "observer": "trained",
    "seen_by": "tower",
    "note": "by radio",
}


def test_a_sighting_goes_in_and_is_listed(client: Client, desk: FakeDesk) -> None:
    answer = client.post(PATH, json=BODY)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["id"], told["grade"], told["by"], told["note"]) == ("erbil-S-0001", "C", "watch officer", "by radio")
    assert (told["time_utc"], told["time_local"]) == ("2021-09-11T20:43:00.000Z", "2021-09-11T23:43:00+03:00")
    assert told["candidates"][0]["kind"] == "nothing_known"
    assert client.get(PATH).json() == {"sightings": [told]}
    report = desk.actions[-1].sighting
    assert report is not None
    assert (report.at_s, report.azimuth_true_deg, report.sure) == (parse_time(BODY["time"]), 0.0, "fairly")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"time": "2021-09-11T23:43:00"}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"time": "0001-01-01T00:00:00Z"}, "time"),
        ({"latitude_deg": 95.0}, "latitude_deg"),
        ({"azimuth_true_deg": -1.0}, "azimuth_true_deg"),
        ({"elevation_deg": 91.0}, "elevation_deg"),
        ({"time_sigma_s": 4000.0}, "time_sigma_s"),
        ({"azimuth_sigma_deg": 0.0}, "azimuth_sigma_deg"),
        ({"sure": "very"}, "sure"),
        ({"observer": "spy"}, "observer"),
        ({"looked_like": "x" * 2001}, "looked_like"),
        ({"grade": "A"}, "grade"),
    ],
)
def test_a_bad_body_is_refused_and_nothing_is_recorded(
    client: Client, desk: FakeDesk, change: dict[str, Any], word: str
) -> None:
    answer = client.post(PATH, json=BODY | change)
    assert answer.status_code == 400
    assert word in answer.text
    assert desk.actions == []


def test_a_refusal_is_told(client: Client, desk: FakeDesk) -> None:
    desk.refuse = "its time has not come yet"
    assert client.post(PATH, json=BODY).status_code == 409
