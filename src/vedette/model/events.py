"""What the record keeps: events, never changed after they are written. Post's state is a fold over its own."""

from __future__ import annotations

import msgspec

from vedette.model.access import (
    AccessRefused,
    OperatorOpened,
    PersonConfirmed,
    SessionEnded,
    SessionStarted,
    UserChanged,
)
from vedette.model.alerts import (
    AlarmSounded,
    AlarmTested,
    AlertAcknowledged,
    AlertAmended,
    AlertAwaitsNote,
    AlertCleared,
    AlertClosed,
    AlertDismissed,
    AlertEased,
    AlertRaised,
    AlertReturned,
)
from vedette.model.decisions import (
    DecisionAttempted,
    DecisionMoved,
    DecisionOrdered,
    FactRecorded,
    MandateWithdrawn,
)
from vedette.model.dossier import (
    AttributionProposed,
    AttributionSigned,
    AttributionWithdrawn,
    ClaimEntered,
    ClaimWithdrawn,
    CustodyMoved,
    EffectWithdrawn,
    MediaAdded,
    StatementDrafted,
    StatementMoved,
)
from vedette.model.exercises import ExerciseEnded, ExerciseStarted
from vedette.model.flights import FlightMoved, FlightPlanned
from vedette.model.identity_events import DispositionJudged, DispositionOverridden, OverrideCarried, OverrideWithdrawn
from vedette.model.messages import FeedState, Origin
from vedette.model.past import PastImported
from vedette.model.payload import Payload
from vedette.model.picture import Impact
from vedette.model.response import (
    ChecklistMoved,
    ChecklistOpened,
    ClosureAttempted,
    ClosureBegan,
    ClosureEnded,
    CriterionMoved,
    HandOverMoved,
    HandOverOffered,
    NoticeRead,
    NoticeWritten,
    StepMoved,
)
from vedette.model.sightings import Grade, SightingAnswer, SightingReport
from vedette.model.site_changes import SiteChanged


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that was replayed: its base name and digest."""

    name: str
    sha256: str


class WatchStarted(Payload, frozen=True, kw_only=True, tag="watch_started"):
    """A watch began, or went on (`after_seq`: the last event it found)."""

    software: str
    site: str
    site_sha256: str
    sources: tuple[Source, ...] = ()
    after_seq: int = 0


class WatchStopped(Payload, frozen=True, kw_only=True, tag="watch_stopped"):
    """A watch ended in an orderly way; one that was killed leaves none."""

    reason: str


class SiteVersion(Payload, frozen=True, kw_only=True, tag="site_version"):
    """The site file and its geometry as they were read."""

    site: str
    sha256: str
    toml: str
    geometry: str | None


class TrackPoint(Payload, frozen=True, kw_only=True, tag="track_point"):
    """A track at most once a second and at alerts; the track table's fields. Thinned first when space runs out."""

    track: str
    observed_s: float
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_ellipsoid_m: float | None
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float | None
    sigma_position_m: float
    p_exists: float
    status: str
    class_: str = msgspec.field(name="class")
    p_class: float
    identity: str | None
    sensors: tuple[str, ...]


class TrackEnded(Payload, frozen=True, kw_only=True, tag="track_ended"):
    """A track ended; `impact` where it ended low and descending."""

    track: str
    last_s: float
    impact: Impact | None = None


class CooperativeSeen(Payload, frozen=True, kw_only=True, tag="cooperative_seen"):
    """An identity heard for the first time, or with changed particulars. `operator_*` is personal data."""

    identity: str
    source: str
    sensor: str
    callsign: str | None = None
    ua_type: str | None = None
    operator_id: str | None = None
    self_id: str | None = None
    operator_latitude_deg: float | None = None
    operator_longitude_deg: float | None = None
    authentication_kind: str | None = None
    authentication_hex: str | None = None
    authentication_s: float | None = None


class FeedChanged(Payload, frozen=True, kw_only=True, tag="feed_changed"):
    """A feed's state changed."""

    feed: str
    sensor: str
    state: FeedState
    messages: int
    rejected: dict[str, int]
    detail: str = ""


class IncidentOpened(Payload, frozen=True, kw_only=True, tag="incident_opened"):
    """An incident opened from an alert."""

    incident: str
    alert: str
    opened_s: float


class IncidentJoined(Payload, frozen=True, kw_only=True, tag="incident_joined"):
    """An alert, and its track, joined an incident."""

    incident: str
    alert: str
    track: str | None
    at_s: float


class IncidentTrack(Payload, frozen=True, kw_only=True, tag="incident_track"):
    """What the incident says of one of its tracks; the newest holds. Written when it changes and at its end.

    first_*, last_*: where it was at first_s and last_s, None where no position was known; aircraft are counted by them.
    """

    incident: str
    track: str
    identity: str | None
    class_: str = msgspec.field(name="class")
    p_class: float
    sensors: tuple[str, ...]
    first_s: float
    last_s: float
    impact: Impact | None
    ended: bool = False
    first_latitude_deg: float | None = None
    first_longitude_deg: float | None = None
    last_latitude_deg: float | None = None
    last_longitude_deg: float | None = None


class IncidentDetections(Payload, frozen=True, kw_only=True, tag="incident_detections"):
    """A look that contributed to an incident, as table rows (the detection table's names)."""

    incident: str
    sensor: str
    observed_s: float
    rows: tuple[dict[str, float | str | None], ...]


class EffectEntered(Payload, frozen=True, kw_only=True, tag="effect_entered"):
    """A person said what an incident did. effect: injuries | damage | flights; state: none_reported | reported.

    entry: its id. source: whose word it is, if not that of who enters it; how: how it is known. corrects: the entry
    that it takes the place of.
    """

    incident: str
    effect: str
    state: str
    value: str | None
    by: str
    at_s: float
    entry: str = ""
    role: str | None = None
    source: str | None = None
    how: str = ""
    corrects: str | None = None


class IncidentClosed(Payload, frozen=True, kw_only=True, tag="incident_closed"):
    """An incident was closed: by a person, or (`by` None) when nothing more came of it."""

    incident: str
    at_s: float
    by: str | None
    note: str


class SensorAsked(Payload, frozen=True, kw_only=True, tag="sensor_asked"):
    """A person asked a sensor to look somewhere; written before it is sent. track: what it was to look at, if named."""

    sensor: str
    node: str
    task: str
    by: str
    at_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_ellipsoid_m: float | None = None
    track: str | None = None


class SensorAnswered(Payload, frozen=True, kw_only=True, tag="sensor_answered"):
    """What came of it; states as in TaskAnswer."""

    sensor: str
    task: str
    state: str
    reason: str
    at_s: float


class SightingEntered(Payload, frozen=True, kw_only=True, tag="sighting_entered"):
    """A person entered what somebody saw. answer: of the checker at that time; grade: A to D, grade_why says by what.

    The observer's place and name are personal data.
    """

    sighting: str
    incident: str | None
    report: SightingReport
    answer: SightingAnswer
    grade: Grade
    grade_why: str
    by: str
    note: str
    at_s: float


class CaptureClosed(Payload, frozen=True, kw_only=True, tag="capture_closed"):
    """A capture file is complete; from now on its digest is part of the chain."""

    file: str
    feed: str
    sha256: str
    size_bytes: int


class StorageLow(Payload, frozen=True, kw_only=True, tag="storage_low"):
    """Free space or the record's budget is short, or (`ok`) no longer; what was thinned."""

    ok: bool
    free_bytes: int
    detail: str


class Thinned(Payload, frozen=True, kw_only=True, tag="thinned"):
    """Payloads of track points dropped under the size or age rule; their digests stay in the chain."""

    first_seq: int
    last_seq: int
    count: int


class Redaction(msgspec.Struct, frozen=True, kw_only=True):
    """One erased payload: its event, the fields that are None now, and the digest (hex) of what stands in its place."""

    seq: int
    fields: tuple[str, ...]
    digest: str


class PersonalErased(Payload, frozen=True, kw_only=True, tag="personal_erased"):
    """Personal data erased from earlier events' payloads under `rule`; their first digests stay in the chain.

    before_s: received before it; last_seq: the last event that was looked at for it.
    """

    rule: str
    before_s: float
    last_seq: int
    redactions: tuple[Redaction, ...]


class SignerStarted(Payload, frozen=True, kw_only=True, tag="signer_started"):
    """From here on checkpoints are signed by this key (Ed25519, 32 bytes as hex). `before`: the key until here."""

    public_key: str
    fingerprint: str
    before: str | None = None


class Dispatched(Payload, frozen=True, kw_only=True, tag="dispatched"):
    """What a partner was told. what: `alert` or `notice`, one; or `tracks`, all that it was told of in some 30 s.

    about: their ids. fields: the groups that the rule released. outcome: sent, dropped, or why the partner refused.
    sha256: of the octets, where it was one message.
    """

    output: str
    partner: str
    release: str
    what: str
    about: tuple[str, ...]
    fields: tuple[str, ...]
    messages: int
    outcome: str
    sha256: str | None = None


class PipelineFailed(Payload, frozen=True, kw_only=True, tag="pipeline_failed"):
    """The pipeline met its own fault; `message` is the poisonous input, kept aside."""

    error: str
    message: str


AnyPayload = (
    WatchStarted | WatchStopped | SiteVersion | SiteChanged | TrackPoint | TrackEnded | CooperativeSeen | FeedChanged
    | AlertRaised | AlertAcknowledged | AlertCleared
    | AlertAmended | AlertEased | AlertDismissed | AlertReturned | AlertAwaitsNote | AlertClosed
    | AlarmTested | AlarmSounded
    | IncidentOpened | IncidentJoined | IncidentTrack | IncidentDetections | EffectEntered | IncidentClosed
    | PersonalErased | SignerStarted
    | DecisionOrdered | DecisionMoved | DecisionAttempted | FactRecorded | MandateWithdrawn
    | SensorAsked | SensorAnswered | SightingEntered
    | ChecklistOpened | ChecklistMoved | StepMoved | NoticeWritten | NoticeRead
    | ClosureBegan | CriterionMoved | ClosureAttempted | ClosureEnded | HandOverOffered | HandOverMoved
    | DispositionJudged | DispositionOverridden | OverrideWithdrawn | OverrideCarried | FlightPlanned | FlightMoved
    | UserChanged | SessionStarted | SessionEnded | AccessRefused | PersonConfirmed | OperatorOpened
    | ClaimEntered | ClaimWithdrawn | EffectWithdrawn | AttributionProposed | AttributionSigned | AttributionWithdrawn
    | MediaAdded | CustodyMoved | StatementDrafted | StatementMoved
    | PastImported
    | CaptureClosed | StorageLow | Thinned | Dispatched | PipelineFailed
    | ExerciseStarted | ExerciseEnded
)  # fmt: skip


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An event before the record gave it its number. observed_s: the sensor's time; received_s: ours."""

    observed_s: float
    received_s: float
    origin: Origin
    payload: AnyPayload


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event as recorded. seq counts from 1 without gaps. payload is None where it was thinned or erased."""

    seq: int
    observed_s: float
    received_s: float
    origin: Origin
    kind: str
    schema: int
    payload: AnyPayload | None
