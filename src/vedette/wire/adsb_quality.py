"""What ADS-B's quality codes say of a position, as standard deviations.

Integrity: with a probability that SIL names, the aircraft is inside the containment radius Rc, which NIC names. Rc by
the type code of the position message, the version of the standard (0: DO-260, 1: A, 2: B) and the NIC supplements:

    type code  Rc [m], and where a supplement makes it another
    5 9 20     7.5
    6 10 21    25
    7          185.2; 75 with A (versions 1, 2)
    8          unknown; version 2: 370.4 with A and C, 555.6 with A, 1111.2 with C
    11         185.2; 75 with A (version 1), with A and B (2)
    12         370.4
    13         926; 1111.2 with A (version 1), with A and B (2); 555.6 with B alone (2)
    14, 15     1852, 3704
    16         18520 (version 0), 14816; 7408 with A (version 1), with A and B (2)
    17         37040
    18 22      unknown

SIL 1, 2, 3: outside Rc with less than 1e-3, 1e-5, 1e-7, here taken of each sample: per flight hour it is stricter.
Accuracy: NACp names the radius (EPU) that holds the position with 95 %, and from 9 up the height (VEPU); GVA
(version 2) names the height alone: 1 = 150 m, 2 = 45 m with 95 %.

The codes and their bounds are those of RTCA DO-260, A and B as tabled in J. Sun, The 1090 Megahertz Riddle (2nd ed.),
chapter on uncertainty. Errors are taken as normal, alike on both axes: the radius is Rayleigh, so a radius that is
passed with probability p is sigma sqrt(-2 ln p); 95 % of a height is 1.96 sigma. What the codes bound is the aircraft's
own navigation; the age of a position is not in them (see LATENCY_SIGMA_M).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

NACP_95_M: Final[Mapping[int, float]] = {
    1: 18520.0, 2: 7408.0, 3: 3704.0, 4: 1852.0, 5: 926.0, 6: 555.6, 7: 185.2, 8: 92.6, 9: 30.0, 10: 10.0, 11: 3.0,
}  # fmt: skip
VEPU_95_M: Final[Mapping[int, float]] = {9: 45.0, 10: 15.0, 11: 4.0}
GVA_95_M: Final[Mapping[int, float]] = {1: 150.0, 2: 45.0}
NIC_RADIUS_M: Final[Mapping[int, float]] = {
    1: 37040.0, 2: 14816.0, 3: 7408.0, 4: 3704.0, 5: 1852.0, 6: 1111.2, 7: 370.4, 8: 185.2, 9: 75.0, 10: 25.0, 11: 7.5,
}  # fmt: skip
"""Rc by the NIC alone, where the supplements are not known: the larger of what a NIC can mean."""
NUCP_RADIUS_M: Final[Mapping[int, float]] = {
    1: 37040.0, 2: 18520.0, 3: 3704.0, 4: 1852.0, 5: 926.0, 6: 370.4, 7: 185.2, 8: 25.0, 9: 7.5,
}  # fmt: skip
"""The horizontal protection limit by NUCp, which stood for NIC and NACp before version 1."""
LATENCY_SIGMA_M: Final = 20.0
"""Added to every position: what an aircraft moves in the tenth of a second that its position is old when sent."""
UNKNOWN_SIGMA_M: Final = 1000.0
"""Where neither accuracy nor containment is known: worse than any navigation in use near a field."""
UNKNOWN_SIGMA_ALTITUDE_M: Final = 45.0
"""Of a GNSS height that no code qualifies: GVA 2, the common one, with room."""

_BY_TYPE_M: Final[Mapping[int, float]] = {
    5: 7.5, 6: 25.0, 7: 185.2, 9: 7.5, 10: 25.0, 11: 185.2, 12: 370.4, 13: 926.0, 14: 1852.0, 15: 3704.0, 16: 14816.0,
    17: 37040.0, 20: 7.5, 21: 25.0,
}  # fmt: skip
_OUTSIDE: Final[Mapping[int, float]] = {1: 1e-3, 2: 1e-5, 3: 1e-7}
_RAYLEIGH_95: Final = math.sqrt(-2.0 * math.log(0.05))
_NORMAL_95: Final = 1.96


def containment_m(type_code: int, version: int, *, a: bool = False, b: bool = False, c: bool = False) -> float | None:
    """Rc in metres, None: unknown. a, b, c: the NIC supplements; in version 1 there is but one, given as `a`."""
    if version == 0:
        return 18520.0 if type_code == 16 else _BY_TYPE_M.get(type_code)
    if type_code == 8 and version >= 2:
        return {(True, True): 370.4, (True, False): 555.6, (False, True): 1111.2}.get((a, c))
    both = a and (b or version == 1 or type_code == 7)
    if both and type_code in (7, 11, 13, 16):
        return {7: 75.0, 11: 75.0, 13: 1111.2, 16: 7408.0}[type_code]
    if type_code == 13 and version >= 2 and b:
        return 555.6
    return _BY_TYPE_M.get(type_code)


def sigma_position_m(*, nacp: int | None, radius_m: float | None, sil: int | None) -> float:
    """Standard deviation of each horizontal axis, latency included.

    The accuracy holds where one is said (NACp ≥ 1), else the containment with its SIL; with no SIL (version 0, or
    unknown) half the radius is taken to hold 95 %, as version 0 defines it.
    """
    accuracy_95_m = NACP_95_M.get(nacp or 0)
    if accuracy_95_m is not None:
        own_m = accuracy_95_m / _RAYLEIGH_95
    elif radius_m is None:
        own_m = UNKNOWN_SIGMA_M
    elif sil is not None and sil in _OUTSIDE:
        own_m = radius_m / math.sqrt(-2.0 * math.log(_OUTSIDE[sil]))
    else:
        own_m = radius_m / 2.0 / _RAYLEIGH_95
    return math.hypot(own_m, LATENCY_SIGMA_M)


def sigma_altitude_m(*, gva: int | None, nacp: int | None) -> float:
    """Standard deviation of a GNSS height."""
    known = GVA_95_M.get(gva or 0) or VEPU_95_M.get(nacp or 0)
    return UNKNOWN_SIGMA_ALTITUDE_M if known is None else known / _NORMAL_95
