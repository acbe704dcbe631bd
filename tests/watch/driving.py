"""Drive the command as a user does: processes of our own, ended by their own ids, over loopback only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0


def vedette(*args: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "vedette", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, check=False)


class Running:
    """A watch in a process of its own, with its console's address."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address

    def get(self, path: str) -> Any:
        """A GET of the API; the answer's JSON."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """A POST to the API: status and JSON."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def until(self, path: str, wanted: Any) -> Any:
        """GET again until `wanted(answer)` is true."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            answer = self.get(path)
            if wanted(answer):
                return answer
            time.sleep(0.02)
        raise AssertionError(f"{path} never became what was waited for: {answer}")

    def end(self, signal: int) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(signal)
        return self.process.wait(timeout=PATIENCE_S)


@contextmanager
def running(*args: str | Path, folder: Path, at: str = "http://127.0.0.1:") -> Iterator[Running]:
    """A watch or demo with a console on a free port, killed at the end if it still runs. at: where it says it is."""
    command = [sys.executable, "-m", "vedette", *map(str, args), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with (folder / "stderr.txt").open("a") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder, env=environment
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith(f"console {at}"), line + (folder / "stderr.txt").read_text()
            yield Running(process, line.split()[1].rstrip("/"))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=PATIENCE_S)
            if process.stdout is not None:
                process.stdout.close()
