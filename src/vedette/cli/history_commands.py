"""`vedette history …`: its options; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import JsonOption, RecordPath

history = typer.Typer(no_args_is_help=True, help="Past incidents: listed, counted, compared, brought in.")
Folders = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Data folders of one or more watches.")]
Since = Annotated[str | None, typer.Option("--since", metavar="T", help="Opened from then on, with zone.")]
Until = Annotated[str | None, typer.Option("--until", metavar="T", help="Opened before then, with zone.")]
Kind = Annotated[str | None, typer.Option("--kind", metavar="CLASS", help="With an aircraft of this class.")]
Zone = Annotated[str | None, typer.Option("--zone", metavar="ID", help="In or near this zone.")]
Serial = Annotated[str | None, typer.Option("--serial", metavar="IDENTITY", help="With this claimed identity.")]
Direction = Annotated[str | None, typer.Option("--from", metavar="D", help="n, ne, e, se, s, sw, w or nw.")]
OriginOption = Annotated[
    str | None,
    typer.Option("--origin", metavar="O", help="Default: all but exercise."),
]


@history.command("list")
def history_list(
    folders: Folders,
    since: Since = None,
    until: Until = None,
    kind: Kind = None,
    zone: Zone = None,
    serial: Serial = None,
    direction: Direction = None,
    origin: OriginOption = None,
    json: JsonOption = False,
) -> None:
    """List incidents, newest first."""
    from vedette.cli.history import Asked, run_list

    run_list(folders, Asked(since, until, kind, zone, serial, direction, origin), as_json=json)


@history.command("patterns")
def history_patterns(
    folders: Folders,
    since: Since = None,
    until: Until = None,
    kind: Kind = None,
    zone: Zone = None,
    serial: Serial = None,
    direction: Direction = None,
    origin: OriginOption = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Count incidents by hour, weekday, direction, kind, zone and serial; say what repeats."""
    from vedette.cli.history import Asked, run_patterns

    run_patterns(folders, Asked(since, until, kind, zone, serial, direction, origin), as_json=json)


@history.command("import")
def history_import(
    folder: RecordPath,
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="Incidents, one a row.")],
    mapping: Annotated[Path, typer.Option("--map", metavar="MAP.toml", help="Which column is what.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who brings them in; kept in the record.")],
) -> None:
    """Bring incidents in from a table; the watch of the folder must be down."""
    from vedette.cli.history import run_import

    run_import(folder, table, mapping, by)
