"""An incident's paths after the fact, from what its record holds, against the truth and against what was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.watch.driving import vedette
from vedette.geo import Floats
from vedette.model import Event, Incident, IncidentDetections, Look, Origin, Scan, Sequenced, Tick, TrackPoint
from vedette.site import Site, load_site
from vedette.watch.afterwards import joined, looks_of, smoothed_paths
from vedette.watch.pipeline import Pipeline

START_S = 1_700_000_000.0
Truth = Callable[[float], Floats]


@pytest.fixture
def site(site_file: Path) -> Site:
    return load_site(site_file)


def inbound(at_s: float) -> Floats:
    """Towards the fence from the east at 30 m/s."""
    return np.array([3600.0 - 30.0 * at_s, 300.0, 180.0])


def falling(at_s: float) -> Floats:
    """The same, shot down at 45 s: it falls with drag and is on the ground 9 s later."""
    since, tau = max(at_s - 45.0, 0.0), 3.5
    keep = float(np.exp(-since / tau))
    ahead = 30.0 * (min(at_s, 45.0) + tau * (1.0 - keep))
    return np.array([3600.0 - ahead, 300.0, 180.0 - 9.80665 * tau * (since - tau * (1.0 - keep))])


def look(site: Site, at_s: float, place: Floats | None, rng: np.random.Generator) -> Scan:
    """The radar of the site, which stands 11 m over the reference point, with a false return."""
    rows = (
        [] if place is None else [place - [0.0, 0.0, site.sensors[0].altitude_ellipsoid_m - site.altitude_ellipsoid_m]]
    )
    rows.append(np.array([rng.uniform(-4000.0, 0.0), rng.uniform(-3000.0, 3000.0), rng.uniform(50.0, 900.0)]))
    points = np.array(rows)
    slant = np.linalg.norm(points, axis=1)
    noise, sigma_rad = rng.normal(size=(3, len(points))), np.radians(site.sensors[0].sigma_azimuth_deg or 0.0)
    return Scan(
        sensor="radar-1", observed_s=START_S + at_s, look=f"{at_s:g}", range_m=slant + 10.0 * noise[0],
        azimuth_true_rad=np.arctan2(points[:, 0], points[:, 1]) + sigma_rad * noise[1],
        elevation_rad=np.arcsin(points[:, 2] / slant) + sigma_rad * noise[2],
    )  # fmt: skip


class Night:
    """A watch over one flight, without a record: its events and its incident."""

    def __init__(
        self, site: Site, truth: Truth, seconds: int, seen_until_s: float, late: dict[int, float] | None = None
    ) -> None:
        rng, self.events, pipeline = np.random.default_rng(4), [], Pipeline(site)
        arrivals: list[tuple[float, Look | Tick]] = []
        for second in range(seconds):
            place = truth(float(second)) if second <= seen_until_s and (rng.random() < 0.9 or second > 40) else None
            due_s = second + (late or {}).get(second, 0.1)
            arrivals.append((due_s, Look(scan=look(site, float(second), place, rng))))
            arrivals += [(second + 0.25, Tick()), (second + 0.75, Tick())]
        for number, (at_s, body) in enumerate(sorted(arrivals, key=lambda pair: pair[0]), 1):
            message = Sequenced(seq=number, received_s=START_S + at_s, origin=Origin.LIVE, body=body)
            for draft in pipeline.step(message).drafts:
                self.events.append(
                    Event(
                        seq=len(self.events) + 1, observed_s=draft.observed_s, received_s=draft.received_s,
                        origin=draft.origin, kind="", schema=1, payload=draft.payload,
                    )
                )  # fmt: skip
        (self.incident,) = pipeline.post.incidents
        self.dropped = pipeline.dropped

    @property
    def points(self) -> list[TrackPoint]:
        return [event.payload for event in self.events if isinstance(event.payload, TrackPoint)]


def error_m(site: Site, points: list[TrackPoint], truth: Truth) -> float:
    """RMS of the whole position."""
    columns = [(one.latitude_deg, one.longitude_deg, one.altitude_ellipsoid_m) for one in points]
    places = site.frame().to_enu_m(*np.array(columns, dtype=np.float64).T)
    off = places - [truth(one.observed_s - START_S) for one in points]
    return float(np.sqrt(np.mean(np.sum(off * off, axis=1))))


def test_the_path_of_an_incident_s_track_is_smoothed_under_its_name(site: Site) -> None:
    night = Night(site, inbound, 70, 60.0)
    told: list[tuple[int, int]] = []
    (path,) = smoothed_paths(site, night.incident, night.events, lambda done, of: told.append((done, of)))
    (track,) = night.incident.tracks
    recorded = [one for one in night.points if one.track == track.track and one.status != "coasting"]
    assert path.track == track.track
    assert path.impact is None
    assert path.points[0].observed_s < recorded[0].observed_s
    assert path.points[-1].observed_s == pytest.approx(track.last_s)
    assert error_m(site, list(path.points), inbound) < 0.6 * error_m(site, recorded, inbound)
    assert 45 <= path.detections <= 61
    assert {one.sensors for one in path.points} == {("radar-1",)}
    assert told[-1][0] == told[-1][1] > 0
    assert smoothed_paths(site, night.incident, night.events) == (path,)
    drawn = joined(recorded, [path])
    assert set(path.points) <= set(drawn)
    assert all(one in path.points or one.observed_s > path.points[-1].observed_s for one in drawn)


def test_what_was_seen_too_late_for_the_watch_counts_and_its_impact_is_shown_beside(site_file: Path) -> None:
    """The three newest looks came 5 s late: the watch dropped what its record holds."""
    site_file.write_text(site_file.read_text().replace("_deg = 1.0", "_deg = 0.2"))
    site = load_site(site_file)
    night = Night(site, falling, 75, 53.0, dict.fromkeys((51, 52, 53), 5.0))
    assert night.dropped == {"looks late": 3}
    (track,) = night.incident.tracks
    assert track.impact is not None
    (path,) = smoothed_paths(site, night.incident, night.events)
    assert path.points[-1].observed_s > track.last_s + 1.0
    assert path.impact is not None
    assert path.impact.basis == "descent"
    areas = [one.sigma_major_m * one.sigma_minor_m for one in (track.impact, path.impact)]
    assert areas[1] < 0.6 * areas[0]
    latitude, longitude, _ = site.frame().to_geodetic(falling(54.3))
    off = [
        np.hypot(111_195.0 * (one.latitude_deg - latitude), 89_700.0 * (one.longitude_deg - longitude))
        for one in (track.impact, path.impact)
    ]
    assert off[1] < 30.0, off


def test_without_detections_or_points_there_is_no_path(site: Site) -> None:
    night = Night(site, inbound, 50, 49.0)
    for left_out in (IncidentDetections, TrackPoint):
        rest = [event for event in night.events if not isinstance(event.payload, left_out)]
        assert smoothed_paths(site, night.incident, rest) == ()
    thinned = [msgspec.structs.replace(event, payload=None) for event in night.events]
    assert smoothed_paths(site, night.incident, thinned) == ()
    other: Incident = msgspec.structs.replace(night.incident, incident="test-I-0009")
    assert smoothed_paths(site, other, night.events) == ()
    assert joined(night.points, []) == sorted(night.points, key=lambda one: (one.track, one.observed_s))


def test_rows_of_no_sensor_of_the_site_and_of_no_sense_are_left_out(site: Site) -> None:
    night = Night(site, inbound, 40, 39.0)
    payloads: list[Any] = [event.payload for event in night.events]
    good = looks_of(site, night.incident.incident, payloads)
    assert len(good) > 20
    twice = looks_of(site, night.incident.incident, payloads * 2)
    assert [len(one) for one in twice] == [len(one) for one in good]
    row = next(one for one in payloads if isinstance(one, IncidentDetections)).rows[0]
    bad = [
        {"sensor": "radar-9", "rows": (row | {"sensor": "radar-9"},)},
        {"rows": (row | {"range_m": -5.0},)},
        {"rows": (row | {"time_utc": "yesterday"},)},
        {"rows": ()},
    ]
    for number, change in enumerate(bad):
        values = {"incident": night.incident.incident, "sensor": "radar-1", "observed_s": START_S + number} | change
        payloads.append(IncidentDetections(**values))
    assert len(looks_of(site, night.incident.incident, payloads)) == len(good)
    far = IncidentDetections(
        incident=night.incident.incident, sensor="radar-1", observed_s=START_S, rows=(row | {"range_m": 5e6},)
    )
    events = [*night.events, msgspec.structs.replace(night.events[0], payload=far)]
    assert smoothed_paths(site, night.incident, events) == smoothed_paths(site, night.incident, night.events)


def test_a_path_is_drawn_from_recorded_points_where_no_look_is_held(site: Site) -> None:
    night = Night(site, inbound, 70, 60.0)
    (path,) = smoothed_paths(site, night.incident, night.events)
    held = msgspec.structs.replace(path, points=path.points[20:])
    recorded = [one for one in night.points if one.track == path.track]
    drawn = joined(recorded, [held])
    first = held.points[0].observed_s
    assert [one for one in drawn if one.observed_s < first] == [one for one in recorded if one.observed_s < first]
    assert [one for one in drawn if one.observed_s >= first] == list(held.points), "what it coasted on is no path"


@pytest.mark.slow
def test_the_papers_of_a_demo_say_what_is_smoothed(tmp_path: Path) -> None:
    data = tmp_path / "d"
    assert vedette("demo", "--headless", "--speed", "max", "--data", data).returncode == 0
    shown = vedette("incident", "show", data)
    assert shown.returncode == 0, shown.stderr
    assert shown.stderr == ""
    assert shown.stdout.count("after the fact from") == 2
    document = json.loads(vedette("incident", "show", data, "--json").stdout)
    assert all(track["smoothed"]["detections"] > 50 for track in document["tracks"])
    assert all(track["impact"]["made"] == "live" for track in document["tracks"])
    pages = [vedette("incident", "report", data, "--out", tmp_path / name) for name in ("a.html", "b.html")]
    assert [page.returncode for page in pages] == [0, 0]
    page = (tmp_path / "a.html").read_text()
    assert page == (tmp_path / "b.html").read_text()
    assert "smoothed after the fact" in page
    assert len(re.findall(r"crossed the perimeter line inward", page)) == 1
