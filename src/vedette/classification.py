"""The name of a class posterior, one rule for tables, screens and reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vedette.model import CLASSES, Floats

GROUPS = ("uav", "manned", "bird", "other")
"""The classes that alerts tell apart: `uav` is rotary and fixed-wing together."""


def group_masses(p_classes: Floats | Sequence[float]) -> dict[str, float]:
    """Probability of each of GROUPS from a posterior ordered as CLASSES."""
    p = dict(zip(CLASSES, (float(one) for one in p_classes), strict=True))
    return {"uav": p["uav_rotary"] + p["uav_fixed_wing"], "manned": p["manned"], "bird": p["bird"], "other": p["other"]}


def named_class(p_classes: Floats | Sequence[float]) -> tuple[str, float]:
    """The class a posterior stands for and its probability: the largest group, for `uav` the type where it is ≥ 0.5."""
    masses = group_masses(p_classes)
    best = max(GROUPS, key=lambda group: masses[group])
    if best != "uav":
        return best, masses[best]
    kind = int(np.argmax(np.asarray(p_classes)[:2]))
    p_kind = float(p_classes[kind])
    return (CLASSES[kind], p_kind) if p_kind >= 0.5 else ("uav", masses["uav"])
