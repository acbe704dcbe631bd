"""Statements: said from what is confirmed, approved by people, flagged when a fact is no longer what they say."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from tests.post.dossier_room import COMMANDER, INCIDENT, MEDIC, SPOKESPERSON, Night, code
from tests.post.mandate_scene import RESPONSE
from tests.post.scene import site
from vedette.model import (
    EffectEntered,
    Incident,
    Origin,
    Sentence,
    Statement,
    StatementMoved,
    StatementState,
    Subject,
)
from vedette.post import IllegalMove, Post
from vedette.statement import KEYS, what_can_be_said

ABLE = msgspec.structs.replace(site(), response=RESPONSE)


@pytest.fixture
def night() -> Night:
    return Night(at=ABLE)


def said(night: Night) -> dict[str, str]:
    return {one.key: one.text for one in what_can_be_said(night.incident, night.site).sentences}


def test_a_sentence_without_evidence_cannot_be_made_nor_read() -> None:
    with pytest.raises(ValueError, match="evidence"):
        Sentence(key="what", text="They came from the north.", evidence=())
    with pytest.raises(msgspec.ValidationError, match="evidence"):
        msgspec.json.decode(b'{"key": "what", "text": "x", "evidence": []}', type=Sentence)


def test_the_sentences_of_that_night(night: Night) -> None:
    assert said(night) == {
        "what": "At about 23:27 local time (20:27 UTC) on 11 September 2021, two unmanned aircraft systems (UAS) "
        "approached Erbil.",
        "where": "By the sensors' record, one came down inside the perimeter and one outside.",
        "claim": "No claim of responsibility has been confirmed.",
        "ongoing": "The incident is still being assessed.",
    }
    night.effect("injuries", source="the medical officer on duty")
    night.effect("damage", role="base-engineer")
    night.effect("flights", "two held.", source="the tower desk")
    assert said(night)["injuries"] == "No injuries were reported, according to the medical officer on duty."
    assert said(night)["damage"] == "No damage was reported, according to the base engineer."
    assert said(night)["flights"] == "Flights, as reported by the tower desk: two held."
    assert [one for one in KEYS if one in said(night)] == list(said(night))


def test_what_two_people_tell_differently_is_not_said(night: Night) -> None:
    night.effect("injuries")
    night.effect("injuries", "one, light", by="Dee", role="fire-chief")
    assert "injuries" not in said(night)
    unsaid = what_can_be_said(night.incident, night.site).not_said
    (why,) = [one.why for one in unsaid if one.about == "Injuries"]
    assert "the fire chief says one, light (erbil-EF-0002)" in why
    assert "the medical officer says none (erbil-EF-0001)" in why


def test_what_was_done_is_said_as_people_recorded_it(night: Night) -> None:
    night.do("record_fact", state="measure_taken", measure="flares, by the convoy", **MEDIC)
    night.do("record_fact", state="measure_taken", measure="shelter", **MEDIC)
    night.do("decide", measure="lights", target="k")
    assert night.refusal is None
    night.do("carry_out", target="erbil-D-0001", **MEDIC)
    found = {one.key: one for one in what_can_be_said(night.incident, night.site).sentences}
    assert found["countermeasures"].text == "Force-protection countermeasures were used."
    assert found["countermeasures"].evidence == ("erbil-F-0001",)
    assert found["protection"].text == "Protective measures were taken: Lights out and Shelter alarm."
    assert found["protection"].evidence == ("erbil-D-0001", "erbil-F-0002")


def test_nobody_is_named_but_by_a_signed_decision(night: Night) -> None:
    night.claim(Subject.RESPONSIBILITY, "Some Group", "Social media post", "F6")
    night.attribute("attributed", "Some Group")
    assert "Some Group" not in str(list(said(night).values()))
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    assert said(night)["claim"] == (
        "Responsibility is attributed to Some Group, as decided by the commander and the public-affairs."
    )


def test_a_statement_is_approved_by_every_role_and_released(night: Night) -> None:
    night.draft(note="first")
    night.move("approve")
    assert code(night) == "illegal_move"
    night.move("submit", **SPOKESPERSON)
    night.move("approve", role="cook")
    assert code(night) == "not_your_role"
    night.move("approve")
    assert night.statement().state is StatementState.AWAITING_APPROVAL
    night.move("approve", by="Dee")
    assert code(night) == "already_approved"
    night.move("approve", by="ada ", role="public-affairs")
    assert code(night) == "second_refused"
    night.move("release")
    assert code(night) == "illegal_move"
    night.move("approve", **SPOKESPERSON)
    assert night.statement().state is StatementState.APPROVED
    night.move("release", by="Dee", role="cook")
    assert code(night) == "not_your_role"
    night.move("release", **SPOKESPERSON)
    assert night.statement().state is StatementState.RELEASED
    assert [(one.by, one.role) for one in night.statement().approvals] == [
        ("Ada", "commander"), ("Cem", "public-affairs")
    ]  # fmt: skip


@pytest.mark.parametrize("origin", [Origin.REPLAY, Origin.SIMULATED, Origin.EXERCISE])
def test_what_is_not_live_is_never_released(origin: Origin) -> None:
    night = Night(origin)
    night.draft()
    night.approve()
    assert night.statement().state is StatementState.APPROVED
    night.move("release")
    assert code(night) == "not_live"
    assert night.statement().state is StatementState.APPROVED


def test_a_fact_that_changes_flags_the_statement_that_carried_it(night: Night) -> None:
    night.effect("injuries")
    night.draft()
    night.draft("injuries")
    for number in (1, 2):
        night.approve(number)
    night.effect("injuries", "one, light")
    first, second = night.statement(1), night.statement(2)
    assert (first.state, second.state) == (StatementState.FLAGGED, StatementState.APPROVED)
    (change,) = first.changes
    assert (change.key, change.was) == ("injuries", "No injuries were reported, according to the medical officer.")
    assert change.now == "Injuries, as reported by the medical officer: one, light."
    assert first.approvals == ()
    assert second.drafted.left_out == ("injuries",)
    night.move("release", 1)
    assert code(night) == "illegal_move"
    night.piece("withdraw_effect", "erbil-EF-0002", **MEDIC)
    assert night.statement(1).changes[0].now is None
    night.effect("injuries")
    assert night.statement(1).state is StatementState.DRAFT, "the facts are again what it says: approve it anew"
    assert night.statement(1).changes == ()


def test_what_was_released_stands_flagged_with_its_approvals(night: Night) -> None:
    night.effect("injuries")
    night.draft()
    night.approve()
    night.move("release")
    night.effect("injuries", "one, light")
    assert night.statement().state is StatementState.FLAGGED
    assert len(night.statement().approvals) == 2
    night.effect("injuries")
    assert night.statement().state is StatementState.RELEASED
    night.move("withdraw", note="superseded")
    assert night.statement().state is StatementState.WITHDRAWN
    before = len(night.drafts)
    night.effect("injuries", "two")
    assert len(night.drafts) == before + 1, "what is withdrawn is not held against the facts any more"


def test_a_picture_flags_too(night: Night) -> None:
    night.draft()
    night.look()
    assert night.statement().state is StatementState.DRAFT
    night.do("close_incident")
    assert code(night) == "unacknowledged_alerts"
    for alert in night.incident.alerts:
        night.do("acknowledge", target=alert)
    night.do("close_incident")
    assert [one.key for one in night.statement().changes] == ["ongoing"]


def test_a_draft_says_something_and_leaves_out_only_what_there_is(night: Night) -> None:
    night.draft(*KEYS)
    assert code(night) == "bad_sentence"
    night.draft("rumours")
    assert code(night) == "bad_sentence"
    night.move("submit", 7)
    assert code(night) == "not_found"
    night.draft()
    night.move("restore")
    assert code(night) == "illegal_move"


people = st.sampled_from([COMMANDER, SPOKESPERSON, MEDIC, {"by": "ada", "role": "public-affairs"}])
effects = st.tuples(
    st.just("effect"), st.sampled_from(["injuries", "damage"]), st.sampled_from([None, "one, light", "none"]), people
)
claims = st.tuples(st.just("claim"), st.sampled_from(["Some Group", "Others"]))
attributions = st.tuples(st.just("attribute"), st.sampled_from(["claimed", "attributed"]), people)
signs = st.tuples(st.just("sign"), st.integers(1, 2), people)
drafts = st.tuples(st.just("draft"), st.sampled_from([(), ("injuries",), ("what", "where"), KEYS]))
moves = st.tuples(
    st.just("move"), st.sampled_from(["submit", "approve", "approve", "release", "withdraw"]), st.integers(1, 2), people
)
approvals = st.tuples(st.sampled_from(["approve", "publish"]), st.integers(1, 2))
others = st.sampled_from([("fact",), ("close",), ("look",), ("again",), ("withdraw_effect", 1), ("withdraw_effect", 2)])
steps = st.one_of(effects, effects, claims, attributions, signs, drafts, moves, moves, approvals, others)


def play(night: Night, step: tuple[Any, ...]) -> None:
    verb, *words = step
    if verb == "effect":
        night.effect(words[0], words[1], **words[2])
    elif verb == "claim":
        night.claim(Subject.RESPONSIBILITY, words[0], "Somebody")
    elif verb == "attribute":
        night.attribute(words[0], "Some Group", **words[1])
    elif verb == "sign":
        night.piece("sign_attribution", f"erbil-AT-{words[0]:04d}", **words[1])
    elif verb == "draft":
        night.draft(*words[0])
    elif verb == "move":
        night.move(words[0], words[1], **words[2])
    elif verb in ("approve", "publish"):
        night.approve(words[0])
        if verb == "publish":
            night.move("release", words[0])
    elif verb == "withdraw_effect":
        night.piece("withdraw_effect", f"erbil-EF-{words[0]:04d}")
    else:
        _else(night, verb)


def _else(night: Night, verb: str) -> None:
    if verb == "fact":
        night.do("record_fact", state="measure_taken", measure="flares")
    elif verb == "close":
        for alert in night.incident.alerts:
            night.do("acknowledge", target=alert)
        night.do("close_incident")
    elif verb == "look":
        night.look()
    else:
        post = night.again()
        assert post.books == night.post.books
        night.post = post
        night.drafts += post.take_up(None, night.drafts[-1].received_s, night.origin)


def check(night: Night, one: Statement) -> None:
    """What holds of a statement, said once more in other words than the code's."""
    incident, text = night.incident, " ".join(sentence.text for sentence in one.drafted.sentences)
    assert all(sentence.evidence for sentence in one.drafted.sentences)
    known = ids_of(incident)
    assert {id_ for sentence in one.drafted.sentences for id_ in sentence.evidence} <= known
    if one.state not in (StatementState.APPROVED, StatementState.RELEASED):
        return
    assert night.origin is Origin.LIVE or one.state is StatementState.APPROVED
    assert {given.role for given in one.approvals} == {"commander", "public-affairs"}
    assert len({(given.by or "").lower() for given in one.approvals}) == 2
    for effect, word in (("injuries", "No injuries"), ("damage", "No damage")):
        if word in text:
            stands = [each for each in incident.dossier.entries if each.effect == effect and each.ended is None]
            assert stands
            assert {each.state for each in stands} == {"none_reported"}
    if "Some Group" in text:
        signed = [each for each in incident.dossier.attributions if each.signed is not None]
        assert signed
        assert all(each.signed and each.signed.by.lower() != each.proposed.by.lower() for each in signed)
    assert "Others" not in text, "a claim in the ledger is nobody's word of ours"


def ids_of(incident: Incident) -> set[str]:
    dossier = incident.dossier
    found = {incident.incident, *incident.alerts, *(one.track for one in incident.tracks)}
    found |= {one.entry for one in dossier.entries} | {one.entered.claim for one in dossier.claims}
    found |= {one.proposed.attribution for one in dossier.attributions}
    return found | {one.id for one in incident.facts} | {one.id for one in incident.decisions}


@settings(max_examples=600)
@given(st.sampled_from([Origin.LIVE, Origin.LIVE, Origin.SIMULATED]), st.lists(steps, min_size=1, max_size=25))
def test_no_sequence_releases_a_sentence_without_evidence_or_none_from_silence(
    origin: Origin, script: list[tuple[Any, ...]]
) -> None:
    night = Night(origin, ABLE)
    for step in script:
        play(night, step)
        for one in night.incident.dossier.statements:
            check(night, one)
        told = [draft.payload for draft in night.drafts if isinstance(draft.payload, EffectEntered)]
        assert told or not any(word in str(said(night)) for word in ("No injuries", "No damage"))
    again = Post(night.site, quiet_s=1e9)
    for draft in night.drafts:
        again.apply(draft)
    assert again.books == night.post.books
    assert again.incident(INCIDENT).dossier == night.incident.dossier
    moved = [draft for draft in night.drafts if isinstance(draft.payload, StatementMoved)]
    for draft in moved[:1]:
        with pytest.raises(IllegalMove):
            again.apply(msgspec.structs.replace(draft, payload=msgspec.structs.replace(draft.payload, move="restore")))
