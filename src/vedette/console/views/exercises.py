"""Exercises: what may be run, what ran, and how the crew did."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import View, local, utc
from vedette.model import Evaluation, ExerciseState, ScenarioFile, TargetResult, Verdict
from vedette.site import Site

VerdictCode = Literal[
    "not_seen",
    "no_alert",
    "alert_missed",
    "acknowledged",
    "acknowledged_late",
    "dismissed_drone",
    "dismissed",
    "decided",
    "decided_late",
    "no_decision",
    "outside_mandate",
    "ordered_against_other",
    "not_over",
]


class ScenarioView(View, frozen=True, kw_only=True):
    """A scenario of the site's folder. fault: why it cannot be run."""

    file: str
    name: str
    duration_s: float
    fault: str | None


class ExerciseView(View, frozen=True, kw_only=True):
    """An exercise. state: running | ended | cut_off (by a restart). shed: looks that it did not take, null: not known.

    right, wrong: of one that was cut off, how the crew had done by then; null where its record could not be read.

    blind: sensors that see nothing of what is injected. simulates_silent: sensors that say nothing are simulated.
    """

    id: str
    origin: Literal["exercise"]
    title: str
    scenario: str
    scenario_name: str
    by: str
    role: str
    state: Literal["running", "ended", "cut_off"]
    started_utc: str
    started_local: str
    until_utc: str
    ended_utc: str | None
    ended_local: str | None
    ended_why: str | None
    stopped_by: str | None
    simulates_silent: bool
    blind: list[str]
    shed: int | None
    right: int | None
    wrong: int | None


class ExercisesView(View, frozen=True, kw_only=True):
    """What may be run (folder null: the site names none), and every exercise that was, newest last."""

    folder: str | None
    scenarios: list[ScenarioView]
    exercises: list[ExerciseView]


class VerdictView(View, frozen=True, kw_only=True):
    """One thing that the crew did or left; right null: not for the crew to answer. events: of the exercise's record."""

    code: VerdictCode
    right: bool | None
    text: str
    at_local: str | None
    by: str | None
    events: list[int]


class TargetResultView(View, frozen=True, kw_only=True):
    """What became of one target; *_after_s: seconds from its first alert, null: it did not come to that."""

    target: str
    class_: str
    threat: bool
    tracks: list[str]
    appeared_local: str
    seen_local: str | None
    alert: str | None
    alerted_local: str | None
    acknowledge_after_s: float | None
    acknowledged_by: str | None
    dismiss_after_s: float | None
    dismissed_by: str | None
    dismissed_as: str | None
    decide_after_s: float | None
    decided_by: str | None
    measure: str | None
    verdicts: list[VerdictView]


class EvaluationView(View, frozen=True, kw_only=True):
    """How an exercise went. right, wrong: how many verdicts are. decide_s null: the site has no mandate."""

    exercise: str
    origin: Literal["exercise"]
    title: str
    scenario: str
    scenario_name: str
    by: str
    started_utc: str
    started_local: str
    ended_utc: str | None
    ended_local: str | None
    ended_why: str | None
    stopped_by: str | None
    acknowledge_s: float
    decide_s: float | None
    right: int
    wrong: int
    targets: list[TargetResultView]
    others: list[VerdictView]


def scenario(one: ScenarioFile) -> ScenarioView:
    """A scenario as the API gives it."""
    return ScenarioView(file=one.file, name=one.name, duration_s=one.duration_s, fault=one.fault)


def exercise(one: ExerciseState, site: Site) -> ExerciseView:
    """An exercise as the API gives it."""
    ended = "ended" if one.ended_s is not None and not one.cut_off else "cut_off"
    return ExerciseView(
        id=one.exercise,
        origin="exercise",
        title=one.title,
        scenario=one.scenario,
        scenario_name=one.scenario_name,
        by=one.by,
        role=one.role,
        state="running" if one.running else msgspec.convert(ended, Literal["ended", "cut_off"]),
        started_utc=iso_utc(one.started_s),
        started_local=iso_local(one.started_s, site.timezone),
        until_utc=iso_utc(one.until_s),
        ended_utc=utc(one.ended_s),
        ended_local=local(one.ended_s, site),
        ended_why=one.ended_why,
        stopped_by=one.stopped_by,
        simulates_silent=one.simulates_silent,
        blind=list(one.blind),
        shed=one.shed,
        right=one.right,
        wrong=one.wrong,
    )


def evaluation(one: Evaluation, site: Site) -> EvaluationView:
    """An evaluation as the API gives it."""
    return EvaluationView(
        exercise=one.exercise,
        origin="exercise",
        title=one.title,
        scenario=one.scenario,
        scenario_name=one.scenario_name,
        by=one.by,
        started_utc=iso_utc(one.started_s),
        started_local=iso_local(one.started_s, site.timezone),
        ended_utc=utc(one.ended_s),
        ended_local=local(one.ended_s, site),
        ended_why=one.ended_why,
        stopped_by=one.stopped_by,
        acknowledge_s=one.acknowledge_s,
        decide_s=one.decide_s,
        right=one.right,
        wrong=one.wrong,
        targets=[_target(target, site) for target in one.targets],
        others=[_verdict(verdict, site) for verdict in one.others],
    )


def _target(one: TargetResult, site: Site) -> TargetResultView:
    return TargetResultView(
        target=one.target,
        class_=one.class_,
        threat=one.threat,
        tracks=list(one.tracks),
        appeared_local=iso_local(one.appeared_s, site.timezone),
        seen_local=local(one.seen_s, site),
        alert=one.alert,
        alerted_local=local(one.alerted_s, site),
        acknowledge_after_s=one.acknowledge_after_s,
        acknowledged_by=one.acknowledged_by,
        dismiss_after_s=one.dismiss_after_s,
        dismissed_by=one.dismissed_by,
        dismissed_as=one.dismissed_as,
        decide_after_s=one.decide_after_s,
        decided_by=one.decided_by,
        measure=one.measure,
        verdicts=[_verdict(verdict, site) for verdict in one.verdicts],
    )


def _verdict(one: Verdict, site: Site) -> VerdictView:
    return VerdictView(
        code=msgspec.convert(one.code, VerdictCode),
        right=one.right,
        text=one.text,
        at_local=local(one.at_s, site),
        by=one.by,
        events=list(one.events),
    )
