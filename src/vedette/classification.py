"""The name of a class posterior, one rule for tables, screens and reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vedette.model import CLASSES, Floats

GROUPS = ("uav", "manned", "bird", "other")
"""The classes that alerts tell apart: `uav` is rotary and fixed-wing together."""


Masses = tuple[float, float, float, float]
"""A probability for each of GROUPS."""


def masses_of(p_classes: Floats | Sequence[float]) -> Masses:
    """Probability of each of GROUPS, in their order, from a posterior ordered as CLASSES."""
    rotary, fixed_wing, manned, bird, other = p_classes
    return float(rotary + fixed_wing), float(manned), float(bird), float(other)


def group_masses(p_classes: Floats | Sequence[float]) -> dict[str, float]:
    """The same by the groups' names."""
    return dict(zip(GROUPS, masses_of(p_classes), strict=True))


def named_class(p_classes: Floats | Sequence[float]) -> tuple[str, float]:
    """The class a posterior stands for and its probability: the largest group, for `uav` the type where it is ≥ 0.5."""
    masses = group_masses(p_classes)
    best = max(GROUPS, key=lambda group: masses[group])
    if best != "uav":
        return best, masses[best]
    kind = int(np.argmax(np.asarray(p_classes)[:2]))
    p_kind = float(p_classes[kind])
    return (CLASSES[kind], p_kind) if p_kind >= 0.5 else ("uav", masses["uav"])
