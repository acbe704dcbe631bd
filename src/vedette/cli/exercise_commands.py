"""`vedette exercise …`: its options; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import DataOption, JsonOption, RecordPath, SitePath, end_on_signals

exercise = typer.Typer(no_args_is_help=True, help="Exercises: injected tracks beside a watch, and how the crew did.")
ExerciseId = Annotated[str | None, typer.Argument(metavar="[ID]", help="The exercise; default: the newest.")]


@exercise.command("run")
def exercise_run(
    site: SitePath,
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="What is injected.")],
    replay: Annotated[
        list[str] | None,
        typer.Option("--replay", metavar="[SENSOR=]FILE", help="A recording to inject it into; repeatable."),
    ] = None,
    data: DataOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another flight of it.")] = 1,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Default: the scenario's name.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who runs it.")] = "command line",
    json: JsonOption = False,
) -> None:
    """Play a scenario into recordings, or without any to simulated sensors, as fast as it goes; no crew, no outputs."""
    end_on_signals()
    from vedette.cli.exercises import run_exercise

    run_exercise(site, scenario, replay or [], folder=data, seed=seed, title=title, by=by, as_json=json)


@exercise.command("list")
def exercise_list(folder: RecordPath, json: JsonOption = False) -> None:
    """List the exercises that were run beside a watch, newest last."""
    from vedette.cli.exercises import run_list

    run_list(folder, as_json=json)


@exercise.command("show")
def exercise_show(
    folder: RecordPath,
    exercise_id: ExerciseId = None,
    json: JsonOption = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it as a page (HTML).")] = None,
) -> None:
    """Say how the crew did: what was injected, what they did about it and when, right or wrong."""
    from vedette.cli.exercises import run_show

    run_show(folder, exercise_id, out, as_json=json)
