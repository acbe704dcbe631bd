"""From the octets written to a socket to the alert: committed in the record, and arrived on the console's WebSocket.

    python -m benchmarks.latency [--seconds 90] [--drones 100]

A live watch in a process of its own hears five feeds of different kinds over loopback (benchmarks.five_feeds): 100
drones, each reported once a second, cross three zones, whose rules must hold for 2 s. That is not latency: time runs
from the first octets that carry the picture to where the rule has held so long. The commit is seen by a reader of the
record that asks each 2 ms. Aim: 150 ms at the 99th percentile; with fewer than 200 alerts the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import websockets

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.five_feeds import PERSIST_S, Lines, Report, fly, free_ports, write_site
from vedette.model import AlertRaised
from vedette.record import read_events

AIM_S: Final = 0.150
LEAST: Final = 200
ASK_S: Final = 0.002
SAME_S: Final = 0.005
"""An ADS-B report bears no time: it is taken at its reception, so much after it was written at most."""


class Commits(threading.Thread):
    """When each alert was first seen in the record."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, tuple[float, AlertRaised]] = {}
        self._folder, self.stop = folder, threading.Event()

    def run(self) -> None:
        """Ask whether anybody has written, and read what is new."""
        connection = sqlite3.connect(f"file:{self._folder / 'record.sqlite'}?mode=ro", uri=True)
        version, seq = None, 0
        while not self.stop.wait(ASK_S):
            (now,) = connection.execute("PRAGMA data_version").fetchone()
            if now == version:
                continue
            version = now
            at_s = time.time()
            for event in read_events(self._folder, kind="alert_raised", after_seq=seq):
                seq = event.seq
                if isinstance(event.payload, AlertRaised):
                    self.seen[event.payload.alert] = at_s, event.payload
        connection.close()


@contextlib.contextmanager
def watching(site: Path, data: Path) -> Iterator[str]:
    """A live watch; its console's address."""
    command = [sys.executable, "-m", "vedette", "watch", str(site), "--data", str(data), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1].rstrip("/")
    finally:
        process.terminate()
        process.communicate(timeout=60)


async def hear(address: str, seen: dict[str, float]) -> None:
    """When each alert first arrived on the stream."""
    async with websockets.connect(address.replace("http", "ws", 1) + "/api/v1/stream", max_size=None) as stream:
        async for text in stream:
            at_s = time.time()
            if '"kind":"alert"' in str(text[:200]):
                alert: dict[str, Any] = json.loads(text)
                seen.setdefault(alert["alert"], at_s)


async def measure(folder: Path, drones: int, seconds: float) -> tuple[list[Report], Commits, dict[str, float]]:
    """Run it all."""
    ports = free_ports()
    site, data = write_site(folder, ports), folder / "data"
    reports: list[Report] = []
    arrived: dict[str, float] = {}
    async with Lines(ports) as lines:
        with watching(site, data) as address:
            commits = Commits(data)
            commits.start()
            hearing = asyncio.create_task(hear(address, arrived))
            await lines.join()
            await fly(lines, drones, seconds, max(0.0, seconds - 32.0), reports.append)
            await asyncio.sleep(1.0)  # what is under way
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            commits.stop.set()
            commits.join()
    return reports, commits, arrived


def completed_s(reports: list[Report], alert: AlertRaised) -> float | None:
    """When the first octets were written that carry the picture to where the alert's rule has held long enough."""
    held_s = next(one.value for one in alert.reasons if one.text.startswith("Held for"))
    if held_s is None:
        return None
    due_s = alert.observed_s - held_s + PERSIST_S
    return min((one.written_s for one in reports if one.observed_s >= due_s - SAME_S), default=None)


def told(name: str, latencies_s: list[float]) -> float:
    """One line of the table; the 99th percentile."""
    p99_s = statistics.quantiles(latencies_s, n=100, method="inclusive")[98]
    middle_ms, p99_ms, most_ms = (1e3 * one for one in (statistics.median(latencies_s), p99_s, max(latencies_s)))
    print(f"{name:24} median {middle_ms:5.0f} ms   99th {p99_ms:5.0f} ms   most {most_ms:5.0f} ms")
    return p99_s


def main() -> int:
    """Print the table; 1 if there were too few alerts to say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--drones", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reports, commits, arrived = asyncio.run(measure(Path(folder), options.drones, options.seconds))
    began = {name: at for name, (_, alert) in commits.seen.items() if (at := completed_s(reports, alert)) is not None}
    committed = [commits.seen[name][0] - at_s for name, at_s in began.items()]
    streamed = [arrived[name] - at_s for name, at_s in began.items() if name in arrived]
    print(f"{len(committed)} alerts, {len(reports)} reports of {options.drones} drones over 5 feeds")
    if len(committed) < LEAST or len(streamed) < len(committed):
        print(f"too few: {len(committed)} in the record, {len(streamed)} on the stream, {LEAST} wanted")
        return 1
    worst_s = max(told("committed in the record", committed), told("on the WebSocket", streamed))
    print(f"aim {1e3 * AIM_S:.0f} ms at the 99th: {'met' if worst_s <= AIM_S else 'NOT MET'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
