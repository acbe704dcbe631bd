"""The night it is built for, played by a crew through the API: what may be said of it, and what stands beside."""

from __future__ import annotations

import importlib.util
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.watch.driving import Running, running, vedette
from vedette.record import log_lines
from vedette.report import FORMATS
from vedette.watch.archive import Archive

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parents[2] / "examples" / "erbil_crew.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("erbil_crew", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crew")


@pytest.fixture(scope="module")
def night(folder: Path) -> Iterator[Running]:
    with running("demo", "--speed", "max", "--data", folder / "data", folder=folder) as watch:
        watch.until("/api/v1/health", lambda answer: answer["state"] == "ended")
        yield watch


def test_the_statement_of_that_night(night: Running, script: ModuleType, folder: Path) -> None:
    crew = script.Crew(night.address)
    crew.wait_until_down(60.0)
    before = " ".join(script.said(crew.document()))
    assert "two unmanned aircraft systems (UAS)" in before
    for silent in ("No injuries", "No damage", "countermeasures"):
        assert silent not in before
    crew.acknowledge()
    crew.tell()
    crew.note_claims()
    statement, status, answer = crew.state()
    assert (status, answer["error"]["code"]) == (409, "not_live")
    case = crew.get(f"/incidents/{crew.incident}/case")
    drafted = next(one for one in case["statements"] if one["id"] == statement)
    assert drafted["state"] == "approved"
    text = " ".join(one["text"] for one in drafted["sentences"])
    for wanted in (
        "At about 23:43 local time (20:43 UTC) on 11 September 2021, two unmanned aircraft systems (UAS)",
        "Force-protection countermeasures were used.",
        "one came down inside the perimeter and one outside",
        "No injuries were reported, according to the medical officer on duty.",
        "No damage was reported, according to the base engineer.",
        "No claim of responsibility has been confirmed.",
    ):
        assert wanted in text, wanted
    _assert_traced(drafted, folder / "data")
    _assert_ledger(crew.document())
    archive = Archive(folder / "data")
    incident = archive.incident(crew.incident)
    for format_name in FORMATS:
        assert len(archive.render(format_name, incident)) > 500
    printed = " ".join(vedette("incident", "report", folder / "data", "--format", "statement").stdout.split())
    assert printed.startswith("SIMULATED")
    assert "Approved by Operator 2 (commander)" in printed
    assert "Force-protection countermeasures were used." in printed


def _assert_traced(drafted: Any, data: Path) -> None:
    """Every id of every sentence leads to events of the record, among them those that the sentence names."""
    lines = {json.loads(line)["seq"]: line for line in log_lines(data)}
    for sentence in drafted["sentences"]:
        assert sentence["events"]
        for id_ in sentence["evidence"]:
            assert any(f'"{id_}"' in lines[seq] for seq in sentence["events"]), id_
    where = next(one for one in drafted["sentences"] if one["key"] == "where")
    printed = vedette("log", data, "--about", where["evidence"][0], "--json").stdout.splitlines()
    assert {json.loads(line)["seq"] for line in printed} & set(where["events"])


def _assert_ledger(document: Any) -> None:
    conflicts: dict[str, set[str]] = {}
    for claim in document["claims"]:
        if claim["conflict"]:
            conflicts.setdefault(claim["subject"], set()).add(claim["value"])
    assert conflicts == {"count": {"1", "2"}, "place": {"both", "outside"}, "airport": {"closed", "open"}}
    assert document["attribution"]["state"] == "unclaimed"
    assert {one["agrees"] for one in document["claims"] if one["subject"] == "count"} == {True, False}


def test_a_change_afterwards_flags_it_and_a_file_is_added_when_the_watch_has_ended(
    night: Running, script: ModuleType, folder: Path
) -> None:
    crew = script.Crew(night.address)
    crew.wait_until_down(60.0)
    word = {"source": "the medical officer on duty", "effect": "injuries", "state": "reported", "value": "one, light"}
    (flagged,) = crew.do("/effects", {**script.OFFICER, **word})["statements"]
    assert flagged["state"] == "flagged"
    assert [one["key"] for one in flagged["changes"]] == ["injuries"]
    photo = folder / "crater.jpg"
    photo.write_bytes(b"jpeg")
    add = ("incident", "media", folder / "data", "--add", photo, "--taken-by", "Guard 2", "--from", "Guard post")
    assert vedette(*add, "--by", "Operator 1").returncode == 2, "the watch holds the folder"
    assert night.end(signal.SIGTERM) == 0
    done = vedette(*add, "--by", "Operator 1", "--taken", "2021-09-11T23:55:00+03:00")
    assert done.returncode == 0, done.stderr
    assert "crater.jpg" in done.stdout
    moved = vedette("incident", "media", folder / "data", "--custody", "erbil-ME-0001", "--holder", "Police",
                    "--by", "Operator 1")  # fmt: skip
    assert "held by Police" in moved.stdout
    assert vedette("verify", folder / "data").stdout.startswith("intact, ")
    printed = vedette("incident", "report", folder / "data", "--format", "statement").stdout
    assert "FLAGGED" in printed
    assert "CHANGED, now: Injuries, as reported by the medical officer on duty: one," in " ".join(printed.split())
