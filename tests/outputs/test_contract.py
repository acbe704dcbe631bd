"""What every output keeps, whatever it speaks: one row a kind and line, all clauses for each.

A row says who the other end is and how the names of tracks and alerts are read off what it received.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.outputs.partners import Broker, GroupListener, Partner, TcpListener, UdpListener
from tests.outputs.scene import NOW_S, alert, moment, output, released, site_of, track
from tests.outputs.web import AlertPartner, FolderPartner, WebPartner
from vedette.model import Dispatched, FeedState, Origin, OutputHealth
from vedette.outputs import Outbox, Terms
from vedette.outputs.kinds import KINDS
from vedette.site.outputs import LINES
from vedette.wire.cap import CapAlert
from vedette.wire.cap_reading import decode_cap
from vedette.wire.cot import CotEvent, CotReader
from vedette.wire.sapient.framing import encode_frame
from vedette.wire.sapient.ids import ulid_of
from vedette.wire.sapient.outgoing import FusionNode


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One kind over one kind of line. names: what a partner received → the names in it, one a message, in order.

    garbage: what no such partner would say. more: further lines of the output in the site file. tells_tracks: not of
    alerts alone. tells_again: on a new line, what it was told before.
    """

    kind: str
    partner: Callable[[Path], Partner]
    names: Callable[[list[bytes]], list[str]]
    garbage: bytes = b"\xff\x00nonsense\r\n\r\n"
    more: str = ""
    tells_tracks: bool = True
    tells_again: bool = True

    def tracks(self, *names: str) -> tuple[str, ...]:
        """The names that such a partner can hear of."""
        return names if self.tells_tracks else ()


TRACKS = 200
"""In a crowded sky."""


def cot_names(received: list[bytes]) -> list[str]:
    events = CotReader().feed(b"".join(received))
    return [event.uid for event in events if isinstance(event, CotEvent)]


def datagram_names(received: list[bytes]) -> list[str]:
    return [name for octets in received for name in cot_names([octets])]


def document_names(received: list[bytes]) -> list[str]:
    documents = [json.loads(octets) for octets in received if octets]
    return [one.get("alert") or one.get("track") or "" for one in documents]


def cap_names(received: list[bytes]) -> list[str]:
    return [message.identifier for octets in received if isinstance(message := decode_cap(octets), CapAlert)]


POSTED = 'secret_file = "secret"\nprivate = true\n'
CAP = 'sender = "watch@test.example"\n'
US = FusionNode(site="test", name="Test Field", version="0")
ULIDS = {US.object_id(f"test-T-{n:04d}", NOW_S - 60.0): f"test-T-{n:04d}" for n in range(1, TRACKS + 1)} | {
    ulid_of(f"alert test-A-{n:04d}", NOW_S): f"test-A-{n:04d}" for n in range(1, 5)
}


def ulid_names(received: list[bytes]) -> list[str]:
    """SAPIENT knows tracks and alerts by ids derived from their names."""
    found = re.findall(rb"[0-9A-HJKMNP-TV-Z]{26}", b"".join(received))
    return [ULIDS.get(one.decode(), "") for one in found]


OUTPUTS = {
    "sapient tcp": Row(kind="sapient", partner=TcpListener, names=ulid_names, garbage=encode_frame(b"\xff\xff")),
    "cot tcp": Row(kind="cot", partner=TcpListener, names=cot_names),
    "cot udp": Row(kind="cot", partner=UdpListener, names=datagram_names, tells_again=False),
    "cot multicast": Row(kind="cot", partner=GroupListener, names=datagram_names, tells_again=False),
    "mqtt": Row(kind="mqtt", partner=Broker, names=document_names),
    "webhook": Row(kind="webhook", partner=WebPartner, names=document_names, more=POSTED, tells_again=False),
    "cap web": Row(
        kind="cap", partner=AlertPartner, names=cap_names, more=POSTED + CAP, tells_tracks=False, tells_again=False
    ),
    "cap folder": Row(
        kind="cap", partner=FolderPartner, names=cap_names, more=CAP, tells_tracks=False, tells_again=False
    ),
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
    """A running output with its partner. downs: why it was down, each time that it was."""

    row: Row
    partner: Partner
    outbox: Outbox
    jitter: Jitter
    noted: list[Dispatched]
    downs: list[str]
    close: Callable[[], Coroutine[Any, Any, None]]
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

    async def turns(self, while_: Callable[[], bool]) -> None:
        """Give the loop to others, so many times at most."""
        for _ in range(2000):
            await asyncio.sleep(0)
            if not while_():
                break

    def health(self) -> OutputHealth:
        (health,) = self.outbox.health()
        return health

    async def is_in(self, state: FeedState) -> None:
        """Wait for a state; seen again when the partner is told, the record is, or the line is to be tried again."""
        await self.partner.until(lambda: self.health().state is state)


@contextlib.asynccontextmanager
async def told(
    row: Row, folder: Path, *, present: bool = True, send_s: float = 10.0, origin: Origin = Origin.LIVE
) -> AsyncIterator[Told]:
    """A running output; its partner is there, or is not yet."""
    partner, jitter, noted, downs = row.partner(folder), Jitter(1), [], []

    def down() -> None:
        downs.append(outbox.health()[0].detail)
        partner.changed()

    jitter.changed = down

    def note(word: Dispatched) -> None:
        noted.append(word)
        partner.changed()

    site = site_of(folder, released() + output(row.kind, partner.url, row.more))
    terms = Terms(
        site=site, origin=origin, note=note, now_s=lambda: NOW_S, rng=jitter, back_off_s=(0.01, 0.05), send_s=send_s
    )
    outbox = Outbox(terms)
    if present:
        await partner.start()
    opened = contextlib.AsyncExitStack()
    try:
        await opened.enter_async_context(outbox.open())
        yield Told(row, partner, outbox, jitter, noted, downs, opened.aclose)
    finally:
        await opened.aclose()
        await partner.stop()


Clause = Callable[[Row, Path], Coroutine[Any, Any, None]]


async def it_connects(row: Row, folder: Path) -> None:
    async with told(row, folder) as out:
        out.see(2, alerts=(alert(),))
        await out.heard("A-0001", *row.tracks("T-0001", "T-0002"))
        await out.is_in(FeedState.LIVE)


async def it_comes_back_after_a_jittered_wait(row: Row, folder: Path) -> None:
    if not row.partner(folder).cuts:
        pytest.skip("nobody can tell whether this partner is there")
    async with told(row, folder, present=False) as out:
        out.see(alerts=(alert(),))
        await out.is_in(FeedState.DOWN)
        assert out.health().detail, "it says why"
        await out.partner.start()
        await out.heard("A-0001")
        drawn = out.jitter.drawn
        assert drawn > 0
        await out.partner.stop()
        out.partner.received.clear()
        await out.is_in(FeedState.DOWN)
        out.see(3, alerts=(alert(), alert(2)))
        await out.partner.start()
        await out.heard("A-0002", *(("A-0001",) if row.tells_again else ()))
        assert out.jitter.drawn > drawn
        out.see(3, alerts=(alert(), alert(2)))
        await out.heard(*row.tracks("T-0001", "T-0003"))
        await out.is_in(FeedState.LIVE)


async def it_bears_a_partner_that_does_not_read(row: Row, folder: Path) -> None:
    if not row.partner(folder).stalls:
        pytest.skip("this partner cannot stop reading")
    async with told(row, folder, send_s=0.5) as out:
        out.see(alerts=(alert(),))
        await out.heard("A-0001")
        out.partner.stall()
        async with asyncio.timeout(30.0):
            while not out.downs:
                out.see(TRACKS, alerts=(alert(), alert(2)))
                await out.turns(while_=lambda: out.health().waiting > 0 and not out.downs)
                assert out.health().waiting <= TRACKS + 4, "a newer word takes the place of one that waits"
        assert "takes nothing" in out.downs[0]
        assert out.health().replaced >= TRACKS
        assert out.health().dropped == 0
        out.partner.read_on()
        out.see(TRACKS, alerts=(alert(), alert(2)))
        await out.heard("A-0002", *row.tracks("T-0001", f"T-{TRACKS:04d}"))


async def it_survives_what_makes_no_sense(row: Row, folder: Path) -> None:
    if not row.partner(folder).talks:
        pytest.skip("this partner cannot say anything")
    async with told(row, folder) as out:
        out.see(alerts=(alert(),))
        await out.heard("A-0001")
        for garbage in (row.garbage, b"", b"\x00" * 100, bytes(range(256)) * 40):
            if garbage:
                await out.partner.say(garbage)
        out.see(2, alerts=(alert(), alert(2)))
        await out.heard("A-0002", *row.tracks("T-0002"))
        assert (out.health().dropped, out.health().refused) == (0, 0)


async def it_tells_its_health_and_the_record(row: Row, folder: Path) -> None:
    async with told(row, folder) as out:
        assert (out.health().output, out.health().partner, out.health().kind) == ("out", "Tower", row.kind)
        assert (out.health().sent, out.health().age_s, out.health().state) == (0, None, FeedState.STARTING)
        out.see(2, alerts=(alert(), alert(2)))
        await out.partner.until(lambda: sum(one.what == "alert" for one in out.noted) == 2)
        await out.heard("A-0001", "A-0002", *row.tracks("T-0001", "T-0002"))
        health = out.health()
        assert health.sent >= 2
        assert health.age_s is not None
        assert 0.0 <= health.age_s < 60.0
        assert health.rate_hz is None or health.rate_hz >= 0.0
        assert (health.waiting, health.dropped, health.refused, health.garbled) == (0, 0, 0, 0)
    alerts = [one for one in out.noted if one.what == "alert"]
    assert [one.about for one in alerts] == [("test-A-0001",), ("test-A-0002",)]
    assert all(one.outcome == "sent" and len(one.sha256 or "") == 64 for one in alerts)
    assert {(one.output, one.partner, one.release) for one in out.noted} == {("out", "Tower", "all")}
    if row.tells_tracks:
        (tracks,) = [one for one in out.noted if one.what == "tracks"]
        assert tracks.about == ("test-T-0001", "test-T-0002")
        assert tracks.messages >= 2
        assert "velocity" in tracks.fields


async def it_says_what_is_not_live(row: Row, folder: Path) -> None:
    async with told(row, folder, origin=Origin.EXERCISE) as out:
        out.see(2, alerts=(alert(),))
        await out.heard("A-0001", *row.tracks("T-0002"))
        octets = b"".join(out.partner.received).lower()
        assert octets.count(b"exercise") >= (3 if row.tells_tracks else 1)


async def it_closes_cleanly(row: Row, folder: Path) -> None:
    async with told(row, folder) as out:
        out.see(2, alerts=(alert(),))
        await out.heard("A-0001", *row.tracks("T-0001"))
        assert _ours()
        out.see(3, alerts=(alert(), alert(3)))
        await out.close()
        await out.partner.left()
        assert not _ours()
        await out.heard("A-0003", *row.tracks("T-0003"))
        before = out.health().sent
        out.see(4)
        await asyncio.sleep(0)
        assert out.health().sent == before, "nothing is told after the end"


async def it_closes_on_a_partner_that_does_not_read(row: Row, folder: Path) -> None:
    if not row.partner(folder).stalls:
        pytest.skip("this partner cannot stop reading")
    async with asyncio.timeout(60.0), told(row, folder) as out:
        out.see(alerts=(alert(),))
        await out.heard("A-0001")
        out.partner.stall()
        out.see(4000, alerts=(alert(), *(alert(n) for n in range(2, 200))))
        await out.turns(while_=lambda: out.health().waiting == 0)
        await out.close()
        assert not _ours()


def _ours() -> set[str]:
    """The tasks of the outputs; a partner may be made of our feeds."""
    tasks = map(repr, asyncio.all_tasks())
    return {task for task in tasks if "vedette/outputs/" in task or "vedette/duplex" in task}


CLAUSES: tuple[Clause, ...] = (
    it_connects,
    it_comes_back_after_a_jittered_wait,
    it_bears_a_partner_that_does_not_read,
    it_survives_what_makes_no_sense,
    it_tells_its_health_and_the_record,
    it_says_what_is_not_live,
    it_closes_cleanly,
    it_closes_on_a_partner_that_does_not_read,
)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_keeps_the_contract(name: str, clause: Clause, tmp_path: Path) -> None:
    asyncio.run(clause(OUTPUTS[name], tmp_path))


def test_every_kind_that_the_site_file_takes_is_here() -> None:
    assert set(KINDS) == set(LINES) == {row.kind for row in OUTPUTS.values()}
