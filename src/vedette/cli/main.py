"""The command `vedette`. Each command's own modules are loaded when it is called, so that `--help` answers at once.

Exit: 0 done; 1 the answer is no; 2 bad usage or input; 3 our own fault.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from vedette import __version__
from vedette.cli.exercise_commands import exercise
from vedette.cli.hand_over_commands import hand_over
from vedette.cli.history_commands import history
from vedette.cli.incident_commands import incident
from vedette.cli.options import (
    DataOption,
    HeadlessOption,
    JsonOption,
    PortOption,
    RecordPath,
    SitePath,
    SpeedOption,
    TlsCertOption,
    TlsKeyOption,
    end_on_signals,
)
from vedette.cli.sapient_commands import sapient
from vedette.cli.user_commands import PasswordFile, user
from vedette.errors import VedetteError

app = typer.Typer(
    name="vedette",
    help="Drone watch for airports and air bases: one air picture, alerts, a record that holds, the incident report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


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
    end_on_signals()
    from vedette.cli.watching import run_demo

    run_demo(headless=headless, speed=parse_speed(speed), port=port, folder=data, seed=seed)


@app.command()
def watch(
    site: Annotated[
        Path | None, typer.Argument(metavar="[SITE.toml]", help="The site file; without one the console leads to one.")
    ] = None,
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
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Keep the watch over a site, live or from recordings."""
    end_on_signals()
    from vedette.cli.watching import run_watch
    from vedette.tls import TlsFiles

    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together", param_hint="--tls-cert")

    if site is None:
        from vedette.cli.first_start import first_site

        site, port = first_site(host, port, recordings=bool(replay), headless=headless)
    run_watch(
        site,
        replay or [],
        speed=parse_speed(speed),
        headless=headless,
        folder=data,
        host=host,
        port=port,
        outputs=outputs,
        tls=None if tls_cert is None else TlsFiles(certificate=tls_cert, key=tls_key),
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
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw GOSPA over time: .svg, .png, .pdf.")
    ] = None,
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
    about: Annotated[
        str | None, typer.Option("--about", metavar="ID", help="Only events that name it: a track, a decision, any id.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Print the record's events."""
    from vedette.cli.records import run_log

    run_log(folder, kind, since, about, as_json=json)


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


@app.command("test-alarm")
def raise_test_alarm(
    url: Annotated[str, typer.Argument(metavar="[URL]", help="A running watch.")] = "http://127.0.0.1:8080",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Kept with it in the record.")] = "",
    wait: Annotated[float, typer.Option("--wait-s", min=0.0, help="How long the outputs have to take it.")] = 15.0,
    user_name: Annotated[
        str | None, typer.Option("--user", metavar="NAME", help="Who asks, where people log in.")
    ] = None,
    password_file: PasswordFile = None,
    tls_authority: Annotated[
        Path | None, typer.Option("--tls-authority", metavar="FILE", help="Who signs the watch's certificate, PEM.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Raise a test alarm in a running watch; say what each output and screen made of it."""
    from vedette.cli.trying import Login, run_test_alarm

    login = Login(user_name, password_file, tls_authority)
    raise typer.Exit(run_test_alarm(url, note, wait, login, as_json=json))


app.add_typer(exercise, name="exercise")
app.add_typer(hand_over, name="hand-over")
app.add_typer(incident, name="incident")
app.add_typer(history, name="history")
app.add_typer(sapient, name="sapient")
app.add_typer(user, name="user")


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


def _refused(usage: typer.TyperException) -> str:
    """The value of an option that is no number or outside its limits: such a message alone does not say it."""
    errors = getattr(usage.__cause__, "errors", None)
    return f", not {errors()[0]['input']}" if callable(errors) else ""


def main() -> NoReturn:
    """Run the command and end the process with the contract's exit code."""
    try:
        code = app(args=spread_replays(sys.argv[1:]), standalone_mode=False)
    except typer.TyperException as usage:
        words = " ".join(usage.format_message().split()).rstrip(".") or "no command given"
        words += _refused(usage)
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
