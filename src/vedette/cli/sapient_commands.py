"""`vedette sapient …`: its options; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import end_on_signals

sapient = typer.Typer(no_args_is_help=True, help="SAPIENT (BSI Flex 335 v2.0): check a node, or play one.")

CertificateOption = Annotated[
    Path | None, typer.Option("--tls-certificate", metavar="FILE", help="PEM: ours, for TLS.")
]
KeyOption = Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="PEM: its key.")]
AuthorityOption = Annotated[
    Path | None, typer.Option("--tls-authority", metavar="FILE", help="PEM: who signs the other side's; means TLS.")
]


@sapient.command("check")
def sapient_check(
    target: Annotated[
        str | None, typer.Argument(metavar="FILE | HOST:PORT", help="Frames or JSON lines, or a node that listens.")
    ] = None,
    listen: Annotated[
        str | None, typer.Option("--listen", metavar="HOST:PORT", help="Wait here for a node that connects out.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1.0, help="How long a live node is heard.")] = 20.0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Say whether somebody's node is conformant: each fault with its path and clause."""
    from vedette.cli.sapient import check_address, check_file, parse_address, print_report, tls_files

    where = listen if listen is not None else target
    if where is None or (listen is not None and target is not None):
        raise typer.BadParameter("give FILE, HOST:PORT or --listen HOST:PORT", param_hint="FILE | HOST:PORT")
    address = parse_address(where)
    if listen is not None and address is None:
        raise typer.BadParameter(f"must be HOST:PORT, not {listen}", param_hint="--listen")
    if address is None or (listen is None and Path(where).exists()):
        raise typer.Exit(print_report(Path(where).name, check_file(Path(where)), as_json=json))
    tls = tls_files(certificate, key, authority)
    report = check_address(address, seconds, listen=listen is not None, tls=tls)
    raise typer.Exit(print_report(where, report, as_json=json))


@sapient.command("simulate")
def sapient_simulate(
    target: Annotated[str, typer.Argument(metavar="HOST:PORT", help="The system to connect to.")],
    kind: Annotated[str, typer.Option("--as", metavar="radar|camera", help="What it is.")] = "radar",
    place: Annotated[
        str, typer.Option("--at", metavar="LAT,LON[,ALT]", help="Where it stands; altitude over the ellipsoid, m.")
    ] = "36.2376,43.9632,430",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another node, another flight.")] = 1,
    seconds: Annotated[float | None, typer.Option("--seconds", min=1.0, help="Default: until interrupted.")] = None,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Connect a simulated sensor to a system: a radar or camera, and a small drone that flies past it."""
    end_on_signals()
    from vedette.cli.sapient import parse_kind, parse_place, run_simulate, tls_files

    tls = tls_files(certificate, key, authority)
    raise typer.Exit(run_simulate(target, parse_kind(kind), parse_place(place), seed, seconds, tls))
