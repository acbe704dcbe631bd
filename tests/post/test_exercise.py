"""How a crew is judged, case by case: one drone, one bird, and what was done about them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vedette.model import (
    AlertAcknowledged,
    AlertClosed,
    AlertDismissed,
    AlertRaised,
    AnyPayload,
    DecisionMoved,
    DecisionOrdered,
    DecisionState,
    Event,
    ExerciseEnded,
    ExerciseStarted,
    ExerciseTarget,
    Finding,
    IncidentOpened,
    Origin,
    TrackPoint,
    Verdict,
)
from vedette.post import NoExercise, evaluate

T0 = 1_700_000_000.0
LATITUDE, LONGITUDE = 36.2, 43.9


def line(offset_deg: float) -> tuple[tuple[float, float, float], ...]:
    return tuple((T0 + second, LATITUDE + offset_deg + 0.0004 * second, LONGITUDE) for second in range(300))


STARTED = ExerciseStarted(
    exercise="x1",
    title="T",
    scenario="t.toml",
    scenario_name="T",
    toml="",
    seed=1,
    by="Trainer",
    role="",
    at_s=T0,
    until_s=T0 + 300.0,
    simulates_silent=False,
    blind=(),
    targets=(
        ExerciseTarget(target="drone-1", class_="uav_rotary", threat=True, points=line(0.0)),
        ExerciseTarget(target="bird-1", class_="bird", threat=False, points=line(0.05)),
    ),
    acknowledge_s=30.0,
    decide_s=120.0,
)


class Script:
    """Events of an exercise's record, in order of their times."""

    def __init__(self, started: ExerciseStarted = STARTED) -> None:
        self._events: list[tuple[float, AnyPayload]] = [(0.0, started)]

    def at(self, second: float, payload: AnyPayload) -> Script:
        self._events.append((second, payload))
        return self

    def tracked(self, track: str, offset_deg: float, first: int = 0, last: int = 300) -> Script:
        for second in range(first, last):
            self.at(second, point(track, second, LATITUDE + offset_deg + 0.0004 * second))
        return self

    def raised(self, second: float, alert: str, track: str) -> Script:
        self.at(
            second,
            AlertRaised(
                alert=alert, rule="r", priority=1, track=track, zone="z", observed_s=T0 + second, title="Drone",
                time_to_s=None, distance_m=None, reasons=(),
            ),
        )  # fmt: skip
        return self.at(second, IncidentOpened(incident=f"I-{alert}", alert=alert, opened_s=T0 + second))

    def acknowledged(self, second: float, alert: str) -> Script:
        return self.at(second, AlertAcknowledged(alert=alert, by="Operator", note="", at_s=T0 + second))

    def ordered(self, second: float, decision: str, state: DecisionState, **of: str | None) -> Script:
        about: dict[str, Any] = {"track": None, "incident": None, **of}
        self.at(
            second,
            DecisionOrdered(
                decision=decision, key="k", measure="shelter", measure_kind="shelter_alarm",
                measure_name="Shelter alarm", owner=None,
                by="Commander", role="commander", note="", protects=None, at_s=T0 + second, **about,
            ),
        )  # fmt: skip
        no = state is DecisionState.REFUSED
        finding = Finding(clause="A1", answer="no" if no else "yes", text="Never against people", detail="")
        moved = DecisionMoved(
            decision=decision, move="check", state=state, by=None, role=None, note="", findings=(finding,),
            at_s=T0 + second,
        )  # fmt: skip
        return self.at(second, moved)

    def ended(self, second: float = 300.0) -> Script:
        end = ExerciseEnded(exercise="x1", by=None, role="", why="over", at_s=T0 + second, shed=0)
        return self.at(second, end)

    def events(self) -> list[Event]:
        ordered = sorted(self._events, key=lambda one: one[0])
        return [
            Event(
                seq=seq, observed_s=T0 + second, received_s=T0 + second, origin=Origin.EXERCISE,
                kind=str(payload.__struct_config__.tag), schema=1, payload=payload,
            )
            for seq, (second, payload) in enumerate(ordered, 1)
        ]  # fmt: skip

    def verdicts(self, target: str = "drone-1") -> list[Verdict]:
        found = evaluate(self.events())
        return list(next(one for one in found.targets if one.target == target).verdicts)

    def codes(self, target: str = "drone-1") -> list[tuple[str, bool | None]]:
        return [(one.code, one.right) for one in self.verdicts(target)]


def point(track: str, second: float, latitude_deg: float, longitude_deg: float = LONGITUDE) -> TrackPoint:
    return TrackPoint(
        track=track, observed_s=T0 + second, latitude_deg=latitude_deg, longitude_deg=longitude_deg,
        altitude_ellipsoid_m=None, velocity_east_mps=0.0, velocity_north_mps=45.0, velocity_up_mps=None,
        sigma_position_m=10.0, p_exists=0.99, status="confirmed", class_="uav", p_class=0.9, identity=None,
        sensors=("r",),
    )  # fmt: skip


def seen() -> Script:
    return Script().tracked("T-1", 0.0, 20).raised(60.0, "A-1", "T-1")


def test_acknowledged_and_decided_in_time_is_right() -> None:
    script = seen().acknowledged(70.0, "A-1").ordered(100.0, "D-1", DecisionState.AUTHORISED, track="T-1").ended()
    assert script.codes() == [("acknowledged", True), ("decided", True)]
    found = evaluate(script.events())
    target = found.targets[0]
    assert (target.acknowledge_after_s, target.acknowledged_by) == (10.0, "Operator")
    assert (target.decide_after_s, target.decided_by, target.measure) == (40.0, "Commander", "Shelter alarm")
    assert (target.tracks, target.seen_s, target.alerted_s) == (("T-1",), T0 + 20.0, T0 + 60.0)
    assert (found.right, found.wrong) == (2, 0)


def test_late_is_wrong() -> None:
    script = seen().acknowledged(95.0, "A-1").ordered(190.0, "D-1", DecisionState.AUTHORISED, track="T-1").ended()
    assert script.codes() == [("acknowledged_late", False), ("decided_late", False)]


def test_nothing_done_is_wrong_when_the_time_is_up() -> None:
    assert seen().ended().codes() == [("alert_missed", False), ("no_decision", False)]
    assert seen().ended(80.0).codes() == [("not_over", None), ("not_over", None)]
    assert seen().codes() == [("not_over", None), ("not_over", None)]


def test_a_drone_that_is_not_seen_or_not_alerted_on_is_not_the_crews_fault() -> None:
    assert Script().ended().codes() == [("not_seen", None)]
    assert Script().tracked("T-1", 0.0).ended().codes() == [("no_alert", None)]


def dismissed(second: float, alert: str, reason: str = "bird") -> AlertDismissed:
    return AlertDismissed(
        alert=alert, reason=reason, note="", by="Operator", at_s=T0 + second, until_s=T0 + second + 600.0,
        distance_m=None, time_to_s=None,
    )  # fmt: skip


def test_a_dismissed_drone_is_wrong_and_a_dismissed_bird_right() -> None:
    script = seen().tracked("T-2", 0.05).raised(65.0, "A-2", "T-2")
    script.at(72.0, dismissed(72.0, "A-1")).at(73.0, dismissed(73.0, "A-2")).ended()
    assert ("dismissed_drone", False) in script.codes()
    assert script.codes("bird-1") == [("dismissed", True)]
    target = evaluate(script.events()).targets[0]
    assert (target.dismiss_after_s, target.dismissed_as, target.dismissed_by) == (12.0, "bird", "Operator")


@pytest.mark.parametrize(("reason", "wrong"), [("bird", True), ("real", False), (None, False)])
def test_what_a_drones_alert_is_closed_as_counts_too(reason: str | None, wrong: bool) -> None:
    closed = AlertClosed(alert="A-1", by="Operator", reason=reason, note="", at_s=T0 + 200.0)
    script = seen().acknowledged(61.0, "A-1").at(200.0, closed).ended()
    assert (("dismissed_drone", False) in script.codes()) is wrong


def test_an_order_outside_the_mandate_is_wrong_and_says_its_clause() -> None:
    script = seen().acknowledged(61.0, "A-1").ordered(80.0, "D-1", DecisionState.REFUSED, track="T-1").ended()
    outside = [one for one in script.verdicts() if one.code == "outside_mandate"]
    assert [(one.right, one.by) for one in outside] == [(False, "Commander")]
    assert "Never against people" in outside[0].text
    assert ("no_decision", False) in script.codes()


def test_a_measure_against_a_bird_is_wrong() -> None:
    script = Script().tracked("T-2", 0.05).raised(65.0, "A-2", "T-2")
    script.ordered(70.0, "D-1", DecisionState.AUTHORISED, track="T-2").ended()
    assert script.codes("bird-1") == [("ordered_against_other", False)]


def test_an_order_without_a_track_is_of_its_incident() -> None:
    script = seen().acknowledged(61.0, "A-1").ordered(80.0, "D-1", DecisionState.AUTHORISED, incident="I-A-1").ended()
    assert ("decided", True) in script.codes()
    elsewhere = seen().ordered(80.0, "D-1", DecisionState.REFUSED, incident="I-9").ended()
    assert [one.code for one in evaluate(elsewhere.events()).others] == ["outside_mandate"]


def test_without_a_mandate_nothing_is_to_be_decided() -> None:
    script = Script(msgspec.structs.replace(STARTED, decide_s=None)).tracked("T-1", 0.0).raised(60.0, "A-1", "T-1")
    assert script.acknowledged(61.0, "A-1").ended().codes() == [("acknowledged", True)]


def test_a_real_aircraft_beside_the_target_is_not_taken_for_it() -> None:
    script = seen().tracked("T-9", 0.01, 0, 300).raised(61.0, "A-9", "T-9").acknowledged(62.0, "A-9").ended()
    assert evaluate(script.events()).targets[0].tracks == ("T-1",)
    assert ("alert_missed", False) in script.codes()


def test_a_track_that_was_lost_and_found_again_counts_once() -> None:
    script = Script().tracked("T-1", 0.0, 20, 90).tracked("T-2", 0.0, 95)
    script.raised(60.0, "A-1", "T-1").raised(110.0, "A-2", "T-2").acknowledged(65.0, "A-1").ended()
    target = evaluate(script.events()).targets[0]
    assert (target.tracks, target.alert, target.acknowledge_after_s) == (("T-1", "T-2"), "A-1", 5.0)


def test_another_record_is_no_exercise() -> None:
    with pytest.raises(NoExercise):
        evaluate(seen().events()[1:])
