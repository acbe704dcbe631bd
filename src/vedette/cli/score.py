"""`vedette score`: a track table against a truth table."""

from __future__ import annotations

import math
import os
from pathlib import Path

import msgspec
import typer

from vedette.errors import BadInput
from vedette.scoring import PLOTS, Score, score
from vedette.scoring import plot as plotted
from vedette.tables import read_tracks, read_truth

MAX_ORDER = 100.0
"""Above it, the p-th power of a distance leaves what a float64 holds."""


def run_score(
    tracks: Path, truth: Path, *, as_json: bool, plot: Path | None, c_m: float, p: float, skip_s: float
) -> None:
    """Print the score, as one JSON object or for reading; draw its course if asked to.

    Raises:
        BadInput, BadTable: a file or a row that cannot be used, or nothing to score.
        typer.BadParameter: a number that cannot be.
    """
    _check_numbers(c_m, p, skip_s)
    if plot is not None and plot.suffix.lower() not in PLOTS:
        raise BadInput(plot, f"the name must end with one of {', '.join(PLOTS)}", "--plot")
    if plot is not None and not plot.parent.is_dir():
        raise BadInput(plot, "its folder does not exist", "--plot")
    rows, real = read_tracks(tracks), read_truth(truth)
    if not real:
        raise BadInput(truth, "no rows")
    if max(row.time_s for row in real) - min(row.time_s for row in real) < skip_s - 1e-6:
        raise BadInput(truth, "leaves no truth time to score", "--skip-s", f"{skip_s:g}")
    found, course = score(rows, real, c_m=c_m, p=p, skip_s=skip_s)
    if plot is not None:
        _write(plot, plotted(found, course, plot.suffix.lower()))
    typer.echo(msgspec.json.encode(found).decode() if as_json else "\n".join(_lines(found)))


def _check_numbers(c_m: float, p: float, skip_s: float) -> None:
    for option, value, good, why in (
        ("--c", c_m, 0.0 < c_m < math.inf, "must be positive"),
        ("--p", p, 1.0 <= p <= MAX_ORDER, f"must lie between 1 and {MAX_ORDER:g}"),
        ("--skip-s", skip_s, 0.0 <= skip_s < math.inf, "must not be negative"),
    ):
        if not good:
            raise typer.BadParameter(f"{why}, not {value:g}", param_hint=option)


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        raise BadInput(path, f"cannot be written: {error.strerror or error}", "--plot") from None
    finally:
        part.unlink(missing_ok=True)


def _lines(found: Score) -> list[str]:
    """The score for reading, at most 80 columns wide."""
    skipped = f", the first {found.skipped_s:g} s skipped" if found.skipped_s else ""
    siap = found.siap
    return [
        f"{found.truth_times} truth times{skipped}; p {found.p:g}, c {found.c_m:g} m, alpha {found.alpha:g}",
        "",
        _line("GOSPA", found.gospa_m, "m", "mean of the truth times"),
        _line("  localisation", found.localisation_m, "m", ""),
        _line("  missed", found.missed, "", "aircraft a truth time"),
        _line("  false", found.false, "", "tracks a truth time"),
        _line("OSPA", found.ospa_m, "m", "per object"),
        f"{'identity switches':<22}{found.id_switches:>10d}",
        "",
        "SIAP",
        _line("  completeness", siap.completeness, "", "of the aircraft tracked; aim 1"),
        _line("  ambiguity", siap.ambiguity, "", "tracks an aircraft tracked; aim 1"),
        _line("  spuriousness", siap.spuriousness, "", "of the tracks on no aircraft; aim 0"),
        _line("  position error", siap.position_error_m, "m", ""),
        _line("  velocity error", siap.velocity_error_mps, "m/s", ""),
        _line("  id completeness", siap.id_completeness, "", "of the tracked carry an identity"),
        _line("  track changes", siap.track_change_rate_hz, "/s", "per second tracked; aim 0"),
        _line("  longest segment", siap.longest_segment, "", "of a life on one track; aim 1"),
    ]


def _line(name: str, value: float | None, unit: str, words: str) -> str:
    shown = f"{'-':>10}" if value is None else f"{value:>10.4f}" if abs(value) < 10.0 else f"{value:>10.2f}"
    return f"{name:<22}{shown} {unit:<4} {words}".rstrip()
