"""A person's word on a track: it holds through whatever comes, until it is withdrawn."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from tests.post.identity.sayings import TRACK, act, say
from tests.post.scene import AWAY, BEGIN_S, BIRD, INBOUND, MANNED, UAV, UNCLASSED, fly, picture, see, site, track
from vedette.model import Cooperation, Disposition, Origin, OverrideCarried, TrackPicture
from vedette.post import Post, Refused


@pytest.fixture
def post() -> Post:
    post = Post(site())
    fly(post, 0, 6)
    return post


def shown(post: Post, name: str = TRACK) -> TrackPicture:
    assert post.picture is not None
    return next(one for one in post.picture.tracks if one.track == name)


def folded(post: Post, events: list[Any]) -> Post:
    again = Post(site())
    for draft in events:
        again.apply(draft)
    return again


def test_it_is_shown_at_once_with_who_when_and_why(post: Post) -> None:
    assert shown(post).disposition is Disposition.SUSPICIOUS
    say(post, "friendly", 6.2, note="It is the survey team's: they called")
    now = shown(post)
    assert (now.disposition, now.evidence_says) == (Disposition.FRIENDLY, Disposition.SUSPICIOUS)
    assert now.override is not None
    assert (now.override.by, now.override.role, now.override.at_s) == ("Cpt Aziz", "watch_officer", BEGIN_S + 6.2)
    assert now.override.evidence_then is Disposition.SUSPICIOUS
    assert now.override.contradicted_s is None, "the evidence was known when it was said"
    assert now.disposition_evidence, "what speaks against it stays in sight"
    fly(post, 7, 40)
    assert shown(post).disposition is Disposition.FRIENDLY


def test_withdrawn_the_evidence_holds_again(post: Post) -> None:
    say(post, "neutral", 6.1)
    act(post, "withdraw_disposition", TRACK, 6.2)
    assert shown(post).disposition is Disposition.SUSPICIOUS
    assert shown(post).override is None
    with pytest.raises(Refused, match="nobody has said"):
        act(post, "withdraw_disposition", TRACK, 6.3)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"disposition": "pending"}, "bad_disposition"),
        ({"disposition": "hostile", "note": "  "}, "no_reason"),
        ({"disposition": "hostile", "by": ""}, "no_person"),
        ({"disposition": "hostile", "role": None}, "no_person"),
        ({"disposition": "hostile", "track": "erbil-T-0099"}, "not_found"),
    ],
)
def test_refused_and_nothing_changes(post: Post, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        say(post, **fields)
    assert refused.value.code == code
    assert shown(post).override is None


def test_later_evidence_against_it_is_shown_and_changes_nothing(post: Post) -> None:
    for at_s in range(7, 30):
        see(post, at_s, track(at_s=at_s, approaches=AWAY))
    assert shown(post).disposition is Disposition.UNKNOWN
    say(post, "friendly", 29.5)
    see(post, 30, track(at_s=30, approaches=INBOUND))
    against = shown(post)
    assert (against.disposition, against.evidence_says) == (Disposition.FRIENDLY, Disposition.SUSPICIOUS)
    assert against.override is not None
    assert against.override.contradicted_s == BEGIN_S + 30
    for at_s in range(31, 50):
        see(post, at_s, track(at_s=at_s, approaches=AWAY))
    assert shown(post).override is not None
    assert shown(post).override.contradicted_s is None  # type: ignore[union-attr]
    say(post, "hostile", 50.0)
    see(post, 51, track(at_s=51, approaches=AWAY, identity="own:scout", cooperation=Cooperation.COOPERATIVE))
    last = shown(post)
    assert last.disposition is Disposition.HOSTILE
    assert last.override is not None
    assert last.override.contradicted_s == BEGIN_S + 51


def test_evidence_calms_down_slowly_and_worsens_at_once() -> None:
    post = Post(site())
    for at_s in range(8):
        see(post, at_s, track(at_s=at_s, approaches=AWAY))
    see(post, 8, track(at_s=8, approaches=INBOUND))
    assert shown(post).disposition is Disposition.SUSPICIOUS
    see(post, 9, track(at_s=9, approaches=AWAY))
    assert shown(post).disposition is Disposition.SUSPICIOUS
    assert "until" in shown(post).disposition_evidence[0].text
    for at_s in range(10, 20):
        see(post, at_s, track(at_s=at_s, approaches=AWAY))
    assert shown(post).disposition is Disposition.UNKNOWN


def test_the_record_is_told_of_changes_alone() -> None:
    post = Post(site())
    drafts = []
    for at_s in range(60):
        drafts += post.see(picture(at_s, track(at_s=at_s)), BEGIN_S + at_s, Origin.LIVE)
    judged = [d.payload for d in drafts if d.payload.__struct_config__.tag == "disposition_judged"]
    assert len(judged) == 1


def test_it_goes_with_a_track_that_goes_on_under_another_name(post: Post) -> None:
    say(post, "hostile", 6.1)
    drafts = post.see(
        picture(7, track("erbil-T-0002", 7), track("erbil-T-0003", 7, latitude_deg=36.3), ended=(track(at_s=6),)),
        BEGIN_S + 7,
        Origin.LIVE,
    )
    carried = [draft.payload for draft in drafts if isinstance(draft.payload, OverrideCarried)]
    assert [(one.track, one.before) for one in carried] == [("erbil-T-0002", TRACK)]
    now = shown(post, "erbil-T-0002")
    assert now.disposition is Disposition.HOSTILE
    assert now.override is not None
    assert now.override.carried_from == TRACK
    assert shown(post, "erbil-T-0003").override is None


def test_where_two_might_be_it_goes_with_neither(post: Post) -> None:
    say(post, "friendly", 6.1)
    see(post, 7, track("erbil-T-0002", 7), track("erbil-T-0003", 7), ended=(track(at_s=6),))
    assert shown(post, "erbil-T-0002").override is None
    assert shown(post, "erbil-T-0003").override is None


updates = st.fixed_dictionaries(
    {
        "identity": st.sampled_from([None, "rid:X", "own:scout", "icao:ABC123"]),
        "cooperation": st.sampled_from(list(Cooperation)),
        "p_classes": st.sampled_from([UAV, MANNED, BIRD, UNCLASSED]),
        "approaches": st.sampled_from([INBOUND, AWAY]),
        "status": st.sampled_from(["confirmed", "coasting"]),
        "p_exists": st.sampled_from([0.4, 0.99]),
    }
)
words = st.sampled_from([one for one in Disposition if one is not Disposition.PENDING])


@settings(deadline=None)
@given(words, st.lists(st.tuples(updates, st.sampled_from([0.5, 5.0, 40.0]), st.booleans()), max_size=12))
def test_it_survives_any_updates_and_restarts(
    word: Disposition, script: list[tuple[dict[str, Any], float, bool]]
) -> None:
    post, now_s = Post(site()), 5.0
    events = post.see(picture(now_s, track(at_s=now_s)), BEGIN_S + now_s, Origin.LIVE)
    events += say(post, word.value, now_s)
    for update, after_s, restarts in script:
        if restarts:
            again = folded(post, events)
            assert again.books.identity == post.books.identity
            post = again
        now_s += after_s
        events += post.see(picture(now_s, track(at_s=now_s, **update)), BEGIN_S + now_s, Origin.LIVE)
        now = shown(post)
        assert now.disposition is word
        assert now.override is not None
        assert now.override.by == "Cpt Aziz"
        assert now.evidence_says is not Disposition.HOSTILE
    act(post, "withdraw_disposition", TRACK, now_s)
    assert shown(post).disposition is shown(post).evidence_says
