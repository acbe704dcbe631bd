"""`vedette incident …`: its options; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import JsonOption, RecordPath

incident = typer.Typer(no_args_is_help=True, help="Incidents and their papers.")
REPORT_FORMATS = "html or pdf (for people), json, geojson (a map), courageous (a trial's log) or statement (as text)."
IncidentId = Annotated[str | None, typer.Argument(metavar="[ID]", help="The incident; default: the newest.")]


@incident.command("list")
def incident_list(folder: RecordPath, json: JsonOption = False) -> None:
    """List the incidents, newest last."""
    from vedette.cli.incidents import run_list

    run_list(folder, as_json=json)


@incident.command("show")
def incident_show(folder: RecordPath, incident_id: IncidentId = None, json: JsonOption = False) -> None:
    """Print one incident's summary."""
    from vedette.cli.incidents import run_show

    run_show(folder, incident_id, as_json=json)


@incident.command("report")
def incident_report(
    folder: RecordPath,
    incident_id: IncidentId = None,
    format_: Annotated[str, typer.Option("--format", metavar="F", help=REPORT_FORMATS)] = "html",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: standard output.")] = None,
) -> None:
    """Write one incident's report."""
    from vedette.cli.incidents import run_report

    run_report(folder, incident_id, format_, out)


@incident.command("export")
def incident_export(
    folder: RecordPath,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    incident_id: IncidentId = None,
) -> None:
    """Write one incident's events with their proof; `verify` takes the file alone."""
    from vedette.cli.export import run_incident_export

    run_incident_export(folder, incident_id, out)


@incident.command("media")
def incident_media(
    folder: RecordPath,
    incident_id: IncidentId = None,
    add: Annotated[
        list[Path] | None, typer.Option("--add", metavar="FILE", help="Copy it into DIR/media; repeatable.")
    ] = None,
    taken_by: Annotated[str, typer.Option("--taken-by", metavar="WHO", help="Who made it.")] = "",
    taken: Annotated[str | None, typer.Option("--taken", metavar="TIME", help="When, with zone.")] = None,
    received_from: Annotated[str, typer.Option("--from", metavar="WHO", help="From whom it was received.")] = "",
    custody: Annotated[str | None, typer.Option("--custody", metavar="ID", help="A medium that changes hands.")] = None,
    holder: Annotated[str, typer.Option("--holder", metavar="WHO", help="Who holds it from now on.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who says all this.")] = "",
    role: Annotated[str | None, typer.Option("--role", metavar="ROLE", help="In which role.")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Kept with it in the record.")] = "",
    json: JsonOption = False,
) -> None:
    """Give files to an incident once its watch has ended, or list them; a running watch takes them in its console."""
    from vedette.cli.incident_media import Given, run_media

    given = Given(
        files=tuple(add or ()),
        taken_by=taken_by,
        taken=taken,
        received_from=received_from,
        custody=custody,
        holder=holder,
        by=by,
        role=role,
        note=note,
    )
    run_media(folder, incident_id, given, as_json=json)
