"""Random flights before random sensors, through the public Tracker: what it says of each, and what each truly was."""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.class_flights import Flown, draw_kind, fly
from vedette import Scan, Site, Status, Tracker, Tracks
from vedette.geo import Floats, LocalFrame
from vedette.model import CLASSES
from vedette.sim.streams import stream, wander
from vedette.site import Sensor
from vedette.site.model import Limits

FRAME: Final = LocalFrame(48.0, 11.0, 500.0)
START_S: Final = 1_700_000_000.0
MIX: Final = np.array([0.22, 0.15, 0.13, 0.35, 0.15])
"""How often each class flies: the prior of vedette.tracking.classes. Calibration is a matter of the mix."""
FLIGHTS: Final = 5
"""In the air together."""
ACCURACY: Final = 0.8
"""How often a radar that classifies is right, as a site file says by default. What it takes for something else it does
so in every report."""
NAMED: Final = {"uav_rotary": ("rid", 0.25), "uav_fixed_wing": ("rid", 0.08), "manned": ("icao", 0.75)}
"""Scheme and share of the flights of a class that say who they are: vedette.tracking.classes.UNNAMED is the rest."""
ALWAYS_NAMED: Final = ("taxi",)
"""Without a name these are not told from vehicles, nor meant to be."""
EMITS: Final = {"uav_rotary": 0.8, "uav_fixed_wing": 0.5, "manned": 0.15, "bird": 0.0, "other": 0.1}
"""Share that a radio-frequency sensor hears."""
OFF_DB: Final = 2.5
"""Standard deviation of what a radar's cross-sections are off by altogether."""
NEAR_M: Final = 250.0
"""A flight's track is the nearest, if it is this near."""


class Radar(msgspec.Struct, frozen=True, kw_only=True):
    """A radar, and what it reports beyond places: sizes (dBsm, all off by off_db), classes."""

    name: str
    sensor: Sensor
    sizes: bool = False
    classes: bool = False
    off_db: float = 0.0


class Subject(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A flight in a scene: from when and where, how well it is seen, what is said of it.

    said (classes,): what a radar that classifies takes it for; sizes_db (s,): how its cross-section comes and goes,
    second by second.
    """

    number: int
    flown: Flown
    from_s: float
    at_m: Floats
    p_detect: float
    said: Floats
    sizes_db: Floats
    identity: str | None
    emits: bool

    def where(self, times_s: Floats) -> Floats:
        """East, north, up (k, 3), NaN while it is not there."""
        place, _ = self.flown.path.at(times_s - self.from_s)
        place[:, :2] += self.at_m
        return place

    def size_dbsm(self, time_s: float) -> float:
        """Radar cross-section now."""
        return self.flown.rcs_dbsm + float(self.sizes_db[min(int(time_s - self.from_s), len(self.sizes_db) - 1)])


class Sample(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What the tracker said of one flight at one time. sees: s sizes, c classes, n a name, e emissions, 2 no height."""

    flight: int
    kind: str
    class_: int
    believed: bool
    sees: str
    p_classes: Floats
    features: Floats


class Scene(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Sensors and flights; hears: there is a radio-frequency sensor."""

    radar: Radar
    subjects: tuple[Subject, ...]
    hears: bool = False
    lasts_s: float = 140.0


def sensor(sensor_id: str, kind: str, **keys: Any) -> Sensor:
    """A sensor at the frame's origin, or anywhere if it reports positions."""
    placed = kind in ("radar", "rf")
    values: dict[str, Any] = {
        "id": sensor_id, "name": sensor_id, "kind": kind, "latitude_deg": FRAME.latitude_deg if placed else None,
        "longitude_deg": FRAME.longitude_deg if placed else None,
        "altitude_ellipsoid_m": FRAME.altitude_ellipsoid_m + 10.0 if placed else None, "period_s": None,
        "range_m": None, "azimuth_true_deg": (0.0, 360.0), "elevation_deg": (-5.0, 60.0), "sigma_range_m": None,
        "sigma_azimuth_deg": None, "sigma_elevation_deg": None, "sigma_range_rate_mps": None, "sigma_position_m": None,
        "sigma_altitude_m": None, "p_detect": 0.85, "clutter_per_scan": 3.0,
    }  # fmt: skip
    return Sensor(**values | keys)


def radar_keys(name: str, rng: np.random.Generator) -> dict[str, Any]:
    """Performance of a drone radar, an approach radar or a marine radar, drawn."""
    if name == "drone":
        keys = {
            "period_s": rng.uniform(0.7, 1.6), "range_m": (150.0, rng.uniform(4000.0, 9000.0)),
            "sigma_range_m": rng.uniform(4.0, 15.0), "sigma_azimuth_deg": rng.uniform(0.4, 1.2),
            "sigma_elevation_deg": rng.uniform(0.5, 1.4),
        }  # fmt: skip
        return keys | ({"sigma_range_rate_mps": 1.0} if rng.random() < 0.5 else {})
    if name == "approach":
        keys = {"period_s": rng.uniform(3.0, 5.0), "range_m": (500.0, 30_000.0), "sigma_range_m": 30.0,
                "sigma_azimuth_deg": rng.uniform(0.12, 0.3)}  # fmt: skip
        return keys | ({"sigma_elevation_deg": 0.3} if rng.random() < 0.5 else {})
    return {"period_s": rng.uniform(1.5, 3.0), "range_m": (50.0, 6000.0), "sigma_range_m": rng.uniform(4.0, 12.0),
            "sigma_azimuth_deg": rng.uniform(0.4, 0.9)}  # fmt: skip


def draw_radar(rng: np.random.Generator) -> Radar:
    """Mostly drone radars; more than half report sizes, a quarter classes."""
    name = str(rng.choice(["drone", "drone", "drone", "approach", "marine"]))
    one = sensor("radar", "radar", **radar_keys(name, rng))
    off_db = OFF_DB * rng.normal()
    return Radar(name=name, sensor=one, sizes=rng.random() < 0.6, classes=rng.random() < 0.25, off_db=off_db)


def draw_subject(number: int, far_m: float, rng: np.random.Generator, strange: float) -> Subject:
    """A flight of a class drawn from MIX that comes within reach."""
    class_ = CLASSES[int(rng.choice(len(CLASSES), p=MIX))]
    flown = fly(draw_kind(class_, rng), rng.uniform(25.0, 130.0), rng, strange=strange)
    scheme, share = NAMED.get(class_, ("", 0.0))
    named = rng.random() < share or flown.name in ALWAYS_NAMED
    reach_m, way = far_m * math.sqrt(rng.uniform(0.005, 0.8)), rng.uniform(0.0, math.tau)
    at_m = reach_m * np.array([math.sin(way), math.cos(way)])
    return subject_of(number, flown, at_m, f"{scheme}:{number:06X}" if named else None, rng)


def subject_of(number: int, flown: Flown, at_m: Floats, identity: str | None, rng: np.random.Generator) -> Subject:
    """A flight about a place of the plane."""
    said = CLASSES.index(flown.class_)
    if rng.random() > ACCURACY:
        said = (said + int(rng.integers(1, len(CLASSES)))) % len(CLASSES)
    return Subject(
        number=number,
        flown=flown,
        from_s=START_S + rng.uniform(0.0, 10.0),
        at_m=at_m,
        p_detect=rng.uniform(0.6, 0.97),
        said=np.eye(len(CLASSES))[said],
        sizes_db=wander(rng, int(flown.path.times_s[-1]) + 2, 1.0, rng.uniform(1.0, 5.0), 8.0),
        identity=identity,
        emits=rng.random() < EMITS[flown.class_],
    )


def polar(points_m: Floats) -> Floats:
    """Range, azimuth and elevation (k, 3) from the sensors' place."""
    off = points_m - np.array([0.0, 0.0, 10.0])
    reach = np.maximum(np.linalg.norm(off, axis=1), 1.0)
    return np.column_stack([reach, np.arctan2(off[:, 0], off[:, 1]) % math.tau, np.arcsin(off[:, 2] / reach)])


def seen_of(radar: Radar, subject: Subject, time_s: float, rng: np.random.Generator) -> list[Floats] | None:
    """One flight in one look: range, azimuth, elevation, range rate; size; class report. None: not seen."""
    one, places = radar.sensor, subject.where(np.array([time_s, time_s + 0.1]))
    low_m, high_m = one.range_m or (0.0, math.inf)
    if not np.isfinite(places).all() or rng.random() > subject.p_detect:
        return None
    exact = polar(places)
    if not low_m < exact[0, 0] < high_m or exact[0, 2] > math.radians(one.elevation_deg[1]):
        return None
    sigma = [one.sigma_range_m or 0.0, *np.radians([one.sigma_azimuth_deg or 0.0, one.sigma_elevation_deg or 0.0]), 1.0]
    row = np.array([*exact[0], (exact[1, 0] - exact[0, 0]) / 0.1]) + np.array(sigma) * rng.normal(size=4)
    size = subject.size_dbsm(time_s) + 3.0 * rng.normal() + radar.off_db
    return [row, np.array([size]), rng.dirichlet(12.0 * (0.75 * subject.said + 0.05))]


def clutter_of(radar: Radar, rng: np.random.Generator) -> list[list[Floats]]:
    """Detections of nothing, as `seen_of` gives them."""
    least, most = np.array([radar.sensor.range_m or (0.0, 1.0), (0.0, math.tau), (-0.05, 0.8), (-30.0, 30.0)]).T
    return [
        [rng.uniform(least, most), np.array([-22.0 + 6.0 * rng.normal()]), rng.dirichlet(np.full(len(CLASSES), 2.0))]
        for _ in range(rng.poisson(radar.sensor.clutter_per_scan))
    ]


def look_of(radar: Radar, subjects: tuple[Subject, ...], time_s: float, rng: np.random.Generator) -> Scan:
    """What the radar reports in one look, clutter and all."""
    one, look = radar.sensor, f"{time_s:.3f}"
    seen = [row for subject in subjects if (row := seen_of(radar, subject, time_s, rng)) is not None]
    seen += clutter_of(radar, rng)
    if not seen:
        return Scan(sensor=one.id, observed_s=time_s, look=look)
    table, sizes, said = (np.array([row[k] for row in seen]) for k in range(3))
    more: dict[str, Any] = {"range_m": np.abs(table[:, 0]), "azimuth_true_rad": table[:, 1] % math.tau}
    if one.sigma_elevation_deg is not None:
        more["elevation_rad"] = table[:, 2]
    if one.sigma_range_rate_mps is not None:
        more["range_rate_mps"] = table[:, 3]
    if radar.sizes:
        more["rcs_dbsm"] = sizes[:, 0]
    if radar.classes:
        more["p_classes"] = said
    return Scan(sensor=one.id, observed_s=time_s, look=look, **more)


def report_of(subject: Subject, time_s: float, rng: np.random.Generator) -> Scan | None:
    """What a flight with a name says of its place."""
    place = subject.where(np.array([time_s]))
    if subject.identity is None or not np.isfinite(place).all():
        return None
    latitude, longitude, altitude = FRAME.to_geodetic(place + rng.normal(size=(1, 3)) * [8.0, 8.0, 12.0])
    return Scan(
        sensor="adsb" if subject.identity.startswith("icao") else "rid", observed_s=time_s, latitude_deg=latitude,
        longitude_deg=longitude, altitude_ellipsoid_m=altitude, identity=[subject.identity],
    )  # fmt: skip


def bearings_of(subjects: tuple[Subject, ...], time_s: float, rng: np.random.Generator) -> Scan:
    """What the radio-frequency sensor hears."""
    places = [subject.where(np.array([time_s]))[0] for subject in subjects if subject.emits and rng.random() < 0.7]
    heard = np.array([place for place in places if np.isfinite(place).all() and np.linalg.norm(place) < 6000.0])
    more = {}
    if len(heard):
        more["azimuth_true_rad"] = (polar(heard)[:, 1] + math.radians(2.0) * rng.normal(size=len(heard))) % math.tau
    return Scan(sensor="rf", observed_s=time_s, look=f"{time_s:.3f}", **more)


def site_of(radar: Radar) -> Site:
    """The radar's site, with receivers and a radio-frequency sensor."""
    sensors = (
        radar.sensor,
        sensor("rf", "rf", period_s=1.0, range_m=(100.0, 6000.0), sigma_azimuth_deg=2.0, clutter_per_scan=0.1),
        sensor("adsb", "adsb", sigma_position_m=8.0, sigma_altitude_m=12.0),
        sensor("rid", "remote_id", sigma_position_m=8.0, sigma_altitude_m=12.0),
    )
    return Site(
        id="scene", name="Scene", timezone="UTC", latitude_deg=FRAME.latitude_deg, longitude_deg=FRAME.longitude_deg,
        altitude_ellipsoid_m=FRAME.altitude_ellipsoid_m, sensors=sensors, feeds=(), zones=(), rules=(), late_s=2.0,
        limits=Limits(size_bytes=1, keep_s=1.0, capture_bytes=1), toml="", geojson=None, sha256="",
    )  # fmt: skip


def run(seed: int, strange: float = 0.0) -> list[Sample]:
    """Draw a scene, fly it, and note what the tracker says of each flight every 5 to 15 s."""
    rng = stream(seed, "classes")
    radar = draw_radar(rng)
    far_m = (radar.sensor.range_m or (0.0, 1.0))[1]
    numbers = range(seed * FLIGHTS, (seed + 1) * FLIGHTS)
    subjects = tuple(draw_subject(number, far_m, rng, strange) for number in numbers)
    return watch(Scene(radar=radar, subjects=subjects, hears=rng.random() < 0.2), rng)


def watch(scene: Scene, rng: np.random.Generator) -> list[Sample]:
    """Fly a scene: looks of the radar, between them bearings and reports."""
    tracker = Tracker(site_of(scene.radar))
    samples: list[Sample] = []
    due_s = {subject.number: START_S + rng.uniform(0.0, 20.0) for subject in scene.subjects}
    time_s, period_s = START_S, scene.radar.sensor.period_s or 1.0
    while time_s < START_S + scene.lasts_s:
        tracks = tracker.observe(look_of(scene.radar, scene.subjects, time_s, rng))
        for subject in scene.subjects:
            if time_s > due_s[subject.number]:
                sample = sample_of(scene, subject, tracks, tracker, time_s)
                samples += [] if sample is None else [sample]
                due_s[subject.number] += rng.uniform(5.0, 15.0) if sample is not None else 0.0
        if scene.hears:
            tracker.observe(bearings_of(scene.subjects, time_s + 0.3 * period_s, rng))
        for subject in scene.subjects:
            report = report_of(subject, time_s + 0.5 * period_s, rng)
            if report is not None:
                tracker.observe(report)
        time_s += period_s
    return samples


def sample_of(scene: Scene, subject: Subject, tracks: Tracks, tracker: Tracker, time_s: float) -> Sample | None:
    """The track nearest to a flight, if it is near; a believed one before one that is not yet."""
    place = subject.where(np.array([time_s]))[0]
    if not np.isfinite(place).all() or not len(tracks):
        return None
    off = tracks.position_enu_m - place
    off[:, 2] *= tracks.altitude_known
    distance_m = np.linalg.norm(off, axis=1)
    believed = (tracks.status != Status.TENTATIVE) & (distance_m < NEAR_M)
    row = int(np.argmin(np.where(believed | ~believed.any(), distance_m, np.inf)))
    if not distance_m[row] < NEAR_M:
        return None
    facts = {"s": scene.radar.sizes, "c": scene.radar.classes, "n": subject.identity is not None,
             "e": scene.hears and subject.emits, "2": not tracks.altitude_known[row]}  # fmt: skip
    return Sample(
        flight=subject.number,
        kind=subject.flown.name,
        class_=CLASSES.index(subject.flown.class_),
        believed=bool(believed[row]),
        sees="".join(letter for letter, true in facts.items() if true),
        p_classes=tracks.p_classes[row].copy(),
        features=features_of(tracker, int(tracks.id[row])),
    )


def features_of(tracker: Tracker, track: int) -> Floats:
    """What the tracker keeps of a track for its class: what is fitted to, and nothing that the outside shows."""
    state = tracker._state
    rows = np.flatnonzero(state.id[: state.count] == track)
    return state.features[rows[0]].copy() if len(rows) else np.zeros(0)
