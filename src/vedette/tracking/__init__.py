"""Scans → tracks."""

from vedette.tracking.snapshot import BadSnapshot
from vedette.tracking.tracker import Tracker, warm_up

__all__ = ["BadSnapshot", "Tracker", "warm_up"]
