"""False alarms by rule, sensor and reason, against the time watched."""

from __future__ import annotations

from msgspec.structs import replace

from tests.post.scene import AWAY, BEGIN_S, RULE, fly, see, site, track
from tests.post.test_dismissal import act
from vedette.console.views import false_alarms
from vedette.model import Draft, Origin, Span, WatchStarted
from vedette.post import Post
from vedette.post.false_alarms import count_false_alarms

HOUR_S = 3600.0


def test_people_s_last_word_is_counted_by_rule_sensor_and_reason() -> None:
    post = Post(site(replace(RULE, priority=3), replace(RULE, id="loud", class_="bird", priority=1)))
    names = [f"erbil-T-{number:04d}" for number in range(1, 6)]
    for second in (0.0, 1.0, 2.0):
        see(
            post, second, *(track(name, second, sensors={"radar-1": BEGIN_S, "rf-1": BEGIN_S - 11.0}) for name in names)
        )
    for number, reason in enumerate(["bird", "clutter", "clutter", "test"], start=1):
        act(post, "dismiss", 3.0, f"erbil-A-{number:04d}", reason)
    act(post, "bring_back", 4.0, "erbil-A-0003")
    counted = count_false_alarms(post.all_alerts, [Span(BEGIN_S - 2 * HOUR_S, BEGIN_S)], BEGIN_S + HOUR_S)
    assert (counted.alerts, counted.false, counted.unsaid) == (5, 2, 2)
    assert counted.by_reason == {"bird": 1, "clutter": 1}
    assert [(one.name, one.alerts, one.false) for one in counted.by_rule] == [("near", 5, 2)]
    assert [(one.name, one.alerts, one.false) for one in counted.by_sensor] == [("radar-1", 5, 2)]
    assert counted.watched_s == 3 * HOUR_S
    assert false_alarms(counted).per_24h == 16.0


def test_what_was_real_is_no_false_alarm() -> None:
    post = Post(site())
    fly(post, 0, 2)
    act(post, "acknowledge", 3.0)
    fly(post, 3, 8, approaches=AWAY)
    act(post, "close_alert", 9.0, reason="real")
    counted = count_false_alarms(post.all_alerts, (), BEGIN_S + 10.0)
    assert (counted.alerts, counted.false, counted.unsaid) == (1, 0, 0)
    assert false_alarms(counted).per_24h is None


def test_only_the_last_day_counts_and_only_while_the_watch_ran() -> None:
    post = Post(site())
    fly(post, 0, 2)
    act(post, "dismiss", 3.0, confirm=True)
    late_s = BEGIN_S + 25 * HOUR_S
    spans = [Span(BEGIN_S - HOUR_S, BEGIN_S + 2 * HOUR_S), Span(BEGIN_S + 20 * HOUR_S, BEGIN_S + 20 * HOUR_S)]
    counted = count_false_alarms(post.all_alerts, spans, late_s)
    assert (counted.alerts, counted.watched_s) == (0, 6 * HOUR_S)


def test_the_books_know_when_the_watch_ran() -> None:
    post = Post(site())
    for began_s in (BEGIN_S, BEGIN_S + 1000.0):
        payload = WatchStarted(software="s", site="erbil", site_sha256="0")
        post.apply(Draft(observed_s=began_s, received_s=began_s, origin=Origin.LIVE, payload=payload))
        if began_s == BEGIN_S:
            fly(post, 0, 60)
    shown = post.shown(BEGIN_S + 1100.0).false_alarms
    assert shown is not None
    assert 100.0 + 50.0 <= shown.watched_s <= 100.0 + 61.0
