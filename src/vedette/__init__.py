"""Vedette: drone watch for airports and air bases. It publishes what it sees; it addresses no effector.

import vedette
site = vedette.load_site("site.toml")
tracker = vedette.Tracker(site)
tracks = tracker.observe(vedette.Scan(sensor="radar-1", observed_s=t, range_m=r, azimuth_true_rad=a))
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vedette.errors import BadInput, BadScan, BadSite, BadTable, VedetteError
    from vedette.model import CLASSES, Scan, Status, Tracks
    from vedette.site import Site, load_site
    from vedette.tracking import Tracker, smooth

__version__ = "0.1.0"
__all__ = [
    "CLASSES",
    "BadInput",
    "BadScan",
    "BadSite",
    "BadTable",
    "Scan",
    "Site",
    "Status",
    "Tracker",
    "Tracks",
    "VedetteError",
    "__version__",
    "load_site",
    "smooth",
]


_ROOMS = {
    "vedette.errors": ("BadInput", "BadScan", "BadSite", "BadTable", "VedetteError"),
    "vedette.model": ("CLASSES", "Scan", "Status", "Tracks"),
    "vedette.site": ("Site", "load_site"),
    "vedette.tracking": ("Tracker", "smooth"),
}


def __getattr__(name: str) -> Any:
    """Each name on first use: geometry and kernels take half a second to load, in which a signal finds no handler."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(room), name)
    raise AttributeError(f"module 'vedette' has no attribute {name!r}")
