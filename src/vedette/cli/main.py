"""The command `vedette`. Each command's own modules are loaded when it is called, so that `--help` answers at once.

Exit: 0 done; 1 the answer is no; 2 bad usage or input; 3 our own fault.
"""

from __future__ import annotations

import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from vedette import __version__
from vedette.errors import VedetteError

app = typer.Typer(
    name="vedette",
    help="Drone watch for airports and air bases: one air picture, alerts, a record that holds, the incident report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

SitePath = Annotated[Path, typer.Argument(metavar="SITE.toml", help="The site file.")]
RecordPath = Annotated[Path, typer.Argument(metavar="DIR", help="A watch's data folder.")]
SpeedOption = Annotated[str, typer.Option("--speed", metavar="X|max", help="How many times as fast as recorded.")]
HeadlessOption = Annotated[bool, typer.Option("--headless", help="No console; ends by itself.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="Console port; 0 takes a free one.")]
DataOption = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Where the record is kept.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vedette {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    headless: HeadlessOption = False,
    speed: SpeedOption = "1",
    port: PortOption = 8080,
    data: DataOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another night: noise, birds, approach, delays.")] = 1,
) -> None:
    """Fly the Erbil reconstruction through the whole chain; at its end, the incident's summary."""
    _end_on_signals()
    from vedette.cli.watching import run_demo

    run_demo(headless=headless, speed=parse_speed(speed), port=port, folder=data, seed=seed)


@app.command()
def watch(
    site: SitePath,
    replay: Annotated[
        list[str] | None,
        typer.Option("--replay", metavar="[SENSOR=]FILE", help="A recording in place of the site's feeds; repeatable."),
    ] = None,
    speed: SpeedOption = "1",
    headless: HeadlessOption = False,
    data: DataOption = None,
    host: Annotated[str, typer.Option("--host", help="Address the console binds.")] = "127.0.0.1",
    port: PortOption = 8080,
    outputs: Annotated[
        bool, typer.Option("--outputs", help="Let a replay feed the outputs, marked as replay.")
    ] = False,
) -> None:
    """Keep the watch over a site, live or from recordings."""
    _end_on_signals()
    from vedette.cli.watching import run_watch

    run_watch(
        site,
        replay or [],
        speed=parse_speed(speed),
        headless=headless,
        folder=data,
        host=host,
        port=port,
        outputs=outputs,
    )


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    format_: Annotated[str | None, typer.Option("--format", metavar="F", help="Take it as this format.")] = None,
    start: Annotated[str | None, typer.Option("--start", metavar="TIME", help="When it began, with zone.")] = None,
    cat021: Annotated[
        str | None, typer.Option("--cat021", metavar="EDITION", help="ASTERIX 021 of edition 0.23 to 0.26.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say what a recording is, and decode it."""
    from vedette.cli.inspect import run_inspect

    run_inspect(file, format_, start, as_json=json, cat021=cat021)


@app.command()
def track(
    detections: Annotated[Path, typer.Argument(metavar="DETECTIONS", help="A detection table.")],
    site: Annotated[Path, typer.Option("--site", metavar="SITE.toml", help="The site file.")],
    out: Annotated[Path, typer.Option("--out", metavar="TRACKS", help="The track table: .csv, .parquet, .ndjson.")],
    smooth: Annotated[
        Path | None,
        typer.Option("--smooth", metavar="FILE", help="A second table: the tracks smoothed over all looks."),
    ] = None,
) -> None:
    """Run the tracker alone, table to table."""
    from vedette.cli.track import run_track

    run_track(detections, site, out, smooth)


@app.command()
def score(
    tracks: Annotated[Path, typer.Argument(metavar="TRACKS", help="A track table.")],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="A truth table.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw GOSPA over time: .svg.")] = None,
    cutoff: Annotated[float, typer.Option("--c", metavar="METRES", help="GOSPA's cutoff, positive.")] = 100.0,
    order: Annotated[float, typer.Option("--p", metavar="ORDER", help="GOSPA's order, 1 or more.")] = 2.0,
    skip: Annotated[float, typer.Option("--skip-s", metavar="S", help="Leave out the first S seconds.")] = 0.0,
) -> None:
    """Score a track table against the truth: GOSPA, OSPA, SIAP, identity switches."""
    from vedette.cli.score import run_score

    run_score(tracks, truth, as_json=json, plot=plot, c_m=cutoff, p=order, skip_s=skip)


@app.command()
def check(site: SitePath) -> None:
    """Read a site file; each fault with file, key and value."""
    from vedette.cli.check import run_check

    raise typer.Exit(run_check(site))


@app.command()
def log(
    folder: RecordPath,
    kind: Annotated[str | None, typer.Option("--kind", metavar="K", help="Only events of this kind.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="T", help="Only from this time on, with zone.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Print the record's events."""
    from vedette.cli.records import run_log

    run_log(folder, kind, since, as_json=json)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR | FILE", help="A watch's data folder, or what was exported.")],
    checkpoint: Annotated[
        str | None, typer.Option("--checkpoint", metavar="FILE|TEXT", help="A checkpoint kept elsewhere.")
    ] = None,
    signer: Annotated[
        str | None, typer.Option("--signer", metavar="FINGERPRINT", help="The key that must have signed.")
    ] = None,
) -> None:
    """Check the record: `intact, N events`, or the first broken event."""
    from vedette.cli.records import run_verify

    raise typer.Exit(run_verify(folder, checkpoint, signer))


@app.command()
def export(
    folder: RecordPath,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Made; must not be there yet.")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="T", help="Only from this time on, with zone.")
    ] = None,
) -> None:
    """Copy the record off, or its part since a time, with its capture; `verify` takes the copy."""
    from vedette.cli.export import run_export

    run_export(folder, since, out)


@app.command()
def sighting(
    folder: RecordPath,
    time: Annotated[str, typer.Option("--time", metavar="T", help="When; without zone it is the site's.")],
    place: Annotated[str, typer.Option("--from", metavar="LAT,LON", help="Where the observer stood.")],
    azimuth: Annotated[float, typer.Option("--azimuth", metavar="DEG", help="Clockwise from true north.")],
    elevation: Annotated[float | None, typer.Option("--elevation", metavar="DEG", help="Above the horizon.")] = None,
    altitude: Annotated[
        float | None, typer.Option("--altitude-msl-m", metavar="M", help="Of the observer; default: on the ground.")
    ] = None,
    time_sigma: Annotated[float, typer.Option("--time-sigma-s", metavar="S", help="How sure the time is.")] = 30.0,
    azimuth_sigma: Annotated[
        float | None, typer.Option("--azimuth-sigma-deg", metavar="DEG", help="Default: by --sure.")
    ] = None,
    elevation_sigma: Annotated[
        float | None, typer.Option("--elevation-sigma-deg", metavar="DEG", help="Default: by --sure.")
    ] = None,
    sure: Annotated[str, typer.Option("--sure", metavar="W", help="sure, fairly or unsure.")] = "fairly",
    motion: Annotated[str | None, typer.Option("--motion", metavar="W", help="still or moving.")] = None,
    lights: Annotated[str | None, typer.Option("--lights", metavar="W", help="none, steady or flashing.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what could explain a report from the ground: tracks, aircraft, the sky, landmarks, or nothing known."""
    from vedette.cli.sighting import Said, run_sighting

    said = Said(
        time=time,
        place=place,
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        altitude_msl_m=altitude,
        time_sigma_s=time_sigma,
        azimuth_sigma_deg=azimuth_sigma,
        elevation_sigma_deg=elevation_sigma,
        sure=sure,
        motion=motion,
        lights=lights,
    )
    run_sighting(folder, said, as_json=json)


incident = typer.Typer(no_args_is_help=True, help="Incidents and their papers.")
app.add_typer(incident, name="incident")
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


@app.command("test-alarm")
def raise_test_alarm(
    url: Annotated[str, typer.Argument(metavar="[URL]", help="A running watch.")] = "http://127.0.0.1:8080",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Kept with it in the record.")] = "",
    wait: Annotated[float, typer.Option("--wait-s", min=0.0, help="How long the outputs have to take it.")] = 15.0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Raise a test alarm in a running watch; say what each output and screen made of it."""
    from vedette.cli.trying import run_test_alarm

    raise typer.Exit(run_test_alarm(url, note, wait, as_json=json))


@incident.command("export")
def incident_export(
    folder: RecordPath,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    incident_id: IncidentId = None,
) -> None:
    """Write one incident's events with their proof; `verify` takes the file alone."""
    from vedette.cli.export import run_incident_export

    run_incident_export(folder, incident_id, out)


sapient = typer.Typer(no_args_is_help=True, help="SAPIENT (BSI Flex 335 v2.0): check a node, or play one.")
app.add_typer(sapient, name="sapient")


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
    _end_on_signals()
    from vedette.cli.sapient import parse_kind, parse_place, run_simulate, tls_files

    tls = tls_files(certificate, key, authority)
    raise typer.Exit(run_simulate(target, parse_kind(kind), parse_place(place), seed, seconds, tls))


def _end_on_signals() -> None:
    """SIGINT and SIGTERM end the command with 0 while it still loads; once it runs, the watch takes them over."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))


def parse_speed(text: str) -> float:
    """`max` or a positive number, as a factor.

    Raises:
        typer.BadParameter: anything else.
    """
    if text == "max":
        return float("inf")
    try:
        speed = float(text)
    except ValueError:
        speed = float("nan")
    if not 0.0 < speed < float("inf"):
        raise typer.BadParameter(f"must be a positive number or max, not {text}", param_hint="--speed")
    return speed


def spread_replays(words: list[str]) -> list[str]:
    """`--replay A B` → `--replay A --replay B`: it takes what follows up to the next option or the site file."""
    spread: list[str] = []
    taking = False
    for word in words:
        if word.startswith("-") or word.endswith(".toml"):
            taking = word == "--replay"
        elif taking and spread[-1] != "--replay":
            spread.append("--replay")
        spread.append(word)
    return spread


def main() -> NoReturn:
    """Run the command and end the process with the contract's exit code."""
    try:
        code = app(args=spread_replays(sys.argv[1:]), standalone_mode=False)
    except typer.TyperException as usage:
        words = " ".join(usage.format_message().split()).rstrip(".") or "no command given"
        print(f"vedette: {words} (see --help)", file=sys.stderr)
        sys.exit(2)
    except VedetteError as error:
        print(f"vedette: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception:  # noqa: BLE001  # the process boundary: our own fault, said as such
        traceback.print_exc()
        print("vedette: this is a fault of Vedette's own; the trace above says where", file=sys.stderr)
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
