"""Post's books are the fold of its own events, whatever comes."""

from __future__ import annotations

import contextlib
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from tests.post.scene import AWAY, BEGIN_S, BIRD, INBOUND, UAV, UNCLASSED, impact, picture, site, track
from vedette.model import (
    Action,
    AlertAcknowledged,
    AlertCleared,
    AlertRaised,
    AnyPayload,
    CooperativeReport,
    Draft,
    FeedHealth,
    FeedState,
    Origin,
    SightingAnswer,
    SightingCandidate,
    SightingReport,
)
from vedette.post import ENTER_SIGHTING, KINDS, Post, Refused

NAMES = tuple(f"erbil-T-{number:04d}" for number in range(1, 4))

flights = st.fixed_dictionaries(
    {
        "approaches": st.sampled_from([INBOUND, INBOUND, AWAY]),
        "p_classes": st.sampled_from([UAV, BIRD, UNCLASSED]),
        "status": st.sampled_from(["confirmed", "confirmed", "coasting"]),
        "identity": st.sampled_from([None, "rid:X"]),
        "impact": st.sampled_from([None, impact()]),
    }
)
pictures = st.tuples(
    st.just("see"),
    st.dictionaries(st.sampled_from(NAMES), flights, max_size=3),
    st.sets(st.sampled_from(NAMES), max_size=1),
    st.sampled_from([1.0, 3.0, 40.0]),
)
actions = st.tuples(
    st.just("act"),
    st.sampled_from(["acknowledge", "close_incident", "enter_effect", "test_alarm", "report_sound"]),
    st.sampled_from(["erbil-A-0001", "erbil-A-0002", "erbil-I-0001", "erbil-TEST-0001"]),
)
sightings = st.tuples(
    st.just("saw"), st.floats(0.0, 200.0), st.sampled_from(["trained", "public"]), st.sampled_from([0.0, 0.7])
)
others = st.tuples(st.just("hear"), st.sampled_from(list(FeedState)), st.sampled_from([None, "a", "b"]))
scripts = st.lists(st.one_of(pictures, pictures, actions, others, sightings), max_size=30)


class Player:
    """Plays a script, and keeps what came of it."""

    def __init__(self) -> None:
        self.post = Post(site(), quiet_s=30.0)
        self.drafts: list[Draft] = []
        self.now_s = 0.0

    def play(self, step: tuple[Any, ...]) -> None:
        if step[0] == "see":
            self._see(*step[1:])
        elif step[0] == "saw":
            self._saw(*step[1:])
        elif step[0] == "act":
            state = "played" if step[1] == "report_sound" else "reported"
            action = Action(verb=step[1], target=step[2], by="x", effect="damage", state=state)
            with contextlib.suppress(Refused):
                self.drafts += self.post.act(action, BEGIN_S + self.now_s, Origin.LIVE)
        else:
            health = FeedHealth(feed="f", sensor="radar-1", state=step[1], messages=1, rejected={})
            self.drafts += self.post.hear(health, BEGIN_S, Origin.LIVE)
            report = CooperativeReport(
                sensor="rid", observed_s=BEGIN_S, source="remote_id", identity="rid:X", callsign=step[2]
            )
            self.drafts += self.post.cooperative(report, BEGIN_S + self.now_s, Origin.LIVE)

    def _saw(self, back_s: float, observer: str, p: float) -> None:
        report = SightingReport(
            at_s=BEGIN_S + self.now_s - back_s,
            latitude_deg=36.2,
            longitude_deg=43.9,
            azimuth_true_deg=1.0,
            observer=observer,
        )
        moon = SightingCandidate(kind="moon", name="moon", title="Moon", p=p, likelihood_ratio=1.0, harmless=True)
        action = Action(
            verb=ENTER_SIGHTING,
            target="",
            by="x",
            sighting=report,
            answer=SightingAnswer(candidates=(moon,), compared={"moon": 1}),
        )
        self.drafts += self.post.act(action, BEGIN_S + self.now_s, Origin.LIVE)

    def _see(self, flown: dict[str, Any], ended: set[str], wait_s: float) -> None:
        self.now_s += wait_s
        tracks = [track(name, self.now_s, **flown[name]) for name in sorted(flown) if name not in ended]
        last = tuple(track(name, self.now_s) for name in sorted(ended))
        seen = picture(self.now_s, *tracks, ended=last)
        self.drafts += self.post.see(seen, BEGIN_S + self.now_s, Origin.LIVE)


@settings(max_examples=120, deadline=None)
@given(scripts)
def test_the_books_are_the_fold_of_the_events(script: list[tuple[Any, ...]]) -> None:
    player = Player()
    for step in script:
        player.play(step)
    again = Post(site())
    for draft in player.drafts:
        if draft.payload.__struct_config__.tag in KINDS:
            again.apply(draft)
    assert again.books == player.post.books
    assert [one.sightings for one in again.incidents] == [one.sightings for one in player.post.incidents]
    assert [alert.alert for alert in again.all_alerts] == [alert.alert for alert in player.post.all_alerts]


@settings(max_examples=60, deadline=None)
@given(scripts)
def test_no_more_than_one_open_alert_a_rule_and_track(script: list[tuple[Any, ...]]) -> None:
    player = Player()
    for step in script:
        player.play(step)
        open_ = [(each.rule, each.track) for each in player.post.all_alerts if each.cleared_s is None and each.track]
        assert len(open_) == len(set(open_))
        assert len(player.post.books.open_incidents()) <= 1


def test_a_record_from_before_alerts_were_merged_by_target_folds_as_it_did() -> None:
    """Two rules on one track were two alerts; seen and over, they ended as cleared."""
    post = Post(site())

    def enter(payload: AnyPayload) -> None:
        post.apply(Draft(observed_s=BEGIN_S, received_s=BEGIN_S, origin=Origin.LIVE, payload=payload))

    for number, rule in enumerate(("near", "soft"), start=1):
        enter(
            AlertRaised(
                alert=f"erbil-A-{number:04d}", rule=rule, priority=number, track=NAMES[0], zone="fence",
                observed_s=BEGIN_S, title="t", time_to_s=None, distance_m=None, reasons=(),
            )
        )  # fmt: skip
    about = post.books.alert_about(NAMES[0])
    assert about is not None
    assert about.alert == "erbil-A-0001"
    enter(AlertAcknowledged(alert="erbil-A-0001", by="x", note="", at_s=BEGIN_S))
    enter(AlertCleared(alert="erbil-A-0001", at_s=BEGIN_S, why="now classed bird"))
    about = post.books.alert_about(NAMES[0])
    assert about is not None
    assert about.alert == "erbil-A-0002"
    enter(AlertCleared(alert="erbil-A-0002", at_s=BEGIN_S, why="now classed bird"))
    assert (post.books.open, post.books.targets) == ({}, {})
    assert [alert.state.value for alert in post.all_alerts] == ["cleared", "cleared"]
    assert [alert.alert for alert in post.alerts] == ["erbil-A-0002"]
    seen = picture(1.0, track(NAMES[0], 1.0, approaches=AWAY))
    assert [d.payload.__struct_config__.tag for d in post.see(seen, BEGIN_S + 1.0, Origin.LIVE)] == ["track_point"]


def test_numbers_go_on_after_a_restart() -> None:
    player = Player()
    for _ in range(3):
        player.play(("see", {NAMES[0]: {"approaches": INBOUND}}, set(), 1.0))
    again = Player()
    for draft in player.drafts:
        again.post.apply(draft)
    again.now_s = player.now_s
    for _ in range(3):
        again.play(("see", {NAMES[0]: {"approaches": INBOUND}, NAMES[1]: {"approaches": INBOUND}}, set(), 1.0))
    assert [alert.alert for alert in again.post.all_alerts] == ["erbil-A-0001", "erbil-A-0002"]
    assert [each.incident for each in again.post.incidents] == ["erbil-I-0001"]
