"""Scans → tracks; and after the fact, smoothed tracks."""

from vedette.tracking.smoothing import smooth
from vedette.tracking.snapshot import BadSnapshot
from vedette.tracking.tracker import Tracker, warm_up

__all__ = ["BadSnapshot", "Tracker", "smooth", "warm_up"]
