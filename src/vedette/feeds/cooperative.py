"""What position-reporting sources share: position reports → one look, and an aircraft's particulars, sent when new.

A position report names what it is of, where, when, and how well it knows it. Its emitter category is a claim like all
else an aircraft says: it may raise suspicion (B6, unmanned) and may say that something is no aircraft (C, vehicles and
obstacles), but it is never passed on as a report that something is a manned aircraft, which any forger would send.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from vedette.model import CLASSES, CooperativeReport, Floats, Scan
from vedette.wire.adsb import FORGET_S, MAX_AIRCRAFT
from vedette.wire.lately import Lately

REPEAT_S: Final = 10.0
"""A cooperative report is sent when its particulars change, and at least this often while the aircraft is heard."""
SQUAWKS: Final[Mapping[str, str]] = {"7500": "unlawful_interference", "7600": "no_communication", "7700": "general"}
"""What these Mode A codes declare (ICAO Annex 10, volume IV)."""
_P_HINT: Final = 0.8
"""What a category's word is worth: others share the rest."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """One position report. Times UTC; sigmas per horizontal axis and of the altitude; unknown is None."""

    observed_s: float
    latitude_deg: float
    longitude_deg: float
    identity: str | None = None
    sigma_position_m: float | None = None
    altitude_ellipsoid_m: float | None = None
    sigma_altitude_m: float | None = None
    emitter_category: str | None = None


def scan_of_positions(sensor: str, positions: Sequence[Position]) -> Scan:
    """The look of at least one report, at the time of the latest; it says nothing of what was not reported."""
    observed_s = max(one.observed_s for one in positions)
    hints = [_hint(one.emitter_category) for one in positions]
    return Scan(
        sensor=sensor,
        observed_s=observed_s,
        latitude_deg=np.array([one.latitude_deg for one in positions]),
        longitude_deg=np.array([one.longitude_deg for one in positions]),
        altitude_ellipsoid_m=_column(positions, lambda one: one.altitude_ellipsoid_m),
        sigma_position_m=_column(positions, lambda one: one.sigma_position_m),
        sigma_altitude_ellipsoid_m=_column(positions, lambda one: one.sigma_altitude_m),
        time_offset_s=None if len(positions) == 1 else np.array([one.observed_s - observed_s for one in positions]),
        identity=tuple(one.identity for one in positions),
        p_classes=None if not any(hints) else np.array([hint or [math.nan] * len(CLASSES) for hint in hints]),
        covers=False,
    )


def _column(positions: Sequence[Position], value: Callable[[Position], float | None]) -> Floats | None:
    values = [value(one) for one in positions]
    if all(each is None for each in values):
        return None
    return np.array([math.nan if each is None else each for each in values])


def _hint(category: str | None) -> list[float] | None:
    named = ("uav_rotary", "uav_fixed_wing") if category == "B6" else ("other",) if (category or "")[:1] == "C" else ()
    if not named:
        return None
    others = len(CLASSES) - len(named)
    return [_P_HINT / len(named) if name in named else (1.0 - _P_HINT) / others for name in CLASSES]


class _Known(msgspec.Struct):
    callsign: str | None = None
    emitter_category: str | None = None
    squawk: str | None = None
    emergency: str | None = None
    pressure_altitude_m: float | None = None
    sent: tuple[str | None, ...] | None = None
    sent_s: float = -math.inf


class Particulars:
    """What each aircraft says of itself, remembered until it has been silent for FORGET_S.

    An aircraft is remembered under its own name, `icao:…` or `callsign:…`; one whose address is none of ICAO's under
    any other (`anonymous:…`), which names nobody: it is reported under the callsign it gives, not at all before.

    Args:
        sensor, source: of the reports made.
    """

    def __init__(self, sensor: str, source: str) -> None:
        self._sensor, self._source = sensor, source
        self._known = Lately(_Known, FORGET_S, MAX_AIRCRAFT)

    def identity(self, own: str) -> str | None:
        """The name to report it under."""
        if own.startswith(("icao:", "callsign:")):
            return own
        known = self._known.peek(own)
        return None if known is None or known.callsign is None else f"callsign:{known.callsign}"

    def emitter_category(self, own: str) -> str | None:
        """The category it last gave."""
        known = self._known.peek(own)
        return None if known is None else known.emitter_category

    def hear(
        self,
        own: str,
        at_s: float,
        *,
        callsign: str | None = None,
        emitter_category: str | None = None,
        squawk: str | None = None,
        emergency: str | None = None,
        pressure_altitude_m: float | None = None,
        worth: bool = True,
    ) -> Iterator[CooperativeReport]:
        """A report if anything but the altitude is new or REPEAT_S have passed. None: not said now, which is no news.

        An emergency is what is declared, or what a squawk stands for; "none" takes an earlier one back. `worth`: False
        where this alone is no reason to report.
        """
        known = self._known.hear(own, at_s) or _Known()
        known.callsign = callsign or known.callsign
        known.emitter_category = emitter_category or known.emitter_category
        known.squawk = squawk or known.squawk
        if emergency is not None or squawk is not None:
            declared = None if emergency == "none" else emergency
            known.emergency = declared or SQUAWKS.get(known.squawk or "") or "none"
        if pressure_altitude_m is not None:
            known.pressure_altitude_m = pressure_altitude_m
        particulars = known.callsign, known.emitter_category, known.squawk, known.emergency
        due = particulars != known.sent or at_s - known.sent_s >= REPEAT_S
        identity = self.identity(own)
        if identity is None or not due or not (worth or known.callsign is not None):
            return
        known.sent, known.sent_s = particulars, at_s
        yield CooperativeReport(
            sensor=self._sensor,
            observed_s=at_s,
            source=self._source,
            identity=identity,
            callsign=known.callsign,
            emitter_category=known.emitter_category,
            squawk=known.squawk,
            emergency=known.emergency,
            pressure_altitude_m=known.pressure_altitude_m,
        )
