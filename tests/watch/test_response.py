"""The response from end to end: the API of a running watch, its record, what leaves it, and a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient, TestClient

from tests.watch.driving import vedette
from tests.watch.test_decisions import ADA, API, BO, MANDATE_TOML, START_S, fly, post, the_track
from vedette.console import create_app
from vedette.model import NoticeState, Origin
from vedette.record import read_events, verify
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch
from vedette.wire.cap import CapAlert
from vedette.wire.cap_reading import decode_cap

LIST = "/checklists/test-C-0001"
PLAN_TOML = """
[plan]
automatic = true

[[plan.step]]
phase = "protect"
measure = "close"
owner = "Tower"

[[plan.step]]
phase = "respond"
measure = "defeat"

[[plan.step]]
phase = "recover"
text = "Tell the police"
notify = ["police"]
say = "One drone down"

[[closure]]
id = "field"
name = "The field"
kind = "airspace"
zones = ["fence"]
measure = "close"
clear_s = 5.0
sensors = false

[[release]]
id = "words"
what = ["notices"]
"""


def planned(site_file: Path, folder: Path, *, outputs: bool) -> Plan:
    police = folder / "police"
    police.mkdir()
    out = f'[[output]]\nid = "police"\npartner = "Police"\nkind = "cap"\nurl = "file:{police}"\nrelease = "words"\n'
    text = site_file.read_text().replace("clutter_per_scan = 5.0", "clutter_per_scan = 5.0\nclass_accuracy = 1.0")
    plan = PLAN_TOML.replace("[plan]\nautomatic = true\n", "")
    site_file.write_text(
        text + "[plan]\nautomatic = true\n" + MANDATE_TOML + plan + out + 'sender = "watch@test.example"\n'
    )
    return Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=folder / "data", outputs=outputs)


@pytest.fixture
def plan(site_file: Path, tmp_path: Path) -> Plan:
    return planned(site_file, tmp_path, outputs=False)


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


def test_the_checklist_follows_the_decisions(client: TestClient[Litestar], watch: Watch) -> None:
    (checklist,) = client.get(f"{API}/response").json()["checklists"]
    assert (checklist["incident"], checklist["opened_by"]) == ("test-I-0001", None)
    assert [step["text"] for step in checklist["steps"]] == [
        "Shelter alarm", "Close the runway", "Request defeat", "Tell the police",
    ]  # fmt: skip
    status, refused = post(client, f"{LIST}/steps/2/do", ADA)
    assert (status, refused["error"]["code"]) == (409, "needs_decision")
    made = post(client, "/decisions", {**ADA, "measure": "close"})[1]
    assert post(client, f"/decisions/{made['id']}/second", BO)[0] == 200
    status, after = post(client, f"{LIST}/steps/2/do", {**ADA, "note": "tower says so"})
    assert (status, after["steps"][1]["state"], after["steps"][1]["decision"]) == (200, "done", made["id"])
    assert client.get(f"{API}/decisions/{made['id']}").json()["state"] == "carried_out"
    fly(watch, 12, 14)
    (closure,) = client.get(f"{API}/response").json()["closures"]
    assert (closure["name"], closure["by"], closure["decision"]) == ("The field", "Ada", made["id"])
    assert closure["evidence"]["tracks"] == [the_track(client)]


def test_a_closure_is_opened_against_its_criteria_only_said_so(client: TestClient[Litestar], plan: Plan) -> None:
    status, closure = post(client, "/closures", {**BO, "place": "field", "happened_utc": "2023-11-14T22:13:25Z"})
    assert (status, closure["state"], closure["closed_utc"]) == (200, "closed", "2023-11-14T22:13:25.000Z")
    path = f"/closures/{closure['id']}"
    status, refused = post(client, f"{path}/reopen", ADA)
    assert (status, refused["error"]["code"]) == (409, "criteria_unmet")
    assert [one["criterion"] for one in refused["error"]["details"]] == ["clear", "confirm-1"]
    status, after = post(client, f"{path}/criteria/confirm-1/confirm", {"by": "Airfield Ops"})
    assert (status, after["criteria"][-1]["by"]) == (200, "Airfield Ops")
    status, after = post(client, f"{path}/reopen", {**ADA, "anyway": True, "note": "medical flight"})
    assert (status, after["state"], after["unmet_then"]) == (200, "reopened", ["clear"])
    assert [one["unmet"] for one in after["attempts"]] == [["clear", "confirm-1"]]
    kinds = [event.kind for event in read_events(plan.folder) if event.kind.startswith(("closure_", "criterion_"))]
    assert kinds == ["closure_began", "closure_attempted", "criterion_moved", "closure_ended"]
    assert verify(plan.folder).intact


def test_a_replay_records_a_notice_and_sends_none(client: TestClient[Litestar], watch: Watch, tmp_path: Path) -> None:
    status, notice = post(client, "/notices", {**ADA, "output": "police", "text": "One drone down"})
    assert (status, notice["partner"]) == (200, "Police")
    watch.settle()
    (notice,) = client.get(f"{API}/response").json()["notices"]
    assert (notice["state"], notice["outcome"]) == ("failed", "not sent: what is not live tells nobody")
    assert list((tmp_path / "police").iterdir()) == []
    status, read = post(client, f"/notices/{notice['id']}/read", {**ADA, "confirmed_by": "Duty sergeant"})
    assert (status, read["state"], read["read_by"], read["recorded_by"]) == (200, "read", "Duty sergeant", "Ada")
    status, refused = post(
        client, "/notices", {**ADA, "output": "police", "text": "x", "checklist": "test-C-0001", "step": 3}
    )
    assert (status, refused["error"]["code"]) == (409, "not_sent")


def test_a_notice_leaves_by_its_output_after_it_is_recorded(site_file: Path, tmp_path: Path) -> None:
    plan = planned(site_file, tmp_path, outputs=True)
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 4)

    async def tell() -> None:
        async with watch.telling.open(), AsyncTestClient(create_app(watch), base_url="http://127.0.0.1") as client:
            changes = watch.board.stream.subscribe(watch.board.stream.seq)
            sent = await client.post(f"{API}/notices", json={**ADA, "output": "police", "text": "One drone down"})
            assert sent.status_code == 200
            async with asyncio.timeout(60.0):
                while watch.board.shown.responding.notices[0].state is not NoticeState.SENT:
                    await changes.take(60.0)

    asyncio.run(tell())
    watch.finish()
    watch.close("ended")
    (path,) = (tmp_path / "police").iterdir()
    message = decode_cap(path.read_bytes())
    assert isinstance(message, CapAlert)
    assert (message.status, message.infos[0].description) == ("Test", "One drone down")
    kinds = [event.kind for event in read_events(plan.folder) if event.kind in ("notice_written", "dispatched")]
    assert kinds == ["notice_written", "dispatched"]


def test_a_hand_over_is_signed_by_two_and_printed(client: TestClient[Litestar], plan: Plan) -> None:
    draft = client.get(f"{API}/hand-over").json()
    assert [one["topic"] for one in draft["sheet"]["sections"]][:3] == ["alerts", "dismissed", "sensors"]
    digest = draft["sheet"]["digest"]
    assert post(client, "/hand-over", {**ADA, "digest": "f" * 64})[1]["error"]["code"] == "changed"
    status, offered = post(client, "/hand-over", {**ADA, "digest": digest, "note": "quiet <night>"})
    assert (status, offered["state"], offered["sheet"]["digest"]) == (200, "offered", digest)
    path = f"/hand-over/{offered['id']}"
    assert post(client, f"{path}/accept", {**ADA, "digest": digest})[1]["error"]["code"] == "same_person"
    status, taken = post(client, f"{path}/accept", {**BO, "digest": digest})
    assert (status, taken["state"], taken["taken_by"]) == (200, "accepted", "Bo")
    paper = client.get(f"{API}{path}/paper.html")
    assert paper.headers["content-security-policy"].startswith("default-src 'none'")
    for words in ("Ada", "Bo", digest, "quiet &lt;night&gt;", "Open alerts", "Hand-over of the watch", "REPLAY"):
        assert words in paper.text, words
    assert client.get(f"{API}/hand-over/test-H-0009/paper.html").status_code == 404
    pdf = client.get(f"{API}{path}/paper.pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(f"{API}/hand-over/test-H-0009/paper.pdf").status_code == 404
    assert "Ada, taken over by Bo" in vedette("hand-over", "list", plan.folder).stdout
    out = plan.folder.parent / "hand-over.pdf"
    made = vedette("hand-over", "print", plan.folder, offered["id"], "--out", out)
    assert (made.returncode, out.read_bytes()) == (0, pdf.content)
    assert vedette("hand-over", "print", plan.folder, "test-H-0009").returncode == 2
    assert [e.kind for e in read_events(plan.folder) if e.kind.startswith("hand_over")] == [
        "hand_over_offered", "hand_over_moved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/checklists", {"by": "Ada"}, 400),
        ("/checklists", {"incident": "test-I-0009"}, 404),
        (f"{LIST}/steps/1/skip", {**ADA}, 409),
        (f"{LIST}/steps/99/do", {**ADA}, 404),
        (f"{LIST}/steps/4/do", {**ADA, "happened_utc": "yesterday"}, 400),
        (f"{LIST}/steps/4/do", {**ADA, "happened_utc": "2099-01-01T00:00:00Z"}, 409),
        ("/notices", {**ADA, "text": ""}, 400),
        ("/notices", {**ADA, "text": "x", "output": "moon"}, 404),
        ("/notices", {**ADA, "text": "x", "latitude_deg": 1.0}, 400),
        ("/closures", {**ADA, "place": "moon"}, 404),
        ("/closures/test-X-0009/reopen", {**ADA}, 404),
        ("/hand-over", {**ADA, "digest": "abc"}, 400),
        ("/hand-over/test-H-0009/accept", {**ADA, "digest": "f" * 64}, 404),
    ],
)
def test_what_cannot_be_done_is_no_event(
    client: TestClient[Litestar], plan: Plan, path: str, body: dict[str, Any], status: int
) -> None:
    before = len(list(read_events(plan.folder)))
    assert post(client, path, body)[0] == status
    assert len(list(read_events(plan.folder))) == before


def test_a_restart_has_all_of_it(plan: Plan) -> None:
    first = Watch.open(plan, START_S)
    first.begin()
    fly(first, 0, 12)
    with TestClient(create_app(first), base_url="http://127.0.0.1") as client:
        post(client, f"{LIST}/steps/4/do", {**ADA, "note": "told"})
        post(client, "/closures", {**ADA, "place": "field"})
        post(client, "/notices", {**ADA, "partner": "Tower", "text": "Hold"})
        before = client.get(f"{API}/response").json()
    first.finish()
    first.close("ended")
    second = Watch.open(plan, START_S)
    second.begin()
    with TestClient(create_app(second), base_url="http://127.0.0.1") as client:
        after = client.get(f"{API}/response").json()
    second.finish()
    second.close("ended")
    assert after == before
    assert before["checklists"][0]["steps"][3]["note"] == "told"


def test_the_incidents_report_has_what_was_done(client: TestClient[Litestar]) -> None:
    post(client, f"{LIST}/steps/4/do", {**ADA, "note": "by the airfield line"})
    made = post(client, "/notices", {**ADA, "partner": "Tower, line 2", "text": "Hold all movements"})[1]
    post(client, f"/notices/{made['id']}/read", {**BO, "confirmed_by": "Shift lead"})
    closed = post(client, "/closures", {**BO, "place": "field"})[1]
    post(client, f"/closures/{closed['id']}/reopen", {**BO})
    post(client, f"/closures/{closed['id']}/reopen", {**BO, "anyway": True, "note": "ambulance flight"})
    digest = client.get(f"{API}/hand-over").json()["sheet"]["digest"]
    post(client, "/hand-over", {**ADA, "digest": digest, "note": "of no incident"})
    page = client.get(f"{API}/incidents/test-I-0001/report.html").text
    for words in (
        "Checklist test-C-0001 opened", "test-C-0001 step 4 done", "by the airfield line",
        "Tower, line 2 told by voice: Hold all movements", "read by Shift lead", "The field closed",
        "opening refused", "open again", "not met: clear, confirm-1", "ambulance flight",
    ):  # fmt: skip
        assert words in page, words
    assert "of no incident" not in page
