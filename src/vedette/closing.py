"""Being told to end, and doing so."""

from __future__ import annotations

import asyncio


def heed_cancel() -> None:
    """Go on being cancelled, where a line hid it: by failing as it was closed, or by ending just then in good order.

    The latter is what asyncio.wait_for does up to Python 3.11, which a library may use.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
