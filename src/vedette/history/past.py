"""An incident of the record → what history counts of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vedette.geo import distance_azimuth
from vedette.model import Alert, Impact, Incident, IncidentTrackSummary, PastIncident
from vedette.site import Site

_WORST: Final = ("inside", "unsure", "outside")


def past_of(incident: Incident, alerts: Mapping[str, Alert], site: Site) -> PastIncident:
    """`alerts`: by id, the incident's own among them."""
    own = [alerts[name] for name in incident.alerts if name in alerts]
    falls = [track.impact for track in incident.tracks if track.impact is not None and track.impact.basis == "descent"]
    seen = [track for track in incident.tracks if track.first_latitude_deg is not None]
    first = min(seen, key=lambda track: (track.first_s, track.track), default=None)
    latitude_deg, longitude_deg = _where(falls, first)
    return PastIncident(
        incident=incident.incident,
        site=site.id,
        timezone=site.timezone,
        origin=incident.origin,
        opened_s=incident.opened_s,
        closed_s=incident.closed_s,
        kinds=tuple(sorted({track.class_ for track in incident.tracks})),
        aircraft=incident.count.most_likely,
        azimuth_true_deg=None if first is None else _azimuth_deg(first, site),
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        place=next((word for word in _WORST if any(fall.place == word for fall in falls)), None),
        zones=tuple(sorted({alert.zone for alert in own if alert.zone is not None})),
        serials=tuple(sorted({track.identity for track in incident.tracks if track.identity is not None})),
        attribution=incident.attribution,
        summary=own[0].title if own else "",
    )


def _where(falls: list[Impact], first: IncidentTrackSummary | None) -> tuple[float | None, float | None]:
    if falls:
        worst = min(falls, key=lambda fall: _WORST.index(fall.place) if fall.place in _WORST else len(_WORST))
        return worst.latitude_deg, worst.longitude_deg
    return (None, None) if first is None else (first.first_latitude_deg, first.first_longitude_deg)


def _azimuth_deg(track: IncidentTrackSummary, site: Site) -> float | None:
    if track.first_latitude_deg is None or track.first_longitude_deg is None:
        return None
    there = (track.first_latitude_deg, track.first_longitude_deg)
    _, azimuth_deg = distance_azimuth(site.latitude_deg, site.longitude_deg, *there)
    return azimuth_deg % 360.0
