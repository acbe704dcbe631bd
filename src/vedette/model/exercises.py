"""Exercises: what an exercise's own record says of it, and how the crew did."""

from __future__ import annotations

import msgspec

from vedette.model.payload import Payload


class ExerciseTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Truth: one thing that was injected. threat: a drone; the rest is there to be told from it.

    points: (UTC seconds, latitude_deg, longitude_deg) each second while it was there.
    """

    target: str
    class_: str = msgspec.field(name="class")
    threat: bool
    points: tuple[tuple[float, float, float], ...]


class ExerciseStarted(Payload, frozen=True, kw_only=True, tag="exercise_started"):
    """An exercise began; in its own record alone.

    scenario: its file's name; toml: its text. simulates_silent: sensors that say nothing were simulated. blind: those
    that see nothing of what is injected. acknowledge_s, decide_s: how long the crew may take; decide_s is None where
    the site has no mandate, and nothing can be ordered.
    """

    exercise: str
    title: str
    scenario: str
    scenario_name: str
    toml: str
    seed: int
    by: str
    role: str
    at_s: float
    until_s: float
    simulates_silent: bool
    blind: tuple[str, ...]
    targets: tuple[ExerciseTarget, ...]
    acknowledge_s: float
    decide_s: float | None


class ExerciseEnded(Payload, frozen=True, kw_only=True, tag="exercise_ended"):
    """An exercise ended. by: who stopped it, None: it ended by itself.

    shed: looks of the copy that it did not take, None: nobody knows. cut_off: a restart of the watch ended it; then
    right and wrong are how the crew had done by then.
    """

    exercise: str
    by: str | None
    role: str
    why: str
    at_s: float
    shed: int | None
    cut_off: bool = False
    right: int | None = None
    wrong: int | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the crew did or left. right: None where it is not for the crew to answer. events: what shows it.

    code: not_seen | no_alert | alert_missed | acknowledged | acknowledged_late | dismissed_drone | dismissed |
    decided | decided_late | no_decision | outside_mandate | ordered_against_other | not_over
    """

    code: str
    right: bool | None
    text: str
    at_s: float | None = None
    by: str | None = None
    events: tuple[int, ...] = ()


class TargetResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one target: UTC seconds, and seconds from its first alert. None: it did not come to that.

    tracks: those that kept nearest to it; of what is no drone, those that raised an alert.
    """

    target: str
    class_: str = msgspec.field(name="class")
    threat: bool
    tracks: tuple[str, ...]
    appeared_s: float
    seen_s: float | None
    alert: str | None
    alerted_s: float | None
    acknowledge_after_s: float | None
    acknowledged_by: str | None
    dismiss_after_s: float | None
    dismissed_by: str | None
    dismissed_as: str | None
    decide_after_s: float | None
    decided_by: str | None
    measure: str | None
    verdicts: tuple[Verdict, ...]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """How an exercise went. others: of orders about nothing that was injected. ended_s None: it has no recorded end."""

    exercise: str
    title: str
    scenario: str
    scenario_name: str
    by: str
    started_s: float
    ended_s: float | None
    ended_why: str | None
    stopped_by: str | None
    acknowledge_s: float
    decide_s: float | None
    targets: tuple[TargetResult, ...]
    others: tuple[Verdict, ...]

    @property
    def right(self) -> int:
        """How many verdicts are right."""
        return sum(one.right is True for one in self._verdicts())

    @property
    def wrong(self) -> int:
        """How many are wrong."""
        return sum(one.right is False for one in self._verdicts())

    def _verdicts(self) -> list[Verdict]:
        return [*self.others, *(one for target in self.targets for one in target.verdicts)]


class ScenarioFile(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario that may be run: its file's name, what it calls itself. fault: why it cannot be, None: it can."""

    file: str
    name: str
    duration_s: float
    fault: str | None = None


class ExerciseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for: a scenario of the site's folder, by its file's name."""

    scenario: str
    title: str
    by: str
    role: str = ""
    seed: int = 1
    simulates_silent: bool = False


class ExerciseState(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise as it stands. ended_s None: it runs, or has no recorded end (`running` tells). UTC seconds.

    cut_off, right, wrong: as in `ExerciseEnded`.
    """

    exercise: str
    title: str
    scenario: str
    scenario_name: str
    by: str
    role: str
    started_s: float
    until_s: float
    running: bool
    simulates_silent: bool
    blind: tuple[str, ...]
    ended_s: float | None = None
    ended_why: str | None = None
    stopped_by: str | None = None
    shed: int | None = 0
    cut_off: bool = False
    right: int | None = None
    wrong: int | None = None
