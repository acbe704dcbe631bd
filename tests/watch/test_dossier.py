"""What people add to an incident, end to end: the API of a running watch, its record, its papers, and a restart."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from vedette.console import create_app, views
from vedette.errors import BadInput, RecordBusy
from vedette.model import Action, Look, Origin, Scan, Tick
from vedette.model.dossier_requests import MediaFile
from vedette.record import CHECKPOINTS, MediaFolder, read_checkpoints, read_events, verify
from vedette.record.media import FILE_MOST
from vedette.site import load_site
from vedette.watch.acting import record_acts
from vedette.watch.archive import Archive
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

START_S = 1_700_000_000.0
INCIDENT = "/api/v1/incidents/test-I-0001"
OFFICER = {"by": "Ada", "role": "commander"}
SPOKESPERSON = {"by": "Cem", "role": "public-affairs"}
Client = TestClient[Litestar]


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


def opened(plan: Plan) -> Watch:
    watch = Watch.open(plan, START_S)
    watch.begin()
    for second in range(12):
        watch.submit(look(second), START_S + second)
        watch.submit(Tick(), START_S + second)
    watch.settle()
    return watch


@pytest.fixture
def plan(site_file: Path, tmp_path: Path) -> Plan:
    return Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")


@pytest.fixture
def client(plan: Plan) -> Iterator[Client]:
    watch = opened(plan)
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        yield client
    watch.finish()
    watch.close("ended")


def post(client: Client, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(INCIDENT + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_evening_at_the_desk(client: Client, plan: Plan) -> None:
    medic = {"source": "the medical officer", "how": "by telephone"}
    post(client, "/effects", {**OFFICER, **medic, "effect": "injuries", "state": "none_reported"})
    document = post(client, "/effects", {**SPOKESPERSON, "effect": "injuries", "state": "reported", "value": "one"})
    assert document["effects"]["injuries"]["conflict"] is True
    post(client, "/effects/test-EF-0002/withdraw", {**SPOKESPERSON, "note": "another accident"})
    for source, value in (("Service", "2"), ("Broadcaster", "1")):
        claim = {"subject": "count", "value": value, "source": source, "where": "web", "grade": "C3"}
        document = post(client, "/claims", {**OFFICER, **claim, "published_utc": "2023-11-15T00:00:00+03:00"})
    assert [one["conflict"] for one in document["claims"]] == [True, True]
    assert [one["agrees"] for one in document["claims"]] == [False, True]
    assert document["record"]["count"] == "1"

    statement = post(client, "/statements", {**SPOKESPERSON, "note": "for the morning"})["statements"][0]
    assert statement["awaits"] == ["commander", "public-affairs"]
    post(client, f"/statements/{statement['id']}/submit", SPOKESPERSON)
    post(client, f"/statements/{statement['id']}/approve", OFFICER)
    refused = post(client, f"/statements/{statement['id']}/approve", {"by": "Ada", "role": "public-affairs"}, 409)
    assert refused["error"]["code"] == "second_refused"
    post(client, f"/statements/{statement['id']}/approve", SPOKESPERSON)
    refused = post(client, f"/statements/{statement['id']}/release", SPOKESPERSON, 409)
    assert refused["error"]["code"] == "not_live"
    document = post(client, "/effects", {**OFFICER, **medic, "effect": "injuries", "state": "reported", "value": "one"})
    (flagged,) = document["statements"]
    assert flagged["state"] == "flagged"
    assert flagged["changes"] == [
        {
            "key": "injuries",
            "was": "No injuries were reported, according to the medical officer.",
            "now": "Injuries, as reported by the medical officer: one.",
        }
    ]
    assert set(views.IncidentDocument.__struct_fields__) <= {*document, "class_"}

    page = client.get(f"{INCIDENT}/report.html").text
    for words in ("Claims ledger", "differs", "FLAGGED", "Changed since",
                  "corrected by test-EF-0003", "withdrawn by Cem", "Statements"):  # fmt: skip
        assert words in page, words
    assert verify(plan.folder).intact


def test_each_sentence_leads_to_events_of_the_record(client: Client, plan: Plan) -> None:
    post(client, "/effects", {**OFFICER, "effect": "damage", "state": "none_reported"})
    post(client, "/statements", SPOKESPERSON)
    case = client.get(f"{INCIDENT}/case").json()
    recorded = {event.seq: event for event in read_events(plan.folder)}
    for said in (case["statement"], *case["statements"]):
        assert len(said["sentences"]) >= 4
        for sentence in said["sentences"]:
            assert sentence["events"], sentence
            for id_ in sentence["evidence"]:
                named = [recorded[seq] for seq in sentence["events"]]
                assert any(f'"{id_}"' in json.dumps(_plain(event.payload)) for event in named), id_
    assert [row["what"] for row in case["timeline"] if row["kind"] == "person"] == [
        "Damage: none reported", "Statement test-ST-0001 drafted"
    ]  # fmt: skip
    (radar,) = case["sensors"]
    assert [one["state"] for one in radar["tracks"]] == ["saw"]


def _plain(payload: Any) -> Any:
    return {name: str(getattr(payload, name)) for name in payload.__struct_fields__}


def test_who_did_it_takes_two(client: Client, plan: Plan) -> None:
    body = {**OFFICER, "state": "claimed", "to": "Some Group", "grounds": "their broadcast", "evidence": []}
    document = post(client, "/attribution", body)
    assert document["attribution"] == {"state": "unclaimed"}
    assert post(client, "/attribution/test-AT-0001/sign", OFFICER, 409)["error"]["code"] == "second_refused"
    document = post(client, "/attribution/test-AT-0001/sign", SPOKESPERSON)
    assert document["attribution"] == {"state": "claimed", "to": "Some Group", "decision": "test-AT-0001"}
    listed = client.get("/api/v1/incidents").json()["incidents"][0]
    assert listed["attribution"]["state"] == "claimed"
    page = client.get(f"{INCIDENT}/report.html").text
    assert "Responsibility was claimed by Some Group." in page
    (signed,) = read_events(plan.folder, kind="attribution_signed")
    sealing = read_checkpoints(plan.folder / CHECKPOINTS)[-1]
    assert sealing.seq == signed.seq, "signed by the machine before they were answered"
    assert f"checkpoint {sealing.seq} {sealing.hash} signed by {sealing.public_key}" in page


def test_a_file_is_kept_under_its_digest_and_goes_out_as_a_download(client: Client, plan: Plan) -> None:
    octets = b"<script>alert(1)</script>" * 100_000
    query = {"name": "film.html", "taken_by": "Guard 2", "received_from": "Guard post", **OFFICER}
    answer = client.post(f"{INCIDENT}/media", params=query, content=octets)
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["media"]
    digest = hashlib.sha256(octets).hexdigest()
    assert (one["sha256"], one["size_bytes"], one["name"]) == (digest, len(octets), "film.html")
    assert (plan.folder / "media" / digest).read_bytes() == octets
    assert client.post(f"{INCIDENT}/media", params=query, content=octets).json()["error"]["code"] == "already_there"
    back = client.get(f"{INCIDENT}/media/{one['id']}")
    assert back.content == octets
    assert back.headers["content-type"].startswith("application/octet-stream")
    assert back.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in back.headers["content-security-policy"]
    document = post(client, f"/media/{one['id']}/custody", {**OFFICER, "holder": "Military police"})
    assert document["media"][0]["custody"][0]["holder"] == "Military police"
    assert digest in client.get(f"{INCIDENT}/report.html").text
    assert list((plan.folder / "media").iterdir()) == [plan.folder / "media" / digest], "nothing half is left"


@pytest.mark.parametrize(
    ("path", "params", "content", "status"),
    [
        ("/media", {"name": "a", "taken_by": "x", "received_from": "y"}, b"", 400),
        ("/media", {"name": "../a", "taken_by": "x", "received_from": "y"}, b"x", 400),
        ("/media", {"name": "a\nb", "taken_by": "x", "received_from": "y"}, b"x", 400),
        ("/media", {"name": "a", "received_from": "y"}, b"x", 400),
        ("/media", {"name": "a", "taken_by": "x", "received_from": "y", "taken_utc": "yesterday"}, b"x", 400),
    ],
)
def test_a_file_without_its_words_is_not_taken(
    client: Client, plan: Plan, path: str, params: dict[str, str], content: bytes, status: int
) -> None:
    assert client.post(INCIDENT + path, params=params, content=content).status_code == status
    assert not list(read_events(plan.folder, kind="media_added"))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/claims", {"subject": "count", "value": "two", "source": "x"}, 409),
        ("/claims", {"subject": "weather", "value": "2", "source": "x"}, 400),
        ("/claims", {"subject": "count", "value": "2", "source": "x", "grade": "Z9"}, 400),
        ("/claims", {"subject": "count", "value": "2", "source": " "}, 400),
        ("/claims", {"subject": "count", "value": "2", "source": "x", "published_utc": "noon"}, 400),
        ("/claims/test-CL-0009/withdraw", {}, 404),
        ("/effects/test-EF-0009/withdraw", {}, 404),
        ("/attribution", {"state": "claimed", "to": "x", "grounds": "", "role": "commander"}, 400),
        ("/attribution", {"state": "claimed", "to": "x", "grounds": "y", "role": "cook"}, 409),
        ("/statements/test-ST-0009/submit", {}, 404),
        ("/statements/test-ST-0009/flag", {}, 400),
        ("/statements", {"leave_out": ["nonsense"]}, 409),
        ("/statements", {"approve": True}, 400),
    ],
)
def test_what_cannot_be_understood_is_no_event(
    client: Client, plan: Plan, path: str, body: dict[str, Any], status: int
) -> None:
    before = len(list(read_events(plan.folder)))
    post(client, path, body, status)
    assert len(list(read_events(plan.folder))) == before


def test_an_incident_that_is_not_there_is_404(client: Client) -> None:
    assert client.get("/api/v1/incidents/none/case").status_code == 404
    assert client.get("/api/v1/incidents/none/media/x").status_code == 404
    assert client.get(f"{INCIDENT}/media/test-ME-0001").status_code == 404
    for path, body in (("claims", {"subject": "count", "value": "2", "source": "x"}), ("statements", {})):
        assert client.post(f"/api/v1/incidents/none/{path}", json=body).status_code == 404


def test_a_restart_and_an_archive_have_all_of_it(plan: Plan, tmp_path: Path) -> None:
    watch = opened(plan)
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        post(client, "/effects", {**OFFICER, "effect": "damage", "state": "none_reported"})
        post(client, "/statements", SPOKESPERSON)
        before = client.get(INCIDENT).json()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"jpeg")
    with pytest.raises(RecordBusy):
        record_acts(plan.folder, plan.site, Archive(plan.folder).incidents[0], ())
    watch.finish()
    watch.close("ended")
    again = Watch.open(plan, START_S)
    again.begin()
    with TestClient(create_app(again), base_url="http://127.0.0.1") as client:
        after = client.get(INCIDENT).json()
        assert {**after, "tracks": before["tracks"]} == before
    again.finish()
    again.close("ended")
    archive = Archive(plan.folder)
    incident = archive.incident(None)
    incoming = MediaFolder(plan.folder).receive()
    for octets in (b"jp", b"eg"):
        incoming.write(octets)
    kept = incoming.seal()
    file = MediaFile(name="photo.jpg", taken_by="x", taken_s=None, source="y", sha256=kept.sha256, size_bytes=4)
    added = Action(verb="add_media", target=incident.incident, by="Ada", request=file)
    record_acts(plan.folder, plan.site, incident, [added])
    with pytest.raises(BadInput, match="same bytes"):
        record_acts(plan.folder, plan.site, incident, [added])
    incoming.keep()
    incoming.drop()
    assert list((plan.folder / "media").iterdir()) == [plan.folder / "media" / kept.sha256]
    (one,) = Archive(plan.folder).incident(None).dossier.media
    assert one.added.sha256 == hashlib.sha256(b"jpeg").hexdigest()
    assert verify(plan.folder).intact


def test_a_file_whose_action_is_refused_leaves_nothing(plan: Plan) -> None:
    watch = opened(plan)
    watch.finish()
    query = {"name": "film.mp4", "taken_by": "Guard 2", "received_from": "Guard post", **OFFICER}
    with TestClient(create_app(watch), base_url="http://127.0.0.1") as client:
        late = client.post(f"{INCIDENT}/media", params=query, content=b"film")
    watch.close("ended")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "stopped")
    assert list((plan.folder / "media").iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from vedette.model import Action
from vedette.model.dossier_requests import MediaFile
from vedette.record import MediaFolder
from vedette.watch.acting import record_acts
from vedette.watch.archive import Archive

folder, moments = Path(sys.argv[1]), sys.argv[2]
archive = Archive(folder)
incident = archive.incident(None)
incoming = MediaFolder(folder).receive()
incoming.write(moments.encode())
if moments != "writing":
    kept = incoming.seal()
    file = MediaFile(name="x", taken_by="x", taken_s=None, source="y", sha256=kept.sha256, size_bytes=kept.size_bytes)
    if moments == "recorded":
        added = Action(verb="add_media", target=incident.incident, by="Ada", request=file)
        record_acts(folder, archive.site, incident, [added])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moment", "kept"), [("writing", False), ("sealed", False), ("recorded", True)])
def test_a_kill_while_a_file_is_taken_leaves_what_the_record_has(plan: Plan, moment: str, kept: bool) -> None:
    watch = opened(plan)
    watch.finish()
    watch.close("ended")
    done = subprocess.run([sys.executable, "-c", KILLED, str(plan.folder), moment], check=False)
    assert done.returncode == -signal.SIGKILL
    media = plan.folder / "media"
    (left,) = media.iterdir()
    assert left.name.startswith("."), "it is not among the media yet"
    stranger, forgotten = media / "notes.txt", media / ("0" * 64)
    stranger.write_text("ours")
    forgotten.write_text("of no event")
    again = Watch.open(plan, START_S)
    again.close("ended")
    digest = hashlib.sha256(moment.encode()).hexdigest()
    assert {path.name for path in media.iterdir()} == {"notes.txt", *({digest} if kept else ())}
    assert (MediaFolder(plan.folder).path(digest) is not None) is kept


def test_a_file_that_the_record_has_is_found_before_the_next_start(plan: Plan) -> None:
    plan.folder.mkdir()
    incoming = MediaFolder(plan.folder).receive()
    incoming.write(b"film")
    kept = incoming.seal()
    found = MediaFolder(plan.folder).path(kept.sha256)
    assert found is not None
    assert found.read_bytes() == b"film"


def test_a_disk_or_a_limit_that_is_full_takes_no_file(tmp_path: Path) -> None:
    folder = MediaFolder(tmp_path)
    incoming = folder.receive()
    with pytest.raises(Exception, match="MB is not taken"):
        incoming.write(memoryview(bytearray(FILE_MOST + 1)))  # type: ignore[arg-type]
    incoming.drop()
    assert list((tmp_path / "media").iterdir()) == []
    assert folder.path("../" + "a" * 61) is None
