"""Sightings in the books: graded by rule, joined to the incident of their time, the same after a restart."""

from __future__ import annotations

import pytest

from tests.post.scene import BEGIN_S, fly, site
from vedette.model import NOTHING_KNOWN, Action, Draft, Origin, SightingAnswer, SightingCandidate, SightingReport
from vedette.post import ENTER_SIGHTING, Post, Refused
from vedette.post.sightings import BEFORE_S, grade


def candidate(kind: str, p: float, harmless: bool = False) -> SightingCandidate:
    return SightingCandidate(kind=kind, name=kind, title=kind, p=p, likelihood_ratio=1.0, harmless=harmless)


def answer(track: float = 0.0, moon: float = 0.0, planet: float = 0.0, *missing: str) -> SightingAnswer:
    listed = [candidate("track", track), candidate("moon", moon, True), candidate("planet", planet, True)]
    rest = candidate(NOTHING_KNOWN, 1.0 - track - moon - planet)
    return SightingAnswer(candidates=(*(one for one in listed if one.p), rest), compared={}, not_checked=missing)


def action(seen_s: float, found: SightingAnswer | None = None, observer: str = "public") -> Action:
    report = SightingReport(
        at_s=BEGIN_S + seen_s, latitude_deg=36.2, longitude_deg=43.9, azimuth_true_deg=1.0, observer=observer
    )
    return Action(verb=ENTER_SIGHTING, target="", by="x", note="n", sighting=report, answer=found or answer())


@pytest.mark.parametrize(
    ("observer", "found", "expected"),
    [
        ("trained", answer(track=0.6), "A"),
        ("staff", answer(track=0.6), "B"),
        ("public", answer(track=0.6), "B"),
        ("trained", answer(track=0.2, moon=0.2), "B"),
        ("trained", answer(0.2, 0.2, 0.0, "the sky"), "C"),
        ("staff", answer(track=0.2), "C"),
        ("public", answer(), "C"),
        ("trained", answer(moon=0.5), "D"),
        ("public", answer(track=0.09, moon=0.3, planet=0.3), "D"),
        ("trained", answer(track=0.1, moon=0.3, planet=0.3), "C"),
        ("trained", answer(track=0.49, moon=0.49), "B"),
    ],
)
def test_the_grade_goes_by_who_saw_it_and_what_stands_beside_it(
    observer: str, found: SightingAnswer, expected: str
) -> None:
    worth, why = grade(observer, found)
    assert worth == expected
    assert why


def entered(post: Post, seen_s: float, at_s: float, origin: Origin = Origin.LIVE) -> list[Draft]:
    return post.act(action(seen_s), BEGIN_S + at_s, origin)


def test_it_joins_the_incident_that_was_open_then() -> None:
    post = Post(site(), quiet_s=30.0)
    (early,) = entered(post, 0.0, 0.5)
    assert early.payload.incident is None
    fly(post, 1.0, 5.0)
    opened_s = post.incidents[0].opened_s - BEGIN_S
    (during,) = entered(post, opened_s + 1.0, 6.0)
    (before,) = entered(post, opened_s - BEFORE_S + 1.0, 7.0)
    (long_before,) = entered(post, opened_s - BEFORE_S - 1.0, 8.0)
    (others,) = entered(post, opened_s + 1.0, 9.0, Origin.EXERCISE)
    assert [one.payload.incident for one in (during, before, long_before, others)] == [
        "erbil-I-0001",
        "erbil-I-0001",
        None,
        None,
    ]
    assert [one.sighting for one in post.incidents[0].sightings] == ["erbil-S-0002", "erbil-S-0003"]
    assert [one.sighting for one in post.sightings] == [f"erbil-S-{number:04d}" for number in range(1, 6)]
    alert = post.incidents[0].alerts[0]
    post.act(Action(verb="acknowledge", target=alert, by="x"), BEGIN_S + 10.0, Origin.LIVE)
    post.act(Action(verb="close_incident", target="erbil-I-0001", by="x"), BEGIN_S + 20.0, Origin.LIVE)
    (late,) = entered(post, 15.0, 100.0)
    (after,) = entered(post, 50.0, 100.0)
    assert (late.payload.incident, after.payload.incident) == ("erbil-I-0001", None)


def test_the_books_after_a_restart_are_the_same_and_numbers_go_on() -> None:
    post = Post(site())
    drafts = [draft for second in (1.0, 2.0) for draft in entered(post, second, second)]
    again = Post(site())
    for draft in drafts:
        again.apply(draft)
    assert again.books == post.books
    (third,) = entered(again, 3.0, 3.0)
    assert third.payload.sighting == "erbil-S-0003"


def test_what_has_not_come_or_has_no_answer_is_refused() -> None:
    post = Post(site())
    with pytest.raises(Refused, match="not come yet"):
        entered(post, 100.0, 10.0)
    with pytest.raises(Refused, match="goes with its report"):
        post.act(Action(verb=ENTER_SIGHTING, target="", by="x"), BEGIN_S, Origin.LIVE)
    assert post.sightings == ()
