"""What every output keeps, whatever it speaks: one row a kind and line, all clauses for each.

A row says who the other end is and how the names of tracks and alerts are read off what it received.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.outputs.partners import Partner, TcpListener
from tests.outputs.scene import NOW_S, alert, moment, output, released, site_of, track
from vedette.model import Dispatched, FeedState, Origin, OutputHealth
from vedette.outputs import Outbox
from vedette.outputs.outbox import Terms
from vedette.wire.cot import CotEvent, CotReader


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One kind over one kind of line. names: what a partner received → the names in it, one a message, in order.

    garbage: what no such partner would say. more: further lines of the output in the site file.
    """

    kind: str
    partner: Callable[[Path], Partner]
    names: Callable[[list[bytes]], list[str]]
    garbage: bytes = b"\xff\x00nonsense\r\n\r\n"
    more: str = ""


def cot_names(received: list[bytes]) -> list[str]:
    events = CotReader().feed(b"".join(received))
    return [event.uid for event in events if isinstance(event, CotEvent)]


OUTPUTS = {
    "cot tcp": Row(kind="cot", partner=TcpListener, names=cot_names),
}
"""To put a kind under the contract, add a row; a new kind of line is a Partner in tests/outputs/partners.py."""


class Jitter(random.Random):
    """Draws that a test can count, and wait for."""

    drawn = 0
    changed: Callable[[], None]

    def random(self) -> float:
        self.drawn += 1
        self.changed()
        return super().random()


class Told(msgspec.Struct):
    """A running output with its partner."""

    row: Row
    partner: Partner
    outbox: Outbox
    jitter: Jitter
    noted: list[Dispatched]
    at_s: float = NOW_S

    def see(self, count: int = 1, **more: Any) -> None:
        """One more moment, a second later, with so many tracks."""
        self.at_s += 1.0
        self.outbox.hand(moment(self.at_s, *(track(n, self.at_s) for n in range(1, count + 1)), **more))

    def names(self) -> list[str]:
        return self.row.names(self.partner.received)

    async def heard(self, *names: str) -> None:
        """Wait until the partner was told these names."""
        await self.partner.until(lambda: all(any(name in one for one in self.names()) for name in names))

    def health(self) -> OutputHealth:
        (health,) = self.outbox.health()
        return health

    async def is_in(self, state: FeedState) -> None:
        """Wait for a state; seen again when the partner is told, the record is, or the line is to be tried again."""
        await self.partner.until(lambda: self.health().state is state)


@contextlib.asynccontextmanager
async def told(row: Row, folder: Path, *, present: bool = True, send_s: float = 10.0) -> AsyncIterator[Told]:
    """A running output; its partner is there, or is not yet."""
    partner, jitter, noted = row.partner(folder), Jitter(1), []
    jitter.changed = partner.changed

    def note(word: Dispatched) -> None:
        noted.append(word)
        partner.changed()

    site = site_of(folder, released() + output(row.kind, partner.url, row.more))
    terms = Terms(
        site=site, origin=Origin.LIVE, note=note, now_s=lambda: NOW_S, rng=jitter, back_off_s=(0.01, 0.05),
        send_s=send_s,
    )  # fmt: skip
    outbox = Outbox(terms)
    if present:
        await partner.start()
    try:
        async with outbox.open():
            yield Told(row, partner, outbox, jitter, noted)
    finally:
        await partner.stop()


Clause = Callable[[Row, Path], Coroutine[Any, Any, None]]


async def it_connects(row: Row, folder: Path) -> None:
    async with told(row, folder) as out:
        out.see(2, alerts=(alert(),))
        await out.heard("T-0001", "T-0002", "A-0001")
        await out.is_in(FeedState.LIVE)


CLAUSES: tuple[Clause, ...] = (it_connects,)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_keeps_the_contract(name: str, clause: Clause, tmp_path: Path) -> None:
    asyncio.run(clause(OUTPUTS[name], tmp_path))
