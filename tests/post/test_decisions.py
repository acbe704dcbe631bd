"""Decisions, step by step: the moves, what is written down, and what no sequence of events may lead to."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from tests.post import drawings
from tests.post.mandate_scene import MANDATE, TARGET, action, aircraft, mandated, ordered, pictured
from tests.post.scene import BEGIN_S, INBOUND, site
from vedette.model import (
    Action,
    AnyPayload,
    Cooperation,
    Decision,
    DecisionAttempted,
    DecisionMoved,
    DecisionOrdered,
    DecisionState,
    Draft,
    FactRecorded,
    Origin,
    Picture,
    TrackPicture,
)
from vedette.post import IllegalMove, Post, Refused
from vedette.post.decision_machine import DECISION_MOVES, next_decision_state
from vedette.site import Site

OFFICER = {"by": "Bo", "role": "officer"}
GUARD = {"by": "Cem", "role": "guard"}


class Room:
    """A post with a picture in front of it, and the drafts that came of what was done; refusals among them."""

    def __init__(self, at: Site | None = None, **target: Any) -> None:
        self.site = at or mandated()
        self.post = Post(self.site)
        self.now_s = 0.0
        self.drafts: list[Draft] = []
        self.picture: Picture | None = None
        self.refusal: Refused | None = None
        self.see(aircraft(**target))

    def see(self, *tracks: TrackPicture, wait_s: float = 0.5) -> None:
        self.now_s += wait_s
        moved = [msgspec.structs.replace(one, observed_s=BEGIN_S + self.now_s) for one in tracks]
        self.picture = pictured(*moved, at_s=self.now_s)
        self.drafts += self.post.see(self.picture, BEGIN_S + self.now_s, Origin.LIVE)

    def act(self, done: Action) -> list[AnyPayload]:
        """What came of it, refused or not."""
        self.refusal = None
        try:
            drafts = self.post.act(done, BEGIN_S + self.now_s, Origin.LIVE)
        except Refused as refused:
            self.refusal = refused
            drafts = list(refused.drafts)
        self.drafts += drafts
        return [draft.payload for draft in drafts]

    def decisions(self) -> tuple[Decision, ...]:
        return self.post.decided(BEGIN_S + self.now_s).decisions

    def decision(self, number: int = 1) -> Decision:
        return next(one for one in self.decisions() if one.id == f"erbil-D-{number:04d}")

    def state(self, number: int = 1) -> str:
        return self.decision(number).state.value


def clauses(refused: Refused | None) -> list[str]:
    assert refused is not None
    return [detail["clause"] for detail in refused.details]


def test_the_drawings_are_the_code_s() -> None:
    text = drawings.TARGET.read_text()
    for name in drawings.MACHINES:
        assert drawings.drawing(name) in text


def test_every_move_that_is_not_drawn_is_illegal() -> None:
    moves = {move for _, move in DECISION_MOVES}
    for state in DecisionState:
        for move in moves:
            if (state, move) in DECISION_MOVES:
                assert next_decision_state("x", state, move) is DECISION_MOVES[state, move]
            else:
                with pytest.raises(IllegalMove):
                    next_decision_state("x", state, move)


def test_an_order_within_the_mandate_is_authorised_and_carried_out() -> None:
    room = Room()
    made = room.act(ordered("k"))
    assert [type(one) for one in made] == [DecisionOrdered, DecisionMoved]
    assert room.state() == "authorised"
    assert {finding.answer for finding in room.decision().findings} == {"yes"}
    room.act(action("carry_out", "erbil-D-0001"))
    assert room.refusal is None
    assert room.state() == "carried_out"


def test_a_refused_order_is_written_down_with_its_clause() -> None:
    room = Room(p_manned=0.2)
    made = room.act(ordered("k"))
    assert clauses(room.refusal) == ["A1"]
    assert room.refusal is not None
    assert room.refusal.code == "outside_mandate"
    assert "Never against an aircraft that may be manned" in room.refusal.message
    assert [type(one) for one in made] == [DecisionOrdered, DecisionMoved]
    assert room.state() == "refused"
    assert room.decision().hand_over is None
    for verb in ("second", "withdraw", "carry_out"):
        (attempt,) = room.act(action(verb, "erbil-D-0001", **OFFICER))
        assert isinstance(attempt, DecisionAttempted)
        assert clauses(room.refusal) == ["X1"]
    assert room.state() == "refused"


def test_a_second_person_must_be_another_one_with_a_role_that_may() -> None:
    room = Room()
    room.act(ordered("k", measure="close"))
    assert room.state() == "awaiting_second"
    for who in ({"by": "ADA "}, GUARD):
        (attempt,) = room.act(action("second", "erbil-D-0001", **who))
        assert isinstance(attempt, DecisionAttempted)
        assert clauses(room.refusal) == ["M5"]
        assert room.state() == "awaiting_second"
    at = Room()
    at.act(ordered("k", measure="close", by="Bo", role="officer"))
    at.act(action("second", "erbil-D-0001"))
    assert at.state() == "authorised"
    assert (at.decision().second_by, at.decision().second_role) == ("Ada", "commander")


def test_a_second_comes_too_late_when_a_helicopter_has_come() -> None:
    room = Room(identity="own:Raven 1", cooperation="cooperative")
    room.act(ordered("k"))
    assert room.state() == "awaiting_second"
    room.see(aircraft(identity="own:Raven 1", cooperation="cooperative"), aircraft("erbil-T-0002", p_manned=0.9))
    assert room.state() == "lapsed"
    room.act(action("second", "erbil-D-0001", **OFFICER))
    assert clauses(room.refusal) == ["X1"]


@pytest.mark.parametrize(
    ("tracks", "clause"),
    [
        ((aircraft(), aircraft("erbil-T-0002", p_manned=0.9)), "A3"),
        ((aircraft(p_manned=0.02),), "A1"),
        ((aircraft(identity="icao:ABC123"),), "A2"),
        ((aircraft(identity="own:Raven 1"),), "F1"),
        ((aircraft(in_s=-1.0),), "S4"),
        ((), "S2"),
    ],
)
def test_what_is_authorised_lapses_when_it_no_longer_stands(tracks: tuple[TrackPicture, ...], clause: str) -> None:
    room = Room()
    room.act(ordered("k"))
    assert room.decision().hand_over is not None
    room.see(*tracks)
    assert room.state() == "lapsed"
    assert [finding.clause for finding in room.decision().findings] == [clause]
    assert room.decision().hand_over is None


def test_a_mandate_that_runs_out_takes_its_decisions_with_it() -> None:
    room = Room(mandated(until_s=BEGIN_S + 2.0))
    room.act(ordered("k", measure="lights"))
    room.act(ordered("l", measure="shelter"))
    room.see(aircraft(), wait_s=1.0)
    assert room.state() == "authorised"
    room.see(aircraft(), wait_s=1.0)
    assert [finding.clause for finding in room.decision().findings] == ["M1"]
    assert (room.state(1), room.state(2)) == ("lapsed", "authorised")


def test_a_withdrawal_ends_it_at_once_and_only_warnings_are_left() -> None:
    room = Room()
    room.act(ordered("k"))
    room.act(action("withdraw_mandate", note="the grantor telephoned", **GUARD))
    assert room.state() == "lapsed"
    room.act(ordered("l", measure="team"))
    assert clauses(room.refusal) == ["M1"]
    assert room.refusal is not None
    assert "only detects, warns and reports" in room.refusal.message
    room.act(ordered("m", measure="shelter"))
    assert room.state(3) == "authorised"
    room.act(action("withdraw_mandate", **GUARD))
    assert room.refusal is not None
    assert room.refusal.code == "already_withdrawn"


def test_what_was_done_while_it_stood_can_be_said_afterwards() -> None:
    room = Room()
    room.act(ordered("k"))
    room.see(aircraft(), wait_s=5.0)
    room.see(wait_s=5.0)
    assert room.state() == "lapsed"
    for at_s in (None, 0.0, 11.0):
        happened = None if at_s is None else BEGIN_S + at_s
        room.act(action("carry_out", "erbil-D-0001", happened_s=happened))
        assert clauses(room.refusal) == ["X1"]
    room.act(action("carry_out", "erbil-D-0001", happened_s=BEGIN_S + 4.0))
    assert room.state() == "carried_out"
    assert len(room.decision().attempts) == 3


def test_one_that_never_stood_cannot_have_been_carried_out() -> None:
    room = Room()
    room.act(ordered("k", measure="close"))
    room.act(action("withdraw", "erbil-D-0001"))
    room.act(action("carry_out", "erbil-D-0001", happened_s=BEGIN_S + 0.5))
    assert clauses(room.refusal) == ["X1"]
    assert room.state() == "withdrawn"


def test_anyone_can_say_that_a_measure_was_taken_all_the_same() -> None:
    room = Room(p_manned=0.2)
    room.act(ordered("k"))
    taken = action("record_fact", state="measure_taken", measure="defeat", decision="erbil-D-0001", **GUARD)
    (fact,) = room.act(msgspec.structs.replace(taken, happened_s=BEGIN_S, note="heard it"))
    assert isinstance(fact, FactRecorded)
    assert (fact.by, fact.decision, fact.happened_s) == ("Cem", "erbil-D-0001", BEGIN_S)
    assert room.state() == "refused"
    room.act(action("record_fact", state="measure_taken", measure="flares, by a passing convoy", **GUARD))
    assert room.refusal is None
    assert len(room.post.decided(BEGIN_S).facts) == 2


def test_what_a_standing_decision_allows_is_no_fact_outside_the_mandate() -> None:
    room = Room()
    room.act(ordered("k"))
    room.act(action("record_fact", state="measure_taken", measure="defeat", decision="erbil-D-0001"))
    assert room.refusal is not None
    assert room.refusal.code == "bad_fact"


def test_a_word_frees_and_another_binds() -> None:
    room = Room(p_manned=0.2)
    room.act(action("record_fact", state="not_manned", track=TARGET, note=" "))
    assert room.refusal is not None
    assert room.refusal.code == "bad_fact"
    room.act(action("record_fact", state="not_manned", track=TARGET, note="four rotors by camera"))
    room.act(ordered("k"))
    assert room.state() == "authorised"
    assert "four rotors by camera" in str(room.decision().findings)
    room.act(action("record_fact", state="manned", track=TARGET, note="a paraglider", **GUARD))
    assert room.state() == "lapsed"


def test_an_order_sent_twice_is_one_order() -> None:
    room = Room(p_manned=0.2)
    room.act(ordered("k"))
    first = clauses(room.refusal)
    assert room.act(ordered("k")) == []
    assert clauses(room.refusal) == first
    assert room.act(ordered("k", measure="shelter")) == []
    assert room.refusal is not None
    assert room.refusal.code == "key_used"
    assert len(room.decisions()) == 1


def test_a_site_without_a_mandate_warns_and_reports() -> None:
    room = Room(site())
    room.act(ordered("k"))
    assert clauses(room.refusal) == ["M3"]
    room.act(action("withdraw_mandate"))
    assert room.refusal is not None
    assert room.refusal.code == "no_mandate"


def test_after_a_restart_what_no_longer_stands_lapses_before_it_is_shown() -> None:
    room = Room()
    room.act(ordered("k"))
    room.act(ordered("l", measure="lights"))
    again = Post(mandated())
    for draft in room.drafts:
        again.apply(draft)
    assert again.books == room.post.books
    assert again.take_up(room.picture, BEGIN_S + room.now_s, Origin.LIVE) == []
    late = again.take_up(room.picture, BEGIN_S + room.now_s + 60.0, Origin.LIVE)
    assert [draft.payload.decision for draft in late if isinstance(draft.payload, DecisionMoved)] == ["erbil-D-0001"]


def test_the_incident_has_its_decisions_and_facts() -> None:
    room = Room(approaches=INBOUND)
    for _ in range(4):
        room.see(aircraft(approaches=INBOUND), wait_s=1.0)
    room.act(ordered("k", measure="shelter", track=None, protects=None))
    room.act(action("record_fact", state="measure_taken", measure="flares"))
    (incident,) = room.post.incidents
    assert [one.id for one in incident.decisions] == ["erbil-D-0001"]
    assert [one.id for one in incident.facts] == ["erbil-F-0001"]


def test_the_hand_over_has_words_and_nothing_to_point_with() -> None:
    room = Room()
    room.act(ordered("k"))
    text = room.decision().hand_over
    assert text is not None
    for words in ("Base defence", TARGET, "own force", "Ada", "Host government", "ask whether it still stands"):
        assert words in text
    named = {TARGET, "erbil-D-0001"}
    without = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "", text)
    for name in named:
        without = without.replace(name, "")
    assert not re.search(r"\d", without), without


def test_no_event_of_a_decision_has_a_place_or_a_point() -> None:
    kinds = (DecisionOrdered, DecisionMoved, DecisionAttempted, FactRecorded, Decision)
    pointing = re.compile(r"lead|aim|intercept|latitude|longitude|altitude|height|azimuth|elevation|velocity|speed|"
                          r"course|range|bearing|position|point|path|effector|command")  # fmt: skip
    for kind in kinds:
        for field in msgspec.structs.fields(kind):
            assert not pointing.search(field.name), field.name


# --- whatever people and the sky do

TRACKS = (TARGET, "erbil-T-0002")


def mostly(good: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Good most of the time: a script of nothing but faults never has anything authorised that could go wrong."""
    return st.integers(0, 3 + len(others)).map(lambda at: others[at - 4] if at > 3 else good)


flights = st.fixed_dictionaries(
    {
        "p_manned": mostly(0.001, 0.2, 0.9),
        "identity": mostly(None, "own:Raven 1", "icao:ABC123", "rid:X"),
        "cooperation": mostly("claimed", "cooperative"),
        "in_s": mostly(0.0, 30.0, -1.0),
        "north_m": mostly(0.0, 3000.0),
    }
).map(lambda one: one if one["identity"] else {**one, "cooperation": "unknown"})
pictures = st.tuples(mostly(True, False), flights, flights, st.booleans()).map(
    lambda one: {name: flight for name, flight, there in zip(TRACKS, one[1:3], (one[0], one[3]), strict=True) if there}
)
people = mostly(("Ada", "commander"), ("Bo", "officer"), ("Cem", "guard"), ("ada", "officer"))
seconds = mostly(("Bo", "officer"), ("Ada", "commander"), ("Cem", "guard"), ("aDa", "commander"))
looks = st.tuples(st.just("see"), pictures, mostly(0.5, 3.0, 200.0))
orders = st.tuples(
    st.just("decide"),
    people,
    mostly("defeat", "close", "lights", "shelter", "none"),
    mostly(TARGET, "erbil-T-0002", None),
    mostly("own_force", "civilians", None),
    st.integers(0, 9),
)
words = st.tuples(st.just("record_fact"), people, mostly("not_manned", "manned"), mostly(TARGET, "erbil-T-0002"))
offers = st.tuples(st.just("second"), seconds, mostly(1, 2, 3))
moves = st.tuples(st.sampled_from(["withdraw", "carry_out"]), people, st.integers(1, 4))
rare = st.sampled_from([("withdraw_mandate", ("Cem", "guard")), ("restart",), ("restart",)])
steps = st.one_of(looks, looks, orders, orders, offers, offers, words, moves, rare)
NO_ATTEMPT = {"not_found", "bad_fact", "key_used", "already_withdrawn"}
"""Refusals of what cannot be understood or was done before: no order, and no move of one."""


def forbidden(decision: Decision, room: Room) -> list[str]:
    """What the mandate of the scene forbids, said once more in other words than the code's."""
    order, now_s = decision.order, BEGIN_S + room.now_s
    found = []
    may = {"commander": {"shelter", "lights", "close", "defeat"}, "officer": {"shelter", "lights", "close"},
           "guard": {"shelter"}}  # fmt: skip
    if order.measure not in may[order.role]:
        found.append("role")
    withdrawn = room.post.books.decided.withdrawn is not None
    if order.measure != "shelter" and (withdrawn or not MANDATE.from_s <= now_s < UNTIL_S):
        found.append("not in force")
    if decision.second_by is not None and decision.second_by.lower() == order.by.lower():
        found.append("seconded by himself")
    if order.measure == "close" and decision.second_by is None:
        found.append("alone")
    if order.measure == "defeat":
        found += _forbidden_against(decision, room)
    return found


def _forbidden_against(decision: Decision, room: Room) -> list[str]:
    order = decision.order
    tracks = {} if room.picture is None else {one.track: one for one in room.picture.tracks}
    target = tracks.get(order.track or "")
    if order.protects not in ("own_force", "partners") or target is None:
        return ["not self-defence"]
    found = []
    if not any(near.inside or (near.time_to_s is not None and near.time_to_s <= 60.0) for near in target.approaches):
        found.append("no threat")
    if manned(target, room):
        found.append("may be manned")
    close = [one for one in tracks.values() if one is not target and one.latitude_deg == target.latitude_deg]
    if any(manned(one, room) for one in close):
        found.append("a manned aircraft is near")
    if target.identity == "own:Raven 1" and not decision.second_by:
        found.append("friendly, and alone")
    if target.cooperation is Cooperation.COOPERATIVE and target.identity and not decision.second_by:
        found.append("cooperative, and alone")
    return found


def manned(track: TrackPicture, room: Room) -> bool:
    words = [fact for fact in room.post.books.decided.facts if fact.track == track.track]
    if words and words[-1].fact == "manned":
        return True
    aviation = (track.identity or "").startswith("icao:")
    if words:
        return aviation and words[-1].identity != track.identity
    return aviation or track.p_classes[2] >= 0.01


UNTIL_S = BEGIN_S + 500.0


def play(room: Room, step: tuple[Any, ...]) -> None:
    verb = step[0]
    if verb == "see":
        room.see(*(aircraft(name, **given) for name, given in sorted(step[1].items())), wait_s=step[2])
    elif verb == "restart":
        post = Post(room.site)
        for draft in room.drafts:
            post.apply(draft)
        assert post.books == room.post.books
        room.post = post
        room.drafts += post.take_up(room.picture, BEGIN_S + room.now_s, Origin.LIVE)
    else:
        done = _action(step)
        before = len(room.drafts)
        room.act(done)
        _assert_traced(room, done, room.drafts[before:])


def _action(step: tuple[Any, ...]) -> Action:
    by, role = step[1]
    if step[0] == "decide":
        return action("decide", f"k{step[5]}", by=by, role=role, measure=step[2], track=step[3], protects=step[4])
    if step[0] == "record_fact":
        return action("record_fact", by=by, role=role, state=step[2], track=step[3], note="seen")
    target = f"erbil-D-{step[2]:04d}" if len(step) > 2 else ""
    return action(step[0], target, by=by, role=role)


def _assert_traced(room: Room, done: Action, drafts: list[Draft]) -> None:
    """Who tried what is in the record, refused or not."""
    if room.refusal is not None and room.refusal.code in NO_ATTEMPT:
        return
    names = [getattr(draft.payload, "by", None) for draft in drafts]
    key_known = done.verb == "decide" and not drafts
    assert done.by in names or key_known, (done, drafts)
    if done.verb == "decide" and drafts and room.refusal is not None:
        refusals = [draft.payload for draft in drafts if isinstance(draft.payload, DecisionMoved)]
        assert any(one.state is DecisionState.REFUSED and one.findings for one in refusals)


@settings(max_examples=1000)
@given(st.lists(steps, min_size=1, max_size=25))
def test_nothing_forbidden_is_ever_authorised_and_no_attempt_leaves_no_trace(script: list[tuple[Any, ...]]) -> None:
    room = Room(mandated(until_s=UNTIL_S))
    for step in script:
        play(room, step)
        for decision in room.decisions():
            assert decision.state is not DecisionState.PROPOSED
            if decision.state is DecisionState.AUTHORISED:
                assert forbidden(decision, room) == [], (step, decision)
            if decision.hand_over is not None:
                assert decision.authorised_s is not None
    again = Post(room.site)
    for draft in room.drafts:
        again.apply(draft)
    assert again.books == room.post.books
    with contextlib.suppress(StopIteration):
        first = next(draft for draft in room.drafts if isinstance(draft.payload, DecisionMoved))
        with pytest.raises(IllegalMove):
            again.apply(msgspec.structs.replace(first, payload=msgspec.structs.replace(first.payload, move="refuse")))
