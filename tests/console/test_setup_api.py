"""The site file over the API, against a watch: read, checked, edited, changed by two editors, returned to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SITE_GEOJSON, SITE_TOML
from vedette.console import create_app
from vedette.model import Origin, Tick
from vedette.record import read_events
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

Client = TestClient[Litestar]
API = "/api/v1/site"
START_S = 1_700_000_000.0


@pytest.fixture
def watch(site_file: Path, tmp_path: Path) -> Iterator[Watch]:
    plan = Plan(site=load_site(site_file), origin=Origin.LIVE, folder=tmp_path / "data", site_file=site_file)
    watch = Watch.open(plan, START_S)
    watch.begin()
    watch.submit(Tick(), START_S)
    yield watch
    watch.finish()
    watch.close("ended")


@pytest.fixture
def client(watch: Watch) -> Iterator[Client]:
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        yield client


def apply(client: Client, toml: str, base: str, **more: str) -> tuple[int, dict[str, object]]:
    body = {"toml": toml, "geometry": SITE_GEOJSON, "base_sha256": base, "by": "A. Rahman", **more}
    answer = client.post(f"{API}/apply", json=body)
    return answer.status_code, answer.json()


def test_the_file_as_it_stands(client: Client, site_file: Path) -> None:
    file = client.get(f"{API}/file").json()
    assert (file["toml"], file["geometry"]) == (SITE_TOML, SITE_GEOJSON)
    assert (file["file"], file["edited_on_disk"]) == (str(site_file), False)
    site_file.write_text(SITE_TOML + "# by hand\n")
    assert client.get(f"{API}/file").json()["edited_on_disk"]


def test_a_candidate_is_checked_with_lines_and_drawn(client: Client) -> None:
    wrong = SITE_TOML.replace("period_s = 1.0", "period_s = -1.0").replace(
        'timezone = "Asia/Baghdad"', 'timezone = "X"'
    )
    answer = client.post(f"{API}/check", json={"toml": wrong, "geometry": SITE_GEOJSON}).json()
    assert answer["site"] is None
    lines = {fault["key"]: wrong.splitlines()[fault["line"] - 1] for fault in answer["faults"]}
    assert lines == {"sensor[0].period_s": "period_s = -1.0", "timezone": 'timezone = "X"'}
    geometry = SITE_GEOJSON.replace('"asset"', '"castle"')
    (fault,) = client.post(f"{API}/check", json={"toml": SITE_TOML, "geometry": geometry}).json()["faults"]
    assert (fault["where"], fault["feature"], fault["line"]) == ("geometry", 1, None)
    good = client.post(
        f"{API}/check", json={"toml": SITE_TOML.replace("4500.0", "9000.0"), "geometry": SITE_GEOJSON}
    ).json()
    assert good["faults"] == []
    assert good["differences"] == [
        {"part": "sensor radar-1", "key": "range_m", "before": "[300.0, 4500.0]", "after": "[300.0, 9000.0]"}
    ]
    assert good["site"]["sensors"][0]["range_m"] == [300.0, 9000.0]
    assert good["document"]["sensor"][0]["id"] == "radar-1"
    moved = client.post(
        f"{API}/check", json={"toml": SITE_TOML.replace("43.9632", "44.0", 1), "geometry": SITE_GEOJSON}
    ).json()
    assert "longitude_deg" in [fault["key"] for fault in moved["held"]]
    assert client.post(f"{API}/check", json={"toml": "name =\n", "geometry": None}).json()["faults"][0]["line"] == 1


def test_edits_are_made_in_the_text(client: Client) -> None:
    body = {
        "toml": "# ours\n" + SITE_TOML,
        "geometry": SITE_GEOJSON,
        "edits": [{"do": "set", "path": ["sensor", 0, "p_detect"], "value": 0.5}],
    }
    made = client.post(f"{API}/edit", json=body).json()
    assert made["toml"].startswith("# ours\n")
    assert "p_detect = 0.5" in made["toml"]
    assert made["faults"] == []
    body["edits"] = [{"do": "set", "path": ["sensor", 9, "p_detect"], "value": 0.5}]
    assert client.post(f"{API}/edit", json=body).status_code == 400


def test_two_editors_lose_no_change(client: Client, watch: Watch) -> None:
    base = client.get(f"{API}/file").json()["sha256"]
    first = SITE_TOML.replace("Test Field", "Test Field North")
    status, answer = apply(client, first, base, note="renamed", role="administrator")
    assert status == 200, answer
    status, answer = apply(client, SITE_TOML.replace("5.0", "6.0"), base)
    assert status == 409
    assert answer["error"]["code"] == "site_changed"  # type: ignore[index]
    assert client.get("/api/v1/site").json()["name"] == "Test Field North"
    assert client.get("/api/v1/snapshot").json()["topics"]["site"]["sha256"] == watch.plan.site.sha256
    (changed,) = read_events(watch.plan.folder, kind="site_changed")
    assert (changed.payload.by, changed.payload.note) == ("A. Rahman", "renamed")  # type: ignore[union-attr]


def test_a_draft_is_put_upon_what_another_changed_and_saved_under_ones_own_name(client: Client, watch: Watch) -> None:
    base = client.get(f"{API}/file").json()["sha256"]
    assert apply(client, SITE_TOML.replace("Test Field", "Test Field North"), base)[0] == 200
    mine = SITE_TOML.replace("period_s = 1.0", "period_s = 2.0")
    draft = {"toml": mine, "geometry": SITE_GEOJSON, "base_sha256": base}
    said = client.post(f"{API}/merge", json=draft).json()
    assert said["theirs"] == [{"part": "site", "key": "name", "before": "Test Field", "after": "Test Field North"}]
    assert (said["why"], said["both"]) == (None, [])
    assert "Test Field North" in said["toml"]
    assert "period_s = 2.0" in said["toml"]
    assert watch.board.site.name == "Test Field North"
    checked = client.post(f"{API}/check", json={"toml": said["toml"], "geometry": said["geometry"]}).json()
    assert [one["key"] for one in checked["differences"]] == ["period_s"]
    status, _ = apply(client, said["toml"], said["now"]["sha256"], by="B. Officer", note="slower")
    assert status == 200
    newest = list(read_events(watch.plan.folder, kind="site_changed"))[-1].payload
    assert (newest.by, [one.key for one in newest.differences]) == ("B. Officer", ["period_s"])  # type: ignore[union-attr]


def test_what_both_changed_is_shown_and_not_put_together(client: Client) -> None:
    base = client.get(f"{API}/file").json()["sha256"]
    apply(client, SITE_TOML.replace("Test Field", "North"), base)
    draft = {"toml": SITE_TOML.replace("Test Field", "South"), "geometry": SITE_GEOJSON, "base_sha256": base}
    said = client.post(f"{API}/merge", json=draft).json()
    assert (said["toml"], said["both"]) == (
        None, [{"part": "site", "key": "name", "before": "Test Field", "after": "North"}]
    )  # fmt: skip
    assert said["why"].startswith("Both changed the same")
    assert client.post(f"{API}/merge", json=draft | {"base_sha256": "0" * 64}).status_code == 404
    assert client.post(f"{API}/merge", json=draft | {"toml": "x ="}).status_code == 409


def test_the_previous_version_is_a_call_away_and_that_is_a_change_too(client: Client, site_file: Path) -> None:
    base = client.get(f"{API}/file").json()["sha256"]
    _, changed = apply(client, SITE_TOML.replace("Test Field", "Renamed"), base)
    versions = client.get(f"{API}/versions").json()["versions"]
    assert [(one["by"], one["current"]) for one in versions] == [("A. Rahman", True), (None, False)]
    assert versions[0]["differences"] == [{"part": "site", "key": "name", "before": "Test Field", "after": "Renamed"}]
    text = client.get(f"{API}/versions/{base}").json()
    assert text["toml"] == SITE_TOML
    assert text["differences"][0]["after"] == "Test Field"
    body = {"base_sha256": changed["sha256"], "by": "B. Officer", "note": "too early"}
    answer = client.post(f"{API}/versions/{base}/return", json=body)
    assert answer.status_code == 200, answer.json()
    assert site_file.read_text() == SITE_TOML
    newest = client.get(f"{API}/versions").json()["versions"][0]
    assert (newest["by"], newest["back_to"], newest["sha256"]) == ("B. Officer", base, base)
    assert client.post(f"{API}/versions/{'0' * 64}/return", json=body).status_code == 404


def test_these_routes_alone_take_large_bodies(client: Client) -> None:
    document = json.loads(SITE_GEOJSON)
    ring = [[43.95 + 0.03 * k / 4000, 36.22] for k in range(4000)]
    document["features"][0]["geometry"]["coordinates"] = [[*ring, [43.98, 36.25], [43.95, 36.25], ring[0]]]
    geometry = json.dumps(document)
    assert len(geometry) > 64 * 1024
    answer = client.post(f"{API}/check", json={"toml": SITE_TOML, "geometry": geometry})
    assert answer.status_code == 200
    assert answer.json()["faults"] == []
    assert client.post("/api/v1/test-alarm", json={"note": "x" * 100_000}).status_code == 413
    too_much = {"toml": SITE_TOML, "geometry": "x" * (2 * 1024 * 1024 + 1)}
    assert client.post(f"{API}/check", json=too_much).status_code == 413
