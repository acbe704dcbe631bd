"""Raising, clearing, cooling down, acknowledging."""

from __future__ import annotations

import pytest

from tests.post.scene import AWAY, BEGIN_S, BIRD, RULE, UNCLASSED, approach, fly, picture, see, site, track
from vedette.model import Action, AlertRaised, AlertState, Cooperation, Event, Origin, TrackPoint
from vedette.post import MOVES, IllegalMove, Post, Refused
from vedette.post.machine import ACKNOWLEDGE, next_state

OPENED = ["alert_raised", "incident_opened", "incident_track"]


@pytest.fixture
def post() -> Post:
    return Post(site())


def acknowledge(post: Post, alert: str = "erbil-A-0001", at_s: float = 9.0) -> None:
    action = Action(verb="acknowledge", target=alert, by="officer", note="seen")
    post.act(action, BEGIN_S + at_s, Origin.LIVE)


def test_an_alert_is_raised_once_the_rule_has_held(post: Post) -> None:
    assert fly(post, 0, 1) == []
    assert fly(post, 2, 2) == OPENED
    assert fly(post, 3, 8) == []
    (alert,) = post.alerts
    assert alert.alert == "erbil-A-0001"
    assert (alert.state, alert.zone, alert.time_to_s, alert.raised_s) == (AlertState.RAISED, "fence", 40.0, BEGIN_S + 2)
    assert [reason.source for reason in alert.reasons] == ["fence", "rule near", "rule near"]


def test_a_gap_starts_the_clock_again(post: Post) -> None:
    assert fly(post, 0, 1) + fly(post, 2, 2, approaches=AWAY) + fly(post, 3, 4) == []
    assert fly(post, 5, 5) == OPENED


def test_a_coasting_track_neither_starts_nor_stops_the_clock(post: Post) -> None:
    assert fly(post, 0, 9, status="coasting") == []
    assert fly(post, 10, 10) + fly(post, 11, 12, status="coasting") == []
    assert fly(post, 13, 13) == OPENED
    assert fly(post, 14, 30, status="coasting") == ["incident_track"]
    assert post.alerts[0].state is AlertState.RAISED


def test_two_rules_are_one_alert_a_track_and_alerts_are_listed_by_urgency() -> None:
    from msgspec.structs import replace

    post = Post(site(replace(RULE, id="soft", priority=3, persist_s=0.0), replace(RULE, persist_s=0.0)))
    far = track("erbil-T-0002", approaches=(approach(55.0),))
    see(post, 0.0, track(), far)
    assert [(alert.priority, alert.time_to_s) for alert in post.alerts] == [(1, 40.0), (1, 55.0)]
    assert [[held.rule for held in alert.rules] for alert in post.alerts] == [["near", "soft"]] * 2
    assert len(post.incidents) == 1
    assert post.incidents[0].alerts == tuple(alert.alert for alert in post.all_alerts)


def test_time_and_distance_follow_the_picture(post: Post) -> None:
    fly(post, 0, 2)
    fly(post, 3, 3, approaches=(approach(11.0, 300.0),))
    alert = post.alert("erbil-A-0001")
    assert (alert.time_to_s, alert.distance_m) == (11.0, 300.0)
    assert (alert.raised_time_to_s, alert.raised_distance_m) == (40.0, 900.0)
    fly(post, 4, 4, approaches=(approach(None, 700.0),))
    assert (post.alerts[0].time_to_s, post.alerts[0].distance_m) == (None, 700.0)
    fly(post, 5, 5, approaches=())
    assert (post.alerts[0].time_to_s, post.alerts[0].distance_m) == (None, None)


def test_clear_then_cool_down_then_again(post: Post) -> None:
    fly(post, 0, 2)
    assert fly(post, 3, 7, approaches=AWAY) == []
    assert fly(post, 8, 8, approaches=AWAY) == ["alert_cleared"]
    assert post.alerts[0].state is AlertState.CLEARED
    assert post.alerts[0].cleared_why == "no longer in the zones nor on its way"
    assert "alert_raised" not in fly(post, 9, 27)
    assert "alert_raised" in fly(post, 28, 28)
    assert [alert.alert for alert in post.all_alerts] == ["erbil-A-0001", "erbil-A-0002"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"p_classes": BIRD, "class_": "bird"}, "now classed bird"),
        ({"p_exists": 0.3}, "the track is no longer believed"),
        ({"identity": "icao:A1", "cooperation": Cooperation.COOPERATIVE}, "icao:A1 and another sensor agree"),
    ],
)
def test_a_clearing_says_why(post: Post, changes: dict[str, object], why: str) -> None:
    fly(post, 0, 2, p_classes=UNCLASSED)
    fly(post, 3, 8, **changes)
    assert post.all_alerts[0].cleared_why == why


def test_a_short_failure_does_not_clear(post: Post) -> None:
    fly(post, 0, 2)
    fly(post, 3, 6, approaches=AWAY)
    fly(post, 7, 7)
    assert "alert_cleared" not in fly(post, 8, 12, approaches=AWAY)


def test_an_ended_track_clears_at_once(post: Post) -> None:
    fly(post, 0, 2)
    assert see(post, 3.0, ended=(track(at_s=2.0),)) == ["track_ended", "alert_cleared", "incident_track"]
    assert (post.alerts[0].cleared_why or "").startswith("the track ended")
    acknowledge(post)
    assert post.alerts == ()
    assert post.all_alerts[0].state is AlertState.AWAITING_NOTE
    assert post.all_alerts[0].acknowledged_by == "officer"


def test_a_track_that_is_never_ended_is_lost_in_the_end(post: Post) -> None:
    fly(post, 0, 2)
    assert see(post, 3.0) == []
    assert see(post, 32.0) == []
    assert see(post, 33.0) == ["alert_cleared", "incident_track"]
    assert post.alerts[0].cleared_why == "the track was lost"
    assert post.incidents[0].tracks[0].ended


def test_an_alert_is_acknowledged_once(post: Post) -> None:
    fly(post, 0, 2)
    acknowledge(post)
    (alert,) = post.alerts
    assert (alert.state, alert.acknowledged_by, alert.note) == (AlertState.ACKNOWLEDGED, "officer", "seen")
    with pytest.raises(Refused) as refused:
        acknowledge(post)
    assert refused.value.code == "already_acknowledged"
    with pytest.raises(Refused) as refused:
        acknowledge(post, "erbil-A-0099")
    assert refused.value.code == "not_found"
    fly(post, 3, 8, approaches=AWAY)
    assert post.alerts == ()


def test_points_come_once_a_second_and_at_alerts(post: Post) -> None:
    points = []
    for half in range(9):
        at_s = half / 2.0
        drafts = post.see(picture(at_s, track(at_s=at_s)), BEGIN_S + at_s, Origin.LIVE)
        points += [draft.observed_s - BEGIN_S for draft in drafts if isinstance(draft.payload, TrackPoint)]
    assert points == [0.0, 1.0, 2.0, 3.0, 4.0]
    post = Post(site())
    for at_s in (0.0, 1.5, 2.0):
        drafts = post.see(picture(at_s, track(at_s=at_s)), BEGIN_S + at_s, Origin.LIVE)
    kinds = [type(draft.payload) for draft in drafts]
    assert kinds.index(TrackPoint) > kinds.index(AlertRaised)


@pytest.mark.parametrize("state", list(AlertState))
@pytest.mark.parametrize("acknowledged", [False, True])
@pytest.mark.parametrize("move", sorted({move for _, move in MOVES}))
def test_only_the_moves_of_the_table_are_legal(state: AlertState, acknowledged: bool, move: str) -> None:
    fits = not acknowledged if move == ACKNOWLEDGE else acknowledged or state is not AlertState.CLEARED
    legal = (state, move) in MOVES and fits
    if legal:
        assert next_state("a", state, acknowledged, move) is MOVES[state, move]
    else:
        with pytest.raises(IllegalMove, match=f"a is {state.value}: it cannot {move}"):
            next_state("a", state, acknowledged, move)


def test_events_out_of_order_are_not_folded(post: Post) -> None:
    fly(post, 0, 2)
    payload = post.act(Action(verb="acknowledge", target="erbil-A-0001", by="x"), BEGIN_S + 9.0, Origin.LIVE)
    assert Post(site()).apply(msg_without_payload()) is None
    with pytest.raises(KeyError):
        Post(site()).apply(payload[0])


def msg_without_payload() -> Event:
    return Event(seq=1, observed_s=0.0, received_s=0.0, origin=Origin.LIVE, kind="track_point", schema=1, payload=None)
