"""Factors between the field's units and SI. Each is exact by definition."""

from __future__ import annotations

FOOT_M = 0.3048
KNOT_MPS = 1852.0 / 3600.0
NAUTICAL_MILE_M = 1852.0
FLIGHT_LEVEL_M = 100.0 * FOOT_M
STANDARD_GRAVITY_MPS2 = 9.80665
