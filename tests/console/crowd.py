"""A crowded sky: any number of aircraft in straight flight round the site, some with alerts. All invented.

    python -m tests.console.crowd --tracks 2000 --alerts 50 [--port 8099]

A function of number and time alone; nothing here tracks or judges.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
from collections.abc import Callable

import msgspec

from tests.console.fake_desk import FakeDesk
from tests.console.flights import SITE, T0_S
from tests.console.scene_playback import ScenePlayback, point_of
from tests.console.serve_fake import show_alone
from vedette.console import Health
from vedette.model import (
    Alert,
    AlertState,
    Cooperation,
    Disposition,
    FeedHealth,
    FeedState,
    Origin,
    PathPoint,
    Picture,
    Reason,
    RecordedPoints,
    RecordedSpan,
    TrackPicture,
    ZoneApproach,
)

MIDDLE_DEG = (36.2381, 43.94667)
DEG_A_M = 1.0 / 111_195.0
SHRINK = math.cos(math.radians(MIDDLE_DEG[0]))
REACH_M = 9000.0
"""They fly within this distance of the runway's middle, and come in again on the other side."""
KINDS = (
    ("bird", (0.02, 0.02, 0.02, 0.9, 0.04), 14.0, 60.0, None, Cooperation.UNKNOWN),
    ("uav_rotary", (0.85, 0.05, 0.02, 0.05, 0.03), 17.0, 90.0, None, Cooperation.UNKNOWN),
    ("uav_fixed_wing", (0.05, 0.85, 0.03, 0.04, 0.03), 45.0, 180.0, None, Cooperation.UNKNOWN),
    ("manned", (0.01, 0.02, 0.95, 0.01, 0.01), 110.0, 1500.0, "icao:4CA{:03X}", Cooperation.COOPERATIVE),
    ("uav_rotary", (0.8, 0.1, 0.02, 0.05, 0.03), 12.0, 80.0, "rid:SN{:05d}", Cooperation.CLAIMED),
)
REASONS = tuple(
    Reason(text=text, value=value, unit=unit, source="tracking")
    for text, value, unit in (
        ("On a course into the perimeter", 64.0, "s"),
        ("Flies level at a steady speed", 17.0, "m/s"),
        ("No ADS-B or Remote ID within 300 m", 0.0, ""),
    )
)


class Flyer(msgspec.Struct, frozen=True):
    """One aircraft: where it is at first, metres east and north of the runway's middle, and how it flies."""

    number: int
    at_m: tuple[float, float]
    course_deg: float
    sigma_m: float


def flyers(count: int) -> list[Flyer]:
    draw = random.Random(count)
    return [
        Flyer(
            number=number,
            at_m=(draw.uniform(-REACH_M, REACH_M), draw.uniform(-REACH_M, REACH_M)),
            course_deg=draw.uniform(0.0, 360.0),
            sigma_m=draw.uniform(6.0, 60.0),
        )
        for number in range(1, count + 1)
    ]


def name_of(number: int) -> str:
    return f"erbil-T-{number:04d}"


def _around(value_m: float) -> float:
    return (value_m + REACH_M) % (2.0 * REACH_M) - REACH_M


def _place(east_m: float, north_m: float) -> tuple[float, float]:
    """Degrees, on an earth flat enough here; a projection of each would cost more than all else of a picture."""
    return MIDDLE_DEG[0] + north_m * DEG_A_M, MIDDLE_DEG[1] + east_m * DEG_A_M / SHRINK


def picture_of(flyer: Flyer, t_s: float) -> TrackPicture:
    class_, p_classes, speed_mps, height_m, identity, cooperation = KINDS[flyer.number % len(KINDS)]
    turn = math.radians(flyer.course_deg)
    east_mps, north_mps = speed_mps * math.sin(turn), speed_mps * math.cos(turn)
    at = (_around(flyer.at_m[0] + east_mps * t_s), _around(flyer.at_m[1] + north_mps * t_s))
    latitude_deg, longitude_deg = _place(*at)
    far_m = max(0.0, math.hypot(*at) - 2500.0)
    ahead = tuple(
        PathPoint(
            in_s=in_s,
            latitude_deg=latitude_deg + north_mps * in_s * DEG_A_M,
            longitude_deg=longitude_deg + east_mps * in_s * DEG_A_M / SHRINK,
            altitude_ellipsoid_m=SITE.altitude_ellipsoid_m + height_m,
            sigma_major_m=flyer.sigma_m + in_s,
            sigma_minor_m=flyer.sigma_m * 0.6 + in_s * 0.5,
            azimuth_true_deg=flyer.course_deg,
        )
        for in_s in (15.0, 30.0, 45.0, 60.0)
    )
    return TrackPicture(
        track=name_of(flyer.number),
        id=flyer.number,
        observed_s=T0_S + t_s,
        first_s=T0_S - 600.0,
        last_update_s=T0_S + t_s - (flyer.number % 10) / 10.0,
        status="confirmed",
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_ellipsoid_m=SITE.altitude_ellipsoid_m + height_m,
        altitude_msl_m=SITE.altitude_ellipsoid_m + height_m - 15.3,
        height_agl_m=height_m,
        velocity_east_mps=east_mps,
        velocity_north_mps=north_mps,
        velocity_up_mps=0.0,
        speed_mps=speed_mps,
        course_true_deg=flyer.course_deg,
        sigma_position_m=flyer.sigma_m,
        ellipse_major_m=flyer.sigma_m,
        ellipse_minor_m=flyer.sigma_m * 0.6,
        ellipse_azimuth_true_deg=flyer.course_deg,
        p_exists=0.98,
        p_classes=p_classes,
        class_=class_,
        p_class=max(p_classes),
        identity=identity.format(flyer.number) if identity else None,
        cooperation=cooperation,
        callsign=f"AIR{flyer.number:04d}" if class_ == "manned" else None,
        sensors={"radar-s": T0_S + t_s, "radar-n": T0_S + t_s - 0.5},
        approaches=(
            ZoneApproach(
                zone="perimeter",
                name="Perimeter",
                role="perimeter",
                distance_m=far_m,
                inside=far_m == 0.0,
                time_to_s=far_m / speed_mps,
                closest_m=0.0,
                closest_in_s=far_m / speed_mps,
            ),
        ),
        path=ahead,
        impact=None,
        reasons=REASONS,
        disposition=Disposition.NEUTRAL if class_ in ("bird", "manned") else Disposition.UNKNOWN,
    )


def alert_of(track: TrackPicture, number: int, by: tuple[str, float] | None) -> Alert:
    near = track.approaches[0]
    priority = 1 if number <= 3 else 2 if number <= 15 else 3
    return Alert(
        alert=f"erbil-A-{number:04d}",
        rule="uav-near-zone",
        priority=priority,
        state=AlertState.ACKNOWLEDGED if by else AlertState.RAISED,
        track=track.track,
        zone="perimeter",
        incident=None,
        title="Drone inbound",
        raised_s=T0_S - 30.0 - number,
        raised_time_to_s=90.0,
        raised_distance_m=4000.0,
        time_to_s=near.time_to_s,
        distance_m=near.distance_m,
        reasons=REASONS,
        acknowledged_by=by[0] if by else None,
        acknowledged_s=by[1] if by else None,
        origin=Origin.SIMULATED,
    )


class CrowdPlayback(ScenePlayback):
    """An hour of the crowd, a point a second of each."""

    def __init__(self, crowd: list[Flyer], now: Callable[[], float]) -> None:
        super().__init__(now)
        self._crowd = crowd

    def span(self) -> RecordedSpan:
        return RecordedSpan(first_s=T0_S + self._now() - 3700.0, last_s=T0_S + self._now(), gaps=())

    def points(
        self, from_s: float, until_s: float, step_s: float, after_seq: int = 0, track: str | None = None
    ) -> RecordedPoints:
        del step_s, after_seq
        seconds = range(math.ceil(from_s - T0_S), math.ceil(min(until_s - T0_S, self._now())))
        asked = [one for one in self._crowd if track in (None, name_of(one.number))]
        points = (point_of(picture_of(one, float(second))) for second in seconds for one in asked)
        return RecordedPoints(points=tuple(points), next_seq=None)


class CrowdDesk(FakeDesk):
    """A desk with so many tracks and alerts up. Alerts stand on the drones among the first."""

    def __init__(self, tracks: int, alerts: int) -> None:
        super().__init__()
        self._flyers = flyers(tracks)
        self._alerts = alerts

    @property
    def playback(self) -> CrowdPlayback:
        return CrowdPlayback(self._flyers, lambda: self._t_s)

    def leave(self, tracks: int) -> None:
        """Let all but the first so many be gone from the next picture on."""
        self._flyers = self._flyers[:tracks]

    def show(self, t_s: float) -> None:
        self._t_s = t_s
        tracks = tuple(picture_of(flyer, t_s) for flyer in self._flyers)
        drones = [track for track in tracks if track.class_ in ("uav_rotary", "uav_fixed_wing")][: self._alerts]
        self.board.show_picture(Picture(observed_s=T0_S + t_s, tracks=tracks))
        self.board.show_alerts(
            alert_of(track, number, self.acknowledged.get(f"erbil-A-{number:04d}"))
            for number, track in enumerate(drones, start=1)
        )
        feeds = tuple(
            FeedHealth(
                feed=feed.id, sensor=feed.sensor, state=FeedState.LIVE, messages=1000, rejected={},
                last_received_s=T0_S + t_s, rate_hz=2.0,
            )
            for feed in SITE.feeds
        )  # fmt: skip
        self.board.show_health(Health(now_s=T0_S + t_s + 0.2, feeds=feeds, clock=None))


async def play(desk: CrowdDesk, start_s: float = 0.0) -> None:
    """Two pictures a second, with the trails of the two minutes before."""
    loop = asyncio.get_running_loop()
    for before_s in range(120, 0, -4):
        desk.show(start_s - before_s)
    began = loop.time()
    number = 0
    while True:
        await asyncio.to_thread(desk.show, start_s + number * 0.5)
        number += 1
        await asyncio.sleep(max(0.0, began + number * 0.5 - loop.time()))


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", type=int, default=2000)
    parser.add_argument("--alerts", type=int, default=50)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    desk = CrowdDesk(options.tracks, options.alerts)
    await show_alone(desk, play(desk), options.port)


if __name__ == "__main__":
    asyncio.run(main())
