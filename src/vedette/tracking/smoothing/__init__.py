"""After the fact: every track's whole path from all looks, those before and those after each time."""

from vedette.tracking.smoothing.afterwards import moments, smooth
from vedette.tracking.smoothing.numbers import renumbered, same_tracks

__all__ = ["moments", "renumbered", "same_tracks", "smooth"]
