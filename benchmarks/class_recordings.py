"""Real flights for the class posterior: as they say they are, and, without a name, before simulated radars.

None of them had a part in setting a number. Places are the recordings'; heights too where they have one, else as given
here. They differ in length from ten seconds to fifteen minutes.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks import field_multirotor, field_radar
from benchmarks.class_flights import Flown
from benchmarks.class_scenes import START_S, Radar, Scene, Subject, sensor, site_of, watch
from vedette import Scan, Status, Tracker, Tracks, load_site
from vedette.feeds.replay import assign, replay
from vedette.geo import Floats, LocalFrame
from vedette.model import CLASSES, Look
from vedette.sim.path import Path as Course
from vedette.sim.streams import stream
from vedette.site import Sensor
from vedette.tables import read_looks

LOG: Final = "mavlink/uob_ardupilot_2023-07-06_10-12-18.bin"
TAXIING: Final = "adsb/rs1090_full_flight_head.jsonl"
CRUISING: Final = "adsb/sample_dump1090.bin"
ANAFI: Final = "remote_id/parrot_anafi4_real.pcapng"
RADARS: Final = ("radar with height", "radar without height")
EVERY_S: Final = 5.0
"""A sample this often, once a track is believed."""


class Followed(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One real flight as one watch saw it: the posteriors (n, classes) over time."""

    flight: str
    seen: str
    class_: int
    p_classes: Floats


def multirotor(log: Path) -> Flown:
    """The log's flight between lift-off and touch-down."""
    path = field_multirotor.flight(log, load_site(field_multirotor.SITE))
    flown = np.flatnonzero(path.plan_m[:, 2] > 1.0)
    rows = slice(flown[0], flown[-1] + 1)
    return about_its_middle("multirotor", "uav_rotary", path.times_s[rows], path.plan_m[rows])


def reported(name: str, class_: str, scans: list[Scan], height_m: float) -> Flown:
    """A flight from its own position reports, at one height over ground."""
    placed = [one for one in scans if one.latitude_deg is not None]
    places = {one.observed_s: (one.latitude_deg[0], one.longitude_deg[0]) for one in placed}
    latitude, longitude = np.array(list(places.values())).T
    frame = LocalFrame(float(latitude[0]), float(longitude[0]), 0.0)
    plan_m = frame.to_enu_m(latitude, longitude, np.zeros(len(latitude)))
    plan_m[:, 2] = height_m
    return about_its_middle(name, class_, np.array(list(places)), plan_m)


def about_its_middle(name: str, class_: str, times_s: Floats, plan_m: Floats) -> Flown:
    """A course (n, 3) about the middle of its plan, from time 0 on; its rates are not looked at."""
    plan_m = plan_m - [*plan_m[:, :2].mean(axis=0), 0.0]
    path = Course(times_s - times_s[0], plan_m, np.zeros_like(plan_m))
    return Flown(name=name, class_=class_, path=path, rcs_dbsm=0.0)


def unnamed(flown: Flown, at_m: float, seed: int) -> Iterator[Followed]:
    """A real course as it would look to two radars, its middle at_m east of them."""
    for name in RADARS:
        keys = {"period_s": 1.0, "range_m": (100.0, 30_000.0), "sigma_range_m": 8.0, "sigma_azimuth_deg": 0.6}
        keys |= {"sigma_elevation_deg": 0.7} if name == RADARS[0] else {}
        subject = Subject(
            number=0, flown=flown, from_s=START_S, at_m=np.array([at_m, 0.0]), p_detect=0.9,
            said=np.zeros(len(CLASSES)), sizes_db=np.zeros(1), identity=None, emits=False,
        )  # fmt: skip
        radar = Radar(name=name, sensor=sensor("radar", "radar", **keys))
        scene = Scene(radar=radar, subjects=(subject,), lasts_s=float(flown.path.times_s[-1]))
        samples = [one.p_classes for one in watch(scene, stream(seed, "recording", flown.name, name)) if one.believed]
        seen, class_ = f"{name}, {at_m / 1000.0:g} km", CLASSES.index(flown.class_)
        yield Followed(flight=flown.name, seen=seen, class_=class_, p_classes=stacked(samples))


def scans_of(recording: Path, one: Sensor) -> list[Scan]:
    """A recording's looks, as one sensor's."""
    site = msgspec.structs.replace(site_of(Radar(name="", sensor=sensor("radar", "radar"))), sensors=(one,))
    bodies = (arrival.body for arrival in replay(site, assign(site, [(one.id, recording)])))
    return [body.scan for body in bodies if isinstance(body, Look)]


def followed(
    flight: str, seen: str, class_: str, tracker: Tracker, scans: Iterable[Scan], row_of: Callable[[Tracks], int | None]
) -> Followed:
    """Run looks through a tracker; row_of: the row of the flight among the tracks, None while there is none."""
    samples, due_s = [], -np.inf
    for scan in scans:
        tracks = tracker.observe(scan)
        row = row_of(tracks)
        if row is not None and tracks.observed_s >= due_s and tracks.status[row] != Status.TENTATIVE:
            samples.append(tracks.p_classes[row].copy())
            due_s = tracks.observed_s + EVERY_S
    return Followed(flight=flight, seen=seen, class_=CLASSES.index(class_), p_classes=stacked(samples))


def stacked(samples: list[Floats]) -> Floats:
    """(n, classes), also where there is none."""
    return np.array(samples).reshape(-1, len(CLASSES))


def by_name(recording: Path, kind: str, name: str, class_: str) -> tuple[Followed, list[Scan]]:
    """The one aircraft of a recording by its own reports, and these."""
    one = sensor(kind, kind, sigma_position_m=15.0, sigma_altitude_m=30.0)
    scans = scans_of(recording, one)
    place = next(scan for scan in scans if scan.latitude_deg is not None)
    site = msgspec.structs.replace(
        site_of(Radar(name="", sensor=sensor("radar", "radar"))),
        sensors=(one,), latitude_deg=round(float(place.latitude_deg[0]), 1),
        longitude_deg=round(float(place.longitude_deg[0]), 1), altitude_ellipsoid_m=0.0,
    )  # fmt: skip
    return followed(name, f"by its {kind}", class_, Tracker(site), scans, first_named), scans


def first_named(tracks: Tracks) -> int | None:
    """The row of the first track that carries a name."""
    return next((row for row, name in enumerate(tracks.identity) if name is not None), None)


def boat(folder: Path) -> Followed:
    """The marine radar's boat: the believed track nearest to it, within 100 m."""
    truth = field_radar.recording(folder)
    places = dict(zip(np.round(truth.time_s, 3).tolist(), truth.boat_m[:, :2], strict=True))

    def row_of(tracks: Tracks) -> int | None:
        place = places.get(round(tracks.observed_s, 3))
        if place is None or not len(tracks):
            return None
        off_m = np.linalg.norm(tracks.position_enu_m[:, :2] - place, axis=1)
        off_m[tracks.status == Status.TENTATIVE] = np.inf
        return int(np.argmin(off_m)) if off_m.min() < 100.0 else None

    looks = read_looks(folder / "joyride_detections.csv")
    return followed("boat", "by a marine radar", "other", Tracker(load_site(field_radar.SITE)), looks, row_of)


def all_followed(folder: Path, seed: int = 1) -> list[Followed]:
    """Every real flight of a folder of recordings, in each way that it can be seen; the log's only with pymavlink."""
    found: list[Followed] = []
    if importlib.util.find_spec("pymavlink") is not None:
        log = multirotor(folder / LOG)
        for many in range(5):
            found += unnamed(log, 500.0 + 200.0 * many, seed + many)
    ways: tuple[tuple[Any, ...], ...] = (
        (TAXIING, "adsb", "airliner, taxiing", "manned", 3.0, 2500.0),
        (CRUISING, "adsb", "airliner, cruising", "manned", 11_600.0, 15_000.0),
        (ANAFI, "remote_id", "Anafi", "uav_rotary", 15.0, 500.0),
    )
    for recording, kind, name, class_, height_m, at_m in ways:
        one, scans = by_name(folder / recording, kind, name, class_)
        found += [one, *unnamed(reported(name, class_, scans, height_m), at_m, seed)]
    found.append(boat(folder / "radar"))
    return [one for one in found if len(one.p_classes)]
