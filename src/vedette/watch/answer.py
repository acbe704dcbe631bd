"""What comes of a person's action: answered by the pipeline's thread, awaited on the console's loop."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedette.console import ActionRefused
from vedette.errors import RecordError
from vedette.model import AnyPayload, Sequenced
from vedette.post import Refused

Outcome = Refused | RecordError | tuple[AnyPayload, ...]
"""Why it was not taken, or the events that the record has committed."""
Answer = Callable[[Outcome], None]


class Item(msgspec.Struct, frozen=True, eq=False):
    """A message in the queue, and whom to tell what came of it."""

    message: Sequenced
    answer: Answer | None = None


def awaited() -> tuple[asyncio.Future[Outcome], Answer]:
    """A future of the running loop, and what sets it, once, from any thread."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Outcome] = loop.create_future()

    def settle(outcome: Outcome) -> None:
        if not done.done():
            done.set_result(outcome)

    def answer(outcome: Outcome) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    return done, answer


def events_of(outcome: Outcome) -> tuple[AnyPayload, ...]:
    """The events.

    Raises:
        ActionRefused: it was not taken, or not recorded.
    """
    if isinstance(outcome, Refused):
        code = "unknown" if outcome.code == "not_found" else outcome.code
        raise ActionRefused(code, outcome.message, outcome.details)
    if isinstance(outcome, RecordError):
        raise ActionRefused("not_recorded", str(outcome))
    return outcome


def drop_rest(waiting: queue.Queue[Item | threading.Event | None], why: str) -> None:
    """Answer what still waits, so that nobody waits for ever."""
    while True:
        try:
            item = waiting.get_nowait()
        except queue.Empty:
            return
        if isinstance(item, threading.Event):
            item.set()
        elif item is not None and item.answer is not None:
            item.answer(Refused("stopped", why))


def keep_aside(message: Sequenced, folder: Path) -> None:
    """Write the input that the pipeline failed on beside the record, for whoever looks into it."""
    aside = folder / "aside"
    aside.mkdir(exist_ok=True)
    (aside / f"message-{message.seq}.txt").write_text(f"{message!r}\n")
