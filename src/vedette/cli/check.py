"""`vedette check`: read a site file and name every fault."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from vedette.errors import BadSite
from vedette.site import load_site


def run_check(path: Path) -> int:
    """0 and a line saying what the site holds, or 1 and one line a fault on standard error.

    Raises:
        BadInput: the file cannot be read at all.
    """
    try:
        site = load_site(path)
    except BadSite as bad:
        for fault in bad.faults:
            print(fault, file=sys.stderr)
        return 1
    parts = (
        (len(site.sensors), "sensor"),
        (len(site.feeds), "feed"),
        (len(site.zones), "zone"),
        (len(site.rules), "rule"),
    )
    counts = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts)
    typer.echo(f"{path}: {site.name} ({site.id}), {counts}, no fault")
    return 0
