"""Arguments and options that several commands take, and what those that run on must do first."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

SitePath = Annotated[Path, typer.Argument(metavar="SITE.toml", help="The site file.")]
RecordPath = Annotated[Path, typer.Argument(metavar="DIR", help="A watch's data folder.")]
SpeedOption = Annotated[str, typer.Option("--speed", metavar="X|max", help="How many times as fast as recorded.")]
HeadlessOption = Annotated[bool, typer.Option("--headless", help="No console; ends by itself.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="Console port; 0 takes a free one.")]
DataOption = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Where the record is kept.")]
TlsCertOption = Annotated[
    Path | None, typer.Option("--tls-cert", metavar="FILE", help="The console's certificate chain, PEM.")
]
TlsKeyOption = Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its key, PEM.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def end_on_signals() -> None:
    """SIGINT and SIGTERM end the command with 0 while it still loads; once it runs, the watch takes them over."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
