"""Vedette: drone watch for airports and air bases. It publishes what it sees; it addresses no effector.

import vedette
site = vedette.load_site("site.toml")
tracker = vedette.Tracker(site)
tracks = tracker.observe(vedette.Scan(sensor="radar-1", observed_s=t, range_m=r, azimuth_true_rad=a))
"""

from typing import TYPE_CHECKING, Any

from vedette.errors import BadInput, BadScan, BadSite, BadTable, VedetteError
from vedette.model import CLASSES, Scan, Status, Tracks
from vedette.site import Site, load_site

if TYPE_CHECKING:
    from vedette.tracking import Tracker

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
]


def __getattr__(name: str) -> Any:
    """`Tracker` on first use: it brings the numeric kernels with it, which take half a second to load."""
    if name == "Tracker":
        from vedette.tracking import Tracker

        return Tracker
    raise AttributeError(f"module 'vedette' has no attribute {name!r}")
