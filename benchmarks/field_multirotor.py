"""A real multirotor's flight, from its log, under simulated sensors: radar, radio bearings, camera, alone and together.

    python -m benchmarks.field_multirotor [--data ../shared/data] [--seeds 1 2 3 4 5 6 7 8 9 10]

The log (ArduCopter DataFlash, UoBFlightLab/mav_log_data_science, MIT) is 98 s: take-off, a dash of 45 m at up to 6 m/s,
hovering at 16 m, a descent in steps and landing. Truth is its own navigation solution (POS, XKF1). The sensors are
those of field_multirotor.toml, invented. Scored twice a second while it is higher than 3 m; it is held while a believed
track stands within 50 m. Bearings of one place alone give no position and are not among the rows.

rms: of the error in plan and over all three axes while it is held, means over the seeds; to confirm: from 3 m up to the
first believed track, the median and the worst seed; held: share of the time; other: other believed tracks. A track that
takes the older number of the bearing it came from counts as a switch.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.field_shared import HERE, data_argument, found, moment, print_table, shown
from vedette import Tracker, Tracks, load_site
from vedette.model import Floats, Look
from vedette.scoring import score_moments
from vedette.sim.path import Path as Flight
from vedette.sim.scenario import SensorTiming
from vedette.sim.sensors import Actor, Station, observe_polar
from vedette.site import Site

SITE = HERE / "field_multirotor.toml"
NEAR_M, AIRBORNE_M, EVERY_S = 50.0, 3.0, 0.5
MASKED_M = 2.0
"""Lower than this the radar and the camera lose it in the grass."""
SETS = (("radar",), ("radar", "rf"), ("radar", "camera"), ("rf", "camera"), ("radar", "rf", "camera"))
COLUMNS = (
    ("sensors", 24), ("rms plan m", 12), ("rms 3-D m", 11), ("to confirm s", 14), ("held", 8), ("switches", 10),
    ("other", 8),
)  # fmt: skip


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One run: errors in metres, seconds to the first believed track, share of time, switches, other tracks."""

    plan_m: float
    full_m: float
    confirm_s: float
    held: float
    switches: int
    others: float


def flight(log: Path, site: Site) -> Flight:
    """The log's way in the plan frame of the simulator, times in UTC, height over the take-off."""
    from pymavlink import DFReader

    places, rates = [], []
    reader = DFReader.DFReader_binary(str(log))
    while (message := reader.recv_msg()) is not None:
        if message.get_type() == "POS":
            places.append((message._timestamp, message.Lat, message.Lng, message.RelHomeAlt))
        elif message.get_type() == "XKF1" and message.C == 0:
            rates.append((message._timestamp, message.VE, message.VN, -message.VD))
    reader.close()
    place, rate = np.array(places), np.array(rates)
    enu_m = site.frame().to_enu_m(place[:, 1], place[:, 2], site.altitude_ellipsoid_m)
    plan_m = np.column_stack([enu_m[:, :2], np.maximum(place[:, 3], 0.0)])
    plan_mps = np.column_stack([np.interp(place[:, 0], rate[:, 0], rate[:, k]) for k in (1, 2, 3)])
    return Flight(place[:, 0], plan_m, plan_mps)


def run(site: Site, path: Flight, seed: int) -> Held:
    """The flight under the sensors of a site."""
    start_s, end_s = float(path.times_s[0]), float(path.times_s[-1])
    actor = Actor(id="log", class_="uav_rotary", path=path, rcs_dbsm=-17.0, size_m=0.6, p_emits=1.0)
    arrivals = []
    for sensor in site.sensors:
        timing = SensorTiming(id=sensor.id, masked_below_m=0.0 if sensor.kind == "rf" else MASKED_M)
        station = Station(site=site, sensor=sensor, timing=timing, start_s=start_s, end_s=end_s, seed=seed)
        arrivals += observe_polar(station, (actor,))
    due = [time_s for time_s in np.arange(start_s, end_s, EVERY_S) if height_m(path, time_s) > AIRBORNE_M]
    tracker, moments, errors = Tracker(site), [], []
    airborne_s, first_s = due[0], np.inf
    latest: Tracks | None = None
    for arrival in sorted(arrivals, key=lambda one: (one.received_s, one.feed)):
        if not isinstance(arrival.body, Look):
            continue
        while due and latest is not None and due[0] < arrival.body.scan.observed_s:
            time_s = float(due.pop(0))
            place, velocity = path.at(np.array([time_s]))
            moments.append(moment(latest, time_s, ("log",), place, velocity))
            if (error := nearest(latest, time_s, place[0])) is not None:
                errors.append(error)
                first_s = min(first_s, time_s)
        latest = tracker.observe(arrival.body.scan)
    score, _ = score_moments(moments, c_m=NEAR_M)
    off_m = np.array(errors or [[np.nan] * 3])
    return Held(
        plan_m=float(np.sqrt(np.mean(np.sum(off_m[:, :2] ** 2, axis=1)))),
        full_m=float(np.sqrt(np.mean(np.sum(off_m**2, axis=1)))),
        confirm_s=float(first_s - airborne_s),
        held=1.0 - score.missed,
        switches=score.id_switches,
        others=score.false,
    )


def height_m(path: Flight, time_s: float) -> float:
    """Over the take-off."""
    return float(path.at(np.array([time_s]))[0][0, 2])


def nearest(tracks: Tracks, time_s: float, place_m: Floats) -> Floats | None:
    """Error (3,) of the believed track nearest to a place in plan, if it is within NEAR_M; up 0 where not known."""
    rows = shown(tracks)
    away = tracks.position_enu_m[rows] + (time_s - tracks.observed_s) * tracks.velocity_enu_mps[rows] - place_m
    away[~tracks.altitude_known[rows], 2] = 0.0
    if not len(rows):
        return None
    best = int(np.argmin(np.linalg.norm(away, axis=1)))
    return away[best] if np.linalg.norm(away[best]) < NEAR_M else None


def line(names: tuple[str, ...], runs: list[Held]) -> tuple[str, ...]:
    """One row of the table."""
    confirm = [one.confirm_s for one in runs]
    worst = f"{max(confirm):.1f}" if np.isfinite(max(confirm)) else "never"
    ever = [one for one in runs if np.isfinite(one.confirm_s)]
    return (
        " + ".join(names),
        f"{np.mean([one.plan_m for one in ever]):.1f}" if ever else "-",
        f"{np.mean([one.full_m for one in ever]):.1f}" if ever else "-",
        f"{np.median(confirm):.1f} ({worst})",
        f"{np.mean([one.held for one in runs]):.3f}",
        f"{np.mean([one.switches for one in runs]):.1f}",
        f"{np.mean([one.others for one in runs]):.2f}",
    )


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data_argument(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    args = parser.parse_args()
    log = args.data / "mavlink" / "uob_ardupilot_2023-07-06_10-12-18.bin"
    if not found(log):
        return
    if importlib.util.find_spec("pymavlink") is None:
        print("skipped: pymavlink, which reads the log, is not installed")
        return
    site = load_site(SITE)
    path = flight(log, site)
    print(f"a real multirotor under simulated sensors; seeds {', '.join(map(str, args.seeds))}")
    rows = []
    for names in SETS:
        some = msgspec.structs.replace(site, sensors=tuple(one for one in site.sensors if one.id in names))
        rows.append(line(names, [run(some, path, seed) for seed in args.seeds]))
    print_table(COLUMNS, rows)


if __name__ == "__main__":
    main()
