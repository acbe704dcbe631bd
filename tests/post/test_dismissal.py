"""Dismissing, coming back, closing: by cases, and whatever comes."""

from __future__ import annotations

import contextlib
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from tests.post.scene import AWAY, BEGIN_S, RULE, approach, fly, picture, see, site, track
from vedette.model import Action, Alert, AlertDismissal, AlertState, Draft, FeedHealth, FeedState, Origin
from vedette.post import Post, Refused
from vedette.post.dismissal import REASONS, nearness
from vedette.post.rules import look_around, matches
from vedette.site import Handling, Rule, Site

SOFT = replace(RULE, priority=3)
HANDLING = Handling(note_priority=2, dismiss_s=100.0, back_closer_m=500.0, back_within_s=20.0)
ONE = "erbil-A-0001"


def watched(*rules: Rule) -> Site:
    return replace(site(*(rules or (SOFT,))), handling=HANDLING)


def act(post: Post, verb: str, at_s: float, alert: str = ONE, reason: str = "bird", **more: Any) -> list[str]:
    request = AlertDismissal(reason=reason, confirm=more.pop("confirm", False))
    action = Action(verb=verb, target=alert, by="officer", request=request, **more)
    return [str(d.payload.__struct_config__.tag) for d in post.act(action, BEGIN_S + at_s, Origin.LIVE)]


def at(distance_m: float, time_to_s: float | None = 50.0) -> dict[str, Any]:
    """Approaches of a track so far from the fence, in the ring."""
    return {"approaches": (approach(time_to_s, distance_m), approach(0.0, zone_id="ring", role="warning"))}


def dismissed(post: Post, *, distance_m: float = 2000.0, **more: Any) -> Alert:
    fly(post, 0, 2, **at(distance_m))
    act(post, "dismiss", 2.0, **more)
    return post.alert(ONE)


def test_a_dismissal_is_kept_with_its_reason_and_its_end() -> None:
    post = Post(watched())
    alert = dismissed(post, reason="clutter", note="rain")
    assert alert.state is AlertState.DISMISSED
    assert alert.dismissal is not None
    assert (alert.dismissal.reason, alert.dismissal.note, alert.dismissal.by) == ("clutter", "rain", "officer")
    assert (alert.dismissal.distance_m, alert.dismissal.time_to_s) == (2000.0, 50.0)
    assert alert.dismissal.until_s == BEGIN_S + 102.0
    assert (alert.acknowledged_by, post.alerts) == ("officer", ())


@pytest.mark.parametrize(
    ("verb", "more", "code"),
    [
        ("dismiss", {"reason": "ghost"}, "bad_reason"),
        ("dismiss", {"reason": "real"}, "bad_reason"),
        ("dismiss", {"reason": "other"}, "note_missing"),
        ("dismiss", {"reason": "other", "note": "  "}, "note_missing"),
        ("dismiss", {"alert": "erbil-A-0099"}, "not_found"),
        ("bring_back", {}, "illegal_move"),
        ("close_alert", {}, "illegal_move"),
    ],
)
def test_what_is_refused_changes_nothing(verb: str, more: dict[str, Any], code: str) -> None:
    post = Post(watched())
    fly(post, 0, 2)
    before = post.all_alerts
    with pytest.raises(Refused) as refused:
        act(post, verb, 3.0, **more)
    assert (refused.value.code, post.all_alerts) == (code, before)


def test_the_most_pressing_takes_a_confirmation() -> None:
    post = Post(watched(RULE))
    fly(post, 0, 2)
    with pytest.raises(Refused) as refused:
        act(post, "dismiss", 3.0)
    assert refused.value.code == "needs_confirmation"
    assert act(post, "dismiss", 3.0, confirm=True) == ["alert_dismissed"]
    with pytest.raises(Refused) as refused:
        act(post, "dismiss", 4.0, confirm=True)
    assert refused.value.code == "illegal_move"


@pytest.mark.parametrize(
    ("from_m", "now", "back"),
    [
        (2000.0, at(1501.0), False),
        (2000.0, at(1500.0), True),
        (600.0, at(301.0), False),
        (600.0, at(300.0), True),
        (2000.0, at(1900.0, 20.5), False),
        (2000.0, at(1900.0, 20.0), True),
        (2000.0, {"approaches": (approach(0.0),)}, True),
        (2000.0, {**at(1400.0), "status": "coasting"}, True),
        (2000.0, {"approaches": (approach(None, 1400.0), approach(None, 900.0, "ring", "warning"))}, False),
    ],
    ids=[
        "nearly a margin nearer", "a margin nearer", "nearly half as far", "half as far", "not yet soon", "soon",
        "inside", "only predicted", "nearer, but no rule holds",
    ],
)  # fmt: skip
def test_what_closes_in_comes_back_louder(from_m: float, now: dict[str, Any], back: bool) -> None:
    post = Post(watched())
    dismissed(post, distance_m=from_m)
    kinds = see(post, 3.0, track(at_s=3.0, **now))
    alert = post.alert(ONE)
    assert (kinds == ["alert_returned"]) is back
    assert (alert.state is AlertState.RAISED) is back
    if back:
        assert alert.back is not None
        assert (alert.back.cause, alert.back.loud, alert.priority) == ("closing", True, 2)
        assert "dismissed as a bird" in alert.back.why
        assert (alert.acknowledged_s, alert.dismissal) == (None, None)


def test_it_is_measured_from_the_farthest_since() -> None:
    post = Post(watched())
    dismissed(post, distance_m=1000.0)
    assert see(post, 3.0, track(at_s=3.0, **at(2400.0))) == []
    assert see(post, 4.0, track(at_s=4.0, **at(1901.0))) == []
    assert see(post, 5.0, track(at_s=5.0, **at(1900.0))) == ["alert_returned"]


def test_what_was_dismissed_when_it_was_already_soon_comes_back_inside() -> None:
    post = Post(watched())
    fly(post, 0, 2, **at(300.0, 10.0))
    act(post, "dismiss", 2.0)
    assert see(post, 3.0, track(at_s=3.0, **at(270.0, 9.0))) == []
    assert see(post, 4.0, track(at_s=4.0, **at(150.0, 5.0))) == ["alert_returned"]


def test_nothing_is_raised_beside_a_dismissed_alert_and_it_outlives_its_rule() -> None:
    post = Post(watched())
    dismissed(post)
    assert set(fly(post, 3, 60, approaches=AWAY)) == {"incident_track"}
    assert set(fly(post, 61, 90, **at(4900.0))) == {"incident_track"}
    assert post.alert(ONE).state is AlertState.DISMISSED
    assert len(post.all_alerts) == 1


def test_a_dismissal_that_runs_out_is_back_if_it_still_holds() -> None:
    post = Post(watched())
    dismissed(post)
    assert "alert_returned" not in fly(post, 3, 101, **at(2000.0))
    assert "alert_returned" in fly(post, 102, 102, **at(2000.0))
    alert = post.alert(ONE)
    assert alert.back is not None
    assert (alert.back.cause, alert.back.loud, alert.priority) == ("expired", False, 3)


def test_a_dismissal_that_runs_out_closes_if_nothing_holds() -> None:
    post = Post(watched())
    dismissed(post)
    fly(post, 3, 101, approaches=AWAY)
    assert fly(post, 102, 102, approaches=AWAY)[:2] == ["alert_cleared", "alert_closed"]
    closing = post.alert(ONE).closing
    assert closing is not None
    assert (closing.reason, closing.by) == ("bird", "officer")


def test_a_dismissed_track_that_ends_closes_with_what_was_said() -> None:
    post = Post(watched())
    dismissed(post, reason="other", note="a kite")
    assert see(post, 3.0, ended=(track(at_s=2.0),))[:3] == ["track_ended", "alert_cleared", "alert_closed"]
    closing = post.alert(ONE).closing
    assert closing is not None
    assert (closing.reason, closing.note) == ("other", "a kite")


def test_a_more_pressing_rule_brings_it_back() -> None:
    near = replace(RULE, id="fast", speed_min_mps=40.0, priority=1)
    post = Post(watched(SOFT, near))
    dismissed(post)
    assert fly(post, 3, 4, speed_mps=50.0, **at(2000.0)) == []
    assert fly(post, 5, 5, speed_mps=50.0, **at(2000.0)) == ["alert_amended", "alert_returned"]
    alert = post.alert(ONE)
    assert alert.back is not None
    assert (alert.back.cause, alert.priority, alert.state) == ("rule", 1, AlertState.RAISED)


def test_a_person_takes_it_back() -> None:
    post = Post(watched())
    dismissed(post)
    assert act(post, "bring_back", 3.0) == ["alert_returned"]
    alert = post.alert(ONE)
    assert alert.back is not None
    assert (alert.back.by, alert.back.loud, alert.priority) == ("officer", False, 3)


@pytest.mark.parametrize(("priority", "state"), [(1, "awaiting_note"), (2, "awaiting_note"), (3, "closed")])
def test_what_is_over_and_seen_waits_for_a_word_or_closes(priority: int, state: str) -> None:
    post = Post(watched(replace(RULE, priority=priority)))
    fly(post, 0, 2)
    act(post, "acknowledge", 3.0)
    fly(post, 3, 8, approaches=AWAY)
    assert post.alert(ONE).state.value == state
    if state == "awaiting_note":
        assert act(post, "close_alert", 20.0, reason="real", note="two down") == ["alert_closed"]
        closing = post.alert(ONE).closing
        assert closing is not None
        assert (closing.reason, closing.note, closing.by) == ("real", "two down", "officer")
    with pytest.raises(Refused):
        act(post, "close_alert", 21.0, reason="real")


def test_one_that_is_over_and_unseen_is_seen_and_closed_in_one() -> None:
    post = Post(watched(RULE))
    fly(post, 0, 2)
    see(post, 3.0, ended=(track(at_s=2.0),))
    assert act(post, "close_alert", 4.0, reason="clutter") == ["alert_acknowledged", "alert_closed"]


def test_a_silent_sensor_is_dismissed_and_comes_back() -> None:
    silent = replace(RULE, id="quiet", kind="sensor_silent", zones=(), sensors=("radar-1",), silent_s=10.0, priority=2)
    post = Post(watched(silent))
    health = FeedHealth(
        feed="radar-1", sensor="radar-1", state=FeedState.STALE, messages=1, rejected={}, last_received_s=BEGIN_S
    )
    post.hear(health, BEGIN_S, Origin.LIVE)
    kinds = [kind for second in range(14) for kind in see(post, float(second))]
    assert kinds == ["alert_raised"]
    alert = post.alert(ONE)
    assert (alert.target, alert.track, alert.title, alert.incident) == (
        "sensor:radar-1", None, "radar-1 is silent", None,
    )  # fmt: skip
    act(post, "dismiss", 14.0, reason="test")
    assert [kind for second in range(15, 116) for kind in see(post, float(second))] == ["alert_returned"]
    post.hear(replace(health, state=FeedState.LIVE, last_received_s=BEGIN_S + 115.0), BEGIN_S + 115.0, Origin.LIVE)
    assert "alert_cleared" in [kind for second in range(116, 125) for kind in see(post, float(second))]
    assert post.all_alerts[-1].cleared_why == "it is heard again"


seconds = st.tuples(
    st.just("see"),
    st.fixed_dictionaries(
        {
            "distance_m": st.sampled_from([0.0, 50.0, 400.0, 900.0, 1600.0, 2500.0]),
            "time_to_s": st.sampled_from([None, 5.0, 19.0, 45.0, 120.0]),
            "status": st.sampled_from(["confirmed", "coasting"]),
            "speed_mps": st.sampled_from([20.0, 50.0]),
        }
    ),
    st.sampled_from([1.0, 3.0, 30.0]),
)
words = st.tuples(
    st.just("act"),
    st.sampled_from(["acknowledge", "dismiss", "dismiss", "bring_back", "close_alert"]),
    st.sampled_from([*REASONS, "real"]),
)
scripts = st.lists(st.one_of(seconds, seconds, words), min_size=5, max_size=40)
RULES = (SOFT, replace(RULE, id="fast", speed_min_mps=40.0, priority=2))


class Officer:
    """Plays a script on one track, and keeps what came of it."""

    def __init__(self) -> None:
        self.site = watched(*RULES)
        self.post, self.now_s = Post(self.site), 0.0
        self.drafts: list[Draft] = []

    def play(self, step: tuple[Any, ...]) -> None:
        if step[0] == "act":
            for alert in self.post.all_alerts:
                request = AlertDismissal(reason=step[2], confirm=True)
                action = Action(verb=step[1], target=alert.alert, by="x", note="n", request=request)
                with contextlib.suppress(Refused):
                    self.drafts += self.post.act(action, BEGIN_S + self.now_s, Origin.LIVE)
            return
        self.now_s += step[2]
        flown = dict(step[1])
        here = at(flown.pop("distance_m"), flown.pop("time_to_s"))
        if here["approaches"][0].distance_m == 0.0:
            here = {"approaches": (approach(0.0), approach(0.0, zone_id="ring", role="warning"))}
        self.track = track(at_s=self.now_s, **here, **flown)
        self.drafts += self.post.see(picture(self.now_s, self.track), BEGIN_S + self.now_s, Origin.LIVE)


@settings(max_examples=300, deadline=None)
@given(scripts)
def test_no_dismissed_track_closes_in_in_silence(script: list[tuple[Any, ...]]) -> None:
    """Judged apart from the code: from each dismissal on, by the distances seen since."""
    officer, farthest_m = Officer(), 0.0
    for step in script:
        before = officer.post.books.targets.get("erbil-T-0001")
        was = None if before is None else officer.post.alert(before)
        officer.play(step)
        if step[0] != "see" or was is None or was.state is not AlertState.DISMISSED or was.dismissal is None:
            farthest_m = 0.0
            continue
        now = nearness(officer.track, "fence")
        assert now.distance_m is not None
        farthest_m = max(farthest_m, was.dismissal.distance_m or 0.0)
        nearer = farthest_m > 0.0 and now.distance_m <= farthest_m - min(500.0, farthest_m / 2.0)
        was_soon = was.dismissal.time_to_s is not None and was.dismissal.time_to_s <= 20.0
        soon = now.time_to_s is not None and now.time_to_s <= 20.0 and not was_soon
        farthest_m = max(farthest_m, now.distance_m)
        around = look_around(officer.site, (officer.track,), officer.track.observed_s)
        holds = any(matches(rule, officer.track, officer.site, around) for rule in RULES)
        after = officer.post.alert(was.alert)
        if holds and (nearer or soon):
            assert after.state is AlertState.RAISED
            assert after.priority == max(1, was.priority - 1)
            assert after.back is not None
            assert after.back.loud
        if BEGIN_S + officer.now_s >= was.dismissal.until_s:
            assert after.state is not AlertState.DISMISSED


@settings(max_examples=200, deadline=None)
@given(scripts)
def test_every_event_is_a_legal_move_and_the_books_are_their_fold(script: list[tuple[Any, ...]]) -> None:
    officer = Officer()
    for step in script:
        officer.play(step)
        alerts = officer.post.all_alerts
        assert sum(not alert.is_over for alert in alerts) <= 1
        for alert in alerts:
            assert (alert.state is AlertState.CLOSED) is (alert.closing is not None)
            assert alert.is_over is (alert.state in (AlertState.CLEARED, AlertState.AWAITING_NOTE, AlertState.CLOSED))
            assert alert.state is not AlertState.CLEARED or alert.acknowledged_s is None
    again = Post(officer.site)
    for draft in officer.drafts:
        again.apply(draft)
    assert again.books == officer.post.books
