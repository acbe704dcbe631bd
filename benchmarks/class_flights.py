"""Flights drawn at random by class: what the class posterior is fitted on and proved on.

Each Kind is a sort of flier with the ranges from which a flight of it is drawn, one value a flight: speed through the
air, height over ground, how it goes, what it reflects. Ground speed is that and the wind of its day. Where the ranges
come from is said beside them; how often the kinds of a class come (`share`) is our own judgement.
Neglected: terrain, flocks that split, aerodynamics beyond limits on turn, climb and change of speed.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import msgspec
import numpy as np

from vedette.geo import Floats
from vedette.sim.path import Path
from vedette.sim.streams import wander

STEP_S: Final = 0.25
"""Spacing of the samples."""
WIND_MPS: Final = 3.5
"""Scale of the wind's Rayleigh distribution over days: mean 4.4 m/s."""

Pair = tuple[float, float]
Manner = Literal["legs", "circles", "stops", "hovers", "wanders", "drifts"]
"""Straight legs and turns; full circles between legs; legs with pauses; pauses with short legs; turns that come and go;
with the wind."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A sort of flier. Pairs are the least and the most of a flight's own value.

    share: of its class. speed_mps: through the air, even; height_agl_m: even in its logarithm. turn_mps2: sideways
    acceleration in turns. climb_mps: standard deviation of the vertical rate that comes and goes. slope_deg: of a
    steady climb or descent. lift_mps: rate of going straight up from the ground, or down to it. rcs_dbsm: mean over
    aspects. windy: the wind carries it.
    """

    name: str
    class_: str
    share: float
    speed_mps: Pair
    height_agl_m: Pair
    manner: Manner
    turn_mps2: Pair
    rcs_dbsm: Pair
    size_m: float
    climb_mps: float = 0.3
    slope_deg: Pair = (0.0, 0.0)
    lift_mps: Pair = (0.0, 0.0)
    windy: bool = True


KINDS: Final = (
    # Multirotors: they go up and down on the spot and hover to look; mapping at 5 to 9 m/s (uask.info/node/249), at
    # most 23 m/s (DJI Matrice 30 data sheet; camera drones 9 to 27 m/s, flythatdrone.com); racing types to 40. Small
    # drones reflect -20 to -8 dBsm at 24 GHz (everythingrf), the smallest less. Most keep below 120 m; pilots report
    # them from 250 to 2600 m too (FAA sightings, 10th to 90th percentile).
    Kind(name="hoverer", class_="uav_rotary", share=0.2, speed_mps=(0.5, 6.0), height_agl_m=(8.0, 400.0),
         manner="hovers", turn_mps2=(1.0, 4.0), rcs_dbsm=(-28.0, -9.0), size_m=0.4, climb_mps=0.4, windy=False),
    Kind(name="lifter", class_="uav_rotary", share=0.1, speed_mps=(0.2, 3.0), height_agl_m=(10.0, 120.0),
         manner="hovers", turn_mps2=(1.0, 4.0), rcs_dbsm=(-28.0, -9.0), size_m=0.5, climb_mps=0.3, windy=False,
         lift_mps=(1.0, 5.0)),
    Kind(name="inspector", class_="uav_rotary", share=0.25, speed_mps=(1.0, 10.0), height_agl_m=(8.0, 120.0),
         manner="stops", turn_mps2=(1.0, 4.0), rcs_dbsm=(-28.0, -9.0), size_m=0.5, climb_mps=0.9, windy=False),
    Kind(name="courier", class_="uav_rotary", share=0.28, speed_mps=(8.0, 22.0), height_agl_m=(20.0, 500.0),
         manner="legs", turn_mps2=(1.5, 5.0), rcs_dbsm=(-22.0, -7.0), size_m=0.7, climb_mps=0.6, windy=False),
    Kind(name="racer", class_="uav_rotary", share=0.07, speed_mps=(15.0, 38.0), height_agl_m=(3.0, 120.0),
         manner="wanders", turn_mps2=(4.0, 12.0), rcs_dbsm=(-28.0, -12.0), size_m=0.3, climb_mps=2.5, windy=False),
    Kind(name="orbiter", class_="uav_rotary", share=0.1, speed_mps=(3.0, 12.0), height_agl_m=(15.0, 120.0),
         manner="circles", turn_mps2=(0.3, 2.0), rcs_dbsm=(-22.0, -9.0), size_m=0.5, climb_mps=0.3, windy=False),
    # Fixed wings: the Coyote's cruise is 28 m/s, its most 36 (Polymers 15, 3562); one-way attack types 42 to 53 m/s
    # (reports of Shahed-136: 150 to 190 km/h). Small ones are rare: of the 8,302 sightings that the FAA published from
    # October 2019 to December 2025, 766 speak of rotors and 35 of fixed wings.
    Kind(name="mapper", class_="uav_fixed_wing", share=0.1, speed_mps=(12.0, 22.0), height_agl_m=(50.0, 200.0),
         manner="legs", turn_mps2=(3.0, 7.0), rcs_dbsm=(-22.0, -10.0), size_m=1.5, climb_mps=0.5),
    Kind(name="scout", class_="uav_fixed_wing", share=0.4, speed_mps=(18.0, 40.0), height_agl_m=(100.0, 1500.0),
         manner="circles", turn_mps2=(2.0, 6.0), rcs_dbsm=(-18.0, -5.0), size_m=3.0, climb_mps=0.5),
    Kind(name="one-way", class_="uav_fixed_wing", share=0.5, speed_mps=(40.0, 58.0), height_agl_m=(40.0, 1500.0),
         manner="legs", turn_mps2=(1.0, 4.0), rcs_dbsm=(-14.0, 0.0), size_m=2.5, climb_mps=0.8),
    # Airliners reflect 10 to 100 m², small aircraft as little as 2 (Britannica, Radar); small aeroplanes cruise at 75
    # to 250 kt, paragliders fly 25 to 60 km/h, gliders from 65 (Wikipedia, Glider); approach at 110 to 150 kt.
    Kind(name="arrival", class_="manned", share=0.2, speed_mps=(58.0, 82.0), height_agl_m=(60.0, 1500.0),
         manner="legs", turn_mps2=(0.5, 2.0), rcs_dbsm=(8.0, 20.0), size_m=35.0, slope_deg=(-3.5, -2.5)),
    Kind(name="departure", class_="manned", share=0.15, speed_mps=(72.0, 140.0), height_agl_m=(60.0, 3000.0),
         manner="legs", turn_mps2=(0.5, 3.0), rcs_dbsm=(8.0, 20.0), size_m=35.0, slope_deg=(2.0, 8.0)),
    Kind(name="overflight", class_="manned", share=0.1, speed_mps=(150.0, 255.0), height_agl_m=(3000.0, 12000.0),
         manner="legs", turn_mps2=(0.5, 2.0), rcs_dbsm=(8.0, 20.0), size_m=40.0),
    Kind(name="light", class_="manned", share=0.25, speed_mps=(36.0, 85.0), height_agl_m=(120.0, 2500.0),
         manner="legs", turn_mps2=(1.0, 4.0), rcs_dbsm=(0.0, 10.0), size_m=8.0, climb_mps=0.8),
    Kind(name="helicopter", class_="manned", share=0.18, speed_mps=(15.0, 72.0), height_agl_m=(30.0, 600.0),
         manner="stops", turn_mps2=(1.0, 4.0), rcs_dbsm=(3.0, 15.0), size_m=11.0, climb_mps=0.8),
    Kind(name="paraglider", class_="manned", share=0.04, speed_mps=(7.0, 16.0), height_agl_m=(50.0, 1500.0),
         manner="circles", turn_mps2=(1.0, 4.0), rcs_dbsm=(-5.0, 3.0), size_m=4.0, climb_mps=1.2),
    Kind(name="glider", class_="manned", share=0.03, speed_mps=(22.0, 45.0), height_agl_m=(150.0, 2500.0),
         manner="circles", turn_mps2=(3.0, 7.0), rcs_dbsm=(-5.0, 7.0), size_m=10.0, climb_mps=1.2),
    Kind(name="jet", class_="manned", share=0.05, speed_mps=(110.0, 260.0), height_agl_m=(100.0, 6000.0),
         manner="legs", turn_mps2=(5.0, 30.0), rcs_dbsm=(0.0, 12.0), size_m=15.0, climb_mps=6.0),
    Kind(name="taxi", class_="manned", share=0.1, speed_mps=(2.0, 18.0), height_agl_m=(0.5, 4.0),
         manner="stops", turn_mps2=(0.5, 1.5), rcs_dbsm=(8.0, 20.0), size_m=35.0, climb_mps=0.0, windy=False),
    # Birds: 8 to 18 m/s through the air, under 5 m/s in less than a twentieth (radar over an Alpine pass); 138 species
    # of 0.01 to 10 kg lie close together (Alerstam et al. 2007); numbers fall with height, by a third every 300 m
    # (Dolbeer 2006). -30 to -19 dBsm at 24 GHz (everythingrf), 0.01 m² and less (Britannica), a flock more.
    Kind(name="migrant", class_="bird", share=0.3, speed_mps=(8.0, 20.0), height_agl_m=(20.0, 1500.0),
         manner="wanders", turn_mps2=(0.1, 0.5), rcs_dbsm=(-38.0, -20.0), size_m=0.4),
    Kind(name="local", class_="bird", share=0.4, speed_mps=(6.0, 17.0), height_agl_m=(5.0, 150.0),
         manner="wanders", turn_mps2=(1.0, 6.0), rcs_dbsm=(-36.0, -20.0), size_m=0.5, climb_mps=0.9),
    Kind(name="soarer", class_="bird", share=0.2, speed_mps=(7.0, 15.0), height_agl_m=(30.0, 1200.0),
         manner="circles", turn_mps2=(1.5, 5.0), rcs_dbsm=(-28.0, -18.0), size_m=1.2, climb_mps=1.0),
    Kind(name="flock", class_="bird", share=0.1, speed_mps=(10.0, 20.0), height_agl_m=(10.0, 800.0),
         manner="wanders", turn_mps2=(0.3, 3.0), rcs_dbsm=(-25.0, -10.0), size_m=2.0, climb_mps=0.5),
    # The rest: a man reflects about 1 m² (Britannica), a car 1 to 100 (bhaswanth.in, everything2); balloons, kites and
    # what the wind carries; masts and cranes that stand.
    Kind(name="vehicle", class_="other", share=0.45, speed_mps=(4.0, 35.0), height_agl_m=(0.5, 3.0),
         manner="stops", turn_mps2=(1.0, 4.0), rcs_dbsm=(0.0, 20.0), size_m=4.5, climb_mps=0.0, windy=False),
    Kind(name="boat", class_="other", share=0.15, speed_mps=(1.0, 18.0), height_agl_m=(0.5, 4.0),
         manner="legs", turn_mps2=(0.2, 2.0), rcs_dbsm=(0.0, 25.0), size_m=10.0, climb_mps=0.0, windy=False),
    Kind(name="walker", class_="other", share=0.2, speed_mps=(0.7, 3.0), height_agl_m=(0.5, 1.5),
         manner="stops", turn_mps2=(0.3, 1.0), rcs_dbsm=(-10.0, 0.0), size_m=1.7, climb_mps=0.0, windy=False),
    Kind(name="drifter", class_="other", share=0.15, speed_mps=(0.0, 0.5), height_agl_m=(20.0, 3000.0),
         manner="drifts", turn_mps2=(0.1, 0.5), rcs_dbsm=(-30.0, -5.0), size_m=1.0, climb_mps=0.6),
    Kind(name="mast", class_="other", share=0.05, speed_mps=(0.0, 0.2), height_agl_m=(5.0, 100.0),
         manner="drifts", turn_mps2=(0.1, 0.5), rcs_dbsm=(-5.0, 25.0), size_m=10.0, climb_mps=0.0, windy=False),
)  # fmt: skip


class Flown(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One flight: what it is, its path in the plan frame from time 0, its mean radar cross-section."""

    name: str
    class_: str
    path: Path
    rcs_dbsm: float


def draw_kind(class_: str, rng: np.random.Generator) -> Kind:
    """A kind of this class, by the shares."""
    kinds = [kind for kind in KINDS if kind.class_ == class_]
    shares = np.array([kind.share for kind in kinds])
    return kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]


def fly(kind: Kind, duration_s: float, rng: np.random.Generator, *, strange: float = 0.0) -> Flown:
    """Draw one flight that is over the origin of the plan frame at half of its time.

    strange: how far it may lie outside its kind's ranges, as a share: speeds and heights are scaled by up to this
    much either way, the cross-section is off by as many tens of decibels. For proving on what was not fitted.
    """
    count = int(duration_s / STEP_S) + 1
    odd = strange * rng.uniform(-1.0, 1.0, 3)
    cruise_mps = float(rng.uniform(*kind.speed_mps)) * (1.0 + odd[0])
    low_m, high_m = kind.height_agl_m
    height_m = math.exp(rng.uniform(math.log(low_m), math.log(high_m))) * (1.0 + odd[1])
    speed, turn = _courses(kind, cruise_mps, float(rng.uniform(*kind.turn_mps2)), count, rng)
    heading = rng.uniform(0.0, math.tau) + np.cumsum(turn) * STEP_S
    flat_mps = np.column_stack([np.sin(heading), np.cos(heading)]) * speed[:, None]
    if kind.windy:
        way = rng.uniform(0.0, math.tau)
        flat_mps += WIND_MPS * math.sqrt(2.0 * rng.standard_exponential()) * np.array([math.sin(way), math.cos(way)])
    climb_mps = kind.climb_mps * wander(rng, count, STEP_S, 1.0, 8.0)
    climb_mps += speed * math.tan(math.radians(rng.uniform(*kind.slope_deg)))
    climb_mps = _lagged(climb_mps, 1.0)
    flat_m, rise_m = np.cumsum(flat_mps, axis=0) * STEP_S, np.cumsum(climb_mps) * STEP_S
    up_m = np.maximum(height_m + rise_m - rise_m[count // 2], 0.3)
    if kind.lift_mps[1] > 0.0:
        lifted_m = rng.uniform(*kind.lift_mps) * STEP_S * np.arange(count)
        up_m = np.minimum(up_m, lifted_m if rng.random() < 0.5 else lifted_m[::-1])
    plan_m = np.column_stack([flat_m - flat_m[count // 2], up_m])
    path = Path(STEP_S * np.arange(count), plan_m, np.gradient(plan_m, STEP_S, axis=0))
    rcs_dbsm = float(rng.uniform(*kind.rcs_dbsm)) + 10.0 * float(odd[2])
    return Flown(name=kind.name, class_=kind.class_, path=path, rcs_dbsm=rcs_dbsm)


def _courses(
    kind: Kind, cruise_mps: float, turn_mps2: float, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Speed and turn rate (count,), each with the inertia of a body."""
    speed, turn = cruise_mps * (1.0 + 0.05 * wander(rng, count, STEP_S, 1.0, 20.0)), np.zeros(count)
    hardest = turn_mps2 / max(cruise_mps, 1.0)
    if kind.manner == "wanders":
        turn = np.clip(hardest * 0.6 * wander(rng, count, STEP_S, 1.0, 6.0), -hardest, hardest)
    elif kind.manner != "drifts":
        _legs(kind.manner, speed, turn, hardest, rng)
    return _paced(_lagged(speed, 2.0), float(np.clip(turn_mps2, 1.0, 6.0))), _lagged(turn, 0.7)


def _legs(manner: Manner, speed: Floats, turn: Floats, hardest: float, rng: np.random.Generator) -> None:
    """Cut the time into legs, turns and, by the manner, circles or pauses; in place."""
    at = 0
    while at < len(speed):
        at += int(rng.uniform(3.0, 10.0 if manner == "hovers" else 40.0) / STEP_S)
        if manner in ("stops", "hovers"):
            pause = int(rng.uniform(3.0, 60.0 if manner == "hovers" else 30.0) / STEP_S)
            speed[at : at + pause] = 0.0
            turn[at : at + pause] = rng.normal() * math.pi / 2.0 / (pause * STEP_S)
            at += pause
        rate = hardest * rng.uniform(0.4, 1.0)
        angle = rng.uniform(math.tau, 4.0 * math.tau) if manner == "circles" else rng.uniform(0.2, math.pi)
        many = int(angle / max(rate, 1e-3) / STEP_S) + 1
        turn[at : at + many] = rate * rng.choice([-1.0, 1.0])
        at += many


def _paced(wanted: Floats, most_mps2: float) -> Floats:
    """A speed (n,) that changes no faster than this."""
    out, value, step = np.empty_like(wanted), float(wanted[0]), most_mps2 * STEP_S
    for index, one in enumerate(wanted.tolist()):
        value += min(max(one - value, -step), step)
        out[index] = value
    return out


def _lagged(wanted: Floats, tau_s: float) -> Floats:
    """First-order lag of a course (n,)."""
    keep = math.exp(-STEP_S / tau_s)
    out, value = np.empty_like(wanted), float(wanted[0])
    for index, one in enumerate(wanted.tolist()):
        value = keep * value + (1.0 - keep) * one
        out[index] = value
    return out
