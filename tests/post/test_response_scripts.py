"""Whatever people tick, tell, close and hand over: lists never contradict decisions, and the record tells all."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from tests.post.mandate_scene import action, aircraft, ordered
from tests.post.response_scene import PLAN, Desk, responding
from tests.post.scene import BEGIN_S
from vedette.model import (
    Checklist,
    ClosureState,
    DecisionState,
    FeedState,
    HandOverState,
    Origin,
    StepState,
)
from vedette.model.response_requests import (
    ClosePlace,
    ConfirmCriterion,
    MoveChecklist,
    MoveHandOver,
    MoveStep,
    OfferHandOver,
    ReopenPlace,
    WriteNotice,
)
from vedette.site import PlanStep

LIST, CLOSED, SHIFT = "erbil-C-0001", "erbil-X-0001", "erbil-H-0001"
PEOPLE = st.sampled_from([("Ada", "commander"), ("Bo", "officer"), ("ada", "officer")])
TICKS = st.tuples(
    st.just("tick"),
    st.sampled_from([2, 2, 6, 6, 1, 3, 4, 5]),
    st.sampled_from(["do", "do", "skip", "undo"]),
    st.booleans(),
)
"""Steps 2 and 6 are of one measure."""
ORDERS = st.tuples(st.just("order"), st.sampled_from(["shelter", "shelter", "close", "defeat"]))
MOVES = st.tuples(st.just("move"), st.sampled_from(["second", "withdraw", "carry_out"]), st.integers(1, 4))
LOOKS = st.tuples(st.just("look"), st.booleans(), st.sampled_from([0.5, 30.0, 70.0]), st.booleans())
PLACES = st.tuples(st.just("place"), st.sampled_from(["close", "confirm", "open", "anyway"]), st.booleans())
SHIFTS = st.tuples(st.just("shift"), st.sampled_from(["offer", "accept", "withdraw"]))
OTHERS = st.sampled_from([("list", "close"), ("list", "reopen"), ("tell",), ("taken",), ("restart",), ("restart",)])
STEPS = st.tuples(PEOPLE, st.one_of(TICKS, TICKS, ORDERS, ORDERS, MOVES, LOOKS, PLACES, SHIFTS, OTHERS))


def play(desk: Desk, who: tuple[str, str], step: tuple[Any, ...]) -> None:
    by = {"by": who[0], "role": who[1]}
    verb = step[0]
    if verb == "tick":
        request = MoveStep(checklist=LIST, step=step[1], move=step[2])
        desk.ask("move_step", request, **by, note="why" if step[3] else "")
    elif verb == "order":
        desk.act(ordered(f"k{len(desk.drafts)}", measure=step[1], **by))
    elif verb == "move":
        desk.act(action(step[1], f"erbil-D-{step[2]:04d}", **by))
    elif verb == "look":
        desk.hear("radar-1", FeedState.LIVE if step[3] else FeedState.DOWN)
        desk.see(aircraft(in_s=0.0 if step[1] else -1.0), wait_s=step[2])
    elif verb == "place":
        _place(desk, step[1], "why" if step[2] else "", by)
    elif verb == "shift":
        _shift(desk, step[1], by)
    elif verb == "list":
        desk.ask("move_checklist", MoveChecklist(checklist=LIST, move=step[1]), **by)
    elif verb == "tell":
        desk.ask("write_notice", WriteNotice(text="Hold", output="police"), **by)
    elif verb == "taken":
        desk.act(action("record_fact", state="measure_taken", measure="shelter", note="done", **by))
    else:
        desk.post = desk.refold()
        desk.drafts += desk.post.take_up(desk.picture, BEGIN_S + desk.now_s, Origin.LIVE)


def _place(desk: Desk, what: str, note: str, by: dict[str, str]) -> None:
    if what == "close":
        desk.ask("close_place", ClosePlace(place="rwy"), **by)
    elif what == "confirm":
        desk.ask("confirm_criterion", ConfirmCriterion(closure=CLOSED, criterion="confirm-1", met=True), **by)
    else:
        desk.ask("reopen_place", ReopenPlace(closure=CLOSED, anyway=what == "anyway"), note=note, **by)


def _shift(desk: Desk, what: str, by: dict[str, str]) -> None:
    sheet = desk.post.shown(BEGIN_S + desk.now_s).responding.sheet
    if what == "offer":
        desk.ask("offer_hand_over", OfferHandOver(digest=sheet.digest), **by)
        return
    one = desk.post.books.response.hand_overs.get(SHIFT)
    digest = one.offered.sheet.digest if one else ""
    desk.ask("move_hand_over", MoveHandOver(hand_over=SHIFT, move=what, digest=digest), **by)


def assert_lists_agree(desk: Desk, checklist: Checklist) -> None:
    decisions = desk.post.books.decided.decisions
    facts = {fact.id: fact for fact in desk.post.books.decided.facts}
    used = [one for step in checklist.steps for one in (step.decision, step.fact) if one is not None]
    assert len(used) == len(set(used)), "one order is good for one step"
    for step in checklist.steps:
        if step.state is StepState.SKIPPED:
            assert step.note
        if step.state is StepState.DONE and step.line.measure is not None:
            if step.decision is not None:
                decision = decisions[step.decision]
                assert decision.state is DecisionState.CARRIED_OUT
                assert decision.order.measure == step.line.measure
            else:
                assert facts[step.fact or ""].fact == "measure_taken"


@settings(max_examples=1000)
@given(st.lists(STEPS, min_size=5, max_size=30))
def test_the_response_never_contradicts_itself(script: list[tuple[tuple[str, str], tuple[Any, ...]]]) -> None:
    again = PlanStep(phase="recover", text="Shelters once more", measure="shelter")
    desk = Desk(responding(automatic=True, plan=(*PLAN, again)))
    desk.hear("radar-1", FeedState.LIVE)
    desk.hear("rf-1", FeedState.LIVE)
    for who, step in script:
        play(desk, who, step)
        assert_lists_agree(desk, desk.checklist())
    response = desk.post.books.response
    for closure in response.closures.values():
        if closure.state is ClosureState.REOPENED:
            assert closure.ended is not None
            assert closure.ended.note or not closure.ended.unmet
    assert len([one for one in response.hand_overs.values() if one.state is HandOverState.OFFERED]) <= 1
    for one in response.hand_overs.values():
        if one.moved is not None and one.moved.move == "accept":
            assert one.moved.by.casefold() != one.offered.by.casefold()
    desk.refold()
