"""The test alarm: an alert marked as a test, of which nothing else comes."""

from __future__ import annotations

import pytest

from tests.post.scene import BEGIN_S, fly, picture, see, site, track
from vedette.model import Action, AlarmTested, AlertRaised, AlertState, Draft, Origin
from vedette.post import Post, Refused

TEST = Action(verb="test_alarm", target="", by="officer", note="morning")


def act(post: Post, at_s: float, action: Action = TEST) -> list[Draft]:
    return post.act(action, BEGIN_S + at_s, Origin.LIVE)


def sounded(alert: str, screen: str, sound: str) -> Action:
    return Action(verb="report_sound", target=alert, by="screen", state=sound, value=screen)


def kinds(drafts: list[Draft]) -> list[str]:
    return [str(draft.payload.__struct_config__.tag) for draft in drafts]


def test_it_is_an_alert_of_priority_1_that_says_it_is_a_test() -> None:
    post = Post(site())
    drafts = act(post, 0.0)
    assert kinds(drafts) == ["alarm_tested", "alert_raised"]
    (alert,) = post.alerts
    assert (alert.test, alert.rule, alert.priority, alert.track, alert.zone) == (True, "test-alarm", 1, None, None)
    assert alert.title.startswith("TEST")
    assert post.alarm_test is not None
    assert (post.alarm_test.alert, post.alarm_test.by, post.alarm_test.note) == (alert.alert, "officer", "morning")


def test_no_incident_comes_of_it_and_it_joins_none() -> None:
    post = Post(site())
    act(post, 0.0)
    fly(post, 1, 4)
    assert [alert.alert for alert in post.all_alerts] == ["erbil-TEST-0001", "erbil-A-0001"]
    (incident,) = post.incidents
    assert incident.alerts == ("erbil-A-0001",)
    post.act(Action(verb="acknowledge", target="erbil-A-0001", by="x"), BEGIN_S + 5.0, Origin.LIVE)
    act(post, 6.0, Action(verb="close_incident", target=incident.incident, by="x"))


def test_alerts_keep_numbers_without_gaps() -> None:
    post = Post(site())
    fly(post, 0, 3)
    act(post, 4.0)
    for at_s in range(5, 9):
        see(post, float(at_s), track(at_s=float(at_s)), track("erbil-T-0002", float(at_s)))
    assert [a.alert for a in post.all_alerts if not a.test] == ["erbil-A-0001", "erbil-A-0002"]


def test_its_acknowledgement_clears_it() -> None:
    post = Post(site())
    act(post, 0.0)
    acknowledged = Action(verb="acknowledge", target="erbil-TEST-0001", by="officer")
    assert kinds(act(post, 3.0, acknowledged)) == ["alert_acknowledged", "alert_cleared"]
    assert post.alerts == ()
    assert post.alert("erbil-TEST-0001").state is AlertState.CLEARED


def test_a_minute_clears_it_even_where_nothing_flies() -> None:
    post = Post(site())
    act(post, 0.0)
    assert see(post, 58.0) == []
    assert see(post, 60.0) == ["alert_cleared"]
    assert see(post, 61.0) == []
    (alert,) = post.alerts  # over, and not yet seen
    assert alert.state is AlertState.CLEARED
    assert kinds(act(post, 70.0, Action(verb="acknowledge", target=alert.alert, by="x"))) == ["alert_acknowledged"]


def test_one_at_a_time() -> None:
    post = Post(site())
    act(post, 0.0)
    with pytest.raises(Refused) as refused:
        act(post, 1.0)
    assert refused.value.code == "test_alarm_open"
    act(post, 2.0, Action(verb="acknowledge", target="erbil-TEST-0001", by="x"))
    act(post, 3.0)
    assert post.alarm_test is not None
    assert post.alarm_test.alert == "erbil-TEST-0002"


def test_screens_say_what_their_sound_did() -> None:
    post = Post(site())
    act(post, 0.0)
    assert kinds(act(post, 0.2, sounded("erbil-TEST-0001", "3f2a", "blocked"))) == ["alarm_sounded"]
    assert act(post, 0.3, sounded("erbil-TEST-0001", "3f2a", "blocked")) == []
    act(post, 0.4, sounded("erbil-TEST-0001", "3f2a", "played"))
    act(post, 0.4, sounded("erbil-TEST-0001", "b001", "muted"))
    assert post.alarm_test is not None
    assert post.alarm_test.sounds == {"3f2a": "played", "b001": "muted"}


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (sounded("erbil-A-0001", "3f2a", "played"), "not_found"),
        (sounded("erbil-TEST-0002", "3f2a", "played"), "not_found"),
        (sounded("erbil-TEST-0001", "3f2a", "loud"), "bad_state"),
    ],
)
def test_a_sound_of_something_else_is_refused(action: Action, code: str) -> None:
    post = Post(site())
    act(post, 0.0)
    with pytest.raises(Refused) as refused:
        act(post, 1.0, action)
    assert refused.value.code == code


def test_a_crowd_of_screens_is_bounded() -> None:
    post = Post(site())
    act(post, 0.0)
    for number in range(32):
        act(post, 1.0, sounded("erbil-TEST-0001", f"{number:04x}", "played"))
    with pytest.raises(Refused) as refused:
        act(post, 1.0, sounded("erbil-TEST-0001", "ffff", "played"))
    assert refused.value.code == "too_many"


def test_after_a_restart_it_is_still_on_and_still_ends() -> None:
    post = Post(site())
    drafts = act(post, 0.0)
    again = Post(site())
    for draft in drafts:
        again.apply(draft)
    assert again.books == post.books
    assert kinds(again.see(picture(61.0), BEGIN_S + 61.0, Origin.LIVE)) == ["alert_cleared"]


@pytest.mark.parametrize("origin", list(Origin))
def test_its_origin_is_the_watchs(origin: Origin) -> None:
    post = Post(site())
    tested, raised = post.act(TEST, BEGIN_S, origin)
    assert (tested.origin, raised.origin, post.alerts[0].origin) == (origin, origin, origin)
    assert isinstance(tested.payload, AlarmTested)
    assert isinstance(raised.payload, AlertRaised)
