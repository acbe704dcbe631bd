"""What a track is called, from the probabilities of its classes."""

from __future__ import annotations

from typing import Final

CLASS_WORDS: Final = {
    "uav_rotary": "multirotor",
    "uav_fixed_wing": "fixed-wing drone",
    "uav": "drone",
    "manned": "manned aircraft",
    "bird": "bird",
    "other": "other",
}
"""The classes as people say them."""

KIND_LEAST_P: Final = 0.5
"""A drone is called rotary or fixed-wing from here on; below, only a drone."""


def class_of(p_classes: tuple[float, ...]) -> tuple[str, float]:
    """The likeliest of uav (both kinds together), manned, bird and other, and its p; a uav by its kind if sure."""
    rotary, fixed_wing, manned, bird, other = p_classes
    if max(rotary, fixed_wing) >= KIND_LEAST_P:
        return ("uav_rotary", rotary) if rotary >= fixed_wing else ("uav_fixed_wing", fixed_wing)
    candidates = (("uav", rotary + fixed_wing), ("manned", manned), ("bird", bird), ("other", other))
    return max(candidates, key=lambda each: each[1])
