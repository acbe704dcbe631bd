"""After the fact: every track's whole path from all looks, those before and those after each time."""

from vedette.tracking.smoothing.afterwards import smooth

__all__ = ["smooth"]
