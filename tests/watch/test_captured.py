"""A live watch over five feeds under a capture, and the capture replayed: the same detections, tracks and alerts.

Equal means: every event that the pipeline wrote before the live watch ended, with its payload, observed and received
time, in the same order. Left out is what is not made from detections: that the watch began and ended, the site's
version, the feeds' and the disk's state, closed files.
"""

from __future__ import annotations

OF_DETECTIONS = (
    "track_point",
    "track_ended",
    "cooperative_seen",
    "alert_raised",
    "alert_cleared",
    "incident_opened",
    "incident_joined",
    "incident_track",
    "incident_detections",
    "incident_closed",
)
