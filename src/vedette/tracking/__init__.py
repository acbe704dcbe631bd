"""Scans → tracks; and after the fact, smoothed tracks."""

from vedette.tracking.smoothing import moments, renumbered, same_tracks, smooth
from vedette.tracking.snapshot import BadSnapshot
from vedette.tracking.tracker import Tracker, warm_up

__all__ = ["BadSnapshot", "Tracker", "moments", "renumbered", "same_tracks", "smooth", "warm_up"]
