"""The report's map: site, rings from the perimeter, tracks, alerts and places of impact, as one inline SVG drawing.

Bottom up: land, rings, ground inside the perimeter, zones, runway, assets, perimeter line, sensors, tracks, impact
ellipses (95 %) with their cross, labels, scale and north. Shapes carry the meaning; colour only helps.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import shapely

from vedette.clock import iso_local, parse_time
from vedette.model import TrackPoint
from vedette.report.drawing.labels import Box, Labels, box_about
from vedette.report.drawing.plan import CHI2_95, Plan, drawn_zones, perimeter_of, plan_of, step_m
from vedette.report.drawing.svg import element, points_path, shape_path, text_at
from vedette.report.words import clock, impacts_of
from vedette.site import Site, zone_shape

GAP_S: Final = 6.0
"""Track points further apart than this are not joined: nothing was known in between."""
CROWDED: Final = 8
"""With more tracks than this only the close-ups say where each came down, and names stand where there is room."""
_TICK_S: Final = 15.0
_RINGS: Final = 4


def map_svg(document: dict[str, Any], site: Site, points: Sequence[TrackPoint], near: Plan | None = None) -> str:
    """The drawing, or a close-up; `points` of tracks that are not the incident's are left out."""
    plan = near or plan_of(document, site, points)
    names = [track["track"] for track in document["tracks"]]
    own: dict[str, list[TrackPoint]] = {name: [] for name in names}
    for point in plan.about(points):
        if point.track in own:
            own[point.track].append(point)
    labels = Labels(Box(6.0, 6.0, plan.width - 6.0, plan.height - 6.0))
    for box in (Box(0.0, plan.height - 46.0, 250.0, plan.height), Box(plan.width - 44.0, 0.0, plan.width, 54.0)):
        labels.keep_clear(box)
    for box in _perimeter_line(plan, site):
        labels.keep_clear(box)
    sensors = "".join(_sensors(plan, site, labels))
    tracks = "".join(_track(plan, own[name], labels, site.timezone) for name in names)
    crowded = not plan.near and len(names) > CROWDED
    labelled = None if crowded else labels
    impacts = "".join(_impact(plan, track, impact, labelled) for track, impact in impacts_of(document))
    alerts = "".join(_alert(plan, alert, own, labels) for alert in document["alert_details"])
    for name in names:
        _name_track(plan, own[name], labels, must=not crowded)
    ground = _ground(plan, site, labels)
    _name_sensors(plan, site, labels)
    ring_lines = _rings(plan, site, labels)
    layers = [
        element("rect", x=0.0, y=0.0, width=plan.width, height=plan.height, class_="land"),
        *(ring_lines, ground, sensors, tracks, alerts, impacts, labels.svg(), _scale(plan), _north(plan)),
        element("rect", x=0.5, y=0.5, width=plan.width - 1.0, height=plan.height - 1.0, class_="frame"),
    ]
    title = element("title", "Map of the incident: perimeter, tracks and places of impact")
    return element(
        "svg",
        title + _defs(plan) + element("g", "".join(layers), clip_path=f"url(#view-{plan.width:.0f})"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {plan.width:.0f} {plan.height:.0f}",
        role="img",
        class_="map",
    )


def _defs(plan: Plan) -> str:
    return (
        f'<defs><clipPath id="view-{plan.width:.0f}">'
        f'<rect width="{plan.width:.0f}" height="{plan.height:.0f}"/></clipPath>'
        '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>'
    )


def _ground(plan: Plan, site: Site, labels: Labels) -> str:
    drawn = []
    for zone in drawn_zones(site):
        shape = plan.shape(zone_shape(zone, plan.frame))
        drawn.append(element("path", d=shape_path(shape), class_=f"zone {zone.role}"))
        middle = shapely.point_on_surface(shape)
        if zone.role == "landmark":
            drawn.append(element("circle", cx=middle.x, cy=middle.y, r=2.0, class_="place"))
        if zone.role in ("asset", "keep_out", "landmark", "runway") and plan.shows(middle.x, middle.y):
            labels.add(middle.x, middle.y, (zone.name,), "ground", 10.0, gap=_half_width(shape))
    return "".join(drawn)


def _perimeter_line(plan: Plan, site: Site) -> Iterator[Box]:
    """The line, as small boxes: a label across it would leave open on which side it belongs."""
    perimeter = perimeter_of(site)
    if perimeter is not None:
        for place in shapely.get_coordinates(shapely.segmentize(plan.shape(perimeter).boundary, 8.0)):
            yield box_about(float(place[0]), float(place[1]), 3.0)


def _half_width(shape: Any) -> float:
    left, _, right, _ = shape.bounds
    return float(min(right - left, 30.0)) / 2.0 - 6.0


def _sensors(plan: Plan, site: Site, labels: Labels) -> Iterator[str]:
    for sensor in site.sensors:
        if sensor.latitude_deg is None or sensor.longitude_deg is None:
            continue
        x, y = plan.at(sensor.latitude_deg, sensor.longitude_deg)
        if plan.shows(x, y):
            labels.keep_clear(box_about(x, y, 6.0))
            yield element("path", d=f"M{x:.1f} {y - 5.5:.1f}l5 9h-10Z", class_="sensor")


def _name_sensors(plan: Plan, site: Site, labels: Labels) -> None:
    for sensor in site.sensors:
        if sensor.latitude_deg is not None and sensor.longitude_deg is not None:
            x, y = plan.at(sensor.latitude_deg, sensor.longitude_deg)
            if plan.shows(x, y):
                labels.add(x, y, (sensor.name,), "ground", 10.0)


def _rings(plan: Plan, site: Site, labels: Labels) -> str:
    if plan.near:
        return ""
    perimeter = perimeter_of(site)
    centre = shapely.Point(0.0, 0.0) if perimeter is None else perimeter
    step = step_m(plan)
    drawn = []
    for count in range(1, _RINGS + 1):
        ring = plan.shape(centre.buffer(count * step, quad_segs=32))
        drawn.append(element("path", d=shape_path(ring), class_="ring"))
        inside = shapely.intersection(ring.boundary, shapely.box(20.0, 16.0, plan.width - 20.0, plan.height - 50.0))
        if not inside.is_empty:
            corners = shapely.get_coordinates(inside)
            x, y = max(((float(a), float(b)) for a, b in corners), key=lambda each: (round(-each[1]), each[0]))
            labels.add(x, y, (_distance(count * step),), "ring-label", 10.0, gap=-8.0)
    return "".join(drawn)


def _track(plan: Plan, points: list[TrackPoint], labels: Labels, zone: str) -> str:
    drawn = []
    for run, coasting in _runs(points):
        xy = [_at(plan, point) for point in run]
        for x, y in xy:
            labels.keep_clear(box_about(x, y, 3.0))
        drawn.append(element("path", d=points_path(xy), class_="track coasting" if coasting else "track"))
    return "".join(drawn) + "".join(_ticks(plan, points, labels, zone))


def _ticks(plan: Plan, points: list[TrackPoint], labels: Labels, zone: str) -> Iterator[str]:
    """A dot each 15 s of the clock, every second one with its local time."""
    for before, after in itertools.pairwise(points):
        tick = math.floor(after.observed_s / _TICK_S)
        if tick == math.floor(before.observed_s / _TICK_S):
            continue
        x, y = _at(plan, after)
        if plan.shows(x, y):
            yield element("circle", cx=x, cy=y, r=2.2, class_="tick")
            if tick % 2 == 0:
                labels.add(x, y, (clock(iso_local(tick * _TICK_S, zone)),), "tick-label", 9.0)


def _runs(points: list[TrackPoint]) -> Iterator[tuple[list[TrackPoint], bool]]:
    """Stretches without a gap, split where the track was coasting, each beginning where the one before ended."""
    run: list[TrackPoint] = []
    for point in points:
        coasting = point.status == "coasting"
        if run and (point.observed_s - run[-1].observed_s > GAP_S):
            yield run, run[-1].status == "coasting"
            run = []
        elif len(run) > 1 and coasting != (run[-1].status == "coasting"):
            yield run, run[-1].status == "coasting"
            run = run[-1:]
        run.append(point)
    if len(run) > 1:
        yield run, run[-1].status == "coasting"


def _name_track(plan: Plan, points: list[TrackPoint], labels: Labels, must: bool) -> None:
    seen = [(x, y) for x, y in (_at(plan, point) for point in points) if plan.shows(x, y)]
    high = [(x, y) for x, y in seen if y < plan.height - 70.0 and x > 40.0] or seen
    if high:
        labels.add(*high[0], (points[0].track,), "track-label", 11.0, must=must)


def _alert(plan: Plan, alert: dict[str, Any], own: dict[str, list[TrackPoint]], labels: Labels) -> str:
    raised_s = parse_time(alert["raised_utc"])
    at = [one for one in own.get(alert["track"] or "", []) if raised_s - GAP_S <= one.observed_s <= raised_s + 0.5]
    if not at:
        return ""
    x, y = _at(plan, at[-1])
    if not plan.shows(x, y):
        return ""
    labels.keep_clear(box_about(x, y, 5.0))
    labels.add(x, y, (f"{alert['id']}", f"raised {clock(alert['raised_local'])}"), "alert-label", 10.5)
    return element("rect", x=x - 4.0, y=y - 4.0, width=8.0, height=8.0, class_="alert")


def _impact(plan: Plan, track: dict[str, Any], impact: dict[str, Any], labels: Labels | None) -> str:
    x, y = plan.at(impact["latitude_deg"], impact["longitude_deg"])
    if not plan.shows(x, y):
        return ""
    major, minor = (impact[key] * CHI2_95 * plan.scale for key in ("sigma_major_m", "sigma_minor_m"))
    turn = f"rotate({impact['azimuth_true_deg'] - 90.0:.1f} {x:.1f} {y:.1f})"
    verb = "Down" if impact["basis"] == "descent" else "Would fall"
    where = {"inside": " inside", "outside": " outside"}.get(impact["place"], ", side not certain")
    lines = (
        f"{verb}{where}",
        f"{track['track']} · {clock(track['last_local'])}",
        *(("after the fact",) if impact["made"] == "smoothed" else ()),
        f"± {impact['error_radius_m']:.0f} m (95 %)",
    )
    if labels is not None:
        labels.keep_clear(box_about(x, y, max(major, 6.0)))
        labels.add(x, y, lines, "impact-label", 11.0, gap=max(major - 4.0, 2.0), must=True)
    cross = f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"
    style = "ellipse after" if impact["made"] == "smoothed" else "ellipse"
    return element("ellipse", cx=x, cy=y, rx=major, ry=minor, transform=turn, class_=style) + element(
        "path", d=cross, class_="cross"
    )


def _scale(plan: Plan) -> str:
    step = step_m(plan)
    x, y, length = 16.0, plan.height - 16.0, step * plan.scale
    line = f"M{x:.1f} {y - 6:.1f}v6h{length:.1f}v-6M{x + length / 2:.1f} {y:.1f}v-4"
    note = "" if plan.near else text_at(x, y - 12.0, "rings measured from the perimeter", "furniture", 9.0)
    shown = text_at(x + length + 6.0, y + 1.0, _distance(step), "furniture", 10.0)
    return element("path", d=line, class_="scale") + shown + note


def _north(plan: Plan) -> str:
    x = plan.width - 24.0
    return element("path", d=f"M{x:.1f} 14l7 18l-7 -4l-7 4Z", class_="north") + text_at(
        x, 46.0, "N", "furniture", 11.0, "middle"
    )


def _at(plan: Plan, point: TrackPoint) -> tuple[float, float]:
    return plan.at(float(point.latitude_deg or 0.0), float(point.longitude_deg or 0.0))


def _distance(metres: float) -> str:
    return f"{metres / 1000.0:g} km" if metres >= 1000.0 else f"{metres:g} m"
