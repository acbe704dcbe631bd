"""The lines of `vedette sapient`: an examination of a node over TCP or TLS, and a simulated node that connects out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator

from vedette import __version__
from vedette.clock import LiveClock
from vedette.duplex import Duplex, connect, serving
from vedette.errors import Unavailable
from vedette.model import Rejected
from vedette.sim.sapient_node import STATUS_S, SimulatedNode
from vedette.tls import TlsFiles, tls_context
from vedette.wire.sapient.codec import decode_message
from vedette.wire.sapient.conformance import Report
from vedette.wire.sapient.examination import Examination
from vedette.wire.sapient.framing import FrameReader, encode_frame
from vedette.wire.sapient.outgoing import FusionNode

REGISTER_S = 15.0
WAIT_S = 60.0
TICK_S = 0.1


class NotTaken(Exception):
    """The other side refused the simulated node; str() says why."""


async def examine(
    host: str, port: int, seconds: float, *, tls: TlsFiles | None, on_listening: Callable[[], None] | None = None
) -> Report:
    """Examine the node at an address; with `on_listening`, the first that connects to it, which is called before.

    Raises:
        Unavailable: it cannot be connected to, or listened on; nobody came.
    """
    where, stop = f"{host}:{port}", asyncio.Event()
    try:
        context = None if tls is None else tls_context(tls, server=on_listening is not None)
        with _stopped(stop):
            if on_listening is None:
                return await _examined(await connect(host, port, context), seconds, stop)
            over, came = asyncio.Event(), asyncio.Queue[Duplex]()

            async def hold(line: Duplex) -> None:
                came.put_nowait(line)
                await over.wait()

            async with serving(host, port, hold, context):
                on_listening()
                try:
                    return await _examined(await _first(came, stop, where), seconds, stop)
                finally:
                    over.set()
    except (OSError, TimeoutError, ValueError) as error:
        raise Unavailable(f"{where}: {getattr(error, 'strerror', None) or error or 'no answer'}") from None


async def _first(came: asyncio.Queue[Duplex], stop: asyncio.Event, where: str) -> Duplex:
    coming, stopping = asyncio.create_task(came.get()), asyncio.create_task(stop.wait())
    await asyncio.wait({coming, stopping}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not coming.done():
        coming.cancel()
        raise Unavailable(f"{where}: nobody connected" + ("" if stop.is_set() else f" within {WAIT_S:g} s"))
    return coming.result()


async def _examined(line: Duplex, seconds: float, stop: asyncio.Event) -> Report:
    """The report on the node on a line; SIGINT and SIGTERM end the examination, and what was heard is judged."""
    clock = LiveClock()
    us = FusionNode(site="sapient-check", name="conformance check", version=__version__)
    exam = Examination(us, clock.now_s(), register_s=REGISTER_S, listen_s=seconds)

    def heard(octets: bytes) -> None:
        for answer in exam.take(octets, clock.now_s()):
            line.send(answer.octets)

    running = asyncio.create_task(line.run(heard))
    try:
        while not (exam.is_over(clock.now_s()) or running.done() or stop.is_set()):
            for task in exam.tick(clock.now_s()):
                line.send(task.octets)
            await asyncio.wait({running}, timeout=TICK_S)
        return exam.close(clock.now_s(), by_node=running.done())
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def play_node(
    node: SimulatedNode, host: str, port: int, seconds: float | None, *, tls: TlsFiles | None
) -> dict[str, int]:
    """Connect a simulated node, and send what it sees until `seconds` are over or SIGINT or SIGTERM comes.

    Returns:
        How many messages were sent, by kind.

    Raises:
        Unavailable: it cannot be connected, or the other side closed the line. NotTaken: its registration was refused.
    """
    try:
        context = None if tls is None else tls_context(tls, server=False)
        line = await connect(host, port, context)
    except (OSError, TimeoutError, ValueError) as error:
        raise Unavailable(f"{host}:{port}: {getattr(error, 'strerror', None) or error or 'no answer'}") from None
    player = _Player(node, line)
    running = asyncio.create_task(line.run(player.heard))
    try:
        with _stopped(player.stop):
            await player.play(running, seconds)
        line.end()
        await asyncio.wait({running}, timeout=2.0)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return player.sent


@contextlib.contextmanager
def _stopped(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


class _Player:
    """A simulated node on its line."""

    def __init__(self, node: SimulatedNode, line: Duplex) -> None:
        self.node, self.stop = node, asyncio.Event()
        self.sent: dict[str, int] = {}
        self._line, self._clock, self._reader = line, LiveClock(), FrameReader()
        self._accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def play(self, running: asyncio.Task[None], seconds: float | None) -> None:
        """Register, wait to be accepted, then look and report in its period until it is told to stop."""
        now_s = self._clock.now_s()
        ends_s = float("inf") if seconds is None else now_s + seconds
        self._send(self.node.registration(now_s))
        await asyncio.wait({running, self._accepted}, timeout=REGISTER_S, return_when=asyncio.FIRST_COMPLETED)
        if self._accepted.done():
            self._accepted.result()
        due_s, status_s = self._clock.now_s(), 0.0
        while not self.stop.is_set() and not running.done() and (now_s := self._clock.now_s()) < ends_s:
            if now_s - status_s >= STATUS_S or self.node.asked:
                self._send(self.node.status(now_s))
                status_s = now_s
            if now_s >= due_s:
                for one in self.node.detections(now_s):
                    self._send(one)
                due_s += self.node.period_s
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), min(TICK_S, max(0.0, due_s - self._clock.now_s())))
        if running.done() and not self.stop.is_set():
            raise Unavailable(f"{self._line.peer}: the other side closed the line")
        self._send(self.node.goodbye(self._clock.now_s()))

    def heard(self, octets: bytes) -> None:
        """What the other side sends: acknowledgements, tasks, errors."""
        for frame in self._reader.feed(octets):
            message = frame if isinstance(frame, Rejected) else decode_message(frame.payload)
            if isinstance(message, Rejected):
                continue
            if message.HasField("registration_ack") and not self._accepted.done():
                if message.registration_ack.acceptance:
                    self._accepted.set_result(None)
                else:
                    reasons = "; ".join(message.registration_ack.ack_response_reason) or "no reason given"
                    self._accepted.set_exception(NotTaken(reasons))
            answer = self.node.answer(message, self._clock.now_s())
            if answer is not None:
                self._send(answer)

    def _send(self, message: object) -> None:
        kind = message.WhichOneof("content")  # type: ignore[attr-defined]  # protobuf's classes are untyped
        self.sent[kind] = self.sent.get(kind, 0) + 1
        self._line.send(encode_frame(message.SerializeToString()))  # type: ignore[attr-defined]  # as above
