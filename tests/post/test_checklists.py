"""Checklists: opened with an incident, ticked by people, and never against what the mandate's flow says."""

from __future__ import annotations

import pytest

from tests.post.mandate_scene import TARGET, action, aircraft, ordered
from tests.post.response_scene import Desk, responding
from tests.post.scene import BEGIN_S
from vedette.model import ChecklistState, DecisionMoved, StepMoved, StepState
from vedette.model.response_requests import MoveChecklist, MoveStep, OpenChecklist

INCIDENT = "erbil-I-0001"
LIST = "erbil-C-0001"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    assert list(desk.post.books.incidents) == [INCIDENT]
    desk.ask("open_checklist", OpenChecklist(incident=INCIDENT))
    assert desk.refusal is None
    return desk


def move(desk: Desk, step: int, how: str, **given: object) -> list[object]:
    happened_s = given.pop("happened_s", None)
    request = MoveStep(checklist=LIST, step=step, move=how, happened_s=happened_s)  # type: ignore[arg-type]
    return list(desk.ask("move_step", request, **given))


def state(desk: Desk, step: int) -> StepState:
    return desk.checklist().steps[step - 1].state


def test_a_plain_step_is_done_undone_and_skipped_with_a_reason(desk: Desk) -> None:
    desk.see(aircraft(), wait_s=5.0)
    move(desk, 1, "do", note="by the mast")
    one = desk.checklist().steps[0]
    assert (one.state, one.by, one.role, one.note, one.happened_s) == (
        StepState.DONE, "Ada", "commander", "by the mast", BEGIN_S + desk.now_s,
    )  # fmt: skip
    move(desk, 1, "do")
    assert desk.code == "illegal_move"
    move(desk, 1, "undo", by="Bo")
    assert state(desk, 1) is StepState.OPEN
    assert desk.checklist().steps[0].undone == 1
    move(desk, 1, "skip")
    assert desk.code == "no_reason"
    move(desk, 1, "skip", note="no camera")
    assert state(desk, 1) is StepState.SKIPPED
    desk.refold()


def test_times_to_come_and_steps_that_are_not_there_are_refused(desk: Desk) -> None:
    move(desk, 1, "do", happened_s=BEGIN_S + 1e6)
    assert desk.code == "bad_time"
    for number in (0, 6):
        move(desk, number, "do")
        assert desk.code == "not_found"
    desk.ask("open_checklist", OpenChecklist(incident=INCIDENT))
    assert desk.code == "already_open"
    desk.ask("open_checklist", OpenChecklist(incident="erbil-I-0099"))
    assert desk.code == "not_found"


def test_a_measure_is_not_ticked_without_its_order(desk: Desk) -> None:
    move(desk, 2, "do")
    assert desk.code == "needs_decision"
    assert state(desk, 2) is StepState.OPEN
    desk.act(ordered("s", measure="shelter", track=None, protects=None))
    made = move(desk, 2, "do", note="sirens on")
    assert [type(one) for one in made] == [DecisionMoved, StepMoved]
    assert desk.state() == "carried_out"
    assert desk.checklist().steps[1].decision == "erbil-D-0001"


def test_a_two_person_measure_waits_for_the_second(desk: Desk) -> None:
    desk.act(ordered("c", measure="close", track=None, protects=None))
    move(desk, 3, "do")
    assert desk.code == "needs_decision"
    desk.act(action("second", "erbil-D-0001", by="Bo", role="commander"))
    move(desk, 3, "do")
    assert desk.refusal is None
    assert state(desk, 3) is StepState.DONE


def test_a_step_follows_what_was_carried_out_or_taken_all_the_same(desk: Desk) -> None:
    desk.act(ordered("s", measure="shelter", track=None, protects=None))
    desk.act(action("carry_out", "erbil-D-0001"))
    desk.act(action("record_fact", state="measure_taken", measure=" Close the runway ", note="tower did"))
    desk.see(aircraft())
    first, second = desk.checklist().steps[1:3]
    assert (first.state, first.decision, first.by) == (StepState.DONE, "erbil-D-0001", None)
    assert (second.state, second.fact) == (StepState.DONE, "erbil-F-0001")
    move(desk, 2, "undo", note="the sirens did not sound")
    desk.see(aircraft())
    assert state(desk, 2) is StepState.OPEN, "what a person undid is not ticked by itself"
    move(desk, 2, "do")
    assert desk.refusal is None
    assert state(desk, 2) is StepState.DONE
    desk.refold()


def test_a_refused_request_to_defeat_ticks_nothing() -> None:
    desk = Desk(responding(), p_manned=0.2)
    desk.ask("open_checklist", OpenChecklist(incident=INCIDENT))
    desk.act(ordered("d", track=TARGET))
    assert desk.code == "outside_mandate"
    move(desk, 4, "do")
    assert desk.code == "needs_decision"
    desk.see(aircraft(p_manned=0.2))
    assert state(desk, 4) is StepState.OPEN


def test_one_order_is_good_for_one_step_and_none_of_before_the_incident() -> None:
    desk = Desk(None, in_s=-1.0)
    assert not desk.post.books.incidents
    desk.act(ordered("s", measure="shelter", track=None, protects=None))
    desk.act(action("carry_out", "erbil-D-0001"))
    desk.see(aircraft(), wait_s=5.0)
    desk.see(aircraft(), wait_s=5.0)
    desk.ask("open_checklist", OpenChecklist(incident=INCIDENT))
    desk.see(aircraft())
    assert state(desk, 2) is StepState.OPEN


def test_a_closed_list_takes_no_ticks_until_it_is_reopened(desk: Desk) -> None:
    desk.ask("move_checklist", MoveChecklist(checklist=LIST, move="close"), note="over")
    assert desk.checklist().state is ChecklistState.CLOSED
    move(desk, 1, "do")
    assert desk.code == "illegal_move"
    desk.act(ordered("s", measure="shelter", track=None, protects=None))
    desk.act(action("carry_out", "erbil-D-0001"))
    desk.see(aircraft())
    assert state(desk, 2) is StepState.OPEN
    desk.ask("move_checklist", MoveChecklist(checklist=LIST, move="close"))
    assert desk.code == "illegal_move"
    desk.ask("move_checklist", MoveChecklist(checklist=LIST, move="reopen"))
    move(desk, 1, "do")
    assert desk.refusal is None
    desk.refold()


def test_the_list_opens_by_itself_where_the_site_says_so() -> None:
    desk = Desk(responding(automatic=True))
    opened = desk.checklist().opened
    assert (opened.incident, opened.by) == (INCIDENT, None)
    desk.see(aircraft())
    assert len(desk.post.books.response.checklists) == 1
    desk.refold()
