"""Where the map's labels go: the first free place about their point, never over a symbol or another label."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from vedette.report.drawing.svg import element, text_at

CHARACTER_WIDTH: Final = 0.56
"""Mean width of a character over its size, in a system sans serif; the boxes need not be exact."""

LEADER_SIZE: Final = 10.5
"""Labels from this size on may stand further off, with a leader."""

_AROUND: Final = ((1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1))
_NEAR: Final = (10.0, 22.0, 38.0, 60.0, 90.0, 130.0)


class Box(msgspec.Struct, frozen=True):
    """A rectangle of the drawing, in its own units, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)


def box_about(x: float, y: float, half_x: float, half_y: float | None = None) -> Box:
    """The box with this centre and these half sides."""
    half = half_x if half_y is None else half_y
    return Box(x - half_x, y - half, x + half_x, y + half)


class Labels:
    """Places labels one after the other; what must be found first is placed first."""

    def __init__(self, frame: Box) -> None:
        self._frame = frame
        self._taken = np.empty((256, 4))
        self._count = 0
        self._drawn: list[str] = []

    def keep_clear(self, box: Box) -> None:
        """No label may cover this."""
        if box.overlap(self._frame) == 0.0:
            return
        if self._count == len(self._taken):
            self._taken = np.concatenate([self._taken, np.empty_like(self._taken)])
        self._taken[self._count] = box.left, box.top, box.right, box.bottom
        self._count += 1

    def add(
        self, x: float, y: float, lines: tuple[str, ...], style: str, size: float, gap: float = 0.0, must: bool = False
    ) -> None:
        """A label about (x, y), at least `gap` away. One that finds no room is left out unless it `must` be there."""
        width = max(len(line) for line in lines) * size * CHARACTER_WIDTH
        height = len(lines) * size * 1.25
        best: tuple[float, Box, float] | None = None
        for near in _NEAR if must else _NEAR[: 2 + 3 * (size >= LEADER_SIZE)]:
            for right, down in _AROUND:
                box = _beside(x, y, right, down, near + gap, width, height)
                cost = self._cost(box)
                if best is None or cost < best[0]:
                    best = (cost, box, near)
            if best is not None and best[0] == 0.0:
                break
        if best is None or (best[0] > 0.0 and not must):
            return
        self.keep_clear(best[1])
        if best[2] > 30.0:
            self._drawn.append(_leader(x, y, best[1]))
        self._drawn.extend(
            text_at(best[1].left, best[1].top + (row + 0.85) * size * 1.25, line, f"{style} {style}-{row}", size)
            for row, line in enumerate(lines)
        )

    def _cost(self, box: Box) -> float:
        whole = (box.right - box.left) * (box.bottom - box.top)
        outside = whole - box.overlap(self._frame)
        left, top, right, bottom = self._taken[: self._count].T
        width = np.minimum(box.right, right) - np.maximum(box.left, left)
        height = np.minimum(box.bottom, bottom) - np.maximum(box.top, top)
        return 100.0 * outside + float(np.sum(np.maximum(width, 0.0) * np.maximum(height, 0.0)))

    def svg(self) -> str:
        """All of them."""
        return "".join(self._drawn)


def _beside(x: float, y: float, right: int, down: int, gap: float, width: float, height: float) -> Box:
    reach = gap if right == 0 or down == 0 else gap * 0.7
    left = x + reach if right > 0 else x - reach - width if right < 0 else x - width / 2.0
    top = y + reach if down > 0 else y - reach - height if down < 0 else y - height / 2.0
    return Box(left, top, left + width, top + height)


def _leader(x: float, y: float, box: Box) -> str:
    to_x, to_y = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    return element("line", x1=x, y1=y, x2=to_x, y2=to_y, class_="leader")
