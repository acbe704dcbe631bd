"""Effects, claims, attribution and media: side by side, corrected with their history, signed by two."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.post.dossier_room import COMMANDER, MEDIC, SPOKESPERSON, Night, code
from tests.post.scene import BEGIN_S
from vedette.model import AttributionSigned, Dossier, Draft, EffectEntered, Origin, Subject
from vedette.model.dossier_requests import ClaimWords, EffectWords, MediaFile
from vedette.post import IllegalMove
from vedette.statement import differing


@pytest.fixture
def night() -> Night:
    return Night()


def values(night: Night, effect: str = "injuries") -> list[tuple[str, str | None]]:
    """The entries of an effect: what each says, and how it ended."""
    entries = [one for one in night.incident.dossier.entries if one.effect == effect]
    return [(one.value or "none", one.ended) for one in entries]


def test_silence_is_not_none(night: Night) -> None:
    assert {one.state for one in night.incident.effects.values()} == {"not_yet_reported"}
    assert night.incident.dossier == Dossier()


def test_the_same_word_again_corrects_and_the_history_stays(night: Night) -> None:
    night.effect("injuries")
    night.effect("injuries", "one, light")
    effect = night.incident.effects["injuries"]
    assert (effect.state, effect.value, effect.conflict) == ("reported", "one, light", False)
    assert effect.entries == ("erbil-EF-0002",)
    assert values(night) == [("none", "corrected"), ("one, light", None)]
    assert night.incident.dossier.entries[0].ended_by == "erbil-EF-0002"


def test_two_people_s_words_stand_side_by_side_until_one_is_withdrawn(night: Night) -> None:
    night.effect("injuries")
    night.effect("injuries", "one, light", by="Dee", role="fire-chief")
    effect = night.incident.effects["injuries"]
    assert (effect.conflict, effect.state, len(effect.entries)) == (True, "reported", 2)
    night.piece("withdraw_effect", "erbil-EF-0002", note="another accident", **MEDIC)
    effect = night.incident.effects["injuries"]
    assert (effect.conflict, effect.state, effect.entries) == (False, "none_reported", ("erbil-EF-0001",))
    night.piece("withdraw_effect", "erbil-EF-0002")
    assert code(night) == "already_withdrawn"
    night.piece("withdraw_effect", "erbil-EF-0001")
    assert night.incident.effects["injuries"].state == "not_yet_reported"


def test_people_who_agree_are_no_conflict(night: Night) -> None:
    night.effect("damage")
    night.effect("damage", source="Engineer on duty")
    night.effect("flights", "two  Held")
    night.effect("flights", "Two held", by="Dee")
    assert [night.incident.effects[name].conflict for name in ("damage", "flights")] == [False, False]
    assert len(night.incident.effects["damage"].entries) == 2


def test_another_s_entry_is_corrected_by_name(night: Night) -> None:
    night.effect("injuries")
    night.effect("injuries", "one, light", corrects="erbil-EF-0001", **SPOKESPERSON)
    assert values(night) == [("none", "corrected"), ("one, light", None)]
    for named in ("erbil-EF-0001", "erbil-EF-0099"):
        night.effect("injuries", "two", corrects=named)
        assert code(night) in ("already_withdrawn", "not_found")
    night.effect("damage", "a window", corrects="erbil-EF-0002")
    assert code(night) == "not_found"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ({"effect": "morale", "state": "reported", "value": "low"}, "bad_effect"),
        ({"effect": "injuries", "state": "not_yet_reported"}, "bad_state"),
        ({"effect": "injuries", "state": "none_reported", "value": "one"}, "bad_state"),
        ({"effect": "injuries", "state": "none_reported", "target": "erbil-I-0009"}, "not_found"),
    ],
)
def test_an_effect_that_cannot_be_understood_is_refused(night: Night, words: dict[str, Any], wanted: str) -> None:
    before = len(night.drafts)
    night.do("enter_effect", EffectWords(), **words)
    assert code(night) == wanted
    assert len(night.drafts) == before


def test_an_entry_from_before_entries_had_ids_is_read_as_it_was_meant(night: Night) -> None:
    post = night.again()
    for at_s, state in ((20.0, "none_reported"), (30.0, "reported")):
        old = EffectEntered(incident="erbil-I-0001", effect="injuries", state=state, value=None, by="x", at_s=at_s)
        post.apply(Draft(observed_s=at_s, received_s=at_s, origin=Origin.LIVE, payload=old))
    effect = post.incident("erbil-I-0001").effects["injuries"]
    assert (effect.state, effect.conflict, len(effect.entries)) == ("reported", False, 1)


def test_the_public_claims_of_that_night_stand_in_conflict(night: Night) -> None:
    night.claim(Subject.COUNT, "2", "Security service")
    night.claim(Subject.COUNT, " 01 ", "Broadcaster", "D4")
    night.claim(Subject.PLACE, "both", "Security service")
    night.claim(Subject.PLACE, "outside", "Broadcaster", "D4")
    night.claim(Subject.AIRPORT, "closed", "Security service")
    night.claim(Subject.AIRPORT, "open", "Airport desk", "B2")
    night.claim(Subject.INJURIES, "None", "Security service")
    night.claim(Subject.INJURIES, " none", "Broadcaster")
    claims = night.incident.dossier.claims
    assert [one.entered.value for one in claims[:2]] == ["2", "1"]
    found = differing(claims)
    assert set(found) == {Subject.COUNT, Subject.PLACE, Subject.AIRPORT}
    assert [one.entered.claim for one in found[Subject.AIRPORT]] == ["erbil-CL-0005", "erbil-CL-0006"]
    night.piece("withdraw_claim", "erbil-CL-0006", note="the desk meant the next morning")
    claims = night.incident.dossier.claims
    assert len(claims) == 8, "what is withdrawn stays in the ledger"
    assert Subject.AIRPORT not in differing(claims)
    night.piece("withdraw_claim", "erbil-CL-0006")
    assert code(night) == "already_withdrawn"


@pytest.mark.parametrize(
    ("subject", "value", "grade"),
    [
        (Subject.COUNT, "some", "C3"),
        (Subject.COUNT, "²", "C3"),
        (Subject.COUNT, "-1", "C3"),
        (Subject.PLACE, "near", "C3"),
        (Subject.AIRPORT, "Closed", "C3"),
        (Subject.OTHER, "  ", "C3"),
        (Subject.DAMAGE, "a hangar", "G3"),
        (Subject.DAMAGE, "a hangar", "C3\n"),
        (Subject.DAMAGE, "a hangar", ""),
    ],
)
def test_a_claim_that_cannot_be_held_against_others_is_refused(
    night: Night, subject: Subject, value: str, grade: str
) -> None:
    night.claim(subject, value, "Broadcaster", grade)
    assert code(night) == "bad_claim"


def test_what_is_published_in_the_future_is_a_mistake_but_in_a_replay() -> None:
    for origin, wanted in ((Origin.LIVE, "bad_time"), (Origin.REPLAY, None)):
        night = Night(origin)
        words = ClaimWords(
            subject=Subject.COUNT, value="1", source="x", where="", published_s=BEGIN_S + 9e4, grade="F6"
        )
        night.do("enter_claim", words)
        assert code(night) == wanted


def test_attribution_stays_unclaimed_until_two_persons_in_two_roles_have_signed(night: Night) -> None:
    night.claim(Subject.RESPONSIBILITY, "Some Group", "Social media post", "F6")
    assert night.incident.attribution == "unclaimed"
    night.attribute()
    assert night.incident.attribution == "unclaimed"
    night.piece("sign_attribution", "erbil-AT-0001", by=" ADA", role="public-affairs")
    assert code(night) == "second_refused"
    night.piece("sign_attribution", "erbil-AT-0001", by="Eve", role="commander")
    assert code(night) == "second_refused"
    night.piece("sign_attribution", "erbil-AT-0001", by="Eve", role="cook")
    assert code(night) == "not_your_role"
    assert night.incident.attribution == "unclaimed"
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    assert night.refusal is None
    assert night.incident.attribution == "claimed"
    (one,) = night.incident.dossier.attributions
    assert one.signed is not None
    assert (one.proposed.by, one.signed.by, one.proposed.to) == ("Ada", "Cem", "Some Group")
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    assert code(night) == "illegal_move"


def test_attribution_goes_back_the_same_way(night: Night) -> None:
    night.attribute()
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    night.attribute("unclaimed", None)
    assert night.incident.attribution == "claimed"
    night.piece("sign_attribution", "erbil-AT-0002", **SPOKESPERSON)
    assert night.incident.attribution == "unclaimed"


def test_a_proposal_can_be_taken_back_and_only_one_waits(night: Night) -> None:
    night.attribute()
    night.attribute("attributed", "Another")
    assert code(night) == "already_proposed"
    night.piece("withdraw_attribution", "erbil-AT-0001")
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    assert code(night) == "illegal_move"
    for state, to in (("claimed", None), ("unclaimed", "Somebody"), ("proven", "Somebody")):
        night.attribute(state, to)
        assert code(night) == "bad_state"
    night.attribute(role="cook")
    assert code(night) == "not_your_role"
    assert night.incident.attribution == "unclaimed"


def test_a_record_that_signs_twice_is_none(night: Night) -> None:
    night.attribute()
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    signed = next(one for one in night.drafts if isinstance(one.payload, AttributionSigned))
    with pytest.raises(IllegalMove):
        night.post.apply(signed)


def test_media_are_known_by_their_bytes_and_change_hands_on_record(night: Night) -> None:
    night.add()
    night.add()
    assert code(night) == "already_there"
    night.piece("move_custody", "erbil-ME-0001", holder="Military police", note="receipt 12")
    night.piece("move_custody", "erbil-ME-0001", holder=" ")
    assert code(night) == "bad_state"
    night.piece("move_custody", "erbil-ME-0002", holder="x")
    assert code(night) == "not_found"
    (one,) = night.incident.dossier.media
    assert [move.holder for move in one.moves] == ["Military police"]
    future = MediaFile(name="x", sha256="cd" * 32, size_bytes=1, taken_by="x", taken_s=BEGIN_S + 9e9, source="x")
    night.do("add_media", future)
    assert code(night) == "bad_time"


def test_a_verb_without_its_words_is_refused(night: Night) -> None:
    for verb in ("enter_claim", "withdraw_effect", "propose_attribution", "add_media", "draft_statement"):
        night.do(verb)
        assert code(night) == "bad_request"


def test_a_restart_has_all_of_it(night: Night) -> None:
    night.effect("injuries")
    night.claim(Subject.COUNT, "2", "x")
    night.attribute()
    night.piece("sign_attribution", "erbil-AT-0001", **SPOKESPERSON)
    night.add()
    night.draft()
    night.approve()
    again = night.again()
    assert again.books == night.post.books
    assert again.incident("erbil-I-0001") == night.incident
    assert msgspec.json.decode(msgspec.json.encode(night.incident.dossier), type=Dossier) == night.incident.dossier
    assert COMMANDER["by"] in str(night.incident.dossier.attributions[0])
