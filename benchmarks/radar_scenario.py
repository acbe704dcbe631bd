"""One radar, N manoeuvring drones, uniform clutter: the scene of the tracker's accuracy benchmark.

    python -m benchmarks.radar_scenario OUT [--drones 50] [--clutter 50] [--scans 100] [--seed 1] [--reach 1.0]

Writes detections.csv, truth.csv and site.toml into OUT. The same arguments give the same files.

Frame: east, north, up in metres about the radar. Drones fly straight legs and turns of 3 to 12 degrees a second at 5 to
28 m/s, 60 to 400 m up, 0.7 to 3.8 km out; 30 % appear late and 20 % leave early. The radar looks once a second. `reach`
scales the airspace: with sqrt(drones / 50) the density stays the same.
"""

from __future__ import annotations

import argparse
import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vedette.clock import iso_utc
from vedette.geo import LocalFrame
from vedette.model import Floats

Ints = npt.NDArray[np.int64]

LATITUDE_DEG, LONGITUDE_DEG, ALTITUDE_ELLIPSOID_M = 36.2376, 43.9632, 420.0
RANGE_M = (300.0, 4500.0)
ELEVATION_DEG = (-1.0, 40.0)
SIGMA_RANGE_M, SIGMA_AZIMUTH_DEG, SIGMA_ELEVATION_DEG = 10.0, 1.0, 1.0
P_DETECT = 0.9
START_S = 1_767_225_600.0
"""2026-01-01T00:00:00Z, the first look."""
STEPS = 10
"""Each second is flown in tenths."""

TRUTH_COLUMNS = (
    "time_utc",
    "truth",
    "latitude_deg",
    "longitude_deg",
    "altitude_ellipsoid_m",
    "velocity_east_mps",
    "velocity_north_mps",
    "velocity_up_mps",
    "class",
)
LOOK_COLUMNS = ("time_utc", "sensor", "scan", "range_m", "azimuth_true_deg", "elevation_deg")

SITE = """name = "Tracker benchmark"
id = "tracker-benchmark"
timezone = "UTC"
latitude_deg = {latitude}
longitude_deg = {longitude}
altitude_ellipsoid_m = {altitude}

[[sensor]]
id = "radar-1"
kind = "radar"
latitude_deg = {latitude}
longitude_deg = {longitude}
altitude_ellipsoid_m = {altitude}
period_s = 1.0
range_m = [{least_m}, {most_m}]
azimuth_true_deg = [0.0, 360.0]
elevation_deg = [{lowest_deg}, {highest_deg}]
sigma_range_m = {sigma_range_m}
sigma_azimuth_deg = {sigma_azimuth_deg}
sigma_elevation_deg = {sigma_elevation_deg}
p_detect = {p_detect}
clutter_per_scan = {clutter}
"""


@dataclass(frozen=True)
class Scene:
    """One drawing of the scenario.

    `present[scan]`: numbers of the drones in the air. `states[scan]` (n, 6): where they are and how fast, metres and
    metres per second, east, north, up. `looks[scan]` (m, 3): range_m, azimuth_true_deg, elevation_deg. `whose[scan]`
    (m,): number of the drone that made each detection, -1 clutter; for known-association bounds, never for a tracker.
    """

    clutter: float
    reach: float
    present: list[list[int]]
    states: list[Floats]
    looks: list[Floats]
    whose: list[Ints]

    def site_toml(self) -> str:
        """The site file: one radar at the reference point."""
        return SITE.format(
            latitude=LATITUDE_DEG,
            longitude=LONGITUDE_DEG,
            altitude=ALTITUDE_ELLIPSOID_M,
            least_m=RANGE_M[0],
            most_m=RANGE_M[1] * self.reach,
            lowest_deg=ELEVATION_DEG[0],
            highest_deg=ELEVATION_DEG[1],
            sigma_range_m=SIGMA_RANGE_M,
            sigma_azimuth_deg=SIGMA_AZIMUTH_DEG,
            sigma_elevation_deg=SIGMA_ELEVATION_DEG,
            p_detect=P_DETECT,
            clutter=self.clutter,
        )


def draw(drones: int, clutter: float, scans: int, seed: int, reach: float = 1.0) -> Scene:
    """The scene of these numbers."""
    rng = np.random.default_rng(seed)
    flights = [fly(rng, scans, reach) for _ in range(drones)]
    scene = Scene(clutter=clutter, reach=reach, present=[], states=[], looks=[], whose=[])
    for scan in range(scans):
        present = [drone for drone, (first, rows) in enumerate(flights) if 0 <= scan - first < len(rows)]
        states = np.array([flights[drone][1][scan - flights[drone][0]] for drone in present]).reshape(-1, 6)
        scene.present.append(present)
        scene.states.append(states)
        rows, row_of = look(rng, states, clutter, reach)
        scene.looks.append(rows)
        scene.whose.append(np.array([present[row] if row >= 0 else -1 for row in row_of], dtype=np.int64))
    return scene


def fly(rng: np.random.Generator, scans: int, reach: float) -> tuple[int, Floats]:
    """One drone: its first scan, and its states (n, 6), one a scan."""
    radius_m = reach * math.sqrt(rng.uniform(700.0**2, 3800.0**2))
    angle_rad = rng.uniform(-math.pi, math.pi)
    position_m = np.array([radius_m * math.cos(angle_rad), radius_m * math.sin(angle_rad), rng.uniform(60.0, 400.0)])
    speed_mps, heading_rad = rng.uniform(8.0, 25.0), rng.uniform(-math.pi, math.pi)
    climb_mps, turn_rad, next_leg = 0.0, 0.0, 0
    first = 0 if rng.random() < 0.7 else int(rng.integers(1, max(2, int(scans * 0.6))))
    last = scans if rng.random() < 0.8 else int(rng.integers(min(first + 30, scans - 1), scans))
    rows = []
    for scan in range(first, last):
        if scan >= next_leg:
            next_leg = scan + int(rng.integers(10, 30))
            turn_rad, climb_mps = leg(rng, position_m[2])
        turn_rad = kept_in(position_m, heading_rad, turn_rad, reach)
        rows.append([*position_m, speed_mps * math.cos(heading_rad), speed_mps * math.sin(heading_rad), climb_mps])
        for _ in range(STEPS):
            heading_rad += turn_rad / STEPS
            east_mps, north_mps = speed_mps * math.cos(heading_rad), speed_mps * math.sin(heading_rad)
            position_m = position_m + np.array([east_mps, north_mps, climb_mps]) / STEPS
        speed_mps = float(np.clip(speed_mps + rng.normal(0.0, 0.3), 5.0, 28.0))
    return first, np.array(rows).reshape(-1, 6)


def leg(rng: np.random.Generator, up_m: float) -> tuple[float, float]:
    """A new leg's turn (radians a second) and climb (metres a second)."""
    straight = rng.random() < 0.6
    turn_rad = 0.0 if straight else math.radians(rng.uniform(3.0, 12.0)) * rng.choice([-1, 1])
    if 80.0 < up_m < 380.0:
        return turn_rad, rng.uniform(-2.0, 2.0)
    return turn_rad, 1.0 if up_m <= 80.0 else -1.0


def kept_in(position_m: Floats, heading_rad: float, turn_rad: float, reach: float) -> float:
    """The turn, or the one that leads back into the ring of 0.6 to 4 km."""
    distance_m = math.hypot(position_m[0], position_m[1])
    if 600.0 * reach <= distance_m <= 4000.0 * reach:
        return turn_rad
    inward_rad = math.atan2(-position_m[1], -position_m[0])
    wanted_rad = inward_rad if distance_m > 4000.0 * reach else inward_rad + math.pi
    return float(np.clip((wanted_rad - heading_rad + math.pi) % (2 * math.pi) - math.pi, -0.2, 0.2))


def look(rng: np.random.Generator, states: Floats, clutter: float, reach: float) -> tuple[Floats, Ints]:
    """One look: rows of range_m, azimuth_true_deg, elevation_deg, of drones seen and of clutter, in random order.

    And for each the row of `states` that made it, -1 clutter.
    """
    seen = []
    for row, (east, north, up, *_) in enumerate(states):
        if rng.random() < P_DETECT:
            slant = math.sqrt(east**2 + north**2 + up**2)
            range_m = slant + rng.normal(0.0, SIGMA_RANGE_M)
            azimuth_deg = (math.degrees(math.atan2(east, north)) + rng.normal(0.0, SIGMA_AZIMUTH_DEG)) % 360.0
            elevation_deg = math.degrees(math.asin(up / slant)) + rng.normal(0.0, SIGMA_ELEVATION_DEG)
            seen.append([range_m, azimuth_deg, elevation_deg, row])
    for _ in range(rng.poisson(clutter)):
        range_m = rng.uniform(RANGE_M[0], RANGE_M[1] * reach)
        seen.append([range_m, rng.uniform(0.0, 360.0), rng.uniform(*ELEVATION_DEG), -1])
    shuffled = rng.permutation(np.array(seen).reshape(-1, 4))
    return np.ascontiguousarray(shuffled[:, :3]), shuffled[:, 3].astype(np.int64)


def write(scene: Scene, out: Path) -> None:
    """detections.csv, truth.csv and site.toml into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    frame = LocalFrame(LATITUDE_DEG, LONGITUDE_DEG, ALTITUDE_ELLIPSOID_M)
    with (out / "truth.csv").open("w", newline="") as truths, (out / "detections.csv").open("w", newline="") as looks:
        truth_rows, look_rows = csv.writer(truths), csv.writer(looks)
        truth_rows.writerow(TRUTH_COLUMNS)
        look_rows.writerow(LOOK_COLUMNS)
        for scan, (present, states, rows) in enumerate(zip(scene.present, scene.states, scene.looks, strict=True)):
            time = iso_utc(START_S + scan)
            for drone, state in zip(present, states, strict=True):
                latitude, longitude, altitude = (float(value) for value in frame.to_geodetic(state[:3]))
                place = [f"{latitude:.8f}", f"{longitude:.8f}", f"{altitude:.3f}"]
                truth_rows.writerow([time, f"drone-{drone}", *place, *(f"{v:.3f}" for v in state[3:]), "uav"])
            for row in rows:
                look_rows.writerow([time, "radar-1", scan, *(f"{v:.5f}" for v in row)])
            if not len(rows):
                look_rows.writerow([time, "radar-1", scan, "", "", ""])
    (out / "site.toml").write_text(scene.site_toml())


def main() -> None:
    """Draw one scene and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--drones", type=int, default=50)
    parser.add_argument("--clutter", type=float, default=50.0)
    parser.add_argument("--scans", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reach", type=float, default=1.0)
    args = parser.parse_args()
    write(draw(args.drones, args.clutter, args.scans, args.seed, args.reach), args.out)


if __name__ == "__main__":
    main()
