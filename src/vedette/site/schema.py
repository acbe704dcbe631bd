"""The site file key by key, as it is written: one struct a table. docs/site-file.md is held to these by a test.

Altitudes may stand over mean sea level (EGM96) or over the ellipsoid; vedette.site.load resolves them to the ellipsoid.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
Uuid = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")]
Latitude = Annotated[float, Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Meta(ge=-180.0, le=180.0)]
Altitude = Annotated[float, Meta(ge=-1000.0, le=100_000.0)]
Positive = Annotated[float, Meta(gt=0.0)]
NotNegative = Annotated[float, Meta(ge=0.0)]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
Pair = tuple[float, float]
OwnName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f]{1,64}$")]
Host = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,252}$")]
Octet = Annotated[int, Meta(ge=0, le=255)]

SensorKind = Literal["radar", "rf", "camera", "acoustic", "adsb", "remote_id", "telemetry", "external", "person"]
SourceKind = Literal[
    "asterix",
    "beast",
    "avr",
    "rs1090",
    "sbs",
    "aircraft_json",
    "remote_id",
    "sapient",
    "mavlink",
    "cot",
    "mqtt",
    "json",
    "table",
]
Role = Literal["perimeter", "asset", "runway", "keep_out", "warning", "landmark"]
Moment = Annotated[datetime, Meta(tz=True)]
Protected = Literal["own_force", "partners", "civilians", "infrastructure"]
MeasureKind = Literal[
    "shelter_alarm",
    "inform_tower",
    "call_police",
    "call_partner",
    "lights",
    "hold_runway",
    "close_runway",
    "send_team",
    "request_defeat",
]
Phase = Literal["detect", "assess", "warn", "protect", "respond", "recover"]
RuleKind = Literal["track", "second_contact", "sensor_silent", "flight_overdue", "flight_outside"]
Contradiction = Literal["misplaced", "shared", "unseen"]
Shared = Literal["tracks", "alerts", "notices"]
FieldGroup = Literal[
    "place",
    "altitude",
    "velocity",
    "accuracy",
    "class",
    "identity",
    "disposition",
    "sensors",
    "impact",
    "timing",
    "reasons",
    "history",
]


class SiteTable(msgspec.Struct, kw_only=True):
    """Top level of the file."""

    name: Text
    timezone: Text
    latitude_deg: Latitude
    longitude_deg: Longitude
    id: Id | None = None
    altitude_msl_m: Altitude | None = None
    altitude_ellipsoid_m: Altitude | None = None
    geometry: Text | None = None
    flights: Text | None = None
    image_hosts: tuple[Host, ...] = ()


class SensorTable(msgspec.Struct, kw_only=True):
    """[[sensor]]. Field of view: range_m, azimuth_true_deg (clockwise from, to), elevation_deg. Sigmas: one each."""

    id: Id
    kind: SensorKind
    name: Text | None = None
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    altitude_msl_m: Altitude | None = None
    altitude_ellipsoid_m: Altitude | None = None
    period_s: Positive | None = None
    range_m: Pair | None = None
    azimuth_true_deg: Pair = (0.0, 360.0)
    elevation_deg: Pair = (-90.0, 90.0)
    sigma_range_m: Positive | None = None
    sigma_azimuth_deg: Positive | None = None
    sigma_elevation_deg: Positive | None = None
    sigma_range_rate_mps: Positive | None = None
    sigma_position_m: Positive | None = None
    sigma_altitude_m: Positive | None = None
    p_detect: Probability = 0.9
    p_detect_far: Probability | None = None
    clutter_per_scan: NotNegative = 0.0
    class_accuracy: Annotated[float, Meta(ge=0.2, le=1.0)] = 0.8
    class_confusion: tuple[tuple[Probability, ...], ...] | None = None
    sac: Octet | None = None
    sic: Octet | None = None
    doppler_positive: Literal["outward", "inward"] = "outward"
    cat021_edition: Literal["0.23", "0.24", "0.25", "0.26"] | None = None
    node_id: Uuid | None = None


class FeedTable(msgspec.Struct, kw_only=True):
    """[[feed]]. stale_s: silence after which it is called stale (default: 3 periods of its sensor, at least 5 s).

    `listen` (sapient alone): nodes connect to the url, else we to a middleware there. tls_*: PEM files.
    user, password_file: for an MQTT broker. token_file: what who pushes over HTTP must show. Files hold one line each.
    """

    sensor: Id
    source: SourceKind
    url: Text
    id: Id | None = None
    stale_s: Positive | None = None
    listen: bool | None = None
    tls_certificate: Text | None = None
    tls_key: Text | None = None
    tls_authority: Text | None = None
    user: Text | None = None
    password_file: Text | None = None
    token_file: Text | None = None


class OwnDroneTable(msgspec.Struct, kw_only=True):
    """[[own_drone]]: an aircraft of the site's own, `own:NAME`, and how its feeds call it."""

    name: OwnName
    mavlink_system: Annotated[int, Meta(ge=1, le=255)] | None = None
    cot_uid: Text | None = None


class RuleTable(msgspec.Struct, kw_only=True):
    """[[rule]]: what an alert is raised for. All that a rule says must hold at once.

    kind: `track` (default), `second_contact` (another aircraft while one of the site's own returns), `sensor_silent`,
    `flight_overdue`, `flight_outside`. zones: roles or ids, none: anywhere; absent: warning, perimeter and keep_out for
    `track`, anywhere for the others. hours: local, from and to, over midnight where to is less. number: that many such
    tracks at once.
    `class`: tracks of this class with p ≥ p_class_min; `unclassed`: and those not yet classed.
    persist_s: how long it must hold before the alert is raised; clear_s: how long it must not hold before it is
    cleared; cool_down_s: how long after that before the same rule may raise for the same target.
    urgent_s: one priority more pressing once the time to act is this short.
    """

    id: Id
    kind: RuleKind = "track"
    zones: tuple[Text, ...] | None = None
    within_s: NotNegative = 60.0
    class_: Literal["uav", "manned", "bird", "other", "any"] = msgspec.field(name="class", default="uav")
    p_class_min: Probability = 0.5
    unclassed: bool = True
    height_agl_min_m: float | None = None
    height_agl_max_m: float | None = None
    altitude_msl_min_m: Altitude | None = None
    altitude_msl_max_m: Altitude | None = None
    speed_min_mps: NotNegative | None = None
    speed_max_mps: NotNegative | None = None
    hours: tuple[Text, Text] | None = None
    closing_min_mps: NotNegative | None = None
    number: Annotated[int, Meta(ge=2, le=1000)] | None = None
    remote_id: Annotated[tuple[Contradiction, ...], Meta(min_length=1)] | None = None
    apart_m: Positive = 300.0
    near_m: Positive = 500.0
    bearing_deg: Annotated[float, Meta(ge=0.0, le=180.0)] = 10.0
    sensors: Annotated[tuple[Id, ...], Meta(min_length=1)] | None = None
    silent_s: Positive | None = None
    persist_s: NotNegative = 2.0
    clear_s: NotNegative = 10.0
    cool_down_s: NotNegative = 30.0
    priority: Annotated[int, Meta(ge=1, le=4)] = 1
    urgent_s: Positive | None = None


class ReleaseTable(msgspec.Struct, kw_only=True):
    """[[release]]: what a partner may be told. A track's name, place and time always go with `tracks`.

    `notices`: words that a person writes; they go at once, so not with a delay.
    `fields`: groups of what else there is; `place` is where an alert's track is, for a rule without tracks. `reasons`
    are sentences about all the others, and need them. `zones`: roles or ids; only what is inside them, absent:
    everywhere.
    """

    id: Id
    what: Annotated[tuple[Shared, ...], Meta(min_length=1)]
    fields: tuple[FieldGroup, ...] = ()
    zones: Annotated[tuple[Text, ...], Meta(min_length=1)] | None = None
    delay_s: Annotated[float, Meta(ge=0.0, le=86_400.0)] = 0.0


class OutputTable(msgspec.Struct, kw_only=True):
    """[[output]]: one partner's line. `release`: the id of its rule; without one nothing may leave.

    tls_*: PEM files. user, password_file: for an MQTT broker. secret_file: what a webhook is signed with. `private`: a
    webhook may lead to an address of a private network. Files hold one line each. sender, language, restriction,
    instruction: of kind cap. `exercise`: it is told of exercises too, marked as such.
    """

    id: Id
    partner: Text
    kind: Text
    url: Text
    release: Id
    tls_certificate: Text | None = None
    tls_key: Text | None = None
    tls_authority: Text | None = None
    user: Text | None = None
    password_file: Text | None = None
    secret_file: Text | None = None
    private: bool = False
    sender: Annotated[str, Meta(pattern=r"^[^\s,<&]{1,100}$")] | None = None
    language: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] | None = None
    restriction: Text | None = None
    instruction: Annotated[str, Meta(min_length=1, max_length=2000)] | None = None
    exercise: bool = False


class TrackingTable(msgspec.Struct, kw_only=True):
    """[tracking]. late_s: looks this late are worked in, later ones dropped and counted."""

    late_s: NotNegative = 2.0


class AlarmTable(msgspec.Struct, kw_only=True):
    """[alarm]. test_every_h: a live watch without a test alarm for this long says so; 0: it never does.

    note_priority: alerts this pressing or more wait for a person's word when they are over; 0: none does.
    dismiss_s: how long a dismissal holds. It ends sooner for a track that has come this much nearer to the perimeter
    than it was since (back_closer_m), or will be there within back_within_s.
    """

    test_every_h: NotNegative = 24.0
    note_priority: Annotated[int, Meta(ge=0, le=4)] = 2
    dismiss_s: Annotated[float, Meta(ge=10.0, le=86_400.0)] = 600.0
    back_closer_m: Positive = 500.0
    back_within_s: NotNegative = 30.0


class RecordTable(msgspec.Struct, kw_only=True):
    """[record]. size_gb and keep_days bound the record and the capture; alerts and decisions are kept all the same."""

    size_gb: Positive = 20.0
    keep_days: Positive = 90.0
    capture_gb: NotNegative = 5.0


class PrivacyTable(msgspec.Struct, kw_only=True):
    """[privacy]. keep_days: then operators' positions, ids and words are erased, and what was captured is dropped."""

    keep_days: Positive | None = None


class ExercisesTable(msgspec.Struct, kw_only=True):
    """[exercises]. folder: where the scenario files are that may be run beside the watch; without it none may.

    acknowledge_s, decide_s: how long a crew may take from an alert to its acknowledgement, and to a measure.
    """

    folder: Text | None = None
    acknowledge_s: Positive = 30.0
    decide_s: Positive = 120.0


class MandateTable(msgspec.Struct, kw_only=True):
    """[mandate]. `from` and `until` carry their offset. ground: ids of zones; two_persons: ids of measures.

    `threat_s`: an aircraft that is inside the ground, or will be within this time, threatens it. safety_*: no manned
    aircraft may be within this distance of the aircraft a measure is against, nor this far above or below it.
    """

    granted_by: Text
    to: Text
    from_: Moment = msgspec.field(name="from")
    until: Moment
    ground: Annotated[tuple[Id, ...], Meta(min_length=1)]
    protects: Annotated[tuple[Protected, ...], Meta(min_length=1)]
    two_persons: tuple[Id, ...] = ()
    threat_s: Annotated[float, Meta(ge=0.0, le=300.0)] = 60.0
    safety_radius_m: Positive = 2000.0
    safety_height_m: Positive = 500.0


class MandateRoleTable(msgspec.Struct, kw_only=True):
    """[[mandate.role]]: the measures a role may order; `seconds`: those it may second, absent: the same."""

    name: Id
    measures: tuple[Id, ...]
    seconds: tuple[Id, ...] | None = None


class MeasureTable(msgspec.Struct, kw_only=True):
    """[[measure]]: what a person may order. owner: who carries it out; needed for request_defeat."""

    id: Id
    kind: MeasureKind
    name: Text | None = None
    owner: Text | None = None


class PlanStepTable(msgspec.Struct, kw_only=True):
    """[[plan.step]]: a line of the response plan. within_s: target time after the alert.

    notify: ids of outputs that the step may tell, whose rule releases `notices`. say: words that a person may change.
    """

    phase: Phase
    text: Text | None = None
    measure: Id | None = None
    owner: Text | None = None
    within_s: NotNegative | None = None
    notify: tuple[Id, ...] = ()
    say: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None


class PlanTable(msgspec.Struct, kw_only=True):
    """[plan]. automatic: an incident's checklist opens with it; else a person opens it."""

    automatic: bool = False


class ClosureTable(msgspec.Struct, kw_only=True):
    """[[closure]]: a runway or airspace that people close, and what must be so before it opens again.

    zones: ids; an unexplained aircraft in one of them speaks against opening, for clear_s after it was last seen.
    sensors: all feeds are live. sighting_s: no sighting of grade A or B for so long; 0: they do not matter. confirm:
    what persons confirm by name. measure: the [[measure]] that closes it; carried out, the closure begins by itself.
    """

    id: Id
    kind: Literal["runway", "airspace"]
    zones: Annotated[tuple[Id, ...], Meta(min_length=1)]
    name: Text | None = None
    measure: Id | None = None
    clear_s: NotNegative = 600.0
    sensors: bool = True
    sighting_s: NotNegative = 1800.0
    confirm: tuple[Text, ...] = ("Inspected by a named person",)


class StatementTable(msgspec.Struct, kw_only=True):
    """[statement]. approve: every one of these roles approves a statement before it is released, each another person.

    attribute: two persons in two of these roles sign who did it; absent: the roles of `approve`.
    """

    approve: Annotated[tuple[Id, ...], Meta(min_length=2)] = ("commander", "public-affairs")
    attribute: Annotated[tuple[Id, ...], Meta(min_length=2)] | None = None


class ZoneProperties(msgspec.Struct, kw_only=True):
    """Properties of a GeoJSON feature. A point needs radius_m to be a zone; a runway may be a line with width_m."""

    id: Id
    role: Role
    name: Text | None = None
    floor_height_agl_m: float | None = None
    floor_altitude_msl_m: float | None = None
    ceiling_height_agl_m: float | None = None
    ceiling_altitude_msl_m: float | None = None
    radius_m: Positive | None = None
    width_m: Positive | None = None
