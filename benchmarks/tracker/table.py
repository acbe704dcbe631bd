"""The tables on the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.tracker.contest import BOUND, PEER, Line, mean
from benchmarks.tracker.growth import Growth, Memory
from benchmarks.tracker.scenes import Run
from benchmarks.tracker.speed import Speed
from benchmarks.tracker.verdict import Verdict

WIDTH = 100
_NAME = 34
_COLUMNS = (
    ("GOSPA m", 8, "gospa_m", ".1f"),
    ("local. m", 9, "localisation_m", ".1f"),
    ("missed", 7, "missed", ".2f"),
    ("false", 6, "false", ".2f"),
    ("OSPA m", 7, "ospa_m", ".1f"),
    ("switches", 9, "id_switches", ".1f"),
    ("complete", 9, "completeness", ".3f"),
)
_RATE = 11
_WHAT = 58


def heading(title: str) -> str:
    """A block's heading."""
    return f"\n{title}\n{'-' * WIDTH}"


def columns() -> str:
    """Names of the accuracy columns."""
    return " " * _NAME + "".join(f"{name:>{width}}" for name, width, *_ in _COLUMNS) + f"{'det/s':>{_RATE}}"


def line(found: Line, full: tuple[int, int]) -> Iterable[str]:
    """A contender's row; after a shortened run, what was shortened and ours on the same scenes.

    Args:
        full: seeds and scans of a run that is not shortened.
    """
    rate = "" if found.kind == BOUND else f"{found.rate_hz:,.0f}"
    yield f"{found.name:<{_NAME}}" + _score(found.runs) + f"{rate:>{_RATE}}"
    if found.kind == PEER and (len(found.seeds), found.scans) != full:
        seeds = " ".join(map(str, found.seeds))
        yield f"{f'  {found.scans} scans, seeds {seeds}; Vedette there':<{_NAME}}" + _score(found.ours)


def beside(peers: Sequence[Line]) -> Iterable[str]:
    """Ours, and the lowest bound, beside each peer on the very scenes of its run: what could be gained at most."""
    names = ("drones", "peer m", "Vedette m", "by peer's", "bound m", "by peer's")
    yield " " * _NAME + "".join(f"{name:>11}" for name in names)
    for one in peers:
        peer_m = one.mean("gospa_m")
        row = f"{one.name:<{_NAME}}{one.drones:>11}{peer_m:>11.1f}"
        for runs in (one.ours, one.bound):
            row += f"{mean(runs, 'gospa_m'):>11.1f}{100.0 * (mean(runs, 'gospa_m') / peer_m - 1.0):>+9.1f} %"
        yield row


def _score(runs: Sequence[Run]) -> str:
    return "".join(f"{format(mean(runs, name), form):>{width}}" for _, width, name, form in _COLUMNS)


def speeds(found: Sequence[Speed]) -> Iterable[str]:
    """Ours, its kernels alone and the bare filter side by side."""
    names = ("observe", "kernels alone", "bare EKF", "bare/observe", "bare/kernels", "calls a look")
    yield f"{'det/s':<8}" + "".join(f"{name:>15}" for name in names[:-1]) + f"{names[-1]:>{WIDTH - 83}}"
    for one in found:
        numbers = "".join(f"{rate:>15,.0f}" for rate in (one.observe_hz, one.kernels_hz, one.bare_hz))
        ratios = "".join(f"{one.bare_hz / rate:>15.1f}" for rate in (one.observe_hz, one.kernels_hz))
        yield f"N = {one.drones:<4}" + numbers + ratios + f"{one.calls:>{WIDTH - 83}.0f}"


def growth(cases: Sequence[Growth], late_s: Sequence[float], memory: Memory) -> Iterable[str]:
    """Time per detection by number of drones, a late look, memory."""
    yield f"{'drones':>8}{'clutter':>10}{'reach':>8}{'us/detection':>15}{'det/s':>12}{'followed':>11}"
    for one in cases:
        row = f"{one.drones:>8,}{one.clutter:>10,.0f}{one.reach:>8.2f}{1e6 * one.seconds:>15.2f}"
        yield row + f"{1.0 / one.seconds:>12,.0f}{one.followed:>11.3f}"
    median_ms, most_ms = 1e3 * float(np.median(late_s)), 1e3 * max(late_s)
    yield f"a look 2 s late at 200 drones: median {median_ms:.1f} ms, longest {most_ms:.1f} ms, of {len(late_s)}"
    peak = f"peak {memory.above_imports:.0f} MB above the imports' {memory.imports:.0f} MB"
    yield f"memory: {memory.tracks:,} tracks, {peak}, {memory.kernels:.0f} MB of it the kernels"


def verdicts(found: Sequence[Verdict]) -> Iterable[str]:
    """Measured, aim and their ratio, one a row."""
    yield f"{'':<{_WHAT}}{'measured':>11}{'aim':>14}{'ratio':>8}"
    for one in found:
        measured = f"{_number(one.measured)}{one.unit and ' ' + one.unit}"
        aim = f"{'>=' if one.least else '<='} {_number(one.aim)}"
        ratio = f"{one.of_aim:.2f}" if one.aim else "-"
        yield f"{one.what:<{_WHAT}}{measured:>11}{aim:>14}{ratio:>8}{'met' if one.met else 'NOT MET':>9}"
        if one.note:
            yield f"    does not count: {one.note}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000.0 else f"{value:.1f}" if value >= 10.0 else f"{value:.3f}"
