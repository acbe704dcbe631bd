"""An incident opens, gathers, is counted, and closes."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from tests.post.scene import AWAY, BEGIN_S, BIRD, UNCLASSED, fly, impact, picture, see, site, track
from vedette.geo import distance_azimuth
from vedette.model import (
    Action,
    CooperativeReport,
    Count,
    Effect,
    FeedHealth,
    FeedState,
    IncidentDetections,
    IncidentTrack,
    Look,
    Origin,
    Scan,
)
from vedette.post import Post, Refused
from vedette.post import gate as gates
from vedette.post.count import count

INCIDENT = "erbil-I-0001"


@pytest.fixture
def post() -> Post:
    post = Post(site())
    fly(post, 0, 2)
    return post


def act(post: Post, verb: str, target: str = INCIDENT, at_s: float = 50.0, **rest: Any) -> None:
    post.act(Action(verb=verb, target=target, by="chief", **rest), BEGIN_S + at_s, Origin.LIVE)


def test_later_alerts_join(post: Post) -> None:
    second = [track("erbil-T-0002", at_s=float(at_s)) for at_s in range(3, 6)]
    kinds = [
        kind for at_s, one in zip(range(3, 6), second, strict=True) for kind in see(post, at_s, track(at_s=at_s), one)
    ]
    assert kinds == ["alert_raised", "incident_joined", "incident_track"]
    incident = post.incident(INCIDENT)
    assert incident.alerts == ("erbil-A-0001", "erbil-A-0002")
    assert [each.track for each in incident.tracks] == ["erbil-T-0001", "erbil-T-0002"]
    assert incident.count == Count(2, 2, 2)
    assert (incident.attribution, incident.origin) == ("unclaimed", Origin.LIVE)


def test_another_origin_opens_its_own(post: Post) -> None:
    for at_s in (3.0, 4.0, 5.0):
        post.see(picture(at_s, track(at_s=at_s), track("erbil-T-0002", at_s=at_s)), BEGIN_S, Origin.EXERCISE)
    assert [each.origin for each in post.incidents] == [Origin.LIVE, Origin.EXERCISE]


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"p_class": 0.9}, []),
        ({"sensors": {"radar-1": 0.0, "rf-1": 0.0}}, ["incident_track"]),
        ({"identity": "rid:X"}, ["incident_track"]),
        ({"class_": "bird"}, ["incident_track"]),
        ({"impact": impact()}, ["incident_track"]),
    ],
)
def test_a_track_is_written_when_it_changes_in_substance(post: Post, changes: dict[str, Any], kinds: list[str]) -> None:
    assert fly(post, 3, 3, **changes) == kinds
    assert fly(post, 4, 5, **changes) == []


@pytest.mark.parametrize(
    ("second", "written"),
    [
        (impact(36.2401), False),
        (impact(36.25), True),
        (impact(place="outside"), True),
        (impact(basis="descending"), True),
        (None, True),
    ],
)
def test_an_impact_changes_by_more_than_its_error(post: Post, second: Any, written: bool) -> None:
    fly(post, 3, 3, impact=impact())
    assert fly(post, 4, 4, impact=second) == (["incident_track"] if written else [])


def test_sensors_and_identity_stay_with_a_track(post: Post) -> None:
    fly(post, 3, 3, sensors={"rf-1": 0.0}, identity="rid:X")
    fly(post, 4, 20)
    (of,) = post.incident(INCIDENT).tracks
    assert (of.sensors, of.identity, of.last_s) == (("radar-1", "rf-1"), "rid:X", BEGIN_S + 20)


def test_an_incident_closes_after_quiet(post: Post) -> None:
    assert see(post, 3.0, ended=(track(at_s=2.0, impact=impact()),))[0] == "track_ended"
    (of,) = post.incident(INCIDENT).tracks
    assert of.ended
    assert of.impact == impact()
    assert see(post, 122.9) == []
    assert see(post, 123.0) == ["incident_closed"]
    assert post.incident(INCIDENT).state == "closed"
    assert post.incident(INCIDENT).closed_s == BEGIN_S + 123.0
    assert post.alerts != ()


def test_it_stays_open_while_a_track_flies(post: Post) -> None:
    fly(post, 3, 200, approaches=AWAY)
    assert post.incident(INCIDENT).state == "open"


def test_a_person_closes_what_is_acknowledged(post: Post) -> None:
    with pytest.raises(Refused, match="erbil-A-0001") as refused:
        act(post, "close_incident")
    assert refused.value.code == "unacknowledged_alerts"
    act(post, "acknowledge", "erbil-A-0001")
    act(post, "close_incident", note="false alarm")
    with pytest.raises(Refused) as refused:
        act(post, "close_incident")
    assert refused.value.code == "already_closed"
    assert fly(post, 51, 53, class_="bird") == []


def test_effects_are_entered_by_people(post: Post) -> None:
    assert post.incident(INCIDENT).effects["injuries"] == Effect()
    act(post, "enter_effect", effect="injuries", state="none_reported")
    act(post, "enter_effect", effect="damage", state="reported", value="one hangar roof")
    effects = post.incident(INCIDENT).effects
    assert effects["injuries"] == Effect(
        state="none_reported", by="chief", at_s=BEGIN_S + 50, entries=("erbil-EF-0001",)
    )
    assert effects["damage"].value == "one hangar roof"
    assert effects["flights"].state == "not_yet_reported"


@pytest.mark.parametrize(
    ("verb", "target", "rest", "code"),
    [
        ("enter_effect", "erbil-I-0009", {"effect": "damage", "state": "reported"}, "not_found"),
        ("close_incident", "erbil-I-0009", {}, "not_found"),
        ("enter_effect", INCIDENT, {"effect": "weather", "state": "reported"}, "bad_effect"),
        ("enter_effect", INCIDENT, {"effect": "damage", "state": "perhaps"}, "bad_state"),
        ("enter_effect", INCIDENT, {"effect": "damage", "state": "none_reported", "value": "2"}, "bad_state"),
        ("fire", INCIDENT, {}, "bad_verb"),
    ],
)
def test_what_cannot_be_done_is_refused(post: Post, verb: str, target: str, rest: dict[str, str], code: str) -> None:
    before = post.incident(INCIDENT)
    with pytest.raises(Refused) as refused:
        act(post, verb, target, **rest)
    assert refused.value.code == code
    assert post.incident(INCIDENT) == before
    with pytest.raises(Refused):
        post.incident("erbil-I-0009")
    with pytest.raises(Refused):
        post.alert("erbil-A-0009")


def of_track(name: str, first_s: float, last_s: float, **changes: Any) -> IncidentTrack:
    values: dict[str, Any] = {
        "incident": INCIDENT,
        "track": name,
        "identity": None,
        "class_": "uav",
        "p_class": 0.8,
        "sensors": (),
        "first_s": first_s,
        "last_s": last_s,
        "impact": None,
        "ended": True,
        "first_latitude_deg": 36.0,
        "first_longitude_deg": 44.0,
        "last_latitude_deg": 36.0,
        "last_longitude_deg": 44.0,
    }
    return IncidentTrack(**{**values, **changes})


A = of_track("a", 0.0, 100.0)


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ([], Count(0, 0, 0)),
        ([A], Count(1, 1, 1)),
        ([A, of_track("b", 50.0, 150.0)], Count(2, 2, 2)),
        ([A, of_track("b", 104.0, 150.0)], Count(1, 1, 2)),
        ([A, of_track("b", 98.0, 150.0)], Count(1, 1, 2)),
        ([A, of_track("b", 130.0, 150.0)], Count(2, 1, 2)),
        ([A, of_track("b", 170.0, 190.0)], Count(2, 2, 2)),
        ([A, of_track("b", 104.0, 150.0, first_latitude_deg=36.1)], Count(2, 2, 2)),
        ([A, of_track("b", 104.0, 150.0, first_latitude_deg=None)], Count(2, 2, 2)),
        ([of_track("a", 0.0, 100.0, impact=impact()), of_track("b", 104.0, 150.0)], Count(2, 2, 2)),
        ([of_track("a", 0.0, 100.0, impact=impact(basis="descending")), of_track("b", 104.0, 150.0)], Count(1, 1, 2)),
        ([A, of_track("b", 104.0, 150.0), of_track("c", 104.5, 150.0)], Count(2, 2, 3)),
        ([of_track("a", 0.0, 9.0, identity="rid:X"), of_track("b", 900.0, 990.0, identity="rid:X")], Count(1, 1, 1)),
        ([of_track("a", 0.0, 9.0, identity="rid:X"), of_track("b", 10.0, 99.0, identity="rid:Y")], Count(2, 2, 2)),
        ([A, of_track("b", 20.0, 150.0, class_="bird")], Count(1, 1, 1)),
        ([A, of_track("b", 20.0, 150.0, class_="manned", p_class=0.4)], Count(2, 2, 2)),
        ([of_track("a", 0.0, 100.0, ended=False), of_track("b", 104.0, 150.0)], Count(2, 2, 2)),
    ],
)
def test_aircraft_are_counted(tracks: list[IncidentTrack], expected: Count) -> None:
    assert count(tracks) == expected
    assert count(reversed(tracks)) == expected


def test_birds_of_an_incident_are_no_aircraft() -> None:
    post = Post(site())
    fly(post, 0, 2, p_classes=UNCLASSED, p_class=0.3)
    fly(post, 3, 3, p_classes=BIRD, class_="bird", p_class=0.85)
    assert post.incident(INCIDENT).count == Count(0, 0, 0)


def looked(post: Post, scan: Scan, at_s: float = 2.5) -> list[dict[str, Any]]:
    drafts = post.look(Look(scan=scan), picture(2.0, track(at_s=2.0)), BEGIN_S + at_s, Origin.LIVE)
    return [row for draft in drafts if isinstance(draft.payload, IncidentDetections) for row in draft.payload.rows]


def polar(range_m: list[float], azimuth_deg: list[float], **more: Any) -> Scan:
    arrays = {"range_m": np.array(range_m)} if range_m else {}
    azimuth = np.radians(np.array(azimuth_deg))
    return Scan(
        sensor=more.pop("sensor", "radar-1"), observed_s=BEGIN_S + 2.0, azimuth_true_rad=azimuth, **arrays, **more
    )


DISTANCE_M, AZIMUTH_DEG = distance_azimuth(36.24, 43.96, 36.227, 43.944)


def test_near_detections_are_kept_as_rows(post: Post) -> None:
    scan = polar([DISTANCE_M, 4000.0, DISTANCE_M], [AZIMUTH_DEG, 10.0, AZIMUTH_DEG + 90.0], look="7")
    (row,) = looked(post, scan)
    assert row["sensor"] == "radar-1"
    assert row["scan"] == "7"
    assert row["time_utc"].endswith("Z")
    assert row["range_m"] == pytest.approx(DISTANCE_M)
    assert row["azimuth_true_deg"] == pytest.approx(AZIMUTH_DEG)
    assert "elevation_deg" not in row


def test_a_bearing_alone_and_a_position_and_an_identity(post: Post) -> None:
    assert len(looked(post, polar([], [AZIMUTH_DEG + 2.0, AZIMUTH_DEG + 40.0], sensor="rf-1"))) == 1
    assert looked(post, polar([], [AZIMUTH_DEG], sensor="rid")) == []
    assert looked(post, polar([10.0], [AZIMUTH_DEG], sensor="nobody")) == []
    places = Scan(
        sensor="rid",
        observed_s=BEGIN_S + 2.0,
        latitude_deg=np.array([36.2271, 36.3]),
        longitude_deg=np.array([43.944, 43.9]),
        time_offset_s=np.array([-0.5, 0.0]),
        p_classes=np.array([[0.9, 0.1, 0.0, 0.0, 0.0], [np.nan] * 5]),
    )
    (row,) = looked(post, places)
    assert (row["class"], row["p_class"]) == ("uav_rotary", 0.9)
    assert looked(post, Scan(sensor="rid", observed_s=BEGIN_S, identity=["rid:X", None])) == []
    fly(post, 3, 3, identity="rid:X")
    found = Scan(sensor="rid", observed_s=BEGIN_S, identity=["rid:X", None])
    drafts = post.look(Look(scan=found), picture(3.0, track(identity="rid:X", latitude_deg=None)), BEGIN_S, Origin.LIVE)
    assert [row["identity"] for row in drafts[0].payload.rows] == ["rid:X"]  # type: ignore[union-attr]


def test_looks_are_bounded_and_cost_nothing_without_incident(post: Post) -> None:
    crowd = polar([DISTANCE_M] * 50, [AZIMUTH_DEG] * 50)
    assert len(looked(post, crowd)) == gates.ROWS_A_LOOK
    post.books.incidents[INCIDENT].rows = 20_000
    assert looked(post, crowd) == []
    assert looked(Post(site()), crowd) == []
    assert looked(post, Scan(sensor="radar-1", observed_s=BEGIN_S)) == []
    assert post.look(Look(scan=crowd), None, BEGIN_S, Origin.LIVE) == []


def test_a_feed_is_recorded_when_its_state_changes() -> None:
    post = Post(site())

    def hear(state: FeedState) -> int:
        health = FeedHealth(feed="radar-1", sensor="radar-1", state=state, messages=3, rejected={"crc": 1})
        return len(post.hear(health, BEGIN_S, Origin.LIVE))

    states = [FeedState.STARTING, FeedState.LIVE, FeedState.LIVE, FeedState.STALE, FeedState.LIVE]
    assert [hear(state) for state in states] == [1, 1, 0, 1, 1]
    assert post.feeds == {"radar-1": FeedState.LIVE}


def test_a_claim_is_recorded_when_it_is_new_or_changed() -> None:
    post = Post(site())

    def say(at_s: float, **particulars: Any) -> int:
        report = CooperativeReport(
            sensor="rid", observed_s=BEGIN_S + at_s, source="remote_id", identity="rid:X", **particulars
        )
        return len(post.cooperative(report, BEGIN_S + at_s, Origin.LIVE))

    here = {"operator_latitude_deg": 36.24, "operator_longitude_deg": 43.96}
    assert say(0.0, operator_id="OP") == 1
    assert say(10.0, operator_id="OP") == 0
    assert say(11.0) == 0
    assert say(20.0, **here) == 1
    assert say(30.0, operator_latitude_deg=36.2402, operator_longitude_deg=43.96) == 0
    assert say(31.0, operator_latitude_deg=36.25, operator_longitude_deg=43.96) == 1
    assert say(32.0, self_id="survey") == 0
    assert say(37.0, self_id="survey") == 1
    assert post.books.cooperative["rid:X"].particulars.operator_id == "OP"


def test_what_the_record_has_erased_is_not_recorded_anew_from_memory() -> None:
    limits = msgspec.structs.replace(site().limits, personal_keep_s=100.0)
    post = Post(msgspec.structs.replace(site(), limits=limits))

    def say(at_s: float, **particulars: Any) -> list[Any]:
        report = CooperativeReport(
            sensor="rid", observed_s=BEGIN_S + at_s, source="remote_id", identity="rid:X", **particulars
        )
        return [draft.payload for draft in post.cooperative(report, BEGIN_S + at_s, Origin.LIVE)]

    say(0.0, operator_id="OP")
    (within,) = say(50.0, ua_type="multirotor")
    assert within.operator_id == "OP"
    (later,) = say(151.0, ua_type="airship")
    assert (later.operator_id, later.ua_type) == (None, "airship")
