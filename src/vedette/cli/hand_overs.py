"""`vedette hand-over list` and `print`, from the record."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer

from vedette.cli.incidents import give
from vedette.clock import iso_local
from vedette.console.views.hand_over import hand_over
from vedette.errors import BadInput
from vedette.report import HAND_OVER_FORMATS, hand_over_print
from vedette.watch.archive import Archive


def run_list(folder: Path, *, as_json: bool) -> None:
    """One line a hand-over, oldest first."""
    archive = Archive(folder)
    for one in archive.hand_overs:
        if as_json:
            typer.echo(msgspec.json.encode(hand_over(one, archive.site)))
            continue
        local = iso_local(one.offered.at_s, archive.site.timezone)
        taken = f", taken over by {one.moved.by}" if one.moved is not None and one.moved.move == "accept" else ""
        typer.echo(f"{one.id}  {local}  {one.state.value}: signed by {one.offered.by}{taken}")
    if not archive.hand_overs and not as_json:
        typer.echo("no hand-overs")


def run_print(folder: Path, hand_over_id: str | None, format_name: str, out: Path | None) -> None:
    """The signed sheet to a file, which appears only when it is whole, or to standard output."""
    archive = Archive(folder)
    if format_name not in HAND_OVER_FORMATS:
        raise BadInput(folder, f"not one of {', '.join(HAND_OVER_FORMATS)}", "--format", format_name)
    if not archive.hand_overs:
        raise BadInput(folder, "no hand-over in this record")
    wanted = [one for one in archive.hand_overs if hand_over_id in (None, one.id)]
    if not wanted:
        raise BadInput(folder, "no such hand-over", "hand-over", hand_over_id)
    give(hand_over_print(wanted[-1], archive.site, format_name), out)
