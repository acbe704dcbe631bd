"""A map of the coast field in one run: truth, radar detections, tracks, clutter patches and sensors, as SVG.

    python -m benchmarks.field_picture [--seed 1] [--out docs/images/coast-field.svg]

Detections are a sample, and those of the radars alone: a bearing has no place. The same seed gives the same picture.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np
import shapely

from benchmarks.field_scenario import looks_of
from benchmarks.field_shared import HERE, shown
from vedette import Tracker
from vedette.geo import polar_to_enu_m
from vedette.model import Floats, Scan
from vedette.sim import Scenario, Simulation, load_scenario, simulate
from vedette.sim.clutter import area
from vedette.sim.path import to_enu
from vedette.sim.sensors import sensor_frame

WIDTH, HEIGHT, TOP = 900.0, 780.0, 76.0
"""The drawing, and the room above the map, in SVG units (pixels at 100 %)."""
EAST_M, NORTH_M = (-5000.0, 5400.0), (-3900.0, 4235.0)
"""What the map shows: one scale on both axes."""
EVERY = 4
"""Of so many detections one is drawn, and of so many looks of the tracks' positions."""
STYLE = (
    "text{font-family:'IBM Plex Sans',system-ui,sans-serif;font-size:12px;fill:#333}"
    ".title{font-size:15px;font-weight:600;fill:#111}path{fill:none;stroke-linejoin:round;stroke-linecap:round}"
    ".patch{fill:#e9e2d0;stroke:#c9bda0}.runway{stroke:#888;stroke-width:5;stroke-linecap:butt}"
    ".seen{stroke:#999;stroke-width:1.6}.truth{stroke:#111;stroke-width:1;stroke-dasharray:4 3}"
    ".track{stroke-width:2;stroke-opacity:.85}.sensor{fill:#fff;stroke:#333}.frame{fill:none;stroke:#999}"
)
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's, told apart by the colour-blind; tracks take them in turn."""


def picture(scenario: Scenario, simulation: Simulation) -> str:
    """The map as text."""
    looks = looks_of(simulation, in_order=False)
    tracks = tracks_of(simulation, looks)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#fff"/>',
        text(16, 26, f"{scenario.name}: {scenario.duration_s:.0f} s, seed {simulation.seed}", class_="title"),
        *legend(len(looks), len(tracks)),
        f'<clipPath id="map"><rect x="16" y="{TOP}" width="{WIDTH - 32}" height="{HEIGHT - TOP - 16}"/></clipPath>',
        '<g clip-path="url(#map)">',
        *patches(scenario),
        *runways(scenario),
        f'<path class="seen" d="{dots(detections(simulation, looks))}"/>',
        *(line(path, "track", COLOURS[k % len(COLOURS)]) for k, path in enumerate(tracks)),
        *(line(path, "truth") for path in truths(simulation)),
        *sensors(scenario),
        "</g>",
        f'<rect class="frame" x="16" y="{TOP}" width="{WIDTH - 32}" height="{HEIGHT - TOP - 16}"/>',
        *scale(),
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def tracks_of(simulation: Simulation, looks: Iterable[Scan]) -> list[Floats]:
    """The way of each believed track (n, 2), those of a few positions left out."""
    tracker, ways = Tracker(simulation.site), dict[int, list[Floats]]()
    for number, look in enumerate(looks):
        tracks = tracker.observe(look)
        if number % EVERY == 0:
            for row in shown(tracks):
                ways.setdefault(int(tracks.id[row]), []).append(tracks.position_enu_m[row, :2])
    return [np.array(way) for way in ways.values() if len(way) > 1]


def detections(simulation: Simulation, looks: Iterable[Scan]) -> Floats:
    """A sample of the radars' detections (n, 2); without an elevation they are taken to lie on the sensor's plane."""
    frame, found = simulation.site.frame(), []
    for look in looks:
        sensor = simulation.site.sensor(look.sensor)
        if look.range_m is not None and look.azimuth_true_rad is not None:
            origin, axes = frame.pose_of(sensor_frame(sensor))
            elevation = np.zeros(len(look)) if look.elevation_rad is None else look.elevation_rad
            found.append((origin + polar_to_enu_m(look.range_m, look.azimuth_true_rad, elevation) @ axes.T)[:, :2])
    return np.concatenate(found)[::EVERY]


def truths(simulation: Simulation) -> list[Floats]:
    """The way of everything that flies (n, 2), once in two seconds."""
    times_s = np.arange(simulation.start_s, simulation.end_s, 2.0)
    ways = [to_enu(*actor.path.at(times_s))[0][:, :2] for actor in simulation.actors]
    return [way[np.isfinite(way[:, 0])] for way in ways]


def at(place: Floats) -> tuple[float, float]:
    """East and north in metres → x and y."""
    per_m = (WIDTH - 32.0) / (EAST_M[1] - EAST_M[0])
    return 16.0 + (float(place[0]) - EAST_M[0]) * per_m, TOP + (NORTH_M[1] - float(place[1])) * per_m


def line(way: Floats, class_: str, colour: str = "") -> str:
    """A polyline."""
    points = "L".join("{:.0f} {:.0f}".format(*at(place)) for place in way)
    return f'<path class="{class_}"' + (f' stroke="{colour}"' if colour else "") + f' d="M{points}"/>'


def dots(places: Floats) -> str:
    """One path of points, those on the map alone."""
    inside = (places > (EAST_M[0], NORTH_M[0])).all(axis=1) & (places < (EAST_M[1], NORTH_M[1])).all(axis=1)
    return "".join("M{:.0f} {:.0f}h0".format(*at(place)) for place in places[inside])


def patches(scenario: Scenario) -> list[str]:
    """The patches of dense clutter with their names."""
    parts = []
    for patch in scenario.patches:
        outline = np.array(shapely.get_coordinates(area(patch)))
        name = np.array(patch.outline)[len(patch.outline) // 2]
        parts += [line(outline, "patch"), text(*at(name + np.array([60.0, 60.0])), f"{patch.id} ×{patch.factor:.0f}")]
    return parts


def runways(scenario: Scenario) -> list[str]:
    """The runways' lines."""
    frame, parts = scenario.site.frame(), []
    for zone in scenario.site.zones:
        if zone.role == "runway":
            ends = np.array(zone.geometry["coordinates"])
            parts.append(line(frame.to_enu_m(ends[:, 1], ends[:, 0], frame.altitude_ellipsoid_m)[:, :2], "runway"))
    return parts


def sensors(scenario: Scenario) -> list[str]:
    """The sensors that have a place to look from."""
    frame, parts = scenario.site.frame(), []
    for sensor in scenario.site.sensors:
        if sensor.range_m is not None:
            x, y = at(frame.pose_of(sensor_frame(sensor))[0])
            parts.append(f'<path class="sensor" d="M{x:.0f} {y - 6:.0f}l6 10h-12z"/>')
            parts.append(text(x + 9, y + 4, sensor.id))
    return parts


def legend(looks: int, tracks: int) -> list[str]:
    """What the lines are."""
    entries = (
        ("truth", "", "what flew"),
        ("track", COLOURS[0], f"{tracks} tracks"),
        ("seen", "", f"radar detections, one in {EVERY}"),
    )
    parts, x = [], 16.0
    for class_, colour, words in entries:
        stroke = f' stroke="{colour}"' if colour else ""
        shape = "M{0:.0f} 50h1M{1:.0f} 53h1M{2:.0f} 48h1" if class_ == "seen" else "M{0:.0f} 50H{2:.0f}"
        parts.append(f'<path class="{class_}"{stroke} d="{shape.format(x, x + 12, x + 24)}"/>')
        parts.append(text(x + 32, 54, words))
        x += 60.0 + 7.0 * len(words)
    return [*parts, text(x, 54, f"{looks} looks")]


def scale() -> list[str]:
    """A kilometre, and north."""
    (x, y), (end, _) = at(np.array([EAST_M[0] + 300.0, NORTH_M[0] + 250.0])), at(np.array([EAST_M[0] + 1300.0, 0.0]))
    return [
        f'<path stroke="#333" stroke-width="2" d="M{x:.0f} {y:.0f}H{end:.0f}"/>',
        text(x, y - 6, "1 km, north up"),
    ]


def text(x: float, y: float, words: str, *, class_: str = "") -> str:
    """Words."""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{class_}">{escape(words)}</text>'


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "images" / "coast-field.svg")
    args = parser.parse_args()
    scenario = load_scenario("coast-field")
    args.out.write_text(picture(scenario, simulate(scenario, args.seed)))
    print(args.out)


if __name__ == "__main__":
    main()
