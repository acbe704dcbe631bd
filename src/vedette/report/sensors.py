"""Which sensors saw each aircraft, which should have, and why the others could not.

A sensor should have seen an aircraft that was long enough in its field of view, by its own figures in the site file:
period, range, sector, elevation and probability of detection, over a smooth Earth. Neglected: terrain, buildings,
weather, and whatever the site file does not say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from vedette.model import Event, FeedChanged, FeedState, Floats, IncidentTrackSummary, TrackPoint
from vedette.sensing.view import FREE_PERIOD_S, REPORTERS, View
from vedette.site import Sensor, Site

SURE_MISS: Final = 0.05
"""Where it was less likely than this that a sensor missed it at every look, it should have seen it."""
GAP_S: Final = 6.0
"""Between two points further apart than this nothing is said."""
EARTH_M: Final = 6_371_000.0
BENT: Final = 4.0 / 3.0
"""Radio waves bend as if the Earth were this much larger, in a standard atmosphere; light is taken as straight."""
WORDS: Final = {
    "saw": "saw it",
    "should_have_seen": "should have seen it",
    "hears_only": "hears only what aircraft send; this one sent nothing it heard",
    "not_placed": "the site file does not say where it stands",
    "no_path": "where it flew is not known",
    "down": "was down",
    "too_far": "out of range: too far",
    "too_near": "out of range: too near",
    "sector": "outside its sector",
    "below": "below its field of view",
    "above": "above its field of view",
    "horizon": "below the horizon",
    "rarely": "in its field of view too briefly to be sure of",
}
"""What is said of a sensor and a track, by reason."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """One sensor and one track. state: saw | should_have_seen | could_not; in_view_s: how long it was in its view.

    p_missed: that it missed it at every look, None where it saw it or could not.
    """

    track: str
    state: str
    reason: str
    in_view_s: float
    p_missed: float | None = None


def watched(
    site: Site, tracks: Iterable[IncidentTrackSummary], points: Sequence[TrackPoint], feeds: Sequence[Event]
) -> dict[str, tuple[Watched, ...]]:
    """By sensor, of every track of an incident.

    Args:
        points: of the tracks, as recorded or smoothed.
        feeds: the record's events of feeds' states, from the record's beginning on.
    """
    tracks = tuple(tracks)
    paths = {track.track: _path(site, points, track.track) for track in tracks}
    found = {}
    for sensor in site.sensors:
        view, down = View(sensor, site.frame()), _down(sensor, feeds)
        found[sensor.id] = tuple(_one(site, view, down, track, *paths[track.track]) for track in tracks)
    return found


def sensors_part(found: dict[str, tuple[Watched, ...]], site: Site) -> list[dict[str, Any]]:
    """For the document: [{sensor, name, kind, tracks: [{track, state, reason, words, in_view_s, p_missed}]}]."""
    known = {sensor.id: sensor for sensor in site.sensors}
    return [
        {
            "sensor": sensor,
            "name": known[sensor].name,
            "kind": known[sensor].kind,
            "tracks": [{**msgspec.structs.asdict(one), "words": words_of(one)} for one in each],
        }
        for sensor, each in found.items()
    ]


def words_of(one: Watched) -> str:
    """For people."""
    words = WORDS[one.reason]
    if one.state == "should_have_seen":
        missed = "under 0.01" if one.p_missed is None or one.p_missed < 0.01 else f"{one.p_missed:.2f}"
        return f"{words}: {one.in_view_s:.0f} s in its field of view, p {missed} of missing it throughout"
    return words


def _path(site: Site, points: Sequence[TrackPoint], name: str) -> tuple[Floats, Floats]:
    """Times (n,), and places (n, 4): east, north, up in the site's frame and height over its ground, NaN: not known."""
    own = sorted((one for one in points if one.track == name and _is_placed(one)), key=lambda one: one.observed_s)
    if not own:
        return np.empty(0), np.empty((0, 4))
    columns = np.array(
        [(one.latitude_deg, one.longitude_deg, one.altitude_ellipsoid_m or site.altitude_ellipsoid_m) for one in own]
    )
    height_m = columns[:, 2] - site.altitude_ellipsoid_m
    height_m[[one.altitude_ellipsoid_m is None for one in own]] = np.nan
    places = np.column_stack([site.frame().to_enu_m(*columns.T), height_m])
    return np.array([one.observed_s for one in own]), places


def _is_placed(one: TrackPoint) -> bool:
    return one.latitude_deg is not None and one.longitude_deg is not None and one.status != "coasting"


def _down(sensor: Sensor, feeds: Sequence[Event]) -> list[tuple[float, float]]:
    """When the sensor's feed was not there, from to; before its first event it is taken as there."""
    found: list[tuple[float, float]] = []
    since_s: float | None = None
    for event in feeds:
        if not isinstance(event.payload, FeedChanged) or event.payload.sensor != sensor.id:
            continue
        there = event.payload.state in (FeedState.LIVE, FeedState.ENDED)
        if there and since_s is not None:
            found.append((since_s, event.observed_s))
            since_s = None
        elif not there and since_s is None:
            since_s = event.observed_s
    return found if since_s is None else [*found, (since_s, math.inf)]


def _one(
    site: Site, view: View, down: list[tuple[float, float]], track: IncidentTrackSummary, at_s: Floats, places: Floats
) -> Watched:
    sensor = view.sensor
    if sensor.id in track.sensors:
        return Watched(track=track.track, state="saw", reason="saw", in_view_s=0.0)
    why = "hears_only" if sensor.kind in REPORTERS else "not_placed" if not view.placed else None
    if why is None and not len(at_s):
        why = "no_path"
    if why is not None:
        return Watched(track=track.track, state="could_not", reason=why, in_view_s=0.0)
    spans = np.minimum(np.diff(at_s, append=at_s[-1] + 1.0), GAP_S)
    reasons = [
        "down" if any(first <= at < last for first, last in down) else _reason(site, view, place)
        for at, place in zip(at_s, places, strict=True)
    ]
    seen = np.array([one == "" for one in reasons])
    in_view_s = float(spans[seen].sum())
    p_missed = _p_missed(view, places[seen], spans[seen])
    if p_missed < SURE_MISS:
        reason = "should_have_seen"
        return Watched(track=track.track, state=reason, reason=reason, in_view_s=round(in_view_s, 1), p_missed=p_missed)
    longest: Counter[str] = Counter()
    for reason, span_s in zip(reasons, spans.tolist(), strict=True):
        longest[reason or "rarely"] += span_s
    return Watched(
        track=track.track, state="could_not", reason=longest.most_common(1)[0][0], in_view_s=round(in_view_s, 1)
    )


def _reason(site: Site, view: View, place: Floats) -> str:
    """Why the sensor could not see what was there; empty: it could."""
    height_m = float(place[3])
    known_up = not math.isnan(height_m)
    east, north, up = view.axes @ (place[:3] - view.origin_m)
    flat = math.hypot(east, north)
    slant = math.hypot(flat, up) if known_up else flat
    low, high, start, span = view.bounds[:4]
    if view.sensor.range_m is not None and not low <= slant <= high:
        return "too_far" if slant > high else "too_near"
    if (math.atan2(east, north) - start) % (2.0 * math.pi) > span + 1e-9:
        return "sector"
    if not known_up:
        return ""
    elevation = math.atan2(up, max(flat, 1e-3))
    if flat > _horizon_m(site, view, height_m):
        return "horizon"
    if not view.elevation_rad[0] <= elevation <= view.elevation_rad[1]:
        return "below" if elevation < view.elevation_rad[0] else "above"
    return ""


def _horizon_m(site: Site, view: View, height_m: float) -> float:
    """How far apart two things at these heights over a smooth Earth may be and still see each other."""
    altitude = view.sensor.altitude_ellipsoid_m
    eye_m = max(0.0, (site.altitude_ellipsoid_m if altitude is None else altitude) - site.altitude_ellipsoid_m)
    radius_m = EARTH_M * (BENT if view.sensor.kind in ("radar", "rf") else 1.0)
    return math.sqrt(2.0 * radius_m * eye_m) + math.sqrt(2.0 * radius_m * max(0.0, height_m))


def _p_missed(view: View, places: Floats, spans_s: Floats) -> float:
    """That a sensor missed it at every look while it was in its view: the product over its looks of 1 - p."""
    if not len(places):
        return 1.0
    period_s = view.sensor.period_s or FREE_PERIOD_S
    slant = np.linalg.norm(places[:, :3] - view.origin_m, axis=1)
    share = np.minimum(slant / view.bounds[1], 1.0)
    p = view.bounds[6] + (view.bounds[7] - view.bounds[6]) * share**4
    return float(np.exp(np.sum(np.log1p(-p) * spans_s / period_s)))
