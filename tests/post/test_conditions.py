"""What a rule may ask of a track beyond class and zone, case by case."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.post.scene import AWAY, BEGIN_S, BIRD, INBOUND, RULE, approach, fly, see, sensor, site, track, zone
from tests.post.test_dismissal import act
from vedette.model import (
    AlertState,
    Cooperation,
    Disposition,
    FeedHealth,
    FeedState,
    Origin,
    TrackPicture,
    ZoneApproach,
)
from vedette.post import Post
from vedette.post.around import covers
from vedette.post.rules import look_around, matches, why_not
from vedette.site import Rule
from vedette.site.model import OwnDrone

SURE = Cooperation.COOPERATIVE
SENSORS = {"radar-1": BEGIN_S}
RID = {"rid": BEGIN_S}


def passing(closest_m: float, in_s: float) -> tuple[ZoneApproach, ...]:
    """A track 900 m from the fence whose course comes no nearer than this, inside the ring."""
    near = replace(approach(None, 900.0), closest_m=closest_m, closest_in_s=in_s)
    return (near, approach(0.0, zone_id="ring", role="warning"))


CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("zone by its id", {"zones": ("fence",)}, {}, True),
    ("another zone by its id", {"zones": ("pad",)}, {}, False),
    ("anywhere", {"zones": ()}, {"approaches": AWAY}, True),
    ("anywhere, without any zone", {"zones": ()}, {"approaches": ()}, True),
    ("low enough", {"height_agl_max_m": 150.0}, {}, True),
    ("too high", {"height_agl_max_m": 149.0}, {}, False),
    ("too low", {"height_agl_min_m": 151.0}, {}, False),
    ("height not measured", {"height_agl_max_m": 10.0}, {"height_agl_m": None}, True),
    ("within altitudes", {"altitude_msl_min_m": 500.0, "altitude_msl_max_m": 600.0}, {}, True),
    ("above altitudes", {"altitude_msl_max_m": 559.0}, {}, False),
    ("fast enough", {"speed_min_mps": 28.0}, {}, True),
    ("too slow", {"speed_min_mps": 28.1}, {}, False),
    ("too fast", {"speed_max_mps": 27.0}, {}, False),
    ("closing", {"closing_min_mps": 22.0}, {}, True),
    ("closing too slowly", {"closing_min_mps": 23.0}, {}, False),
    ("passing by", {"closing_min_mps": 8.0}, {"approaches": passing(700.0, 20.0)}, True),
    ("passing by more slowly", {"closing_min_mps": 12.0}, {"approaches": passing(700.0, 20.0)}, False),
    ("going away in the ring", {"closing_min_mps": 0.0}, {"approaches": passing(900.0, 0.0)}, False),
    ("arrived", {"closing_min_mps": 50.0}, {"approaches": (approach(0.0),)}, True),
    ("a claim is asked of what claims nothing", {"remote_id": ("shared",)}, {}, False),
]


@pytest.mark.parametrize(("rule", "changes", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_condition_holds(rule: dict[str, Any], changes: dict[str, Any], holds: bool) -> None:
    match = matches(replace(RULE, **rule), track(**changes), site())
    assert (match is not None) is holds


@pytest.mark.parametrize(
    ("local", "hours", "holds"),
    [
        ("23:26", (22 * 60, 5 * 60), True),
        ("23:26", (5 * 60, 22 * 60), False),
        ("23:26", (23 * 60 + 26, 23 * 60 + 27), True),
        ("23:26", (23 * 60, 23 * 60 + 26), False),
        ("04:59", (22 * 60, 5 * 60), True),
        ("05:00", (22 * 60, 5 * 60), False),
    ],
)
def test_hours_are_the_site_s_and_go_over_midnight(local: str, hours: tuple[int, int], holds: bool) -> None:
    """BEGIN_S is 20:26:40 UTC, 23:26:40 at the site."""
    minutes = int(local[:2]) * 60 + int(local[3:]) - (23 * 60 + 26)
    now_s = BEGIN_S + 60.0 * (minutes % 1440)
    around = look_around(site(), (track(),), now_s)
    assert (matches(replace(RULE, hours=hours), track(), site(), around) is not None) is holds


CLAIM = replace(RULE, id="claim", class_="any", zones=(), remote_id=("misplaced", "shared", "unseen"))
FAR = {"latitude_deg": 36.240, "longitude_deg": 43.944}


def claimed(name: str = "erbil-T-0001", sensors: dict[str, float] | None = None, **changes: Any) -> TrackPicture:
    return track(name, identity="rid:X1", sensors=sensors or RID, cooperation=Cooperation.CLAIMED, **changes)


@pytest.mark.parametrize(
    ("kinds", "tracks", "says"),
    [
        (("misplaced",), (claimed(), claimed("erbil-T-0002", SENSORS, **FAR)), "Claims a place 1.4 km"),
        (("shared",), (claimed(), claimed("erbil-T-0002", **FAR)), "erbil-T-0002 carries the same Remote ID"),
        (("shared",), (claimed(), claimed("erbil-T-0002", SENSORS, **FAR)), None),
        (("misplaced",), (claimed(), claimed("erbil-T-0002", SENSORS)), None),
        (("unseen",), (claimed(),), "Only a claim: radar-1 covers the place and sees nothing"),
        (("unseen",), (claimed(sensors={**RID, **SENSORS}),), None),
        (("unseen",), (claimed(sensors={**RID, "radar-1": BEGIN_S - 11.0}),), "Only a claim"),
        (("unseen",), (claimed(latitude_deg=36.5),), None),
    ],
)
def test_what_speaks_against_a_remote_id(
    kinds: tuple[str, ...], tracks: tuple[TrackPicture, ...], says: str | None
) -> None:
    rule = replace(CLAIM, remote_id=kinds)
    watched = replace(site(rule), sensors=(replace(sensor("radar-1"), range_m=(50.0, 5000.0)),))
    match = matches(rule, tracks[0], watched, look_around(watched, tracks, BEGIN_S))
    assert (match is None) is (says is None)
    if match is not None and says is not None:
        assert match.reasons[-1].text.startswith(says)
        assert "Remote ID contradicted" in match.title


def test_a_sensor_that_is_down_contradicts_nothing() -> None:
    rule = replace(CLAIM, remote_id=("unseen",))
    watched = replace(site(rule), sensors=(replace(sensor("radar-1"), range_m=(50.0, 5000.0)),))
    assert matches(rule, claimed(), watched, look_around(watched, (claimed(),), BEGIN_S, frozenset({"rf-1"}))) is None


@pytest.mark.parametrize(
    ("changes", "sees"),
    [
        ({}, True),
        ({"range_m": (50.0, 1000.0)}, False),
        ({"range_m": None}, False),
        ({"azimuth_true_deg": (180.0, 270.0)}, True),
        ({"azimuth_true_deg": (350.0, 90.0)}, False),
        ({"azimuth_true_deg": (200.0, 560.0)}, True),
        ({"elevation_deg": (10.0, 40.0)}, False),
    ],
)
def test_what_a_sensor_covers(changes: dict[str, Any], sees: bool) -> None:
    """The track is 2.0 km south-west of it and 145 m above."""
    assert covers(replace(sensor("radar-1"), **{"range_m": (50.0, 5000.0), **changes}), track()) is sees


SECOND = replace(RULE, id="second", kind="second_contact", zones=())
HOME = {"identity": "own:alpha", "cooperation": SURE, "sensors": {**SENSORS, "tel": BEGIN_S}}


def contact(**changes: Any) -> TrackPicture:
    return track("erbil-T-0002", **{"approaches": AWAY, "latitude_deg": 36.231, "longitude_deg": 43.960, **changes})


@pytest.mark.parametrize(
    ("own", "other", "says"),
    [
        ({}, {"latitude_deg": 36.229, "longitude_deg": 43.944}, "222 m from alpha, which returns"),
        ({}, {"latitude_deg": 36.214, "longitude_deg": 43.928}, "On the bearing of alpha, which returns: 0"),
        ({}, {}, None),
        ({"approaches": AWAY}, {"latitude_deg": 36.229, "longitude_deg": 43.944}, None),
        ({"cooperation": Cooperation.CLAIMED}, {"latitude_deg": 36.229, "longitude_deg": 43.944}, None),
        ({}, {"latitude_deg": 36.229, "longitude_deg": 43.944, "p_classes": BIRD}, None),
        ({"approaches": (approach(0.0),)}, {"latitude_deg": 36.229, "longitude_deg": 43.944}, "222 m"),
        ({"approaches": (approach(0.0),), "speed_mps": 0.2}, {"latitude_deg": 36.229, "longitude_deg": 43.944}, None),
        (
            {"identity": None, "evidence_says": Disposition.FRIENDLY},
            {"latitude_deg": 36.229, "longitude_deg": 43.944},
            "222 m from erbil-T-0001, which returns",
        ),
    ],
    ids=[
        "near",
        "behind",
        "elsewhere",
        "not returning",
        "not surely ours",
        "a bird",
        "landing",
        "landed",
        "an own flight",
    ],
)
def test_a_second_contact_while_an_own_aircraft_returns(
    own: dict[str, Any], other: dict[str, Any], says: str | None
) -> None:
    tracks = (track(**{**HOME, **own}), contact(**other))
    watched = site(SECOND)
    match = matches(SECOND, tracks[1], watched, look_around(watched, tracks, BEGIN_S))
    assert (match is None) is (says is None)
    if match is not None and says is not None:
        assert match.title.startswith("Second contact during a recovery: ")
        assert match.reasons[-1].text.startswith(says)
    if "cooperation" not in own:
        assert matches(SECOND, tracks[0], watched, look_around(watched, tracks, BEGIN_S)) is None


def test_a_second_contact_is_an_alert_of_its_own_kind_and_joins_what_is_open() -> None:
    post = Post(site(replace(RULE, priority=2), SECOND))
    near = {"latitude_deg": 36.229, "longitude_deg": 43.944}
    for second in (0.0, 1.0, 2.0):
        kinds = see(post, second, track(at_s=second, **HOME), contact(**near, observed_s=BEGIN_S + second))
    assert kinds.count("alert_raised") == 1
    (alert,) = post.alerts
    assert (alert.rule, alert.track, alert.priority) == ("second", "erbil-T-0002", 1)
    assert alert.incident == "erbil-I-0001"
    for second in (3.0, 4.0, 5.0):
        see(post, second, track(at_s=second, **HOME), contact(**near, approaches=INBOUND))
    assert [held.rule for held in post.alerts[0].rules] == ["second", "near"]
    assert len(post.all_alerts) == 1


def test_a_number_of_tracks_raises_each_of_them_higher() -> None:
    swarm = replace(RULE, id="swarm", number=3, priority=1, persist_s=1.0)
    post = Post(site(replace(RULE, priority=3, persist_s=0.0), swarm))
    names = ["erbil-T-0001", "erbil-T-0002", "erbil-T-0003"]
    assert see(post, 0.0, track(names[0]), track(names[1])).count("alert_raised") == 2
    see(post, 1.0, track(names[0]), track(names[1]))
    assert {alert.priority for alert in post.all_alerts} == {3}
    for second in (2.0, 3.0):
        kinds = see(post, second, *(track(name, second) for name in names))
    assert kinds.count("alert_amended") == 3
    assert [alert.priority for alert in post.all_alerts] == [1, 1, 1]
    assert post.all_alerts[0].rules[-1].reasons[-1].text == "3 such tracks at once, at least 3"
    two = (track(names[0]), track(names[1]))
    around = look_around(site(swarm), two, BEGIN_S)
    assert why_not(swarm, two[0], site(swarm), around) == "2 such tracks, not 3"


def test_a_more_pressing_rule_takes_an_acknowledgement_back() -> None:
    fast = replace(RULE, id="fast", speed_min_mps=40.0, priority=1, clear_s=2.0)
    post = Post(site(replace(RULE, priority=3), fast))
    fly(post, 0, 2)
    act(post, "acknowledge", 3.0)
    assert fly(post, 3, 5, speed_mps=50.0) == ["alert_amended"]
    (alert,) = post.alerts
    assert (alert.state, alert.priority, alert.acknowledged_by) == (AlertState.RAISED, 1, None)
    act(post, "acknowledge", 6.0)
    assert fly(post, 6, 8) == ["alert_eased"]
    (alert,) = post.alerts
    assert (alert.state, alert.priority) == (AlertState.ACKNOWLEDGED, 1)
    assert [(held.rule, held.why_not) for held in alert.rules] == [
        ("near", None), ("fast", "speed 28 m/s, not at least 40"),
    ]  # fmt: skip


def test_a_short_time_to_act_presses_more() -> None:
    post = Post(site(replace(RULE, priority=2, urgent_s=30.0)))
    fly(post, 0, 3, approaches=(approach(31.0),))
    assert post.alerts[0].priority == 2
    assert fly(post, 4, 4, approaches=(approach(30.0),)) == ["alert_amended"]
    assert post.alerts[0].priority == 1
    assert fly(post, 5, 9, approaches=(approach(5.0),)) == []


OVERDUE = replace(RULE, id="overdue", kind="flight_overdue", zones=(), silent_s=30.0)


@pytest.mark.parametrize(
    ("last", "raised"), [(INBOUND, True), ((approach(0.0),), False)], ids=["lost on its way", "home"]
)
def test_an_own_aircraft_is_overdue(last: tuple[ZoneApproach, ...], raised: bool) -> None:
    own = OwnDrone(name="alpha", mavlink_system=1)
    post = Post(replace(site(OVERDUE), own_drones=(own,)))
    home = track(**HOME, approaches=last)
    see(post, 0.0, home)
    kinds = see(post, 1.0, ended=(home,))
    for second in range(2, 40):
        kinds += see(post, float(second))
    assert ("alert_raised" in kinds) is raised
    if raised:
        assert (post.alerts[0].target, post.alerts[0].title) == ("own:alpha", "Own aircraft alpha is overdue")
        kinds = [kind for second in range(40, 52) for kind in see(post, second, track(at_s=second, **back(second)))]
        assert "alert_cleared" in kinds


def back(second: float) -> dict[str, Any]:
    return {**HOME, "approaches": (approach(0.0),), "sensors": {"radar-1": BEGIN_S + second}}


def test_a_feed_that_has_ended_is_not_silent() -> None:
    silent: Rule = replace(RULE, id="quiet", kind="sensor_silent", zones=(), sensors=("radar-1",), silent_s=5.0)
    post = Post(site(silent, zones=(zone("fence", "perimeter"),)))
    health = FeedHealth(
        feed="radar-1", sensor="radar-1", state=FeedState.ENDED, messages=1, rejected={}, last_received_s=BEGIN_S
    )
    post.hear(health, BEGIN_S, Origin.LIVE)
    assert [kind for second in range(30) for kind in see(post, float(second))] == []
