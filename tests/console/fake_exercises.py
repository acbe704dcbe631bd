"""Exercises without watches behind them: a fake desk of origin exercise beside the fake desk."""

from __future__ import annotations

import msgspec

from tests.console.fake_desk import FakeDesk
from tests.console.flights import SITE, T0_S
from vedette.console import ActionRefused, Desk
from vedette.model import (
    Evaluation,
    ExerciseOrder,
    ExerciseState,
    Origin,
    ScenarioFile,
    TargetResult,
    Verdict,
)
from vedette.report import evaluation_page

EVALUATION = Evaluation(
    exercise="x1", title="Two from the west", scenario="two.toml", scenario_name="Two drones", by="Trainer",
    started_s=T0_S, ended_s=T0_S + 300.0, ended_why="stopped", stopped_by="Trainer", acknowledge_s=30.0, decide_s=120.0,
    targets=(
        TargetResult(
            target="drone-1", class_="uav_fixed_wing", threat=True, tracks=("erbil-x1-T-0004",), appeared_s=T0_S + 40.0,
            seen_s=T0_S + 61.0, alert="erbil-x1-A-0001", alerted_s=T0_S + 63.0, acknowledge_after_s=4.1,
            acknowledged_by="Operator 1", dismiss_after_s=None, dismissed_by=None, dismissed_as=None,
            decide_after_s=41.0, decided_by="Operator 2", measure="Shelter alarm",
            verdicts=(
                Verdict(
                    code="acknowledged", right=True, text="Acknowledged after 4 s", at_s=T0_S + 67.1, by="Operator 1",
                    events=(812,),
                ),
                Verdict(
                    code="decided", right=True, text="Shelter alarm, after 41 s", at_s=T0_S + 104.0, by="Operator 2",
                    events=(1012,),
                ),
            ),
        ),
        TargetResult(
            target="drone-2", class_="uav_rotary", threat=True, tracks=("erbil-x1-T-0009",), appeared_s=T0_S + 90.0,
            seen_s=T0_S + 101.0, alert="erbil-x1-A-0002", alerted_s=T0_S + 104.0, acknowledge_after_s=None,
            acknowledged_by=None, dismiss_after_s=21.0, dismissed_by="Operator 1", dismissed_as="bird",
            decide_after_s=None, decided_by=None, measure=None,
            verdicts=(
                Verdict(code="alert_missed", right=False, text="Its alert was never acknowledged", events=(1104,)),
                Verdict(
                    code="dismissed_drone", right=False, text="Dismissed as bird: it was a drone", at_s=T0_S + 125.0,
                    by="Operator 1", events=(1177,),
                ),
            ),
        ),
    ),
    others=(),
)  # fmt: skip


class FakeRoom:
    """One scenario; `start` shows the fake desk's evening as an exercise, `stop` ends it."""

    def __init__(self) -> None:
        self.folder: str | None = "/srv/vedette/exercises"
        self.desk: Desk | None = None
        self.state: ExerciseState | None = None
        self.exercise_desk = FakeDesk(Origin.EXERCISE)

    def scenarios(self) -> tuple[ScenarioFile, ...]:
        return (
            ScenarioFile(file="two.toml", name="Two drones from the west", duration_s=330.0),
            ScenarioFile(file="bad.toml", name="bad", duration_s=0.0, fault="bad.toml: site: missing"),
        )

    def exercises(self) -> tuple[ExerciseState, ...]:
        return () if self.state is None else (self.state,)

    async def start(self, order: ExerciseOrder) -> ExerciseState:
        if self.state is not None and self.state.running:
            raise ActionRefused("exercise_running", "the exercise x1 runs: end it first")
        if order.scenario != "two.toml":
            raise ActionRefused("unknown", f"the site's folder of scenarios has no {order.scenario!r}")
        self.desk = self.exercise_desk
        self.exercise_desk.show(60.0)
        self.state = ExerciseState(
            exercise="x1", title=order.title, scenario=order.scenario, scenario_name="Two drones", by=order.by,
            role=order.role, started_s=T0_S, until_s=T0_S + 330.0, running=True,
            simulates_silent=order.simulates_silent, blind=("rf-1",),
        )  # fmt: skip
        return self.state

    async def stop(self, exercise: str, by: str, role: str) -> ExerciseState:
        if self.state is None or exercise != "x1":
            raise ActionRefused("unknown", f"no exercise {exercise!r} runs")
        self.state = msgspec.structs.replace(
            self.state, running=False, ended_s=T0_S + 300.0, ended_why="stopped", stopped_by=by
        )
        return self.state

    def evaluation(self, exercise: str) -> Evaluation | None:
        return EVALUATION if exercise == "x1" and self.state is not None else None

    def paper(self, exercise: str) -> bytes | None:
        found = self.evaluation(exercise)
        return None if found is None else evaluation_page(found, SITE, "head 1 abc")
