"""What enters the pipeline: looks, cooperative reports, health, ticks and people's actions, each stamped once."""

from __future__ import annotations

import enum

import msgspec

from vedette.model.requests import Request
from vedette.model.scan import Scan
from vedette.model.sightings import SightingAnswer, SightingReport


class Origin(enum.StrEnum):
    """Where a message comes from. Set at the feed, inherited by all that is made of it, never cleared."""

    LIVE = "live"
    REPLAY = "replay"
    SIMULATED = "simulated"
    EXERCISE = "exercise"


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of the messages that carry a `kind`; unknown is None, never 0 or an empty text."""


class Look(Message, frozen=True, kw_only=True, eq=False, tag="look"):
    """One sensor's look as its feed made it. `scan.sensor` is the site's sensor id."""

    scan: Scan


class CooperativeReport(Message, frozen=True, kw_only=True, tag="cooperative"):
    """What an aircraft says of itself beside its position. A claim, until something else supports it.

    `source`: remote_id | adsb | mode_s | telemetry | cot | system (another system's track). `operator_*` is personal
    data: recorded, masked in plain output. `emergency`: general | medical | minimum_fuel | no_communication |
    unlawful_interference | downed, or none where that is said; None: nothing is said. `authentication_*`: what it sent
    to prove itself, whole and unjudged; kind as vedette.wire.authentication has it.
    """

    sensor: str
    observed_s: float
    source: str
    identity: str
    callsign: str | None = None
    ua_type: str | None = None
    emitter_category: str | None = None
    squawk: str | None = None
    emergency: str | None = None
    operator_id: str | None = None
    self_id: str | None = None
    operator_latitude_deg: float | None = None
    operator_longitude_deg: float | None = None
    operator_altitude_ellipsoid_m: float | None = None
    height_agl_m: float | None = None
    pressure_altitude_m: float | None = None
    authentication_kind: str | None = None
    authentication_hex: str | None = None
    authentication_s: float | None = None


class Rejected(Message, frozen=True, kw_only=True, tag="rejected"):
    """Bytes a codec could not take. `reason` is a short fixed word, counted; `offset` where in the source it began."""

    reason: str
    raw: bytes = b""
    offset: int | None = None


class SensorStatus(Message, frozen=True, kw_only=True, tag="sensor_status"):
    """What a sensor says of its own health, or its silence does.

    state: ok | degraded | failed | stale (its messages come, but say that it no longer looks: an antenna that stopped).
    """

    sensor: str
    observed_s: float
    state: str
    detail: str = ""


class FeedState(enum.StrEnum):
    """Life of a feed: starting → live ⇄ stale, live → down → starting (back-off), any → ended (a replay's end)."""

    STARTING = "starting"
    LIVE = "live"
    STALE = "stale"
    DOWN = "down"
    ENDED = "ended"


class FeedHealth(Message, frozen=True, kw_only=True, tag="feed_health"):
    """One feed's health, sent when its state changes and at least every 2 s. Rejects are counted by reason.

    `lag_s`: how old what it brings is on arrival, median of the last 10 s. `clock_offset_s`: its sensor's clock ahead
    of ours (+) or behind, by the least lag of the last minute: a path's constant delay cannot be told from it. Both are
    None for a source whose messages bear no time of their own.
    """

    feed: str
    sensor: str
    state: FeedState
    messages: int
    rejected: dict[str, int]
    shed: int = 0
    last_received_s: float | None = None
    rate_hz: float | None = None
    lag_s: float | None = None
    clock_offset_s: float | None = None
    detail: str = ""


class TaskAnswer(Message, frozen=True, kw_only=True, tag="task_answer"):
    """What came of a task that a person gave to a sensor.

    state: accepted | rejected | completed | failed, as its node says; not_sent; dropped: its node is no sensor now.
    """

    sensor: str
    observed_s: float
    task: str
    state: str
    reason: str = ""


class Tick(Message, frozen=True, kw_only=True, tag="tick"):
    """A timer on the 0.5 s grid."""


class Action(Message, frozen=True, kw_only=True, tag="action"):
    """What a person did: `verb` acknowledge | close_incident | enter_effect | look_at, on `target`, an id.

    test_alarm has no target. report_sound is a screen's, of a test alarm: `value` names the screen, `state` says
    played | muted | blocked. look_at: the target is a sensor; where it is to look is a `track` of the newest picture,
    or a place.
    decide: `target` is the order's key. second, withdraw, carry_out: of a decision. record_fact: `state` says which.
    withdraw_mandate has no target. `happened_s`: when it was done, as said. enter_sighting has no target: `sighting` is
    the report, `answer` what the checker says of it. request: what any other verb needs, in a struct of its own.
    """

    verb: str
    target: str
    by: str
    note: str = ""
    effect: str | None = None
    state: str | None = None
    value: str | None = None
    role: str | None = None
    measure: str | None = None
    track: str | None = None
    protects: str | None = None
    decision: str | None = None
    happened_s: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_ellipsoid_m: float | None = None
    sighting: SightingReport | None = None
    answer: SightingAnswer | None = None
    request: Request | None = None


Body = Look | CooperativeReport | SensorStatus | FeedHealth | TaskAnswer | Tick | Action


class Sequenced(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A message as it entered the queue. `seq` counts from 1 in each run; that order is the truth.

    `received_s` is ours (UTC seconds), and never falls from one message to the next.
    """

    seq: int
    received_s: float
    origin: Origin
    body: Body
