"""An exercise beside a watch: the watch is as it would be without it, whatever becomes of the exercise."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.watch.besides import ORDER, beside, feed, night, stop
from tests.watch.mixed import CALM, NIGHT, RAID
from vedette.console import ActionRefused
from vedette.console.views.exercises import exercise as exercise_view
from vedette.model import (
    Action,
    Event,
    ExerciseEnded,
    Look,
    Origin,
    Sequenced,
    Sheet,
    SheetItem,
    SiteCandidate,
    Tick,
    WatchStarted,
)
from vedette.model.response_requests import MoveHandOver, OfferHandOver
from vedette.post import evaluate
from vedette.record import log_lines, read_events, verify
from vedette.sim import Injection
from vedette.sim.scenario import SCENARIOS
from vedette.site import Exercises as Keys
from vedette.site import Site
from vedette.watch.exercise import INBOX_MESSAGES, Exercise, fly_scenario
from vedette.watch.exercises import CUT_OFF, Exercises, evaluation_of, kept_exercises
from vedette.watch.mixing import Mix
from vedette.watch.pipeline import Pipeline, Step
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    shutil.copy(SCENARIOS / "erbil-2021-09-11.toml", folder / "raid.toml")
    (folder / "broken.toml").write_text("name = 'x'\nsite = 'y'\n")
    return msgspec.structs.replace(NIGHT.site, exercises=Keys(folder=str(folder)))


def events(folder: Path) -> list[Event]:
    return list(read_events(folder))


def test_the_live_record_is_the_same_bytes_with_an_exercise_beside_it(site: Site, tmp_path: Path) -> None:
    items = night(site)

    def plan(name: str) -> Plan:
        return Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / name)

    alone = asyncio.run(beside(plan("alone"), items, None))
    crowded = asyncio.run(beside(plan("crowded"), items, _acknowledge_all))
    assert list(log_lines(tmp_path / "alone")) == list(log_lines(tmp_path / "crowded"))
    assert (tmp_path / "alone/record.sqlite").read_bytes() == (tmp_path / "crowded/record.sqlite").read_bytes()
    assert alone.board.tracks() == crowded.board.tracks()
    assert alone.board.alerts() == crowded.board.alerts()
    assert all(alert.acknowledged_s is None for alert in crowded.board.alerts())
    own = events(tmp_path / "crowded/exercises/x1")
    assert {event.origin for event in own} == {Origin.EXERCISE}
    assert sum(event.kind == "alert_acknowledged" for event in own) > 0
    assert verify(tmp_path / "crowded/exercises/x1").intact


async def _acknowledge_all(watch: Watch, exercises: Exercises) -> None:
    desk = exercises.desk
    assert desk is not None
    for alert in desk.board.alerts():
        await desk.act(Action(verb="acknowledge", target=alert.alert, by="officer"))
    await stop(watch, exercises)


def test_a_live_watch_writes_the_same_events_with_an_exercise_beside_it(site: Site, tmp_path: Path) -> None:
    items = night(site, 160.0)

    def told(name: str) -> list[Any]:
        plan = Plan(site=site, origin=Origin.LIVE, folder=tmp_path / name, speed=1.0)
        asyncio.run(beside(plan, items, stop if name == "crowded" else None))
        own = [event for event in events(tmp_path / name) if event.kind != "storage_low"]
        return [(event.kind, event.observed_s, event.received_s, event.origin, event.payload) for event in own]

    assert told("alone") == told("crowded")


def test_it_is_found_again_and_judged(site: Site, tmp_path: Path) -> None:
    plan = Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / "data")

    async def run(watch: Watch, exercises: Exercises) -> None:
        running = exercises.exercises()[0]
        assert running.running
        assert exercises.desk is not None
        watch.show_health()
        view = watch.board.health_view().exercise
        assert view is not None
        assert (view.id, view.title, view.state) == ("x1", "Wednesday", "running")
        with pytest.raises(ActionRefused, match="x1 runs"):
            await exercises.start(ORDER)
        await _acknowledge_all(watch, exercises)
        assert exercises.exercises()[0].stopped_by == "trainer"
        watch.show_health()
        assert watch.board.health_view().exercise is None
        with pytest.raises(ActionRefused) as over:
            await exercises.stop("x1", "trainer", "")
        assert over.value.code == "exercise_over"
        found = exercises.evaluation("x1")
        assert found is not None
        threats = {one.target: one for one in found.targets if one.threat}
        assert set(threats) == {"drone-1", "drone-2"}
        assert all(one.alert is not None and one.alert.startswith("erbil-x1-A-") for one in threats.values())
        assert found.ended_why == "stopped"
        page = exercises.paper("x1")
        assert page is not None
        assert b"EXERCISE" in page
        assert b"drone-1" in page
        assert found == evaluate(read_events(tmp_path / "data/exercises/x1"))

    asyncio.run(beside(plan, night(site), run))
    assert not any("exercise" in event.kind for event in events(tmp_path / "data"))


@pytest.mark.parametrize("name", ["../site.toml", "/etc/passwd", "", "nothing.toml", "raid.toml/../raid.toml"])
def test_only_a_file_of_the_folder_can_be_run(site: Site, tmp_path: Path, name: str) -> None:
    _refused(site, tmp_path, name, "unknown")


def test_a_scenario_with_faults_is_refused(site: Site, tmp_path: Path) -> None:
    _refused(site, tmp_path, "broken.toml", "bad_scenario")
    assert not (tmp_path / "data/exercises").exists()


def _refused(site: Site, tmp_path: Path, name: str, code: str) -> None:
    async def begin() -> None:
        watch = Watch.open(Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / "data"), NIGHT.start_s)
        exercises = Exercises(watch)
        watch.begin()
        with pytest.raises(ActionRefused) as refused:
            await exercises.start(msgspec.structs.replace(ORDER, scenario=name))
        assert refused.value.code == code
        await asyncio.to_thread(watch.finish)
        watch.close("ended")

    asyncio.run(begin())


def test_the_folder_says_what_may_be_run(site: Site, tmp_path: Path) -> None:
    watch = Watch.open(Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / "data"), NIGHT.start_s)
    (Path(str(site.exercises.folder)) / "link.toml").symlink_to("/etc/hostname")
    found = {one.file: one for one in Exercises(watch).scenarios()}
    assert set(found) == {"raid.toml", "broken.toml"}
    assert found["raid.toml"].fault is None
    assert found["raid.toml"].duration_s == 330.0
    assert found["broken.toml"].fault is not None
    watch.close("ended")


class PoisonedPipeline(Pipeline):
    """A pipeline that fails on the first look that carries something injected."""

    def step(self, message: Sequenced) -> Step:
        if message.origin is Origin.EXERCISE and isinstance(message.body, Tick) and self.consumed > 200:
            raise RuntimeError("poison")
        return super().step(message)


class PoisonedWatch(Watch):
    """A watch whose pipelines are poisoned, in an exercise."""

    pipeline_kind = PoisonedPipeline


class PoisonedExercise(Exercise):
    """An exercise over such a watch."""

    watch_kind = PoisonedWatch


def until_over(exercises: Exercises) -> None:
    """Wait until the exercise's own thread has noticed, and closed its record."""
    deadline = time.monotonic() + 60.0
    while exercises.exercises()[0].running:
        assert time.monotonic() < deadline, "it never ended"
        time.sleep(0.01)


def test_an_exercise_that_fails_leaves_the_watch_as_it_is(site: Site, tmp_path: Path) -> None:
    items = night(site, 160.0)

    def plan(name: str) -> Plan:
        return Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / name)

    asyncio.run(beside(plan("alone"), items, None))

    async def over(watch: Watch, exercises: Exercises) -> None:
        assert isinstance(exercises.desk, Watch)
        await asyncio.to_thread(exercises.desk.ended.wait)
        await asyncio.to_thread(until_over, exercises)
        assert "poison" in (exercises.exercises()[0].ended_why or "")
        with pytest.raises(ActionRefused):
            await exercises.desk.act(Action(verb="test_alarm", target="", by="officer"))
        assert watch.failed is None

    crowded = asyncio.run(beside(plan("crowded"), items, over, PoisonedExercise))
    assert crowded.failed is None
    assert list(log_lines(tmp_path / "alone")) == list(log_lines(tmp_path / "crowded"))


class GreedyExercise(Exercise):
    """One that would leave nearly all of the disk free, which no disk has."""

    least_free = 1.01


def test_one_ends_before_the_disk_is_short(site: Site, tmp_path: Path) -> None:
    path = Path(str(site.exercises.folder)) / "raid.toml"
    flown = fly_scenario(site, path, ORDER, "x1", NIGHT.start_s)
    mix = Mix(site, flown.injection, NIGHT.start_s, simulates_silent=False)
    exercise = GreedyExercise(flown, mix, tmp_path / "x1")
    exercise.begin()
    exercise.run()
    assert exercise.state().ended_why == "the disk is nearly full"


def test_one_that_falls_behind_sheds_then_ends_and_nobody_waits(site: Site, tmp_path: Path) -> None:
    path = Path(str(site.exercises.folder)) / "raid.toml"
    flown = fly_scenario(site, path, ORDER, "x1", NIGHT.start_s)
    mix = Mix(site, flown.injection, NIGHT.start_s, simulates_silent=False)
    exercise = Exercise(flown, mix, tmp_path / "x1")
    exercise.begin()
    look = next(body for _, body in night(site, 20.0) if isinstance(body, Look))
    for count in range(INBOX_MESSAGES):
        exercise.offer(Sequenced(seq=count, received_s=NIGHT.start_s, origin=Origin.LIVE, body=look))
    assert (exercise.state().shed or 0) > 0
    for count in range(INBOX_MESSAGES):
        exercise.offer(Sequenced(seq=count, received_s=NIGHT.start_s, origin=Origin.LIVE, body=Tick()))
    exercise.run()
    assert exercise.state().ended_why == "it fell behind the live watch"
    assert (exercise.state().shed or 0) > 0
    assert [event.kind for event in read_events(tmp_path / "x1")][-2:] == ["exercise_ended", "watch_stopped"]


def test_one_that_was_cut_off_says_so_and_its_number_is_not_used_again(site: Site, tmp_path: Path) -> None:
    data = tmp_path / "data"
    path = Path(str(site.exercises.folder)) / "raid.toml"
    flown = fly_scenario(site, path, ORDER, "x1", NIGHT.start_s)
    mix = Mix(site, flown.injection, NIGHT.start_s, simulates_silent=False)
    cut = Exercise(flown, mix, data / "exercises/x1")
    cut.begin()
    cut.watch.settle()
    cut.watch.finish()
    cut.watch.record.close()

    async def run(watch: Watch, exercises: Exercises) -> None:
        kept = exercises.exercises()
        assert (kept[0].exercise, kept[0].running, kept[0].cut_off) == ("x1", False, True)
        assert kept[0].ended_why == CUT_OFF
        shown = exercise_view(kept[0], site)
        assert (shown.state, shown.shed, shown.wrong) == ("cut_off", None, kept[0].wrong)
        assert kept[1].running
        assert [one.about for one in told(watch)] == ["x1", "x2"]
        assert "cut off by a restart: Wednesday" in told(watch)[0].text
        await exercises.stop("x2", "trainer", "")
        assert [one.about for one in told(watch)] == ["x1"]
        await asyncio.to_thread(watch.settle)
        for verb, request in (
            ("offer_hand_over", OfferHandOver(digest=sheet_of(watch).digest)),
            ("move_hand_over", MoveHandOver(hand_over="erbil-H-0001", move="accept", digest=sheet_of(watch).digest)),
        ):
            by = "Ada" if verb == "offer_hand_over" else "Bo"
            await watch.act(Action(verb=verb, target="", by=by, role="commander", request=request))
        signed = watch.board.shown.responding.hand_overs[0].offered.sheet
        assert [item.about for one in signed.sections if one.topic == "exercises" for item in one.items] == ["x1"]
        assert told(watch) == [], "it was handed over"

    def told(watch: Watch) -> list[SheetItem]:
        return [item for one in sheet_of(watch).sections if one.topic == "exercises" for item in one.items]

    def sheet_of(watch: Watch) -> Sheet:
        return watch.with_exercises(watch.board.shown).responding.sheet

    asyncio.run(beside(Plan(site=site, origin=Origin.REPLAY, folder=data), night(site, 20.0), run))
    assert verify(data / "exercises/x1").intact
    (ended,) = (one.payload for one in events(data / "exercises/x1") if isinstance(one.payload, ExerciseEnded))
    judged = evaluation_of(data, "x1")
    assert judged is not None
    assert (ended.why, ended.right, ended.wrong, judged.ended_why) == (CUT_OFF, judged.right, judged.wrong, CUT_OFF)
    assert [one.exercise for one in kept_exercises(data) if one.cut_off] == ["x1"]


def test_a_scenario_is_flown_about_the_site_it_is_run_at(site: Site) -> None:
    moved = msgspec.structs.replace(site, latitude_deg=site.latitude_deg + 0.02)
    here, there = Injection(RAID, 1), Injection(msgspec.structs.replace(RAID, site=moved), 1)
    one, other = here.truth(here.actors[0])[0], there.truth(there.actors[0])[0]
    assert other.latitude_deg - one.latitude_deg == pytest.approx(0.02, abs=1e-4)
    assert CALM.drones == ()


def test_it_goes_on_from_the_live_picture(site: Site, tmp_path: Path) -> None:
    items = night(site, 120.0)
    later = next(at for at, item in enumerate(items) if item[0] > NIGHT.start_s + 102.7)

    async def run() -> None:
        watch = Watch.open(Plan(site=site, origin=Origin.LIVE, folder=tmp_path / "data"), items[0][0])
        exercises = Exercises(watch)
        watch.begin()
        async with exercises.open():
            await asyncio.to_thread(feed, watch, items[:later], exercises)
            await asyncio.to_thread(watch.settle)
            there = {track.track for track in watch.board.tracks().tracks}
            await exercises.start(ORDER)
            assert exercises.desk is not None
            assert {track.track for track in exercises.desk.board.tracks().tracks} == there
            await asyncio.to_thread(feed, watch, items[later:], exercises)
            after = {track.track for track in exercises.desk.board.tracks().tracks}
            assert len(after & there) > len(there) // 2
            assert all(name.startswith(("erbil-T-", "erbil-x1-T-")) for name in after)
            await exercises.stop("x1", "trainer", "")
        await asyncio.to_thread(watch.finish)
        watch.close("ended")

    asyncio.run(run())


def test_no_site_is_changed_in_an_exercise(site: Site, tmp_path: Path) -> None:
    async def run(watch: Watch, exercises: Exercises) -> None:
        assert exercises.desk is not None
        wanted = SiteCandidate(base_sha256=site.sha256, toml=site.toml, geometry=site.geojson)
        with pytest.raises(ActionRefused, match="changes no site"):
            await exercises.desk.act(Action(verb="change_site", target="", by="officer", request=wanted))
        await stop(watch, exercises)

    asyncio.run(beside(Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / "data"), night(site, 10.0), run))


def test_the_record_names_what_it_was_made_of(site: Site, tmp_path: Path) -> None:
    plan = Plan(site=site, origin=Origin.REPLAY, folder=tmp_path / "data")
    asyncio.run(beside(plan, night(site, 20.0), stop))
    began = next(event.payload for event in read_events(tmp_path / "data/exercises/x1", kind="watch_started"))
    assert isinstance(began, WatchStarted)
    assert [source.name for source in began.sources] == ["raid.toml"]
    assert began.site == "erbil-x1"
