"""`vedette watch` without a site file: the console leads to one, and the watch goes on at the same address."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path
from urllib.parse import urlsplit

import typer

from vedette.console import serve
from vedette.console.first_start import FirstStart, create_first_app
from vedette.errors import Unavailable


def run_first_start(host: str, port: int) -> tuple[Path, int] | None:
    """The new site file and the port that was served; None: interrupted before there was one.

    Raises:
        Unavailable: the address is taken.
    """
    return asyncio.run(_lead(host, port))


def first_site(host: str, port: int, *, recordings: bool, headless: bool) -> tuple[Path, int]:
    """What a watch without a site file goes on with: the site file that the console led to, and its port.

    Raises:
        typer.BadParameter: recordings and watches without a console need a site file. typer.Exit: interrupted.
    """
    if recordings or headless:
        raise typer.BadParameter("needed with --replay and with --headless", param_hint="SITE.toml")
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise typer.BadParameter("a first start is on this machine alone", param_hint="--host")
    found = run_first_start(host, port)
    if found is None:
        raise typer.Exit(0)
    return found


async def _lead(host: str, port: int) -> tuple[Path, int] | None:
    stop, made, bound = asyncio.Event(), list[Path](), [port]

    def done(file: Path) -> None:
        made.append(file)
        stop.set()

    def ready(address: str) -> None:
        bound[0] = urlsplit(address).port or port
        print(f"console {address}", flush=True)  # the first line of standard output, as a watch's
        typer.echo("vedette: no site file was given; the console leads to one", err=True)

    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    try:
        await serve(create_first_app(FirstStart(Path(), done), host), host, port, ready, stop)
    except OSError as error:
        raise Unavailable(f"{host} port {port}: {error.strerror or error}") from None
    finally:
        for one in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):
                loop.remove_signal_handler(one)
    return (made[0], bound[0]) if made else None
