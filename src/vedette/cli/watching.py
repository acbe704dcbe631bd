"""`vedette demo` and `vedette watch`."""

from __future__ import annotations

import asyncio
import logging
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import typer

from vedette.access import UserFile
from vedette.clock import LiveClock
from vedette.errors import BadInput
from vedette.feeds.arrival import Arrival
from vedette.feeds.replay import assign, replay
from vedette.model import Origin, Source
from vedette.report import summary_text
from vedette.sim import load_scenario, simulate
from vedette.sim.scenario import SCENARIOS
from vedette.site import Exercises, Site, load_site
from vedette.tls import TlsFiles, certified_names, tls_context
from vedette.tracking import warm_up
from vedette.watch.live import run_live
from vedette.watch.plan import Plan
from vedette.watch.play import metered, played
from vedette.watch.run import Console, Outcome, run_played
from vedette.watch.runtime import Watch
from vedette.watch.site_files import finish_change

DEMO_SCENARIO = "erbil-2021-09-11"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run_demo(*, headless: bool, speed: float, port: int, folder: Path | None, seed: int) -> None:
    """Simulate the night, play it through a watch, print the incidents' summaries."""
    _log_to_stderr()
    simulation = simulate(load_scenario(DEMO_SCENARIO), seed)
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="vedette-demo-", dir="."))
        _say(f"record in {folder}")
    arrivals = (Arrival(received_s=a.received_s, feed=a.feed, body=a.body) for a in simulation.arrivals)
    site = msgspec.structs.replace(simulation.site, exercises=Exercises(folder=str(SCENARIOS / "exercises")))
    plan = Plan(site=site, origin=Origin.SIMULATED, folder=folder, speed=_finite(speed))
    _warm_up()
    console = None if headless else Console("127.0.0.1", port, _tell_address)
    outcome = asyncio.run(run_played(plan, played(metered(simulation.site, arrivals)), console, _print_summaries))
    _end(outcome)


def run_watch(
    site_path: Path,
    replays: list[str],
    *,
    speed: float,
    headless: bool,
    folder: Path | None,
    host: str,
    port: int,
    outputs: bool,
    tls: TlsFiles | None,
) -> None:
    """Keep the watch: live from the site's feeds, or from recordings."""
    _log_to_stderr()
    if outputs and not replays:
        raise typer.BadParameter("goes with --replay: a live watch feeds its outputs anyway", param_hint="--outputs")
    if not replays and finish_change(site_path):
        _say(f"{site_path} is as the record has it: a change was being written when the watch last ended")
    site = load_site(site_path)
    folder = folder or Path("vedette-data") / site.id
    console = None if headless else _console(host, port, tls, folder)
    if not replays:
        _warm_up()
        plan = Plan(site=site, origin=Origin.LIVE, folder=folder, site_file=site_path, speed=1.0)
        _end(asyncio.run(run_live(plan, LiveClock(), console)))
        return
    assigned = assign(site, [named_recording(site, text) for text in replays])
    sources = tuple(Source(name=each.recording.name, sha256=each.recording.sha256) for each in assigned)
    plan = Plan(site=site, origin=Origin.REPLAY, folder=folder, sources=sources, speed=_finite(speed), outputs=outputs)
    _warm_up()
    arrivals: Iterator[Arrival] = replay(site, assigned)
    _end(asyncio.run(run_played(plan, played(arrivals), console, _print_counts)))


def _console(host: str, port: int, tls: TlsFiles | None, folder: Path) -> Console:
    """Where the console listens.

    Raises:
        BadInput: beyond this machine without TLS or without users, or files that will not do.
    """
    users = UserFile(folder).users().users
    if host not in LOOPBACK:
        if tls is None:
            raise BadInput(host, "beyond this machine the console needs TLS: --tls-cert FILE --tls-key FILE", "--host")
        if not users:
            how = f"vedette user add {folder} NAME --role administrator"
            raise BadInput(host, f"beyond this machine the console needs users; make the first one: {how}", "--host")
    if tls is not None and tls.certificate is not None:
        try:
            tls_context(tls, server=True)
            certified_names(tls.certificate)
        except (OSError, ValueError) as error:
            raise BadInput(tls.certificate, f"no certificate with its key: {error}", "--tls-cert") from None
    return Console(host, port, _tell_address, tls=tls, users=True, on_first=_tell_first)


def _tell_first(address: str) -> None:
    _say(f"single-user mode; to have users, make the first administrator within half an hour: {address}")


def named_recording(site: Site, text: str) -> tuple[str | None, Path]:
    """`SENSOR=FILE` or `FILE`; a file whose own name holds an equals sign is taken as a file if it is there."""
    sensor, equals, name = text.partition("=")
    if equals and not Path(text).exists():
        if sensor not in {one.id for one in site.sensors}:
            raise BadInput(name, "no sensor of the site has this id", "--replay", sensor)
        return sensor, Path(name)
    return None, Path(text)


def _finite(speed: float) -> float | None:
    return None if math.isinf(speed) else speed


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="vedette: %(levelname)s %(name)s: %(message)s")


def _progress(done: int, of: int, name: str) -> None:
    print(
        f"\rvedette: preparing the kernels, {done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True
    )


def _say(text: str) -> None:
    print(f"vedette: {text}", file=sys.stderr, flush=True)


def _warm_up() -> None:
    warm_up(_progress if sys.stderr.isatty() else None)


def _tell_address(address: str) -> None:
    print(f"console {address}", flush=True)


def _print_summaries(watch: Watch) -> None:
    incidents = watch.board.incidents()
    for incident in incidents:
        document = watch.incident_document(incident.incident)
        if document is not None:
            print(summary_text(document), flush=True)
    if not incidents:
        print("no incident", flush=True)


def _print_counts(watch: Watch) -> None:
    for feed in sorted(watch.vitals.feeds.values(), key=lambda one: one.feed):
        rejects = ", ".join(f"{count} {reason}" for reason, count in feed.rejected.items())
        print(f"{feed.feed}: {feed.messages} messages" + (f", rejected: {rejects}" if rejects else ""), flush=True)
    alerts = [alert for alert in watch.board.alerts() if not alert.test]
    incidents = watch.board.incidents()
    print(f"{_counted(alerts, 'alert')}, {_counted(incidents, 'incident')}, record in {watch.plan.folder}", flush=True)


def _counted(things: Sequence[object], one: str) -> str:
    return f"{len(things)} {one}" + ("" if len(things) == 1 else "s")


def _end(outcome: Outcome) -> None:
    if outcome.failed is not None:
        raise RuntimeError(outcome.failed)
