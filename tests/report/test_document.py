"""The incident's JSON against the contract, and the plain texts made from it."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.papers import AT_S, alerts, case_of, effect, events, impact, incident, points, track
from vedette.clock import parse_time
from vedette.model import Count, Origin
from vedette.report import FORMATS, incident_document, render, statement, summary_text, traced
from vedette.report.words import counted, error_radius_m, headline, position, probability
from vedette.site import Site

TOP = {"id", "opened_utc", "opened_local", "timezone", "state", "tracks", "count", "alerts", "effects", "attribution"}
TRACK = {"track", "identity", "class", "sensors", "first_utc", "last_utc", "impact"}
IMPACT = {"latitude_deg", "longitude_deg", "sigma_major_m", "sigma_minor_m", "p_inside", "place"}


def _document(site: Site, **changes: Any) -> dict[str, Any]:
    return incident_document(incident(site, **changes), site, alerts())


def test_the_contract_s_keys_stand(site: Site) -> None:
    document = _document(site)
    assert TOP | {"sources", "origin"} <= set(document)
    assert all(set(one) >= TRACK and set(one["impact"]) >= IMPACT for one in document["tracks"])
    assert document["count"] == {"most_likely": 2, "least": 2, "most": 2}
    assert document["origin"] == "simulated"
    assert document["attribution"] == {"state": "unclaimed"}
    assert {one["state"] for one in document["effects"].values()} == {"not_yet_reported"}
    assert set(document["effects"]) == {"injuries", "damage", "flights"}
    assert all(
        one["value"] is None and one["by"] is None and one["at_utc"] is None for one in document["effects"].values()
    )
    assert json.loads(msgspec.json.encode(document)) == document


def test_times_stand_in_utc_and_in_the_site_s_zone(site: Site) -> None:
    document = _document(site, closed_s=AT_S + 900.0)
    assert document["timezone"] == "Asia/Baghdad"
    assert document["opened_utc"] == "2021-09-11T20:42:18.000Z"
    assert document["opened_local"] == "2021-09-11T23:42:18+03:00"
    for name in ("opened", "closed"):
        assert parse_time(document[f"{name}_utc"]) == parse_time(document[f"{name}_local"])
    assert document["tracks"][0]["last_utc"] == "2021-09-11T20:43:38.000Z"


def test_only_the_incident_s_alerts_and_all_its_sensors(site: Site) -> None:
    document = _document(site)
    assert [one["id"] for one in document["alert_details"]] == ["example-A-0001", "example-A-0002"]
    assert document["alert_details"][0]["zone_name"] == "Base perimeter"
    sources = {one["sensor"]: one for one in document["sources"]}
    assert sources["radar-1"]["tracks"] == ["example-T-0003", "example-T-0007"]
    assert (sources["gone"]["name"], sources["gone"]["kind"]) == ("gone", None)


@given(st.floats(0.5, 500.0), st.floats(0.1, 1.0), st.floats(0.5, 0.99))
def test_error_radius_holds_its_probability(major: float, ratio: float, p: float) -> None:
    radius = error_radius_m(major, major * ratio, p)
    angle = (np.arange(4000) + 0.5) / 4000 * 2 * np.pi
    inverse = (np.cos(angle) / major) ** 2 + (np.sin(angle) / (major * ratio)) ** 2
    assert np.mean(1.0 - np.exp(-(radius**2) / 2.0 * inverse)) == pytest.approx(p, abs=1e-4)
    assert error_radius_m(1.0, 1.0) == pytest.approx(np.sqrt(-2.0 * np.log(0.05)), rel=1e-4)


def test_summary_fits_a_terminal_and_tells_the_night(site: Site) -> None:
    text = summary_text(_document(site))
    assert all(len(line) <= 80 for line in text.splitlines())
    for wanted in (
        "SIMULATED",
        "23:42:18",
        "20:42:18",
        "INSIDE",
        "OUTSIDE",
        "not yet reported",
        "unclaimed",
        "radar-2",
    ):
        assert wanted in text
    assert text.lower().startswith("/") or "simulated" in text.lower().splitlines()[0]


def test_a_live_summary_bears_no_mark(site: Site) -> None:
    text = summary_text(_document(site, origin=Origin.LIVE))
    assert not any(mark in text for mark in ("SIMULATED", "REPLAY", "EXERCISE"))


@given(st.text(max_size=300))
def test_a_summary_obeys_no_name(site: Site, name: str) -> None:
    hostile = track("example-T-0001", None, identity=f"rid:{name}", class_="bird")
    document = incident_document(incident(site, tracks=(hostile,), count=Count(1, 0, 3)), site, ())
    document["site"]["name"] = name
    for line in summary_text(document).split("\n"):
        assert len(line) <= 80
        assert not any(unicodedata.category(one)[0] == "C" for one in line)


def test_unsure_and_not_seen_are_said_as_such(site: Site) -> None:
    tracks = (track("example-T-0001", impact(site, 0.0, 1800.0, "unsure", 0.5, AT_S)), track("example-T-0002", None))
    document = _document(site, tracks=tracks)
    text = summary_text(document)
    assert "INSIDE" not in text
    assert "OUTSIDE" not in text
    made = statement(document)
    assert not any("inside" in one.text or "outside" in one.text for one in made.sentences)
    assert sum("example-T-000" in one for one in made.not_said) == 2


@pytest.mark.parametrize("origin", list(Origin))
def test_a_statement_has_evidence_for_every_sentence(site: Site, origin: Origin) -> None:
    document = _document(site, origin=origin)
    made = statement(document)
    known = {document["id"], *(one["track"] for one in document["tracks"]), *document["alerts"]}
    assert len(made.sentences) >= 3
    for sentence in made.sentences:
        assert sentence.evidence
        assert set(sentence.evidence) <= known
    assert (made.marking is None) is (origin is Origin.LIVE)
    assert "23:43" in made.sentences[0].text
    assert "20:43 UTC" in made.sentences[0].text
    assert "11 September 2021" in made.sentences[0].text


@pytest.mark.parametrize("name", ["injuries", "damage", "flights"])
def test_silence_never_becomes_none(site: Site, name: str) -> None:
    made = statement(_document(site))
    said = " ".join(one.text for one in made.sentences).lower()
    assert name.rstrip("s") not in said
    assert any(name in one.lower() for one in made.not_said)
    assert " no " not in summary_text(_document(site)).lower().replace("no ads-b", "")


@pytest.mark.parametrize("name", ["injuries", "damage", "flights"])
@pytest.mark.parametrize(
    ("state", "value"), [("none_reported", None), ("reported", "two windows."), ("reported", None)]
)
def test_what_a_person_said_is_said_with_the_person(site: Site, name: str, state: str, value: str | None) -> None:
    effects, entered = effect(name, state, value, "Medical officer")
    document = _document(site, effects=effects)
    recorded = events(site, (AT_S + 600.0, entered))
    made = statement(traced(document, recorded))
    (sentence,) = [one for one in made.sentences if "Medical officer" in one.text]
    assert sentence.evidence == ("example-EF-0001",)
    assert sentence.events == (recorded[-1].seq,)
    assert ("two windows" in sentence.text) is (value is not None)
    assert not any(name in one.lower() for one in made.not_said)
    assert "Medical officer" in summary_text(document)


def test_a_claimed_attribution_names_nobody(site: Site) -> None:
    document = _document(site, attribution="claimed by a group")
    made = statement(document)
    assert "group" not in made.text()
    assert "responsibility" not in " ".join(one.text for one in made.sentences)


def test_counts_in_words(site: Site) -> None:
    assert headline(_document(site)).startswith("Two drones")
    assert "between 1 and 3" in counted(_document(site, count=Count(2, 1, 3)))
    assert "at least one" in statement(_document(site, count=Count(2, 1, 3))).sentences[0].text
    mixed = (track("example-T-0001", None), track("example-T-0002", None, class_="bird"))
    assert "aircraft" in headline(_document(site, tracks=mixed))
    assert "unmanned" not in statement(_document(site, tracks=mixed)).sentences[0].text
    assert headline(_document(site, tracks=(), count=Count(15, 15, 15))).startswith("15")


def test_bounds_and_hemispheres() -> None:
    assert probability(0.0) != "0.00"
    assert probability(1.0) != "1.00"
    assert position(-33.5, -70.25).split() == ["33.50000°", "S", "70.25000°", "W"]


def test_every_listed_format_works(site: Site) -> None:
    document = _document(site)
    case = case_of(document, site, points(site), events(site))
    assert all(render(name, case) for name in FORMATS)
    assert json.loads(render("json", case)) == {**case.document, "sensors": []}
    with pytest.raises(KeyError):
        render("pdf?", case)
