"""`vedette exercise run`, `list` and `show`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer

from vedette.cli.watching import named_recording
from vedette.clock import iso_local
from vedette.errors import BadInput
from vedette.feeds.replay import assign, replay
from vedette.model import Body, Evaluation, ExerciseOrder, Origin, Sequenced, Source, Tick
from vedette.record import head_text
from vedette.report import evaluation_page
from vedette.sim import Scenario, load_scenario
from vedette.site import Site, load_site
from vedette.tracking import warm_up
from vedette.watch.archive import Archive
from vedette.watch.exercise import fly_scenario, play_alone
from vedette.watch.exercises import FOLDER, evaluation_of, kept_exercises, next_exercise
from vedette.watch.play import played
from vedette.watch.sequence import Sequencer, TickGrid


def run_exercise(
    site_path: Path,
    scenario: Path,
    replays: list[str],
    *,
    folder: Path | None,
    seed: int,
    title: str,
    by: str,
    as_json: bool,
) -> None:
    """Play it, and say how it went."""
    site = load_site(site_path)
    data = folder or Path("vedette-data") / site.id
    exercise = next_exercise(data / FOLDER)
    assigned = assign(site, [named_recording(site, text) for text in replays])
    sources = tuple(Source(name=each.recording.name, sha256=each.recording.sha256) for each in assigned)
    messages = _stamped(iter(played(replay(site, assigned))) if assigned else _silence(load_scenario(scenario, site)))
    first = next(messages, None)
    if first is None:
        raise BadInput(scenario, "the recordings hold nothing")
    order = ExerciseOrder(scenario=scenario.name, title=title, by=by, seed=seed, simulates_silent=not assigned)
    flown = fly_scenario(site, scenario, order, exercise, first.received_s)
    warm_up(None)
    play_alone(flown, data / FOLDER / exercise, _chain(first, messages), sources)
    found = evaluation_of(data, exercise)
    if found is not None:
        _say(found, site, as_json=as_json)


def _silence(scenario: Scenario) -> Iterator[tuple[float, Body]]:
    """Nothing but time, from the scenario's start to its end."""
    grid = TickGrid()
    for at_s in (scenario.start_s, scenario.start_s + scenario.duration_s):
        for due_s in grid.until(at_s):
            yield due_s, Tick()


def _stamped(items: Iterator[tuple[float, Body]]) -> Iterator[Sequenced]:
    sequencer = Sequencer(Origin.EXERCISE)
    return (sequencer.stamp(body, at_s) for at_s, body in items)


def _chain(first: Sequenced, rest: Iterator[Sequenced]) -> Iterator[Sequenced]:
    yield first
    yield from rest


def run_list(folder: Path, *, as_json: bool) -> None:
    """One line each."""
    kept = kept_exercises(folder)
    for one in kept:
        if as_json:
            typer.echo(msgspec.json.encode(one).decode())
        else:
            ended = "no end is recorded" if one.ended_s is None else one.ended_why or ""
            typer.echo(f"{one.exercise}  {_local(folder, one.exercise, one.started_s)}  {one.title}  ({ended})")
    if not kept and not as_json:
        typer.echo("no exercise")


def run_show(folder: Path, exercise: str | None, out: Path | None, *, as_json: bool) -> None:
    """How it went, as words, JSON or a page.

    Raises:
        BadInput: there is no such exercise.
    """
    kept = [one.exercise for one in kept_exercises(folder)]
    if not kept or (exercise is not None and exercise not in kept):
        raise BadInput(folder, "no such exercise", "exercise", exercise or "")
    exercise = exercise or kept[-1]
    found = evaluation_of(folder, exercise)
    if found is None:
        raise BadInput(folder, "no such exercise", "exercise", exercise)
    site = Archive(folder / FOLDER / exercise).site
    if out is not None:
        out.write_bytes(evaluation_page(found, site, head_text(folder / FOLDER / exercise)))
        return
    _say(found, site, as_json=as_json)


def _local(folder: Path, exercise: str, at_s: float) -> str:
    return iso_local(at_s, Archive(folder / FOLDER / exercise).site.timezone)


def _say(one: Evaluation, site: Site, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document_of(one)))
        return
    typer.echo(f"{one.exercise}  {one.title}, begun {iso_local(one.started_s, site.timezone)} by {one.by}")
    for target in one.targets:
        if not target.threat and target.alert is None:
            continue
        alerted = "no alert" if target.alert is None else f"{target.alert} at {_clock(target.alerted_s, site)}"
        typer.echo(f"  {target.target} ({target.class_}): {alerted}")
        for verdict in target.verdicts:
            typer.echo(f"    {_MARK[verdict.right]} {verdict.text}{f', {verdict.by}' if verdict.by else ''}")
    for verdict in one.others:
        typer.echo(f"  {_MARK[verdict.right]} {verdict.text}, {verdict.by}")
    typer.echo(f"{one.right} right, {one.wrong} wrong")


_MARK = {True: "+", False: "-", None: " "}


def _clock(at_s: float | None, site: Site) -> str:
    return "" if at_s is None else iso_local(at_s, site.timezone)[11:19]


def document_of(one: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON, with its sums."""
    return {"origin": "exercise", "right": one.right, "wrong": one.wrong} | dict(msgspec.to_builtins(one))
