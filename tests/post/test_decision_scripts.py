"""Whatever people order and the sky does: nothing forbidden stands, and no attempt leaves no trace."""

from __future__ import annotations

import contextlib
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from tests.post.decision_room import Room
from tests.post.mandate_scene import MANDATE, TARGET, action, aircraft, mandated
from tests.post.scene import BEGIN_S
from vedette.model import (
    Action,
    Cooperation,
    Decision,
    DecisionMoved,
    DecisionState,
    Draft,
    Origin,
    TrackPicture,
)
from vedette.post import IllegalMove, Post

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
