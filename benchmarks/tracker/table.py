"""The table on the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.tracker.contest import BOUND, PEER, Line, mean
from benchmarks.tracker.scenes import Run

WIDTH = 100
_NAME = 33
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
        seeds = ", ".join(map(str, found.seeds))
        yield f"{f'  {found.scans} scans, seeds {seeds}; Vedette:':<{_NAME}}" + _score(found.ours)


def _score(runs: Sequence[Run]) -> str:
    return "".join(f"{format(mean(runs, name), form):>{width}}" for _, width, name, form in _COLUMNS)
