"""A serial line, read only: `serial:///dev/ttyUSB0?baud=115200` (8 data bits, no parity, one stop bit).

The device is opened for reading alone, so nothing can be written to what hangs on it. Opening it raises DTR, which some
boards take for a reset: they are there again a second later.
"""

from __future__ import annotations

import asyncio
import os
import re
import termios
from typing import Final

from vedette.feeds.listener import Listener
from vedette.site import Feed

READ_BYTES: Final = 4096
_URL = re.compile(r"serial://(/[^?]+)(?:\?baud=(\d+))?")
_DEFAULT_BAUD: Final = 115_200


async def read_serial(feed: Feed, listener: Listener, idle_s: float) -> None:
    """Bring octets until the device is gone or the line is cancelled; silence is no fault of a serial line.

    Raises:
        OSError: it cannot be opened, or is gone. ValueError: a baud rate that no line has.
    """
    del idle_s
    device, baud = parse_serial(feed.url)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    descriptor = os.open(device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)

    def readable() -> None:
        try:
            octets = os.read(descriptor, READ_BYTES)
            if not octets:
                raise ConnectionError("the device is gone")
            listener.receive(octets)
        except BlockingIOError:
            return
        except Exception as error:  # noqa: BLE001 - handed to the supervisor, which awaits `ended`
            loop.remove_reader(descriptor)
            ended.set_exception(error)

    try:
        _set_up(descriptor, baud)
        loop.add_reader(descriptor, readable)
        listener.opened()
        await ended
    finally:
        ended.cancel()
        loop.remove_reader(descriptor)
        os.close(descriptor)


def parse_serial(url: str) -> tuple[str, int]:
    """Device and baud rate.

    Raises:
        ValueError: not serial:///dev/…, or a baud rate that no line has.
    """
    found = _URL.fullmatch(url)
    baud = int(found[2] or _DEFAULT_BAUD) if found else 0
    if found is None or not hasattr(termios, f"B{baud}") or baud == 0:
        raise ValueError(f"not serial:///dev/NAME?baud=RATE with a rate that serial lines have: {url}")
    return found[1], baud


def _set_up(descriptor: int, baud: int) -> None:
    """Raw, 8N1, at this rate.

    Raises:
        OSError: it is no serial line.
    """
    rate = getattr(termios, f"B{baud}")
    try:
        termios.tcgetattr(descriptor)
        control = termios.CS8 | termios.CREAD | termios.CLOCAL
        characters: list[bytes | int] = [b"\0"] * 32
        characters[termios.VMIN], characters[termios.VTIME] = 1, 0
        termios.tcsetattr(descriptor, termios.TCSANOW, [0, 0, control, 0, rate, rate, characters])
    except termios.error as error:
        raise OSError(error.args[0], f"not a serial line: {error.args[-1]}") from None
