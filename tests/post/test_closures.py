"""Closures: the evidence they begin on, criteria over pictures, people's words, and reopening."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.post.mandate_scene import action, aircraft, ordered
from tests.post.response_scene import Desk
from tests.post.scene import BEGIN_S, BIRD, DRONE, UNCLASSED
from vedette.model import (
    Action,
    ClosureState,
    CriterionMoved,
    FeedState,
    Origin,
    SightingAnswer,
    SightingCandidate,
    SightingReport,
)
from vedette.model.response_requests import ClosePlace, ConfirmCriterion, ReopenPlace
from vedette.post import Post, decode_clocks, encode_clocks

AWAY = {"in_s": -1.0}


@pytest.fixture
def desk() -> Desk:
    desk = Desk(None, sensors={"radar-1": BEGIN_S, "rf-1": BEGIN_S})
    desk.all_live()
    desk.see(aircraft(sensors={"radar-1": BEGIN_S, "rf-1": BEGIN_S}))
    desk.ask("close_place", ClosePlace(place="rwy"), note="attack")
    assert desk.refusal is None
    return desk


def wait(desk: Desk, seconds: float, *tracks: Any) -> None:
    for _ in range(int(seconds / 5.0)):
        desk.see(*(tracks or (aircraft(**AWAY),)), wait_s=5.0)


def sight(desk: Desk, candidate: str, observer: str = "trained") -> None:
    one = SightingCandidate(kind=candidate, name="x", title="x", p=1.0, likelihood_ratio=1.0, harmless=False)
    at_s = BEGIN_S + desk.now_s
    report = SightingReport(
        at_s=at_s, latitude_deg=36.2, longitude_deg=43.9, azimuth_true_deg=0.0, observer=observer  # type: ignore[arg-type]
    )  # fmt: skip
    answer = SightingAnswer(candidates=(one,), compared={})
    desk.act(Action(verb="enter_sighting", target="", by="Cem", sighting=report, answer=answer))
    assert desk.refusal is None


def test_it_says_since_when_by_whom_and_on_what(desk: Desk) -> None:
    began = desk.closure().began
    assert (began.name, began.by, began.role, began.closed_s) == (
        "Runway 18/36", "Ada", "commander", BEGIN_S + desk.now_s,
    )  # fmt: skip
    assert began.evidence.sensors == "corroborated"
    assert began.evidence.sighting_grade is None
    assert "radar-1, rf-1" in began.evidence.says
    assert desk.criteria() == {"clear": False, "sensors": True, "sightings": True, "confirm-1": False}
    desk.ask("close_place", ClosePlace(place="rwy"))
    assert desk.code == "already_closed"
    desk.ask("close_place", ClosePlace(place="moon"))
    assert desk.code == "not_found"


def test_a_sighting_alone_is_said_with_its_grade() -> None:
    desk = Desk(None, **AWAY)
    sight(desk, "nothing_known")
    desk.ask("close_place", ClosePlace(place="air"))
    found = desk.closure().began.evidence
    assert (found.sensors, found.sighting_grade) == ("none", "B")
    assert found.says == "No sensor sees an unexplained aircraft; 1 sighting, the best of grade B"


def test_clear_counts_from_the_last_aircraft_and_begins_anew_with_the_next(desk: Desk) -> None:
    wait(desk, 55.0)
    assert desk.criteria()["clear"] is False
    wait(desk, 10.0)
    assert desk.criteria()["clear"] is True
    desk.see(aircraft(), wait_s=5.0)
    clear = desk.closure().criteria[0]
    assert (clear.met, clear.detail) == (False, "erbil-T-0001 inside")
    wait(desk, 55.0)
    assert desk.criteria()["clear"] is False
    wait(desk, 5.0)
    assert desk.criteria()["clear"] is True
    desk.refold()


@pytest.mark.parametrize(
    ("track", "against"),
    [
        ({"p_classes": DRONE}, True),
        ({"p_classes": UNCLASSED}, True),
        ({"p_classes": BIRD}, False),
        ({"identity": "icao:ABC123", "cooperation": "claimed"}, True),
        ({"identity": "icao:ABC123", "cooperation": "cooperative"}, False),
        ({"identity": "own:Raven", "cooperation": "cooperative"}, False),
        ({"identity": "rid:X", "cooperation": "cooperative"}, True),
        ({"zone": "tower"}, False),
        ({"p_exists": 0.3}, False),
    ],
)
def test_who_speaks_against_opening(track: dict[str, Any], against: bool) -> None:
    desk = Desk(None, **AWAY)
    desk.all_live()
    wait(desk, 30.0)
    desk.ask("close_place", ClosePlace(place="rwy"))
    wait(desk, 70.0, aircraft("erbil-T-0002", **track))
    assert desk.criteria()["clear"] is not against


def test_what_nobody_looks_at_is_not_clear(desk: Desk) -> None:
    wait(desk, 30.0)
    for feed in ("radar-1", "rf-1"):
        desk.hear(feed, FeedState.DOWN)
    wait(desk, 120.0)
    assert desk.criteria()["clear"] is False
    assert desk.criteria()["sensors"] is False
    desk.all_live()
    wait(desk, 60.0)
    assert desk.criteria()["clear"] is False
    wait(desk, 10.0)
    assert desk.criteria() == {"clear": True, "sensors": True, "sightings": True, "confirm-1": False}


def test_one_lost_sensor_is_named(desk: Desk) -> None:
    desk.hear("rf-1", FeedState.STALE)
    wait(desk, 5.0)
    sensors = desk.closure().criteria[1]
    assert (sensors.met, sensors.detail) == (False, "rf-1 stale")


def test_a_graded_sighting_holds_it_shut_and_a_plain_one_does_not(desk: Desk) -> None:
    sight(desk, "nothing_known", "public")
    wait(desk, 5.0)
    assert desk.criteria()["sightings"] is True
    sight(desk, "track")
    wait(desk, 5.0)
    assert desk.criteria()["sightings"] is False
    wait(desk, 120.0)
    assert desk.criteria()["sightings"] is True


def test_people_confirm_by_name_and_take_it_back(desk: Desk) -> None:
    confirm = ConfirmCriterion(closure="erbil-X-0001", criterion="confirm-1", met=True)
    desk.ask("confirm_criterion", confirm, by="Airfield Ops", note="swept")
    criterion = desk.closure().criteria[-1]
    assert (criterion.met, criterion.by, criterion.detail) == (True, "Airfield Ops", "swept")
    desk.ask("confirm_criterion", confirm)
    assert desk.code == "bad_state"
    desk.ask("confirm_criterion", ConfirmCriterion(closure="erbil-X-0001", criterion="confirm-1", met=False))
    assert desk.criteria()["confirm-1"] is False
    desk.ask("confirm_criterion", ConfirmCriterion(closure="erbil-X-0001", criterion="clear", met=True))
    assert desk.code == "by_machine"
    desk.ask("confirm_criterion", ConfirmCriterion(closure="erbil-X-0001", criterion="moon", met=True))
    assert desk.code == "not_found"


def test_reopening_against_a_criterion_is_refused_and_kept_and_overridden_with_a_reason(desk: Desk) -> None:
    desk.ask("reopen_place", ReopenPlace(closure="erbil-X-0001"))
    assert desk.code == "criteria_unmet"
    assert desk.refusal is not None
    assert [one["criterion"] for one in desk.refusal.details] == ["clear", "confirm-1"]
    (attempt,) = desk.closure().attempts
    assert attempt.unmet == ("clear", "confirm-1")
    desk.ask("reopen_place", ReopenPlace(closure="erbil-X-0001", anyway=True))
    assert desk.code == "no_reason"
    desk.ask("reopen_place", ReopenPlace(closure="erbil-X-0001", anyway=True), note="medical flight")
    assert desk.closure().state is ClosureState.REOPENED
    assert desk.closure().ended is not None
    assert desk.closure().ended.unmet == ("clear", "confirm-1")  # type: ignore[union-attr]
    desk.ask("reopen_place", ReopenPlace(closure="erbil-X-0001"))
    assert desk.code == "illegal_move"
    before = len(desk.drafts)
    wait(desk, 100.0)
    assert not [one for one in desk.drafts[before:] if isinstance(one.payload, CriterionMoved)]
    desk.refold()


def test_all_met_it_is_opened(desk: Desk) -> None:
    wait(desk, 70.0)
    desk.ask("confirm_criterion", ConfirmCriterion(closure="erbil-X-0001", criterion="confirm-1", met=True))
    desk.ask("reopen_place", ReopenPlace(closure="erbil-X-0001"), by="Bo")
    assert desk.refusal is None
    ended = desk.closure().ended
    assert ended is not None
    assert (ended.by, ended.unmet) == ("Bo", ())
    desk.ask("close_place", ClosePlace(place="rwy"))
    assert list(desk.post.books.response.closures) == ["erbil-X-0001", "erbil-X-0002"]


def test_a_closing_that_was_carried_out_starts_its_clock() -> None:
    desk = Desk()
    desk.act(ordered("c", measure="close", track=None, protects=None))
    desk.act(action("second", "erbil-D-0001", by="Bo", role="commander"))
    desk.see(aircraft())
    assert not desk.post.books.response.closures
    desk.act(action("carry_out", "erbil-D-0001", by="Tower", happened_s=BEGIN_S + desk.now_s))
    desk.see(aircraft(), wait_s=5.0)
    began = desk.closure().began
    assert (began.decision, began.by, began.closed_s) == ("erbil-D-0001", "Tower", BEGIN_S + desk.now_s - 5.0)
    desk.ask("reopen_place", ReopenPlace(closure="erbil-X-0001", anyway=True), note="mistake")
    desk.see(aircraft(), wait_s=5.0)
    assert len(desk.post.books.response.closures) == 1, "one order closes once"


def begun_again(desk: Desk, pause_s: float) -> list[bool]:
    """The desk's post after a restart, with its clocks; whether `clear` was met, each time that this was said."""
    again = Post(desk.site, clocks=decode_clocks(encode_clocks(desk.post.clocks)))
    for draft in desk.drafts:
        again.apply(draft)
    desk.post = again
    desk.now_s += pause_s
    drafts = again.take_up(desk.picture, BEGIN_S + desk.now_s, Origin.LIVE)
    moved = [one.payload for one in drafts if isinstance(one.payload, CriterionMoved)]
    desk.drafts += drafts
    return [one.met for one in moved if one.criterion == "clear"]


def test_a_short_restart_keeps_the_clear_time(desk: Desk) -> None:
    wait(desk, 50.0)
    assert begun_again(desk, 8.0) == []
    for feed in ("radar-1", "rf-1"):
        desk.hear(feed, FeedState.STARTING)
    wait(desk, 5.0)
    assert desk.criteria()["clear"] is False, "nobody looks yet"
    desk.all_live()
    wait(desk, 5.0)
    assert desk.criteria()["clear"] is True


def test_after_a_long_restart_clear_time_begins_anew(desk: Desk) -> None:
    wait(desk, 70.0)
    assert desk.criteria()["clear"] is True
    assert begun_again(desk, 31.0) == [False]
    wait(desk, 55.0)
    assert desk.criteria()["clear"] is False
    wait(desk, 5.0)
    assert desk.criteria()["clear"] is True


def test_sensors_that_stay_away_after_a_restart_end_the_clear_time(desk: Desk) -> None:
    wait(desk, 50.0)
    begun_again(desk, 5.0)
    for feed in ("radar-1", "rf-1"):
        desk.hear(feed, FeedState.DOWN)
    wait(desk, 30.0)
    desk.all_live()
    wait(desk, 5.0)
    assert desk.criteria()["clear"] is False


def test_an_incident_has_the_closures_of_its_time(desk: Desk) -> None:
    (incident,) = desk.post.incidents
    assert [one.id for one in incident.closures] == ["erbil-X-0001"]
    assert incident.closures[0].began.by == "Ada"


def test_what_passed_before_an_action_was_refused_is_recorded(desk: Desk) -> None:
    wait(desk, 5.0)
    desk.now_s += 70.0
    assert desk.ask("close_place", ClosePlace(place="rwy"))
    assert desk.code == "already_closed"
    assert desk.criteria()["clear"] is True
    assert desk.refold().books == desk.post.books


looks = st.tuples(st.booleans(), st.booleans(), st.floats(0.5, 40.0))


@given(st.lists(looks, min_size=1, max_size=30))
def test_clear_is_met_just_when_nothing_was_inside_for_so_long_while_somebody_looked(script: list[Any]) -> None:
    desk = Desk(None, **AWAY)
    desk.all_live()
    desk.see(aircraft(**AWAY))
    desk.ask("close_place", ClosePlace(place="rwy"))
    since_s, lives = desk.now_s, True
    for inside, live, wait_s in script:
        if live != lives:
            for feed in ("radar-1", "rf-1"):
                desk.hear(feed, FeedState.LIVE if live else FeedState.DOWN)
        desk.see(aircraft(**({} if inside else AWAY)), wait_s=wait_s)
        if inside or not live or not lives:
            since_s = desk.now_s
        lives = live
        met = live and not inside and desk.now_s - since_s >= 60.0
        assert desk.criteria()["clear"] is met
    assert isinstance(desk.refold(), Post)
