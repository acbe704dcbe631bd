from __future__ import annotations

import io
from pathlib import Path

import jsonschema
import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pypdf import PdfReader

from tests.console import dump_openapi
from tests.console.fake_desk import FakeDesk
from vedette.clock import parse_time
from vedette.console import Tried, create_app, views
from vedette.model import CLASSES

Client = TestClient[Litestar]
API = "/api/v1"


def test_health_tells_feeds_clock_and_the_picture_time(client: Client) -> None:
    health = client.get(f"{API}/health").json()
    assert health["origin"] == "simulated"
    assert health["state"] == "degraded"
    assert parse_time(health["time_utc"]) - parse_time(health["picture_utc"]) == pytest.approx(0.4, abs=1e-3)
    states = {feed["feed"]: feed["state"] for feed in health["feeds"]}
    assert states["rf-2"] == "stale"
    assert states["radar-s"] == "live"
    assert health["clock"]["offset_s"] == pytest.approx(0.0012)
    assert next(feed for feed in health["feeds"] if feed["feed"] == "remote-id")["rejected"] == {"bad_crc": 30}


def test_health_tells_the_outputs(client: Client) -> None:
    health = client.get(f"{API}/health").json()
    tak, atc = health["outputs"]
    assert (tak["partner"], tak["state"], tak["sent"], tak["age_s"]) == ("Base defence", "live", 412, 0.4)
    assert (atc["state"], atc["dropped"], atc["detail"]) == ("down", 7, "the broker is gone or refuses")
    assert health["state"] == "degraded"


def test_health_before_anything_is_shown() -> None:
    with TestClient(create_app(FakeDesk()), base_url="http://127.0.0.1") as client:
        health = client.get(f"{API}/health").json()
        assert (health["state"], health["time_utc"], health["feeds"]) == ("starting", None, [])
        assert client.get(f"{API}/tracks").json()["time_utc"] is None


def test_site_has_geometry_coverage_and_rings_from_the_perimeter(client: Client) -> None:
    site = client.get(f"{API}/site").json()
    assert (site["id"], site["timezone"], site["rings_from"]) == ("erbil", "Asia/Baghdad", "perimeter")
    roles = {zone["id"]: zone["role"] for zone in site["geometry"]}
    assert roles["perimeter"] == "perimeter"
    runway = next(zone for zone in site["geometry"] if zone["role"] == "runway")
    assert (runway["geometry"]["type"], runway["outline"]["type"]) == ("LineString", "Polygon")
    assert [ring["distance_m"] for ring in site["rings"]] == sorted(ring["distance_m"] for ring in site["rings"])
    assert {ring["geometry"]["type"] for ring in site["rings"]} == {"LineString"}
    coverage = {sensor["id"]: sensor["coverage"] for sensor in site["sensors"]}
    assert coverage["radar-s"]["type"] == "Polygon"
    assert coverage["adsb"] is None
    west, south, east, north = site["bounds"]
    assert west < site["longitude_deg"] < east
    assert south < site["latitude_deg"] < north


def test_tracks_carry_the_tables_names(client: Client) -> None:
    picture = client.get(f"{API}/tracks").json()
    track = next(one for one in picture["tracks"] if one["track"] == "erbil-T-0012")
    assert track["class"] == "uav_fixed_wing"
    assert list(track["p_classes"]) == list(CLASSES)
    assert sum(track["p_classes"].values()) == pytest.approx(1.0)
    assert track["time_utc"].endswith("Z")
    assert track["identity"] is None
    assert {"latitude_deg", "longitude_deg", "altitude_ellipsoid_m", "sigma_position_m", "p_exists"} <= set(track)
    assert set(track["sensors"]) == {"radar-s", "radar-n", "mast"}
    assert track["impact"]["place"] == "inside"
    assert track["reasons"][0]["value"] == 38.0
    assert (track["image"]["sensor"], track["image"]["url"]) == ("mast", "https://cameras.example/41.jpg?frame=12")
    assert parse_time(track["time_utc"]) - parse_time(track["image"]["time_utc"]) == pytest.approx(1.8, abs=0.01)
    trail = picture["trails"]["erbil-T-0012"]
    assert len(trail) == 31
    assert trail == sorted(trail, key=lambda point: point["time_utc"])


def test_trails_are_two_minutes_long_and_end_with_their_track() -> None:
    desk = FakeDesk()
    for t_s in range(200):
        desk.show(float(t_s))
    trails = desk.board.tracks().trails
    assert "erbil-T-0012" not in trails
    assert len(trails["erbil-T-0003"]) == 121


def test_alerts_have_local_and_utc_times(client: Client) -> None:
    alerts = client.get(f"{API}/alerts").json()["alerts"]
    first = alerts[0]
    assert (first["alert"], first["state"], first["priority"]) == ("erbil-A-0001", "raised", 1)
    assert parse_time(first["raised_local"]) == parse_time(first["raised_utc"])
    assert first["raised_local"].endswith("+03:00")
    assert first["acknowledged_utc"] is None


def test_incident_says_what_is_not_known(client: Client) -> None:
    listed = client.get(f"{API}/incidents").json()["incidents"]
    incident = client.get(f"{API}/incidents/{listed[0]['id']}").json()
    assert incident["attribution"] == {"state": "unclaimed"}
    assert {effect["state"] for effect in incident["effects"].values()} == {"not_yet_reported"}
    assert incident["count"] == {"most_likely": 2, "least": 2, "most": 2}


def test_an_incidents_document_has_the_keys_it_is_said_to_have(client: Client) -> None:
    document = msgspec.convert(client.get(f"{API}/incidents/erbil-I-0001").json(), views.IncidentDocument)
    assert [alert.id for alert in document.alert_details] == document.alerts
    assert document.tracks[0].impact is not None


def test_report_is_a_page_that_may_load_nothing(client: Client) -> None:
    answer = client.get(f"{API}/incidents/erbil-I-0001/report.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_report_for_print_is_a_pdf_of_the_same_incident(client: Client) -> None:
    answer = client.get(f"{API}/incidents/erbil-I-0001/report.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert all("erbil-I-0001" in page.extract_text() for page in pages)


def test_acknowledging_is_answered_with_the_recorded_state(client: Client, desk: FakeDesk) -> None:
    answer = client.post(f"{API}/alerts/erbil-A-0001/acknowledge", json={"note": "seen"})
    assert answer.status_code == 200
    assert answer.json()["state"] == "acknowledged"
    assert answer.json()["acknowledged_by"] == desk.actions[0].by
    assert (desk.actions[0].verb, desk.actions[0].note) == ("acknowledge", "seen")


def test_a_refused_action_is_a_conflict_and_changes_nothing(client: Client, desk: FakeDesk) -> None:
    desk.refuse = "the record is full"
    answer = client.post(f"{API}/alerts/erbil-A-0001/acknowledge", json={"note": ""})
    assert answer.status_code == 409
    assert answer.json()["error"] == {"code": "refused", "message": "the record is full", "details": None}
    assert client.get(f"{API}/alerts").json()["alerts"][0]["state"] == "raised"


def test_a_test_alarm_is_an_alert_marked_as_one(client: Client, desk: FakeDesk) -> None:
    answer = client.post(f"{API}/test-alarm", json={"note": "morning"})
    assert answer.status_code == 200
    alert = answer.json()
    assert (alert["test"], alert["track"], alert["incident"]) == (True, None, None)
    assert (desk.actions[0].verb, desk.actions[0].note) == ("test_alarm", "morning")
    told = client.post(f"{API}/test-alarm/{alert['alert']}/sound", json={"screen": "3f2a", "sound": "played"})
    assert told.status_code == 204
    desk.test_outputs = (Tried(output="cap", partner="Civil protection", state="waiting", detail="answers 503"),)
    desk.show(60.0)
    last = client.get(f"{API}/health").json()["test_alarm"]["last"]
    assert last["outputs"] == [
        {"output": "cap", "partner": "Civil protection", "state": "waiting", "detail": "answers 503"}
    ]
    assert (last["alert"], last["note"], last["sounds"]) == (alert["alert"], "morning", {"3f2a": "played"})
    assert parse_time(last["at_local"]) == parse_time(last["at_utc"])
    assert [one["test"] for one in client.get(f"{API}/alerts").json()["alerts"]] == [False, False, False, True]


def test_a_second_test_alarm_is_a_conflict(client: Client, desk: FakeDesk) -> None:
    desk.refuse = "still on"
    answer = client.post(f"{API}/test-alarm", json={})
    assert (answer.status_code, answer.json()["error"]["message"]) == (409, "still on")


@pytest.mark.parametrize(
    "body",
    [{}, {"screen": "3f2a", "sound": "loud"}, {"screen": "<b>", "sound": "played"}, {"screen": "", "sound": "played"}],
)
def test_a_bad_word_of_a_screen_is_400(client: Client, desk: FakeDesk, body: dict[str, str]) -> None:
    assert client.post(f"{API}/test-alarm/erbil-TEST-0001/sound", json=body).status_code == 400
    assert desk.actions == []


def test_effects_are_entered_in_words(client: Client) -> None:
    path = f"{API}/incidents/erbil-I-0001/effects"
    answer = client.post(path, json={"effect": "flights", "state": "reported", "value": "one approach broken off"})
    assert answer.status_code == 200
    assert answer.json()["effects"]["flights"]["value"] == "one approach broken off"
    assert answer.json()["effects"]["injuries"]["state"] == "not_yet_reported"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"effect": "weather", "state": "reported", "value": "x"}',
        b'{"effect": "damage", "state": "not_yet_reported"}',
        b'{"effect": "damage", "state": "reported"}',
        b'{"effect": "damage", "state": "reported", "value": "  "}',
        b'{"effect": "damage", "state": "none_reported", "value": "x"}',
        b'{"effect": "damage", "state": "none_reported", "extra": 1}',
        b'{"effect": "damage", "state": "reported", "value": "' + b"x" * 2001 + b'"}',
    ],
)
def test_a_bad_body_is_400_and_no_action(client: Client, desk: FakeDesk, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post(f"{API}/incidents/erbil-I-0001/effects", content=body, headers=headers)
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"code", "message", "details"}
    assert desk.actions == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/incidents/none", 404),
        ("GET", "/incidents/none/report.html", 404),
        ("GET", "/incidents/none/report.pdf", 404),
        ("POST", "/alerts/none/acknowledge", 404),
        ("POST", "/incidents/none/effects", 404),
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("DELETE", "/health", 405),
    ],
)
def test_errors_have_one_shape(client: Client, method: str, path: str, status: int) -> None:
    body = {"effect": "damage", "state": "none_reported"} if path.endswith("effects") else {}
    answer = client.request(method, API + path, json=body if method == "POST" else None)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["message"]


def test_a_body_beyond_the_limit_is_refused(client: Client, desk: FakeDesk) -> None:
    answer = client.post(f"{API}/alerts/erbil-A-0001/acknowledge", json={"note": "x" * 100_000})
    assert answer.status_code == 413
    assert "error" in answer.json()
    assert desk.actions == []


def test_our_own_fault_is_a_500_that_tells_nothing_of_the_inside(desk: FakeDesk) -> None:
    class Broken(FakeDesk):
        def incident_document(self, incident: str) -> dict[str, object] | None:
            raise RuntimeError("secret inside")

    with TestClient(create_app(Broken()), base_url="http://127.0.0.1") as client:
        answer = client.get(f"{API}/incidents/x")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "own_fault"
    assert "secret" not in answer.text


def test_a_page_that_is_not_built_says_what_to_do(desk: FakeDesk, tmp_path: Path) -> None:
    with TestClient(create_app(desk, static=tmp_path), base_url="http://127.0.0.1") as client:
        answer = client.get("/")
        assert answer.status_code == 503
        assert "make setup" in answer.text
        assert client.get(f"{API}/health").status_code == 200


def test_assets_have_their_types_and_cache_rules(desk: FakeDesk, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>page")
    (tmp_path / "assets" / "worker-1.mjs").write_text("1")
    (tmp_path / "secret.key").write_text("no type, not served")
    with TestClient(create_app(desk, static=tmp_path), base_url="http://127.0.0.1") as client:
        page, asset = client.get("/"), client.get("/assets/worker-1.mjs")
        assert page.headers["cache-control"] == "no-cache"
        assert "connect-src 'self' ws://127.0.0.1" in page.headers["content-security-policy"]
        assert "http:" not in page.headers["content-security-policy"]
        assert asset.headers["content-type"].startswith("text/javascript")
        assert "immutable" in asset.headers["cache-control"]
        for path in ("/secret.key", "/../app.py", "/assets/%2e%2e/%2e%2e/app.py", "/assets"):
            assert client.get(path).status_code == 404


def test_the_openapi_document_is_served_and_the_page_types_are_made_from_it(client: Client) -> None:
    assert client.get(f"{API}/openapi.json").json()["info"]["title"] == "Vedette"
    assert dump_openapi.TARGET.read_text() == dump_openapi.document(), "python -m tests.console.dump_openapi"


def test_each_answer_is_as_the_openapi_document_declares_it(client: Client) -> None:
    document = client.get(f"{API}/openapi.json").json()
    ids = {"alert_id": "alerts", "incident_id": "incidents", "track_id": "tracks"}
    known = {name: next(iter(client.get(f"{API}/{part}").json()[part])) for name, part in ids.items()}
    known = {name: one.get("id") or one.get("alert") or one["track"] for name, one in known.items()}
    statuses = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            named = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
            for given in (known, {}):
                url = path.format_map({name: given.get(name, "nothing") for name in named})
                answer = client.request(method, url)
                declared = operation["responses"]
                content = declared.get(str(answer.status_code), declared["default"]).get("content", {})
                media = answer.headers.get("content-type", "").split(";")[0]
                statuses.add(answer.status_code)
                if media.endswith("json"):
                    schema = {**content[media]["schema"], "components": document["components"]}
                    jsonschema.validate(answer.json(), schema, jsonschema.Draft202012Validator)
    assert statuses >= {200, 400, 404}
    none = client.post(f"{API}/alerts/{known['alert_id']}/acknowledge").json()["error"]
    assert none["message"] == "there is no body: a JSON object is wanted"
