"""Before a look: how likely its sensor is to see each track."""

from __future__ import annotations

from typing import Final

from vedette.geo import Floats
from vedette.sensing.compiled import kernel
from vedette.sensing.view import p_in_view
from vedette.tracking.association import Chances
from vedette.tracking.state import Rows

P_REPORT: Final = 0.5
"""Probability of detection of a sensor whose silence says nothing."""
P_HOPED: Final = 0.02
"""Least probability of detection with which a detection counts: a track in a blind spot may be seen all the same."""


@kernel(inner=True)
def weigh(
    rows: Rows, count: int, sensor: int, covers: bool, place: Floats, bounds: Floats, arc_rad: Floats, chances: Chances
) -> None:
    """Probability of detection if the sensor perceives the track, and p and q of vedette.tracking.association."""
    for i in range(count):
        chances.p_seen[i] = chances.p[i] = P_REPORT
        chances.q[i] = 0.0
        if covers:
            known_up = rows.blind_up_m2[i] == 0.0
            seen = p_in_view(rows.mean, rows.covariance, rows.mode, i, known_up, place, bounds, arc_rad)
            chances.p_seen[i] = seen
            chances.q[i] = seen * rows.p_visible[i, sensor]
            chances.p[i] = max(chances.q[i], P_HOPED)
