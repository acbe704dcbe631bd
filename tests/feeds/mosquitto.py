"""A real broker on loopback, in a process of its own, ended by its id."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROGRAM = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
ABSENT = "mosquitto is not installed: apt-get install mosquitto"


@contextlib.contextmanager
def broker(folder: Path, port: int, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A broker; `more` lines of its configuration stand in place of letting everybody in."""
    config = folder / "mosquitto.conf"
    lines = [f"listener {port} 127.0.0.1", "persistence false", "user root", *(more or ("allow_anonymous true",))]
    config.write_text("\n".join(lines) + "\n")
    assert PROGRAM is not None
    with (folder / "mosquitto.log").open("ab") as log:
        process = subprocess.Popen([PROGRAM, "-c", str(config)], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)
