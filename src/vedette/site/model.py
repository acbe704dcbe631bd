"""A site as the house uses it: frozen, altitudes over the ellipsoid, geometry checked."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.geo import LocalFrame, egm96_undulation_m
from vedette.model import FlightPlan
from vedette.tls import TlsFiles


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor: where it stands, what it covers, what it measures and how well (the site file's [[sensor]]).

    Position is None for receivers whose place does not matter (ADS-B, Remote ID). azimuth_true_deg runs clockwise from
    the first to the second; (0, 360) is all round. A sigma that is None: this quantity is not measured.
    p_detect_far: at the far end of range_m; None: as p_detect everywhere. class_confusion: for each of vedette.CLASSES,
    in this order, how often the sensor calls it each of them; None: class_accuracy for the right one, the rest evenly.
    doppler_positive: outward | inward, which way a target flies whose Doppler speed it sends as positive.
    cat021_edition: of an ADS-B station that still sends an edition before 2.1.
    """

    id: str
    name: str
    kind: str
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_ellipsoid_m: float | None
    period_s: float | None
    range_m: tuple[float, float] | None
    azimuth_true_deg: tuple[float, float]
    elevation_deg: tuple[float, float]
    sigma_range_m: float | None
    sigma_azimuth_deg: float | None
    sigma_elevation_deg: float | None
    sigma_range_rate_mps: float | None
    sigma_position_m: float | None
    sigma_altitude_m: float | None
    p_detect: float
    clutter_per_scan: float
    p_detect_far: float | None = None
    sac: int | None = None
    sic: int | None = None
    doppler_positive: str = "outward"
    cat021_edition: str | None = None
    node_id: str | None = None
    class_accuracy: float = 0.8
    class_confusion: tuple[tuple[float, ...], ...] | None = None


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sensor's messages come from. listens: others connect to the url. tls: of a tls:// url.

    The files' names are whole; what they hold is read when it is needed.
    """

    id: str
    sensor: str
    source: str
    url: str
    stale_s: float
    listens: bool = False
    tls: TlsFiles | None = None
    user: str | None = None
    password_file: str | None = None
    token_file: str | None = None


class OwnDrone(msgspec.Struct, frozen=True, kw_only=True):
    """An aircraft of the site's own; the keys of [[own_drone]]."""

    name: str
    mavlink_system: int | None = None
    cot_uid: str | None = None


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A feature of the site's geometry: GeoJSON (longitude, latitude), heights over ground, None: open."""

    id: str
    name: str
    role: str
    geometry: dict[str, Any]
    radius_m: float | None = None
    width_m: float | None = None
    floor_agl_m: float | None = None
    ceiling_agl_m: float | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """An alert rule; the keys of [[rule]]. hours: minutes since local midnight, from and to. silent_s: None for tracks.

    sensors: of `sensor_silent`, never empty there. zones: roles and ids; empty: anywhere.
    """

    id: str
    zones: tuple[str, ...]
    within_s: float
    class_: str = msgspec.field(name="class")
    p_class_min: float
    unclassed: bool
    persist_s: float
    clear_s: float
    cool_down_s: float
    priority: int
    kind: str = "track"
    height_agl_min_m: float | None = None
    height_agl_max_m: float | None = None
    altitude_msl_min_m: float | None = None
    altitude_msl_max_m: float | None = None
    speed_min_mps: float | None = None
    speed_max_mps: float | None = None
    hours: tuple[int, int] | None = None
    closing_min_mps: float | None = None
    number: int | None = None
    remote_id: tuple[str, ...] = ()
    apart_m: float = 300.0
    near_m: float = 500.0
    bearing_deg: float = 10.0
    sensors: tuple[str, ...] = ()
    silent_s: float | None = None
    urgent_s: float | None = None

    @property
    def is_of_tracks(self) -> bool:
        """Whether it is held against tracks, not against what is absent."""
        return self.kind in ("track", "second_contact")


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """How alerts are ended; the keys of [alarm]."""

    note_priority: int = 2
    dismiss_s: float = 600.0
    back_closer_m: float = 500.0
    back_within_s: float = 30.0


class ReleaseRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner may be told; the keys of [[release]]. zones: ids, of which one must hold a track; None: all do."""

    id: str
    what: frozenset[str]
    fields: frozenset[str]
    zones: frozenset[str] | None
    delay_s: float


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """Where a partner is told what its rule releases; the keys of [[output]]. The files' names are whole."""

    id: str
    partner: str
    kind: str
    url: str
    release: ReleaseRule
    tls: TlsFiles | None = None
    user: str | None = None
    password_file: str | None = None
    secret_file: str | None = None
    private: bool = False
    sender: str | None = None
    language: str = "en-US"
    restriction: str | None = None
    instruction: str | None = None
    exercise: bool = False


class MandateRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role, the measures it may order, and those it may second."""

    name: str
    measures: tuple[str, ...]
    seconds: tuple[str, ...]


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """Who may decide what, for whose protection, until when; the keys of [mandate], times in seconds UTC."""

    granted_by: str
    to: str
    from_s: float
    until_s: float
    ground: tuple[str, ...]
    protects: tuple[str, ...]
    roles: tuple[MandateRole, ...]
    two_persons: tuple[str, ...] = ()
    threat_s: float = 60.0
    safety_radius_m: float = 2000.0
    safety_height_m: float = 500.0

    def role(self, name: str) -> MandateRole | None:
        """The role of this name."""
        return next((role for role in self.roles if role.name == name), None)


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure of the site; the keys of [[measure]]."""

    id: str
    kind: str
    name: str
    owner: str | None = None


class PlanStep(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the response plan; the keys of [[plan.step]]."""

    phase: str
    text: str
    measure: str | None = None
    owner: str | None = None
    within_s: float | None = None
    notify: tuple[str, ...] = ()
    say: str | None = None


class ClosurePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A runway or airspace that people close, and what must be so before it opens again; the keys of [[closure]]."""

    id: str
    kind: str
    name: str
    zones: tuple[str, ...]
    measure: str | None = None
    clear_s: float = 600.0
    sensors: bool = True
    sighting_s: float = 1800.0
    confirm: tuple[str, ...] = ("Inspected by a named person",)


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """The site's mandate, if it has one, its measures, its response plan and the places that may be closed.

    automatic: an incident's checklist opens with it. timezone: the site's, for words.
    """

    mandate: Mandate | None = None
    measures: tuple[Measure, ...] = ()
    plan: tuple[PlanStep, ...] = ()
    closures: tuple[ClosurePlace, ...] = ()
    automatic: bool = False
    timezone: str = "UTC"

    def place(self, place_id: str) -> ClosurePlace | None:
        """The place of this id."""
        return next((place for place in self.closures if place.id == place_id), None)

    def measure(self, measure_id: str) -> Measure | None:
        """The measure of this id."""
        return next((measure for measure in self.measures if measure.id == measure_id), None)


class Exercises(msgspec.Struct, frozen=True, kw_only=True):
    """What may be exercised, and how a crew is judged; the keys of [exercises]. folder: whole, None: nothing."""

    folder: str | None = None
    acknowledge_s: float = 30.0
    decide_s: float = 120.0


class Statements(msgspec.Struct, frozen=True, kw_only=True):
    """Which roles approve a statement, all of them, and which sign an attribution, two of them."""

    approve: tuple[str, ...] = ("commander", "public-affairs")
    attribute: tuple[str, ...] = ("commander", "public-affairs")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much the record and the capture may hold; personal_keep_s: how long operators' data, None: as the rest."""

    size_bytes: int
    keep_s: float
    capture_bytes: int
    personal_keep_s: float | None = None


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One site, as read from its file. `toml` and `geojson` are the texts it was read from, `sha256` their digest.

    alarm_test_every_s: a live watch says so when it had no test alarm for this long; 0: never. flights: own flights by
    the file's keys, as it was when the site was read; None: it names a file that was not read, for the site is a
    record's, which has the flights itself.
    """

    id: str
    name: str
    timezone: str
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float
    sensors: tuple[Sensor, ...]
    feeds: tuple[Feed, ...]
    zones: tuple[Zone, ...]
    rules: tuple[Rule, ...]
    late_s: float
    limits: Limits
    toml: str
    geojson: str | None
    sha256: str
    alarm_test_every_s: float = 86_400.0
    own_drones: tuple[OwnDrone, ...] = ()
    image_hosts: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    response: Response = Response()
    flights: tuple[tuple[str, FlightPlan], ...] | None = ()
    exercises: Exercises = Exercises()
    handling: Handling = Handling()
    statements: Statements = Statements()

    @property
    def altitude_msl_m(self) -> float:
        """The reference point over EGM96; also the ground level where nothing better is known."""
        return self.altitude_ellipsoid_m - float(egm96_undulation_m(self.latitude_deg, self.longitude_deg))

    def frame(self) -> LocalFrame:
        """East-north-up at the reference point: the frame of tracking and assessment."""
        return LocalFrame(self.latitude_deg, self.longitude_deg, self.altitude_ellipsoid_m)

    @property
    def own_systems(self) -> dict[int, str]:
        """Names of the site's own aircraft by MAVLink system number."""
        return {one.mavlink_system: one.name for one in self.own_drones if one.mavlink_system is not None}

    @property
    def own_uids(self) -> dict[str, str]:
        """Names of the site's own aircraft by their uid in Cursor on Target."""
        return {one.cot_uid: one.name for one in self.own_drones if one.cot_uid is not None}

    def sensor(self, sensor_id: str) -> Sensor:
        """The sensor of this id; KeyError if there is none."""
        for sensor in self.sensors:
            if sensor.id == sensor_id:
                return sensor
        raise KeyError(sensor_id)
