"""`vedette hand-over …`: its options; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import JsonOption, RecordPath

hand_over = typer.Typer(no_args_is_help=True, help="Hand-overs of the watch and their sheets.")


@hand_over.command("list")
def hand_over_list(folder: RecordPath, json: JsonOption = False) -> None:
    """List the hand-overs, newest last."""
    from vedette.cli.hand_overs import run_list

    run_list(folder, as_json=json)


@hand_over.command("print")
def hand_over_print(
    folder: RecordPath,
    hand_over_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Default: the newest.")] = None,
    format_: Annotated[str, typer.Option("--format", metavar="F", help="html or pdf.")] = "pdf",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: standard output.")] = None,
) -> None:
    """Write one hand-over's signed sheet."""
    from vedette.cli.hand_overs import run_print

    run_print(folder, hand_over_id, format_, out)
