"""The running watch: a fault of the pipeline, a shed look, an action that waits for its commit."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from vedette.console import ActionRefused
from vedette.model import Action, Look, Origin, PipelineFailed, Scan, Sequenced, Tick
from vedette.record import read_events, verify
from vedette.site import Site, load_site
from vedette.watch.pipeline import Pipeline
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch
from vedette.watch.sequence import Sequencer, with_ticks

START_S = 1_700_000_000.0


@pytest.fixture
def site(site_file: Path) -> Site:
    return load_site(site_file)


def look(second: float) -> Look:
    return Look(
        scan=Scan(
            sensor="radar-1",
            observed_s=START_S + second,
            range_m=np.array([1500.0 - 20.0 * second]),
            azimuth_true_rad=np.array([1.5]),
            elevation_rad=np.array([0.1]),
            look=f"{second}",
        )
    )


def fly(watch: Watch, first: int, last: int) -> None:
    for second in range(first, last):
        watch.submit(look(float(second)), START_S + second)
        watch.submit(Tick(), START_S + second)


class Poisoned(Pipeline):
    """A pipeline that cannot swallow one certain look."""

    def step(self, message: Sequenced) -> object:  # type: ignore[override]
        if isinstance(message.body, Look) and message.body.scan.look == "poison":
            raise RuntimeError("poison")
        return super().step(message)


class PoisonedWatch(Watch):
    """A watch whose pipelines are Poisoned."""

    pipeline_kind = Poisoned


def poison(at_s: float) -> Look:
    return Look(scan=Scan(sensor="radar-1", observed_s=at_s, look="poison"))


def test_a_poisonous_message_is_kept_aside_and_the_watch_goes_on(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    watch = PoisonedWatch.open(Plan(site=site, origin=Origin.LIVE, folder=folder), START_S)
    watch.begin()
    fly(watch, 0, 10)
    watch.submit(poison(START_S + 10), START_S + 10)
    fly(watch, 10, 20)
    watch.finish()
    assert watch.failed is None
    assert len(watch.board.tracks().tracks) == 1
    names = {alert.track for alert in watch.board.alerts()}
    assert names == {watch.board.tracks().tracks[0].track}
    watch.close("ended")
    assert any(isinstance(event.payload, PipelineFailed) for event in read_events(folder))
    assert len(list((folder / "aside").iterdir())) == 1
    assert verify(folder).intact


def test_a_second_fault_within_a_minute_stops_the_watch(site: Site, tmp_path: Path) -> None:
    watch = PoisonedWatch.open(Plan(site=site, origin=Origin.LIVE, folder=tmp_path / "data"), START_S)
    for second in range(4):
        watch.submit(poison(START_S + second), START_S + second)
    watch.begin()
    assert watch.ended.wait(30.0)
    assert watch.failed is not None
    assert len(list((tmp_path / "data/aside").iterdir())) == 2, "what waits behind the second fault is not tried"
    with pytest.raises(ActionRefused):
        asyncio.run(watch.act(Action(verb="acknowledge", target="test-A-0001", by="officer")))
    watch.finish()
    watch.close("failed")


def test_an_acknowledgement_is_answered_after_its_commit(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    watch = Watch.open(Plan(site=site, origin=Origin.REPLAY, folder=folder), START_S)
    watch.begin()
    fly(watch, 0, 12)

    while not watch.board.alerts():  # the test's own time limit ends it
        time.sleep(0.01)
    alert = watch.board.alerts()[0].alert

    async def acknowledge() -> None:
        await watch.act(Action(verb="acknowledge", target=alert, by="officer"))
        assert [event.kind for event in read_events(folder, kind="alert_acknowledged")] == ["alert_acknowledged"]
        with pytest.raises(ActionRefused, match="already"):
            await watch.act(Action(verb="acknowledge", target=alert, by="officer"))
        with pytest.raises(ActionRefused) as unknown:
            await watch.act(Action(verb="acknowledge", target="test-A-0099", by="officer"))
        assert unknown.value.code == "unknown"

    asyncio.run(acknowledge())
    watch.finish()
    watch.close("ended")


def test_a_live_watch_sheds_looks_and_counts_them(site: Site, tmp_path: Path) -> None:
    watch = Watch.open(Plan(site=site, origin=Origin.LIVE, folder=tmp_path / "data"), START_S)
    taken = [watch.submit(look(0.001 * number), START_S + 0.001 * number) for number in range(5000)]  # not begun
    assert not all(taken)
    assert watch.vitals.shed == {"radar-1": taken.count(False)}
    watch.begin()
    watch.finish()
    assert watch.board.health_view().dropped["radar-1"] == taken.count(False)
    watch.close("ended")


def test_a_sensor_whose_clock_runs_ahead_is_clamped_and_flagged(site: Site) -> None:
    pipeline, sequencer = Pipeline(site), Sequencer(Origin.LIVE)
    for second in range(10):
        pipeline.step(sequencer.stamp(look(second + 60.0), START_S + second))
    picture = pipeline.step(sequencer.stamp(Tick(), START_S + 10)).picture
    assert pipeline.clocks_ahead == {"radar-1": 10}
    assert picture is not None
    assert picture.observed_s <= START_S + 10


def test_the_order_is_counted_and_never_falls() -> None:
    sequencer = Sequencer(Origin.LIVE, after_seq=7, after_s=10.0)
    first, second = sequencer.stamp(Tick(), 9.0), sequencer.stamp(Tick())
    assert (first.seq, first.received_s, second.seq, second.received_s) == (8, 10.0, 9, 10.0)


def test_ticks_stand_on_the_grid_between_arrivals() -> None:
    from vedette.feeds.arrival import Arrival

    arrivals = [Arrival(received_s=at_s, feed="radar-1", body=look(0.0)) for at_s in (10.2, 11.3, 11.3, 90_000.0)]
    order = list(with_ticks(arrivals))
    ticks = [at_s for at_s, item in order if isinstance(item, Tick)]
    assert ticks == [10.0, 10.5, 11.0, 90_000.0, 90_000.5]
    assert [at_s for at_s, _ in order] == sorted(at_s for at_s, _ in order)
