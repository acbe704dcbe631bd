"""Decisions, step by step: the moves, and what is written down."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.post.decision_room import Room, clauses
from tests.post.mandate_scene import TARGET, action, aircraft, mandated, ordered
from tests.post.scene import BEGIN_S, INBOUND, site
from vedette.model import (
    Decision,
    DecisionAttempted,
    DecisionMoved,
    DecisionOrdered,
    FactRecorded,
    Origin,
    TrackPicture,
)
from vedette.post import Post

OFFICER = {"by": "Bo", "role": "officer"}
GUARD = {"by": "Cem", "role": "guard"}


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


def test_an_aircraft_at_the_edge_of_manned_lapses_each_order_once_and_says_what_would_answer() -> None:
    room = Room(p_manned=0.004)
    for number in (1, 2, 3):
        room.see(aircraft(p_manned=0.009))
        room.act(ordered(f"k{number}"))
        assert room.state(number) == "authorised"
        (near,) = (one for one in room.decision(number).findings if one.clause == "A1")
        assert near.remedy is not None
        assert "close to 0.01" in near.detail
        before = len(room.drafts)
        for p in (0.0101, 0.0099, 0.0102, 0.0098) * 5:
            room.see(aircraft(p_manned=p))
        moves = [one.payload for one in room.drafts[before:] if isinstance(one.payload, DecisionMoved)]
        assert [one.move for one in moves] == ["lapse"]
        (finding,) = moves[0].findings
        assert (finding.clause, finding.remedy is not None) == ("A1", True)
        assert f"record the fact not_manned of {TARGET}" in (finding.remedy or "")
    room.see(aircraft(p_manned=0.011))
    room.act(ordered("k4"))
    assert room.refusal is not None
    assert [one["remedy"] for one in room.refusal.details] == [finding.remedy]
    room.act(action("record_fact", "", state="not_manned", track=TARGET, note="seen by eye"))
    room.act(ordered("k5"))
    for p in (0.0101, 0.0099, 0.02):
        room.see(aircraft(p_manned=p))
    assert room.state(5) == "authorised"
