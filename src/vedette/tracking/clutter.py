"""Clutter learned online: how many false detections a sensor makes, and where.

The field of view is cut into range bands and azimuth sectors of equal size in what is measured, so that even clutter
gives each cell the same share c₀ of the site file's clutter_per_scan. What is learned is a cell's ratio to that,

    ρ_c = (a ρ₀ + N_c) / (a + E_c c₀),   ρ₀ = (b + Σ N) / (b + Σ E c₀)

N: detections that no track made, by their probability of being clutter; E: looks at the cell; both forgotten with a
time constant of MEMORY_S. It is the mean of a Poisson rate under a gamma prior (conjugate): of weight a about the
sensor's own ratio ρ₀, and that of weight b about 1. The density at a detection is clutter_per_scan ρ_c / volume.
Reporters (ADS-B, Remote ID) do not scan: nothing is learned of them. Neglected: clutter's height and speed.
"""

from __future__ import annotations

import math
from typing import Final

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.projection import POLAR, Detections
from vedette.tracking.association import Claims
from vedette.tracking.state import CELLS

MEMORY_S: Final = 90.0
"""How long what was seen counts: weather and traffic change over minutes."""
CELL_WEIGHT: Final = 4.0
"""a, in detections: so many in one cell move its ratio half of the way."""
SENSOR_WEIGHT: Final = 10.0
"""b, the same for the sensor as a whole against its site file."""
LEAST, MOST = 0.1, 100.0
"""Bounds of a ratio."""
_BANDS, _SECTORS = CELLS
_MANY: Final = _BANDS * _SECTORS


@kernel(inner=True)
def place_of(detections: Detections, j: int, place: Floats, bounds: Floats) -> tuple[int, int]:
    """Range band (-1: range not measured) and azimuth sector (-1: nothing is known) of a detection."""
    if detections.kind[j] == POLAR:
        if detections.variance[j, 1] <= 0.0:
            return -1, -1
        azimuth = detections.value[j, 1]
        slant = detections.value[j, 0] if detections.variance[j, 0] > 0.0 else -1.0
    else:
        east = north = 0.0
        for k in range(3):
            off = detections.where[j, k] - place[3, k]
            east += place[0, k] * off
            north += place[1, k] * off
        azimuth, slant = math.atan2(east, north), math.sqrt(east * east + north * north)
    turned = (azimuth - bounds[2]) / (2.0 * math.pi)
    turned -= math.floor(turned)
    sector = min(int(turned * 2.0 * math.pi / bounds[3] * _SECTORS), _SECTORS - 1)
    if slant < 0.0:
        return -1, sector
    share = (slant - bounds[0]) / max(bounds[1] - bounds[0], 1.0)
    return min(max(int(share * _BANDS), 0), _BANDS - 1), sector


@kernel(inner=True)
def whole(learned: Floats, sensor: int, a_cell: float) -> float:
    """ρ₀ of a sensor; a_cell: c₀."""
    counted = looked = 0.0
    for c in range(_MANY):
        counted += learned[sensor, 0, c]
        looked += learned[sensor, 1, c]
    return min(max((SENSOR_WEIGHT + counted) / (SENSOR_WEIGHT + looked * a_cell), LEAST), MOST)


@kernel(inner=True)
def ratio(learned: Floats, sensor: int, band: int, sector: int, whole_ratio: float, a_cell: float) -> float:
    """ρ of a cell, or the mean over its bands where the band is not known."""
    if sector < 0:
        return whole_ratio
    total, first, last = 0.0, max(band, 0), band if band >= 0 else _BANDS - 1
    for b in range(first, last + 1):
        c = b * _SECTORS + sector
        found = (CELL_WEIGHT * whole_ratio + learned[sensor, 0, c]) / (CELL_WEIGHT + learned[sensor, 1, c] * a_cell)
        total += min(max(found, LEAST), MOST)
    return total / (last - first + 1)


@kernel(inner=True)
def expect_clutter(
    detections: Detections, learned: Floats, sensor: int, learns: bool, clutter: float, births: float, place: Floats,
    bounds: Floats, claims: Claims,
) -> None:  # fmt: skip
    """Density κ of clutter, births and others at each detection, and the share of births in it, into claims.

    clutter, births: expected a look in the whole field of view. place (4, 3), bounds (8,): as in View.
    """
    whole_ratio = whole(learned, sensor, clutter / _MANY) if learns else 1.0
    for j in range(detections.kind.shape[0]):
        expected = clutter
        if learns:
            band, sector = place_of(detections, j, place, bounds)
            expected *= ratio(learned, sensor, band, sector, whole_ratio, clutter / _MANY)
        claims.density[j] = (expected + births) / detections.volume[j] + claims.others[j]
        claims.p_birth[j] = births / (expected + births)


@kernel(inner=True)
def learn_clutter(
    detections: Detections, learned: Floats, sensor: int, dt_s: float, place: Floats, bounds: Floats, arc_rad: Floats,
    claims: Claims,
) -> None:  # fmt: skip
    """Add one look: dt_s since this sensor's last one; arc_rad (from, span) looked at."""
    keep = math.exp(-dt_s / MEMORY_S)
    for sector in range(_SECTORS):
        middle = (bounds[2] + (sector + 0.5) / _SECTORS * bounds[3] - arc_rad[0]) / (2.0 * math.pi)
        looked = 1.0 if (middle - math.floor(middle)) * 2.0 * math.pi <= arc_rad[1] else 0.0
        for band in range(_BANDS):
            c = band * _SECTORS + sector
            learned[sensor, 0, c] *= keep
            learned[sensor, 1, c] = learned[sensor, 1, c] * keep + looked
    for j in range(detections.kind.shape[0]):
        band, sector = place_of(detections, j, place, bounds)
        if sector < 0 or claims.names[j, 0] >= 0:
            continue
        false = claims.p_alone[j] * (1.0 - claims.p_birth[j])
        first, last = max(band, 0), band if band >= 0 else _BANDS - 1
        for b in range(first, last + 1):
            learned[sensor, 0, b * _SECTORS + sector] += false / (last - first + 1)
