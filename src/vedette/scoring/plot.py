"""GOSPA over time with its parts, as an SVG of our own, or that as PNG or PDF: no plotting library is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final, Literal, cast

import typst

from vedette.clock import iso_utc
from vedette.scoring.score import Course, Score
from vedette.scoring.sets import ALPHA

WIDTH, HEIGHT = 860.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 20.0, 74.0, 52.0
"""The drawing and its margins, in SVG units (pixels at 100 %)."""
MAX_POINTS = 2000
"""More truth times than this are drawn thinned: a line has no more pixels to show them."""

_STYLE = (
    "text{font-family:'IBM Plex Sans',system-ui,sans-serif;font-size:12px;fill:#333}"
    ".title{font-size:15px;font-weight:600;fill:#111}.grid{stroke:#e2e2e2}.axis{stroke:#666}"
    "path{fill:none;stroke-width:1.5;stroke-linejoin:round}"
)
_LINES = (
    ("GOSPA", "#111111", ""),
    ("localisation", "#0072b2", ""),
    ("missed", "#d55e00", "6 3"),
    ("false", "#009e73", "2 2"),
)
"""Name, colour (Okabe and Ito's, told apart by the colour-blind) and dashes of each line."""


PLOTS: Final = (".svg", ".png", ".pdf")
"""The endings of a plot's name."""
_PER_INCH: Final = 144.0
"""A PNG has twice the pixels of the drawing's units, of which 72 are an inch."""
_SHEET: Final = f"""
#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt, fill: white)
#image(bytes(sys.inputs.drawing), format: "svg", width: 100%)
"""


def plot(found: Score, course: Sequence[Course], ending: str) -> bytes:
    """The drawing as a file of that ending, one of PLOTS. See `plot_svg`.

    PNG and PDF are set by typst in the fonts that it carries, never the machine's.
    """
    drawing = plot_svg(found, course)
    if ending == ".svg":
        return drawing.encode()
    drawing = drawing.replace("system-ui,sans-serif", "'Libertinus Serif'")
    fonts = typst.Fonts(include_system_fonts=False)
    sheet = typst.Compiler(_SHEET.encode(), font_paths=fonts, sys_inputs={"drawing": drawing})
    return cast("bytes", sheet.compile(format=cast("Literal['png', 'pdf']", ending[1:]), ppi=_PER_INCH, timestamp=0))


def plot_svg(found: Score, course: Sequence[Course]) -> str:
    """The drawing as text. Missed and false stand in metres, as GOSPA counts them: (c^p / 2 · number)^(1/p).

    Args:
        found: the score, for the title. course: one or more truth times, ascending.
    """
    thinned = course[:: max(1, math.ceil(len(course) / MAX_POINTS))]
    start_s = thinned[0].time_s
    seconds = [one.time_s - start_s for one in thinned]
    lines = [_values_m(found, thinned, name) for name, _, _ in _LINES]
    end_s, y_ticks = seconds[-1] or 1.0, _ticks(max(max(values) for values in lines))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#fff"/>',
        _text(LEFT, 24, f"GOSPA and its parts over {found.truth_times} truth times, with their means", class_="title"),
        *_legend(found),
        *_axes(end_s, y_ticks),
        _text(WIDTH - RIGHT, HEIGHT - 12, f"seconds after {iso_utc(start_s)}", anchor="end"),
        _text(LEFT - 8, TOP - 10, "m", anchor="end"),
    ]
    for (_, colour, dashes), values in zip(_LINES, lines, strict=True):
        points = [
            f"{_x(second, end_s):.1f} {_y(value, y_ticks):.1f}" for second, value in zip(seconds, values, strict=True)
        ]
        points = points if len(points) > 1 else [points[0], points[0].replace(" ", ".01 ")]
        parts.append(f'<path d="M{"L".join(points)}" stroke="{colour}" stroke-dasharray="{dashes}"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _values_m(found: Score, course: Sequence[Course], name: str) -> list[float]:
    if name == "GOSPA":
        return [one.gospa_m for one in course]
    if name == "localisation":
        return [one.localisation_m for one in course]
    numbers = [one.missed if name == "missed" else one.false for one in course]
    return [found.c_m * (number / ALPHA) ** (1.0 / found.p) for number in numbers]


def _ticks(most: float) -> list[float]:
    """Round steps from 0 to the first at or above `most`, which for 0 is 1."""
    most = most if most > 0.0 else 1.0
    step = 10.0 ** math.floor(math.log10(most / 4.0))
    step *= next(factor for factor in (1.0, 2.0, 5.0, 10.0) if most / (step * factor) <= 6.0)
    return [step * index for index in range(math.ceil(most / step - 1e-9) + 1)]


def _x(second: float, end_s: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * second / end_s


def _y(value: float, ticks: list[float]) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / ticks[-1]


def _axes(end_s: float, y_ticks: list[float]) -> list[str]:
    floor, end = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for value in y_ticks:
        parts.append(_line(LEFT, _y(value, y_ticks), end, _y(value, y_ticks), "grid"))
        parts.append(_text(LEFT - 8, _y(value, y_ticks) + 4, f"{value:g}", anchor="end"))
    for second in (tick for tick in _ticks(end_s) if tick <= end_s):
        parts.append(_line(_x(second, end_s), floor, _x(second, end_s), floor + 5, "axis"))
        parts.append(_text(_x(second, end_s), floor + 19, f"{second:g}", anchor="middle"))
    return [*parts, _line(LEFT, floor, end, floor, "axis")]


def _legend(found: Score) -> list[str]:
    means = (
        f"{found.gospa_m:.1f} m",
        f"{found.localisation_m:.1f} m",
        f"{found.missed:.2f}",
        f"{found.false:.2f}",
    )
    parts = []
    for place, ((name, colour, dashes), mean) in enumerate(zip(_LINES, means, strict=True)):
        x = LEFT + 190.0 * place
        parts.append(f'<path d="M{x:.1f} 44h26" stroke="{colour}" stroke-dasharray="{dashes}"/>')
        parts.append(_text(x + 32, 48, f"{name} {mean}"))
    return parts


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return f'<line class="{class_}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", class_: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{class_}">{escape(text)}</text>'
