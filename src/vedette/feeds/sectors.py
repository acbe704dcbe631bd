"""A turning radar's plots and sector messages → looks that say what they covered.

A sector message says the antenna has passed its azimuth. A sector is done when the next one comes, but its plots
may trail: some radars send them a second or two later. How many sectors they trail is learned: in the first turn no
look claims to cover anything; from then on a sector is held back until as many further sectors have passed as plots
have ever trailed. Contract: every plot given comes out once, in a look of its own sector (`covers`), or in one that
covers nothing (first turn, a plot later than any before, a radar that sends north marks alone, whose sector messages
stop or whose plots trail by half a turn); there it comes out at once.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import msgspec

TURN: Final = math.tau
_WIDEST: Final = TURN / 4.0
"""A wider step between two sector messages means that some were lost: it covers nothing."""
_SILENT_S: Final = 10.0
"""Without a sector message for this long (half the slowest turn), plots are passed on at once."""


class Row(msgspec.Struct, frozen=True):
    """One plot: metres, radians, UTC seconds; elevation and range rate (m/s, outward) NaN where not measured."""

    azimuth_true_rad: float
    range_m: float
    elevation_rad: float
    observed_s: float
    identity: str | None
    range_rate_mps: float = math.nan


class Sweep(msgspec.Struct, frozen=True):
    """A group of plots. `sector_rad` (from, to) is what was covered, None: nothing is said of what was not reported."""

    rows: tuple[Row, ...]
    observed_s: float
    sector_rad: tuple[float, float] | None


class _Sector:
    __slots__ = ("ended_s", "rows", "start", "width")

    def __init__(self, start: float, width: float, ended_s: float) -> None:
        self.start, self.width, self.ended_s, self.rows = start, width, ended_s, list[Row]()

    def holds(self, azimuth: float) -> bool:
        return (azimuth - self.start) % TURN < self.width


class SectorLooks:
    """Groups the plots of one radar, given in the order received."""

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._ahead: list[Row] = []
        self._open: deque[_Sector] = deque()
        self._closed: deque[_Sector] = deque(maxlen=512)
        self._swept = 0.0
        self._trail = 0

    def plots(self, rows: list[Row], received_s: float) -> list[Sweep]:
        """Take the plots of one datagram."""
        out = self._silent(received_s)
        if self._last is None or self._swept == 0.0:  # a radar may send north marks alone
            return out + _loose(rows)
        late = [row for row in rows if not self._seat(row)]
        return out + _loose(late)

    def mark(self, azimuth_rad: float, observed_s: float, received_s: float) -> list[Sweep]:
        """Take a sector message (a north mark is azimuth 0). `observed_s`: when the antenna passed there."""
        out = self._silent(received_s)
        previous, self._last = self._last, (azimuth_rad, received_s)
        if previous is None:
            return out
        width = (azimuth_rad - previous[0]) % TURN
        if width == 0.0:
            return out
        if width > _WIDEST:
            return out + self._give_up(keep_mark=True)
        self._swept += width
        sector = _Sector(previous[0], width, observed_s)
        sector.rows = [row for row in self._ahead if sector.holds(row.azimuth_true_rad)]
        self._ahead = [row for row in self._ahead if not sector.holds(row.azimuth_true_rad)]
        self._open.append(sector)
        while len(self._open) > self._trail:
            out += self._close()
        return out

    def close(self) -> list[Sweep]:
        """What is still held, at the end of a recording."""
        return self._give_up(keep_mark=False)

    def _seat(self, row: Row) -> bool:
        """Put a plot into its sector; False: that one has been passed on already."""
        for sector in reversed(self._open):
            if sector.holds(row.azimuth_true_rad):
                sector.rows.append(row)
                return True
        for age, sector in enumerate(reversed(self._closed), start=len(self._open) + 1):
            if sector.holds(row.azimuth_true_rad):
                if (self._last_azimuth() - row.azimuth_true_rad) % TURN < TURN * 0.75:
                    self._trail = max(self._trail, age)
                    return False
                break
        self._ahead.append(row)
        return True

    def _last_azimuth(self) -> float:
        return 0.0 if self._last is None else self._last[0]

    def _close(self) -> list[Sweep]:
        sector = self._open.popleft()
        self._closed.append(sector)
        rows = tuple(sector.rows)
        sector.rows = []
        per_turn = TURN / sector.width
        if self._swept < TURN + sector.width or self._trail > per_turn / 2.0:
            return _loose(rows)
        end = (sector.start + sector.width) % TURN
        return [Sweep(rows, max((row.observed_s for row in rows), default=sector.ended_s), (sector.start, end))]

    def _silent(self, received_s: float) -> list[Sweep]:
        if self._last is None or received_s - self._last[1] <= _SILENT_S:
            return []
        return self._give_up(keep_mark=False)

    def _give_up(self, *, keep_mark: bool) -> list[Sweep]:
        """Pass on all that is held, and learn again from here."""
        rows = [row for sector in self._open for row in sector.rows] + self._ahead
        self._open.clear()
        self._closed.clear()
        self._ahead, self._swept = [], 0.0
        if not keep_mark:
            self._last = None
        return _loose(rows)


def _loose(rows: list[Row] | tuple[Row, ...]) -> list[Sweep]:
    return [Sweep(tuple(rows), max(row.observed_s for row in rows), None)] if rows else []
