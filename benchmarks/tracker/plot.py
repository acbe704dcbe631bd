"""Lines over the number of drones, as an SVG of our own; logarithmic across, and upward where the span is wide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 860.0, 440.0
LEFT, RIGHT, TOP, BOTTOM = 76.0, 270.0, 48.0, 52.0
"""The drawing and its margins, in SVG units; the legend stands in the right margin."""

_COLOURS = ("#111111", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#5d3a9b")
"""Okabe and Ito's, told apart by the colour-blind, and two more."""
_DASHES = ("", "7 3", "2 2")
_STYLE = (
    "text{font-family:'IBM Plex Sans',system-ui,sans-serif;font-size:12px;fill:#333}"
    ".title{font-size:15px;font-weight:600;fill:#111}.grid{stroke:#e2e2e2}.axis{stroke:#666}"
    "path{fill:none;stroke-width:1.5;stroke-linejoin:round}"
)

WIDE = 3.0
"""Highest by lowest value from which on the upward axis is logarithmic."""

Points = Sequence[tuple[float, float]]


def lines_svg(title: str, across: str, upward: str, lines: Mapping[str, Points]) -> str:
    """The drawing as text.

    Args:
        title, across, upward: what it shows, and what the axes measure.
        lines: by name, (x, y), both positive, x ascending; a single point is drawn as a dot.
    """
    drawn = {name: points for name, points in lines.items() if points}
    xs = sorted({x for points in drawn.values() for x, _ in points})
    ys = _ticks([y for points in drawn.values() for _, y in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#fff"/>',
        _text(LEFT, 24, title, class_="title"),
        _text(WIDTH - RIGHT, HEIGHT - 12, across, anchor="end"),
        _text(LEFT - 8, TOP - 8, upward, anchor="end"),
    ]
    for y in ys:
        parts.append(_line(LEFT, _y(y, ys), WIDTH - RIGHT, _y(y, ys), "grid"))
        parts.append(_text(LEFT - 8, _y(y, ys) + 4, f"{y:,g}" if y < 1e6 else f"{y / 1e6:g} M", anchor="end"))
    for x in xs:
        parts.append(_line(_x(x, xs), HEIGHT - BOTTOM, _x(x, xs), HEIGHT - BOTTOM + 5, "axis"))
        parts.append(_text(_x(x, xs), HEIGHT - BOTTOM + 19, f"{x:,g}", anchor="middle"))
    parts.append(_line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "axis"))
    for place, (name, points) in enumerate(drawn.items()):
        parts += _drawn(place, name, [(_x(x, xs), _y(y, ys)) for x, y in points])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(place: int, name: str, at: Points) -> list[str]:
    """One line, its dots, and its entry in the legend."""
    colour, dashes = _COLOURS[place % len(_COLOURS)], _DASHES[place // 3 % len(_DASHES)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
    x, y = WIDTH - RIGHT + 18.0, TOP + 8.0 + 20.0 * place
    return [
        f'<path d="M{path}" stroke="{colour}" stroke-dasharray="{dashes}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in at),
        f'<path d="M{x:.1f} {y:.1f}h24" stroke="{colour}" stroke-dasharray="{dashes}"/>',
        _text(x + 30.0, y + 4.0, name),
    ]


def _ticks(values: Sequence[float]) -> list[float]:
    """Round values from below the least to above all.

    1, 2 and 5 times powers of ten (over more than two decades: the powers); equal steps where the span is not wide.
    """
    low, high = min(values), max(values)
    if high < WIDE * low:
        span = max(high - low, 0.1 * high)
        step = 10.0 ** math.floor(math.log10(span / 2.0))
        step *= next(factor for factor in (1.0, 2.0, 5.0, 10.0) if span <= 6.0 * step * factor)
        return [step * at for at in range(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9) + 1)]
    steps = (1.0, 2.0, 5.0) if math.log10(high / low) <= 2.0 else (1.0,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    below = max(tick for tick in ticks if tick <= low * (1.0 + 1e-9))
    above = min(tick for tick in ticks if tick >= high * (1.0 - 1e-9))
    return [tick for tick in ticks if below <= tick <= above]


def _x(value: float, xs: Sequence[float]) -> float:
    part = math.log(value / xs[0]) / math.log(xs[-1] / xs[0]) if xs[-1] > xs[0] else 0.5
    return LEFT + 16.0 + (WIDTH - LEFT - RIGHT - 32.0) * part


def _y(value: float, ys: Sequence[float]) -> float:
    part = (value - ys[0]) / (ys[-1] - ys[0])
    if ys[-1] >= WIDE * ys[0] > 0.0:
        part = math.log(value / ys[0]) / math.log(ys[-1] / ys[0])
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return f'<line class="{class_}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", class_: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{class_}">{escape(text)}</text>'
