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
