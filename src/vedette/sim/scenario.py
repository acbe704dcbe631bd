"""The scenario file (TOML) → a frozen Scenario. Unknown keys are refused; faults name file, key and value.

Places are [east, north] in metres about the site's reference point; heights are metres over ground; times are seconds
after `start_utc`. Each struct below is one table of the file, key by key.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from vedette.clock import parse_time
from vedette.errors import BadInput, BadSite
from vedette.model import CLASSES
from vedette.site import Site, load_site
from vedette.site.reading import Faults, read_table
from vedette.site.schema import Id, NotNegative, Positive, Probability, Text

SCENARIOS = Path(__file__).parent / "scenarios"
"""The scenarios that come with the package; each is loaded by its file's stem."""

POLAR_KINDS = ("radar", "camera", "acoustic", "rf")
"""Kinds of sensor with a model of looks. `adsb` and `remote_id` have one of messages; the others hear nothing."""

Speed = Annotated[float, Meta(gt=0.0, le=150.0)]
Height = Annotated[float, Meta(ge=0.0, le=5000.0)]
Along = Annotated[float, Meta(ge=-50_000.0, le=50_000.0)]
Place = tuple[Along, Along]
Drift = Annotated[float, Meta(ge=-90.0, le=90.0)]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """[facts]. What is publicly known of the event, and what was invented to fill it out."""

    public: tuple[Text, ...]
    invented: tuple[Text, ...]


class SensorTiming(msgspec.Struct, frozen=True, kw_only=True):
    """[[sensor]]. How a sensor of the site behaves beyond its site file.

    latency_s, jitter_s: from observation to receipt, a constant and the mean of an exponential part. masked_below_m:
    small targets (under 0 dBsm) lower than this over ground are lost in it; detection recovers up to twice this height.
    p_late, late_s: this share of its messages comes in later still, by a time drawn evenly between the two; other
    messages overtake it. sectors: 1 looks all round at one instant; more, and the antenna turns once a period,
    clockwise from north, and hands over so many looks a turn, each of one sector and each row with its own time.
    """

    id: Id
    latency_s: NotNegative = 0.1
    jitter_s: NotNegative = 0.02
    masked_below_m: NotNegative = 0.0
    p_late: Probability = 0.0
    late_s: tuple[NotNegative, NotNegative] = (0.0, 0.0)
    sectors: Annotated[int, Meta(ge=1, le=64)] = 1


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """[[clutter]]. An area in which false detections are `factor` times as dense as the site file says.

    outline: its corners [east_m, north_m]; with width_m it is a strip along this line (a road, a coast). Where patches
    overlap the densest holds. sensors: those that it troubles; none named: all with looks. Dense in what the sensor
    measures (range and angles), as all clutter is; a sensor without range is troubled in the patch's direction, as if
    its false detections stood evenly along its reach.
    """

    id: Id
    factor: NotNegative
    outline: tuple[Place, ...]
    width_m: NotNegative = 0.0
    sensors: tuple[Id, ...] = ()


class Drone(msgspec.Struct, frozen=True, kw_only=True):
    """[[drone]]. Flies its waypoints [east_m, north_m, height_agl_m] in turn; at the last it leaves the scenario.

    vary_*: standard deviation, over seeds, of start, speed and of each waypoint per horizontal axis. comes_down: the
    side of the perimeter where it is known to have come down; the engagement is drawn under that condition.
    hover_s: how long it hovers at each waypoint, by their order, 0 where there are fewer; only a uav_rotary can.
    leader, offset_m, leaves_s: it flies beside that drone, at this offset east, north and up, until leaves_s; then its
    own waypoints, the first of which says nothing. p_emits: chance that its radio is heard in a look of an rf sensor.
    remote_id: the serial number that it broadcasts, with its position; none: it is silent.
    """

    id: Id
    waypoints: tuple[tuple[Along, Along, Height], ...]
    start_s: NotNegative
    speed_mps: Speed
    class_: str = msgspec.field(name="class", default="uav_fixed_wing")
    rcs_dbsm: float = -10.0
    size_m: Positive = 2.5
    vary_start_s: NotNegative = 0.0
    vary_speed_mps: NotNegative = 0.0
    vary_waypoints_m: NotNegative = 0.0
    comes_down: Literal["inside", "outside"] | None = None
    hover_s: tuple[NotNegative, ...] = ()
    leader: Id | None = None
    offset_m: tuple[Along, Along, Along] = (0.0, 0.0, 0.0)
    leaves_s: NotNegative = 0.0
    p_emits: Probability = 1.0
    remote_id: Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,20}$")] | None = None


class Birds(msgspec.Struct, frozen=True, kw_only=True):
    """[[birds]]. `count` birds about `centre`; speeds and heights are drawn between the two values.

    manner: wandering (turns at random, keeps near its centre), circling (turns steadily, drifts), passing (holds
    course_true_deg in a loose flock, as migrants do by night).
    """

    id: Id
    count: Annotated[int, Meta(ge=1, le=200)]
    manner: Literal["wandering", "circling", "passing"]
    centre: Place
    spread_m: Positive
    speed_mps: tuple[Speed, Speed] = (8.0, 18.0)
    height_agl_m: tuple[Height, Height] = (20.0, 120.0)
    course_true_deg: Annotated[float, Meta(ge=0.0, lt=360.0)] = 0.0
    rcs_dbsm: float = -22.0
    size_m: Positive = 0.6


class Aircraft(msgspec.Struct, frozen=True, kw_only=True):
    """[[aircraft]]. A civil arrival: down a straight glide path to a runway zone of the site, roll-out, taxi, stand.

    landing_true_deg: roughly the landing direction; it picks the runway's end. start_m: distance before the threshold
    at the start. exit_m: where it leaves the runway, past the threshold. stand_m: how far off the runway it stops,
    positive to the right. icao: the ADS-B address, six hexadecimal digits.
    """

    id: Id
    runway: Id
    landing_true_deg: Annotated[float, Meta(ge=0.0, lt=360.0)]
    start_m: Positive
    icao: Annotated[str, Meta(pattern=r"^[0-9A-F]{6}$")]
    callsign: Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,8}$")]
    emitter_category: Annotated[str, Meta(pattern=r"^[A-D][0-7]$")] = "A3"
    approach_mps: Speed = 70.0
    taxi_mps: Speed = 10.0
    glide_deg: Annotated[float, Meta(gt=0.0, le=10.0)] = 3.0
    exit_m: Positive = 2500.0
    stand_m: Along = 0.0
    rcs_dbsm: float = 15.0
    size_m: Positive = 35.0


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """[[defence]]. An abstraction for planning: it aims nothing and stands for no particular means.

    A drone within reach_m of `centre` (horizontally) for delay_s and a random part of up to delay_spread_s loses lift
    with p_success; else the delay begins anew.
    """

    id: Id
    centre: Place
    reach_m: Positive
    delay_s: NotNegative
    p_success: Probability
    delay_spread_s: NotNegative = 0.0


class ScenarioTable(msgspec.Struct, kw_only=True):
    """Top level of the file. margin_m: how far from the perimeter line a drone with comes_down must come down."""

    name: Text
    site: Text
    start_utc: Text
    duration_s: Annotated[float, Meta(gt=0.0, le=86_400.0)]
    margin_m: NotNegative = 0.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as it was read, with its site. start_s: UTC seconds."""

    name: str
    path: Path
    site: Site
    start_s: float
    duration_s: float
    margin_m: float
    facts: Facts
    sensors: tuple[SensorTiming, ...]
    drones: tuple[Drone, ...]
    birds: tuple[Birds, ...]
    aircraft: tuple[Aircraft, ...]
    layers: tuple[Layer, ...]
    patches: tuple[Patch, ...]


_LISTS: dict[str, Any] = {
    "sensor": SensorTiming,
    "drone": Drone,
    "birds": Birds,
    "aircraft": Aircraft,
    "defence": Layer,
    "clutter": Patch,
}


def load_scenario(path_or_name: Path | str, site: Site | None = None) -> Scenario:
    """Read a scenario file, or one that comes with the package by its name (such as erbil-2021-09-11).

    Args:
        site: flown about this site instead of the one that the file names; its sensors need not be fit to be simulated.

    Raises:
        BadInput: missing or unreadable, or not TOML.
        BadSite: the scenario, or its site file, has faults; all of them are in `.faults`.
    """
    named = SCENARIOS / f"{path_or_name}.toml"
    path = named if isinstance(path_or_name, str) and "/" not in path_or_name and named.exists() else Path(path_or_name)
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise BadInput(path, "no such file") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(path, "not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(path, f"not TOML: {error}") from None
    return _build(path, document, site)


def _build(path: Path, document: dict[str, Any], given: Site | None) -> Scenario:
    faults = Faults(str(path))
    top = read_table(ScenarioTable, {k: v for k, v in document.items() if k not in (*_LISTS, "facts")}, "", faults)
    facts = _read_facts(document, faults)
    lists = {name: _read_list(document, name, faults) for name in _LISTS}
    start_s = 0.0
    if top is not None:
        try:
            start_s = parse_time(top.start_utc)
        except ValueError as error:
            faults.add("start_utc", top.start_utc, str(error))
    if faults.found or top is None or facts is None:
        raise BadSite(path, faults.found)
    site = load_site(path.parent / top.site) if given is None else given
    _check_ids(lists, faults)
    if given is None:
        _check_sensors(site, faults)
    for index, birds in enumerate(lists["birds"]):
        _check_birds(birds, f"birds[{index}]", faults)
    _check_against_site(lists, site, faults)
    if faults.found:
        raise BadSite(path, faults.found)
    return Scenario(
        name=top.name,
        path=path,
        site=site,
        start_s=start_s,
        duration_s=top.duration_s,
        margin_m=top.margin_m,
        facts=facts,
        sensors=lists["sensor"],
        drones=lists["drone"],
        birds=lists["birds"],
        aircraft=lists["aircraft"],
        layers=lists["defence"],
        patches=lists["clutter"],
    )


def _read_facts(document: dict[str, Any], faults: Faults) -> Facts | None:
    table = document.get("facts", {})
    if not isinstance(table, dict):
        faults.add("facts", table, "must be written as [facts]")
        return None
    return read_table(Facts, table, "facts", faults)


def _read_list(document: dict[str, Any], name: str, faults: Faults) -> tuple[Any, ...]:
    rows = document.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.add(name, rows, f"must be written as [[{name}]]")
        return ()
    read = [read_table(_LISTS[name], row, f"{name}[{i}]", faults) for i, row in enumerate(rows)]
    return tuple(row for row in read if row is not None)


def _check_ids(lists: dict[str, tuple[Any, ...]], faults: Faults) -> None:
    seen: set[tuple[str, str]] = set()
    for name, rows in lists.items():
        space = name if name in ("sensor", "defence", "clutter") else "actor"
        for index, row in enumerate(rows):
            if (space, row.id) in seen:
                faults.add(f"{name}[{index}].id", row.id, "already used above")
            seen.add((space, row.id))


def _check_against_site(lists: dict[str, tuple[Any, ...]], site: Site, faults: Faults) -> None:
    runways = {zone.id for zone in site.zones if zone.role == "runway" and zone.geometry["type"] == "LineString"}
    for index, timing in enumerate(lists["sensor"]):
        _check_timing(timing, f"sensor[{index}]", site, faults)
    for index, patch in enumerate(lists["clutter"]):
        _check_patch(patch, f"clutter[{index}]", site, faults)
    for index, aircraft in enumerate(lists["aircraft"]):
        if aircraft.runway not in runways:
            faults.add(f"aircraft[{index}].runway", aircraft.runway, "the site has no runway line of this id")
    for index, drone in enumerate(lists["drone"]):
        _check_drone(drone, f"drone[{index}]", faults)
        _check_leader(drone, lists["drone"][:index], f"drone[{index}]", faults)
        if drone.comes_down is not None and not any(zone.role == "perimeter" for zone in site.zones):
            faults.add(f"drone[{index}].comes_down", drone.comes_down, "the site has no perimeter")
        if drone.comes_down is not None and not lists["defence"]:
            faults.add(f"drone[{index}].comes_down", drone.comes_down, "there is no [[defence]] to bring it down")


def _check_timing(timing: SensorTiming, key: str, site: Site, faults: Faults) -> None:
    sensor = next((one for one in site.sensors if one.id == timing.id), None)
    if sensor is None:
        faults.add(f"{key}.id", timing.id, "the site has no sensor of this id")
        return
    if timing.late_s[0] > timing.late_s[1]:
        faults.add(f"{key}.late_s", list(timing.late_s), "must not fall")
    all_round = (sensor.azimuth_true_deg[1] - sensor.azimuth_true_deg[0]) % 360.0 == 0.0
    if timing.sectors > 1 and (sensor.kind not in POLAR_KINDS or sensor.period_s is None or not all_round):
        faults.add(f"{key}.sectors", timing.sectors, "only a sensor that looks all round, once a period, can turn")


def _check_patch(patch: Patch, key: str, site: Site, faults: Faults) -> None:
    if len(patch.outline) < (2 if patch.width_m > 0.0 else 3):
        faults.add(f"{key}.outline", list(patch.outline), "a strip needs two corners or more, an area three")
    for name in patch.sensors:
        if not any(sensor.id == name for sensor in site.sensors):
            faults.add(f"{key}.sensors", name, "the site has no sensor of this id")


def _check_birds(birds: Birds, key: str, faults: Faults) -> None:
    for name in ("speed_mps", "height_agl_m"):
        low, high = getattr(birds, name)
        if low > high:
            faults.add(f"{key}.{name}", [low, high], "must not fall")


def _check_sensors(site: Site, faults: Faults) -> None:
    """What the site file may leave open, and a simulated sensor needs."""
    for sensor in site.sensors:
        if sensor.kind in POLAR_KINDS:
            for key in ("range_m", "sigma_azimuth_deg"):
                if getattr(sensor, key) is None:
                    faults.add(f"{sensor.id}.{key}", "", f"missing: a simulated {sensor.kind} needs it")


def _check_drone(drone: Drone, key: str, faults: Faults) -> None:
    if drone.class_ not in CLASSES:
        faults.add(f"{key}.class", drone.class_, f"must be one of {', '.join(CLASSES)}")
    if len(drone.waypoints) < 2:
        faults.add(f"{key}.waypoints", list(drone.waypoints), "a flight needs two waypoints or more")
    if len(drone.hover_s) > len(drone.waypoints):
        faults.add(f"{key}.hover_s", list(drone.hover_s), "there are fewer waypoints")
    if any(drone.hover_s) and drone.class_ != "uav_rotary":
        faults.add(f"{key}.hover_s", list(drone.hover_s), "only a uav_rotary can hover")


def _check_leader(drone: Drone, before: tuple[Drone, ...], key: str, faults: Faults) -> None:
    if drone.leader is None:
        return
    leader = next((one for one in before if one.id == drone.leader), None)
    if leader is None:
        faults.add(f"{key}.leader", drone.leader, "no drone above has this id")
    elif leader.comes_down is not None or drone.comes_down is not None:
        faults.add(f"{key}.leader", drone.leader, "a formation cannot be brought down")
