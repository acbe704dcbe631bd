"""The table of orders, and what the check answers to each."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.post import mandate_scene as scene
from vedette.model import MandateWithdrawn
from vedette.post.mandate import CLAUSES, Situation, check, standing
from vedette.site import Response

TABLE = Path(__file__).with_name("mandate_cases.toml")
CASES = tomllib.loads(TABLE.read_text())["case"]
KEYS = {"what", "order", "target", "others", "said", "withdrawn", "withdrawn_from_s", "mandate", "picture",
        "picture_age_s", "at_s", "answer", "by"}  # fmt: skip


def situation_of(case: dict[str, Any]) -> Situation:
    at_s = case.get("at_s", 0.0)
    tracks = [scene.aircraft(at_s=at_s, **case.get("target", {}))]
    for index, other in enumerate(case.get("others", ())):
        tracks.append(scene.aircraft(f"erbil-T-{index + 2:04d}", at_s, **other))
    seen = scene.pictured(*tracks, at_s=at_s - case.get("picture_age_s", 0.0)) if case.get("picture", True) else None
    facts = [scene.said(**fact) for fact in case.get("said", ())]
    return scene.situation(
        seen,
        at_s,
        scene.RESPONSE if case.get("mandate", True) else Response(measures=scene.MEASURES),
        withdrawn=_withdrawn(case),
        said={fact.track: fact for fact in facts if fact.track},
    )


def _withdrawn(case: dict[str, Any]) -> MandateWithdrawn | None:
    if not case.get("withdrawn"):
        return None
    from_s = scene.BEGIN_S + case.get("withdrawn_from_s", -86_400.0)
    return MandateWithdrawn(
        granted_by="Host government", from_s=from_s, by="Ada", role="commander", note="", at_s=scene.BEGIN_S
    )


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    answer = check(scene.order(**case.get("order", {})), situation_of(case))
    assert answer.verdict == case["answer"], answer
    expected = case.get("by", [])
    assert [finding.clause for finding in answer.decisive if answer.verdict != "yes"] == expected
    assert all(finding.text == CLAUSES[finding.clause] and finding.detail for finding in answer.findings)


def test_every_clause_decides_some_case() -> None:
    decided = {clause for case in CASES for clause in case.get("by", [])}
    assert decided | {"W1", "X1"} == set(CLAUSES)
    assert len(CASES) >= 40


def test_the_document_has_every_clause_in_its_words() -> None:
    text = (Path(__file__).parents[2] / "docs" / "mandate.md").read_text()
    assert dict(re.findall(r"^\| ([A-Z]\d) \| (.*?) \|", text, re.MULTILINE)) == CLAUSES


@pytest.mark.parametrize(
    ("at_s", "state"), [(-86_401.0, "not_begun"), (0.0, "in_force"), (86_400.0, "run_out"), (1e9, "run_out")]
)
def test_the_standing_says_what_is_left(at_s: float, state: str) -> None:
    stands = standing(scene.RESPONSE, None, scene.BEGIN_S + at_s)
    assert (stands.state, stands.in_force) == (state, state == "in_force")
    assert ("only detects, warns and reports" in stands.says) is not stands.in_force


def test_a_withdrawal_outlives_everything_but_a_later_mandate() -> None:
    assert standing(scene.RESPONSE, scene.WITHDRAWN, scene.BEGIN_S).state == "withdrawn"
    later = scene.mandated(from_s=scene.MANDATE.from_s + 1.0).response
    assert standing(later, scene.WITHDRAWN, scene.BEGIN_S).state == "in_force"
    assert standing(Response(), None, 0.0).state == "none"


@pytest.mark.parametrize("target", [{"p_manned": 0.02}, {"p_manned": 0.007}, {"identity": "icao:ABC123"}])
def test_what_would_answer_it_is_said(target: dict[str, Any]) -> None:
    answer = check(scene.order(), situation_of({"target": target}))
    (asked,) = [finding for finding in answer.findings if finding.remedy is not None]
    assert asked.clause in ("A1", "A2")
    assert "not_manned of erbil-T-0001" in (asked.remedy or "")
    freed = check(
        scene.order(),
        situation_of({"target": target, "said": [{"fact": "not_manned", "identity": target.get("identity")}]}),
    )
    assert all(finding.remedy is None for finding in freed.findings)
    assert freed.verdict == "yes"
