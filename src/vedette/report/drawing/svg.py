"""SVG as text. Numbers are rounded to a tenth of a unit; every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import shapely
from shapely.geometry.base import BaseGeometry

from vedette.model import Floats


def element(tag: str, content: str = "", **attributes: float | str) -> str:
    """`class_` stands for class, `stroke_width` for stroke-width."""
    parts = [tag]
    for name, value in attributes.items():
        shown = f"{value:.1f}" if isinstance(value, float) else escape(str(value))
        parts.append(f'{name.rstrip("_").replace("_", "-")}="{shown}"')
    head = " ".join(parts)
    return f"<{head}>{content}</{tag}>" if content else f"<{head}/>"


def text_at(x: float, y: float, text: str, class_: str, size: float, anchor: str = "start") -> str:
    """One line of text with its baseline at y."""
    return element("text", escape(text), x=x, y=y, class_=class_, font_size=size, text_anchor=anchor)


def points_path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """The `d` of a path through the points."""
    steps = [f"{x:.1f} {y:.1f}" for x, y in points]
    return ("M" + "L".join(steps) + ("Z" if closed else "")) if steps else ""


def shape_path(shape: BaseGeometry) -> str:
    """The `d` of a shape already in the drawing's units: rings closed, lines open."""
    found = []
    for part in shapely.get_parts(shape):
        area = part.geom_type == "Polygon"
        for line in shapely.get_rings(part) if area else [part]:
            corners: Floats = shapely.get_coordinates(line)
            found.append(points_path(((float(x), float(y)) for x, y in corners), closed=area))
    return "".join(found)
