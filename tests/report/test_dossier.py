"""What people added, on every paper: side by side, with what is corrected or withdrawn still there."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from tests.post.dossier_room import MEDIC, SPOKESPERSON, Night
from tests.post.scene import BEGIN_S
from tests.report.papers import case_of
from tests.report.test_pdf import HOSTILE
from vedette.model import Closure, ClosureBegan, ClosureEnded, ClosureEvidence, ClosureState, Event, Origin, Subject
from vedette.report import Case, incident_document, render, render_html, statement, summary_text
from vedette.report.closed import airport_agrees
from vedette.report.contents import paper_of
from vedette.report.pdf import render_pdf


@pytest.fixture
def night() -> Night:
    """An evening with everything in it, one thing of each taken back."""
    night = Night(Origin.REPLAY)
    night.effect("injuries", source="the medical officer")
    night.effect("injuries", "one, light", by="Dee", role="fire-chief")
    night.effect("damage", "a window")
    night.effect("damage")
    night.effect("flights", "two held")
    night.piece("withdraw_effect", "erbil-EF-0005", note="another night", **MEDIC)
    for source, value in (("Service", "2"), ("Broadcaster", "1"), ("Post", "3")):
        night.claim(Subject.COUNT, value, source)
    night.piece("withdraw_claim", "erbil-CL-0003", note="taken down")
    night.claim(Subject.RESPONSIBILITY, "Some Group", "Post", "F6")
    night.attribute()
    night.add()
    night.piece("move_custody", "erbil-ME-0001", holder="Military police")
    night.draft("where")
    night.approve()
    night.effect("damage", "two windows")
    return night


def case(night: Night) -> Case:
    alerts = [night.post.alert(one) for one in night.incident.alerts]
    document = incident_document(night.incident, night.site, alerts)
    events = [
        Event(seq=at, observed_s=one.observed_s, received_s=one.received_s, origin=one.origin, kind="", schema=1,
              payload=one.payload)
        for at, one in enumerate(night.drafts, 1)
    ]  # fmt: skip
    return case_of(document, night.site, [], events)


def words(paper: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split())


WANTED = (
    "others say differently: no statement says either", "none reported", "one, light", "the medical officer",
    "no longer stands: corrected by erbil-EF-0004", "no longer stands: withdrawn by Bo",
    "Claims ledger", "3 standing, in conflict on 1 question;", "other claims contradict it", "withdrawn", "taken down",
    "to be claimed: Some Group", "waits for a second person", "crater.jpg", "Military police",
    "FLAGGED", "Changed since", "left out: where they came down", "Statements",
)  # fmt: skip


def closed(reopened_s: float | None = None) -> Closure:
    """The runway, closed 100 s into the night, and perhaps open again."""
    on = ClosureEvidence(
        sensors="corroborated", sighting_grade="B", tracks=(), sightings=(), says="erbil-T-0001 seen by two"
    )
    began = ClosureBegan(
        closure="erbil-X-0001", place="rwy", name="Runway 18/36", place_kind="runway", criteria=(), evidence=on,
        by="Ada", role="commander", note="", closed_s=BEGIN_S + 100.0, at_s=BEGIN_S + 100.0, decision=None,
        incident="erbil-I-0001",
    )  # fmt: skip
    ended = None
    if reopened_s is not None:
        ended = ClosureEnded(
            closure="erbil-X-0001", by="Bo", role="tower", note="", unmet=("clear",), reopened_s=reopened_s,
            at_s=reopened_s,
        )  # fmt: skip
    state = ClosureState.CLOSED if ended is None else ClosureState.REOPENED
    return Closure(began=began, state=state, criteria=(), origin=Origin.REPLAY, ended=ended)


@pytest.mark.parametrize(
    ("reopened_s", "value", "published_s", "agrees"),
    [
        (None, "closed", None, True),
        (None, "open", None, False),
        (None, "open", 50.0, None),
        (None, "closed", 50.0, None),
        (None, "open", 150.0, False),
        (200.0, "open", 150.0, False),
        (200.0, "open", 250.0, True),
        (200.0, "closed", 250.0, True),
    ],
)
def test_a_claim_of_the_airport_is_held_against_the_closures(
    reopened_s: float | None, value: str, published_s: float | None, agrees: bool | None
) -> None:
    closures = (closed(None if reopened_s is None else BEGIN_S + reopened_s),)
    at_s = None if published_s is None else BEGIN_S + published_s
    assert airport_agrees(closures, value, at_s) is agrees
    assert airport_agrees((), value, at_s) is None


def test_the_record_says_what_was_closed_beside_what_others_say(night: Night) -> None:
    for source, value in (("Service", "closed"), ("Broadcaster", "open")):
        night.claim(Subject.AIRPORT, value, source)
    silent = incident_document(night.incident, night.site, [])
    assert (silent["record"]["airport"], silent["closures"]) == (None, [])
    incident = msgspec.structs.replace(night.incident, closures=(closed(BEGIN_S + 400.0),))
    document = incident_document(incident, night.site, [])
    assert document["record"]["airport"] == "closed"
    claims = {one["value"]: one["agrees"] for one in document["claims"] if one["subject"] == "airport"}
    assert claims == {"closed": True, "open": False}
    page = render_html(case_of(document, night.site, [], []))
    for wanted in ("Runway 18/36", "by Ada (commander)", "by Bo, not all criteria met", "erbil-T-0001 seen by two"):
        assert wanted in page, wanted


def test_html_and_pdf_say_all_of_it(night: Night) -> None:
    made = case(night)
    page, printed = render_html(made), words(render_pdf(made))
    for wanted in WANTED:
        assert wanted in page, wanted
        assert wanted.replace(" ", "") in printed.replace(" ", ""), wanted


def test_the_timeline_tells_each_act_and_who(night: Night) -> None:
    section = next(one for one in paper_of(case(night)).sections if one.title == "Timeline")
    told = [row.cells[3].text for row in section.blocks[0].rows]  # type: ignore[union-attr]
    for wanted in (
        "Injuries: none reported", "erbil-EF-0005 withdrawn", "Claim entered, how many: 2", "erbil-CL-0003 withdrawn",
        "erbil-AT-0001 signed by one: claimed (Some Group)", "erbil-ME-0001 added: crater.jpg",
        "erbil-ME-0001 now held by Military police", "Statement erbil-ST-0001 drafted",
        "Statement erbil-ST-0001 approved", "Statement erbil-ST-0001 flagged",
    ):  # fmt: skip
        assert wanted in told, wanted


def test_json_has_every_sentence_s_events(night: Night) -> None:
    document = json.loads(render("json", case(night)))
    for said in (document["statement"], *document["statements"]):
        assert all(one["events"] for one in said["sentences"])
    assert [one["conflict"] for one in document["claims"]] == [True, True, False, False]
    assert document["record"]["responsibility"] == "unclaimed"
    assert [one["agrees"] for one in document["claims"]] == [True, False, False, None]


def test_a_conflict_is_no_word_of_the_summary_and_a_second_signature_is(night: Night) -> None:
    text = summary_text(case(night).document)
    assert "2 people say different things" in text
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    assert "claimed: Some Group" in summary_text(case(night).document)


def test_the_statement_as_text_is_the_one_on_the_table(night: Night) -> None:
    made = case(night)
    text = " ".join(statement(made.document).text().split())
    assert text.startswith("REPLAY")
    assert "Statement erbil-ST-0001: FLAGGED" in text
    assert "CHANGED, now: Damage, as reported by the medical officer: two windows." in text
    assert "came down" not in text.split("Not said")[0], "it was left out"
    night.move("withdraw")
    assert "nobody has drafted a statement" in statement(case(night).document).text()


def test_hostile_words_are_words_alone() -> None:
    night = Night()
    hostile = HOSTILE.replace("\ud800", "")
    night.effect("damage", hostile, source=hostile, by=hostile)
    night.claim(Subject.OTHER, hostile, hostile)
    night.claim(Subject.RESPONSIBILITY, hostile, hostile)
    night.attribute("claimed", hostile)
    night.add()
    night.draft(by=hostile, note=hostile)
    made = case(night)
    assert "<script>" not in render_html(made)
    assert '#panic("x")' in words(render_pdf(made))


def test_a_bare_incident_has_no_empty_sections() -> None:
    titles = [one.title for one in paper_of(case(Night())).sections]
    assert not {"Claims ledger", "Media", "Statements"} & set(titles)
    assert "Effects and attribution" in titles


def test_the_document_is_plain_json(night: Night) -> None:
    document: dict[str, Any] = case(night).document
    assert json.loads(msgspec.json.encode(document)) == document


def test_the_map_has_the_sensors_and_what_can_be_said(night: Night) -> None:
    made = case(night)
    at = night.site.sensors[0].id
    track = {"reason": "too_far", "in_view_s": 0.0, "p_missed": None, "words": "out of range"}
    part = {"sensor": at, "name": "x", "kind": "radar", "tracks": [
        {"track": "erbil-T-0001", "state": "saw", **track}, {"track": "erbil-T-0002", "state": "could_not", **track}
    ]}  # fmt: skip
    made = msgspec.structs.replace(made, site=msgspec.structs.replace(night.site, zones=()), sensors=[part])
    found = json.loads(render("geojson", made))
    (sensor,) = [one for one in found["features"] if one["properties"]["kind"] == "sensor"]
    assert sensor["geometry"]["type"] == "Point"
    assert sensor["properties"]["saw"] == ["erbil-T-0001"]
    assert sensor["properties"]["could_not"] == {"erbil-T-0002": "too_far"}
    assert found["incident"]["statement"]["sentences"]
