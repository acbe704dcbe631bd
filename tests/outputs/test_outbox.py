"""The outbox over lines that a test scripts: those that hide a cancellation, refuse, or fail by our own fault."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.outputs.scene import NOW_S, alert, moment, output, released, site_of, track
from vedette.model import Dispatched, FeedState, Origin, Package, Parcel
from vedette.outputs import Outbox, Terms
from vedette.outputs.documents import DocumentEncoder
from vedette.outputs.seam import Encoder, Kind, Line, Refused
from vedette.site import Output


class Scripted:
    """A line that does with each message what the script says. Opens itself."""

    stands = True

    def __init__(self, script: Callable[[Parcel], object], closing: Exception | None = None) -> None:
        self.sent: list[Parcel] = []
        self.opened = 0
        self._script, self._closing = script, closing

    @contextlib.asynccontextmanager
    async def open(self, output: Output, heard: Callable[[bytes], None], will: Parcel | None) -> AsyncIterator[Line]:
        del output, heard, will
        self.opened += 1
        try:
            yield self
        finally:
            if self._closing is not None:
                raise self._closing

    async def send(self, parcel: Parcel) -> None:
        await asyncio.sleep(0)
        outcome = self._script(parcel)
        if isinstance(outcome, asyncio.Event):
            with contextlib.suppress(asyncio.CancelledError):
                await outcome.wait()
        self.sent.append(parcel)

    async def ended(self) -> None:
        await asyncio.get_running_loop().create_future()


class Told:
    """An outbox over a scripted line, and what the record is told."""

    def __init__(
        self,
        folder: Path,
        line: Scripted,
        encoder: type[Encoder] = DocumentEncoder,
        what: str = '["tracks", "alerts"]',
    ) -> None:
        self.noted: list[Dispatched] = []
        self.changed = asyncio.Event()
        site = site_of(folder, released(what=what) + output("mqtt", "mqtt://127.0.0.1:1883/x"))
        self.outbox = Outbox(
            Terms(
                site=site,
                origin=Origin.LIVE,
                note=self._note,
                now_s=lambda: NOW_S,
                rng=random.Random(1),
                back_off_s=(0.001, 0.002),
                kinds={"mqtt": Kind(encoder=encoder, opener=line.open)},
            )
        )

    def _note(self, word: Dispatched) -> None:
        self.noted.append(word)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10.0):
            while not condition():
                await self.changed.wait()
                self.changed.clear()


@pytest.mark.parametrize("closing", [None, ConnectionError("the line fails as it is closed")])
def test_a_line_that_hides_that_it_was_cancelled_is_closed_all_the_same(
    tmp_path: Path, closing: Exception | None
) -> None:
    async def test() -> None:
        started = asyncio.Event()

        def hold(parcel: Parcel) -> asyncio.Event:
            del parcel
            started.set()
            return asyncio.Event()

        line = Scripted(hold, closing)
        told = Told(tmp_path, line)
        async with asyncio.timeout(10.0), told.outbox.open():
            told.outbox.hand(moment(NOW_S, track(), alerts=(alert(),)))
            await started.wait()
        assert line.opened == 1
        assert [one.outcome for one in told.noted] == ["sent"]

    asyncio.run(test())


def test_what_a_partner_refuses_is_counted_recorded_and_not_tried_again(tmp_path: Path) -> None:
    async def test() -> None:
        def refuse(parcel: Parcel) -> None:
            if parcel.about == "test-A-0001":
                raise Refused("403 forbidden")

        line = Scripted(refuse)
        told = Told(tmp_path, line)
        async with told.outbox.open():
            told.outbox.hand(moment(NOW_S, alerts=(alert(), alert(2))))
            await told.until(lambda: len(told.noted) == 2)
            (health,) = told.outbox.health()
        assert [(one.about, one.outcome) for one in told.noted] == [
            (("test-A-0001",), "refused: 403 forbidden"),
            (("test-A-0002",), "sent"),
        ]
        assert (health.refused, health.sent, health.state) == (1, 1, FeedState.LIVE)
        assert line.opened == 1

    asyncio.run(test())


def test_a_message_that_a_breaking_line_took_is_sent_again_and_in_order(tmp_path: Path) -> None:
    async def test() -> None:
        broken = iter([False, True])

        def break_once(parcel: Parcel) -> None:
            if parcel.about == "test-A-0002" and next(broken, False):
                raise ConnectionResetError("gone")

        next(broken)
        line = Scripted(break_once)
        told = Told(tmp_path, line)
        async with told.outbox.open():
            told.outbox.hand(moment(NOW_S, alerts=(alert(), alert(2), alert(3))))
            await told.until(lambda: {one.about[0][-1] for one in told.noted} == {"1", "2", "3"})
        names = [one.about for one in line.sent]
        assert names.index("test-A-0001") < names.index("test-A-0002") < names.index("test-A-0003")
        assert line.opened == 2
        assert names.count("test-A-0001") == 2, "what was on its way may be lost: it is told again"
        assert names.count("test-A-0002") == 1

    asyncio.run(test())


class Faulty(DocumentEncoder):
    """An encoder with a fault of our own."""

    made = 0

    def parcels(self, package: Package) -> Iterator[Parcel]:
        type(self).made += 1
        if type(self).made == 1:
            raise ZeroDivisionError
        yield from super().parcels(package)


def test_a_fault_of_our_own_is_said_and_the_output_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        line = Scripted(lambda parcel: None)
        told = Told(tmp_path, line, Faulty)
        async with told.outbox.open():
            told.outbox.hand(moment(NOW_S, track(1, NOW_S)))
            told.outbox.hand(moment(NOW_S + 1.0, track(1, NOW_S + 1.0), alerts=(alert(),)))
            await told.until(lambda: bool(told.noted))
            assert told.outbox.health()[0].state is FeedState.LIVE
        assert "test-T-0001" in {one.about for one in line.sent}

    asyncio.run(test())
    assert "output out failed and is started afresh" in caplog.text
