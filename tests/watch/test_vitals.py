"""The watch's word on test alarms: overdue, and what each output made of the last."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.outputs.scene import output, released, site_of
from vedette.model import Action, AlarmTest, Dispatched, FeedState, Origin, OutputHealth
from vedette.watch.pipeline import Pipeline
from vedette.watch.plan import Plan
from vedette.watch.vitals import Vitals

START_S = 1_700_000_000.0
HOUR_S = 3600.0
LAST = AlarmTest(alert="test-TEST-0002", by="officer", note="", at_s=START_S)


def plan(folder: Path, origin: Origin = Origin.LIVE, every_h: str = "") -> Plan:
    second = output("cot", "tcp://127.0.0.1:9").replace('"out"', '"map"').replace('"all"', '"tracks"')
    rules = released() + released(what='["tracks"]').replace('"all"', '"tracks"')
    site = site_of(folder, rules + output("cot", "tcp://127.0.0.1:9") + second + every_h)
    return Plan(site=site, origin=origin, folder=folder)


def overdue(made: Plan, *, tested: bool, after_s: float) -> bool:
    pipeline = Pipeline(made.site)
    if tested:
        pipeline.post.act(Action(verb="test_alarm", target="", by="officer"), START_S, made.origin)
    return Vitals(made).health(START_S + after_s, 0, pipeline, None).test_overdue


@pytest.mark.parametrize(
    ("tested", "after_h", "said"), [(False, 0.0, True), (True, 0.0, False), (True, 24.0, False), (True, 24.1, True)]
)
def test_a_live_watch_without_a_test_for_a_day_says_so(
    tmp_path: Path, tested: bool, after_h: float, said: bool
) -> None:
    assert overdue(plan(tmp_path), tested=tested, after_s=after_h * HOUR_S) is said


def test_the_site_says_how_often(tmp_path: Path) -> None:
    weekly = plan(tmp_path, every_h="[alarm]\ntest_every_h = 168.0\n")
    assert not overdue(weekly, tested=True, after_s=167.0 * HOUR_S)
    assert overdue(weekly, tested=True, after_s=169.0 * HOUR_S)
    assert not overdue(plan(tmp_path, every_h="[alarm]\ntest_every_h = 0.0\n"), tested=False, after_s=0.0)


@pytest.mark.parametrize("origin", [Origin.REPLAY, Origin.SIMULATED, Origin.EXERCISE])
def test_what_is_not_live_owes_no_test(tmp_path: Path, origin: Origin) -> None:
    assert not overdue(plan(tmp_path, origin), tested=False, after_s=1e6)


def word(outcome: str, alert: str = LAST.alert, what: str = "alert") -> Dispatched:
    return Dispatched(
        output="out", partner="Tower", release="all", what=what, about=(alert,), fields=(), messages=1, outcome=outcome,
        sha256=None,
    )  # fmt: skip


def is_open(detail: str = "") -> OutputHealth:
    return OutputHealth(
        output="out", partner="Tower", kind="cot", state=FeedState.LIVE, sent=0, waiting=0, replaced=0, dropped=0,
        refused=0, garbled=0, age_s=None, rate_hz=None, detail=detail,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "outputs", "state", "detail"),
    [
        ([], (), "not_open", "a watch that is not live"),
        ([], (is_open("takes nothing for 30 s"),), "waiting", "takes nothing for 30 s"),
        ([word("sent")], (is_open(),), "taken", ""),
        ([word("sent"), word("refused: answers 404")], (is_open(),), "taken", ""),
        ([word("refused: answers 404"), word("sent")], (is_open(),), "refused", "answers 404"),
        ([word("dropped")], (is_open(),), "dropped", ""),
        ([word("sent", "test-TEST-0001"), word("sent", "test-A-0002")], (is_open(),), "waiting", ""),
        ([word("sent", what="tracks")], (is_open(),), "waiting", ""),
    ],
)
def test_what_an_output_made_of_it(
    tmp_path: Path, words: list[Dispatched], outputs: tuple[OutputHealth, ...], state: str, detail: str
) -> None:
    vitals = Vitals(plan(tmp_path))
    for one in words:
        vitals.note_dispatched(one, LAST)
    told, silent = vitals.tried(LAST, outputs)
    assert (told.output, told.state) == ("out", state)
    assert told.detail.startswith(detail)
    assert (silent.output, silent.state) == ("map", "not_asked")
    assert vitals.tried(None, outputs) == ()


def test_the_next_test_begins_anew(tmp_path: Path) -> None:
    vitals = Vitals(plan(tmp_path))
    vitals.note_dispatched(word("sent"), LAST)
    later = msgspec.structs.replace(LAST, alert="test-TEST-0003")
    assert vitals.tried(later, (is_open(),))[0].state == "waiting"
    vitals.note_dispatched(word("dropped", "test-TEST-0003"), later)
    assert vitals.tried(later, (is_open(),))[0].state == "dropped"
