"""What Vedette never does, held by tests: every kind of message that leaves the house, against a list."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tests.console.fake_desk import FakeDesk
from vedette.console import create_app
from vedette.console.views import TOPICS
from vedette.model import AnyPayload, ReleasedAlert, ReleasedNotice, ReleasedTrack
from vedette.site.schema import FieldGroup

SOURCE = Path(__file__).parents[1] / "src" / "vedette"

EVENTS = {
    "watch_started", "watch_stopped", "site_version", "track_point", "track_ended", "cooperative_seen", "feed_changed",
    "alert_raised", "alert_acknowledged", "alert_cleared", "incident_opened", "incident_joined", "incident_track",
    "incident_detections", "effect_entered", "incident_closed", "capture_closed", "storage_low", "thinned",
    "dispatched", "pipeline_failed", "alarm_tested", "alarm_sounded", "sensor_asked", "sensor_answered",
    "signer_started", "personal_erased",
    "decision_ordered", "decision_moved", "decision_attempted", "fact_recorded", "mandate_withdrawn",
    "checklist_opened", "checklist_moved", "step_moved", "notice_written", "notice_read", "closure_began",
    "criterion_moved", "closure_attempted", "closure_ended", "hand_over_offered", "hand_over_moved",
    "sighting_entered", "past_imported",
    "user_changed", "session_started", "session_ended", "access_refused", "person_confirmed", "operator_opened",
    "site_changed",
    "disposition_judged", "disposition_overridden", "override_withdrawn", "override_carried",
    "flight_planned", "flight_moved",
    "exercise_started", "exercise_ended",
    "alert_amended", "alert_eased", "alert_dismissed", "alert_returned", "alert_awaits_note", "alert_closed",
    "claim_entered", "claim_withdrawn", "effect_withdrawn", "attribution_proposed", "attribution_signed",
    "attribution_withdrawn", "media_added", "custody_moved", "statement_drafted", "statement_moved",
}  # fmt: skip
"""All that the record can say. None is an order to anything but a person."""

WAYS_BACK = {
    ("POST", "/api/v1/alerts/{alert_id}/acknowledge"),
    ("POST", "/api/v1/alerts/{alert_id}/dismiss"),
    ("POST", "/api/v1/alerts/{alert_id}/bring_back"),
    ("POST", "/api/v1/alerts/{alert_id}/close"),
    ("POST", "/api/v1/incidents/{incident_id}/effects"),
    ("POST", "/api/v1/incidents/{incident_id}/effects/{entry_id}/withdraw"),
    ("POST", "/api/v1/incidents/{incident_id}/claims"),
    ("POST", "/api/v1/incidents/{incident_id}/claims/{claim_id}/withdraw"),
    ("POST", "/api/v1/incidents/{incident_id}/attribution"),
    ("POST", "/api/v1/incidents/{incident_id}/attribution/{attribution_id}/sign"),
    ("POST", "/api/v1/incidents/{incident_id}/attribution/{attribution_id}/withdraw"),
    ("POST", "/api/v1/incidents/{incident_id}/media"),
    ("POST", "/api/v1/incidents/{incident_id}/media/{media_id}/custody"),
    ("POST", "/api/v1/incidents/{incident_id}/statements"),
    ("POST", "/api/v1/incidents/{incident_id}/statements/{statement_id}/{move}"),
    ("POST", "/api/v1/decisions"),
    ("POST", "/api/v1/decisions/{decision_id}/second"),
    ("POST", "/api/v1/decisions/{decision_id}/withdraw"),
    ("POST", "/api/v1/decisions/{decision_id}/carried_out"),
    ("POST", "/api/v1/facts"),
    ("POST", "/api/v1/mandate/withdraw"),
    ("POST", "/api/v1/test-alarm"),
    ("POST", "/api/v1/test-alarm/{alert_id}/sound"),
    ("POST", "/api/v1/sensors/{sensor_id}/look_at"),
    ("POST", "/api/v1/sightings"),
    ("POST", "/api/v1/checklists"),
    ("POST", "/api/v1/checklists/{checklist_id}/close"),
    ("POST", "/api/v1/checklists/{checklist_id}/reopen"),
    ("POST", "/api/v1/checklists/{checklist_id}/steps/{step}/do"),
    ("POST", "/api/v1/checklists/{checklist_id}/steps/{step}/skip"),
    ("POST", "/api/v1/checklists/{checklist_id}/steps/{step}/undo"),
    ("POST", "/api/v1/notices"),
    ("POST", "/api/v1/notices/{notice_id}/read"),
    ("POST", "/api/v1/closures"),
    ("POST", "/api/v1/closures/{closure_id}/criteria/{criterion}/confirm"),
    ("POST", "/api/v1/closures/{closure_id}/criteria/{criterion}/take_back"),
    ("POST", "/api/v1/closures/{closure_id}/reopen"),
    ("POST", "/api/v1/hand-over"),
    ("POST", "/api/v1/hand-over/{hand_over_id}/accept"),
    ("POST", "/api/v1/hand-over/{hand_over_id}/withdraw"),
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/session/first"),
    ("POST", "/api/v1/session/password"),
    ("POST", "/api/v1/session/confirm"),
    ("DELETE", "/api/v1/sessions/{session_id}"),
    ("POST", "/api/v1/users"),
    ("POST", "/api/v1/users/{name}"),
    ("POST", "/api/v1/users/{name}/password"),
    ("POST", "/api/v1/tracks/{track_id}/operator"),
    ("POST", "/api/v1/tracks/{track}/disposition"),
    ("POST", "/api/v1/tracks/{track}/disposition/withdraw"),
    ("POST", "/api/v1/flights"),
    ("POST", "/api/v1/flights/{flight}/withdraw"),
    ("POST", "/api/v1/flights/{flight}/close"),
    ("POST", "/api/v1/site/check"),
    ("POST", "/api/v1/site/edit"),
    ("POST", "/api/v1/site/merge"),
    ("POST", "/api/v1/record/verify"),
    ("POST", "/api/v1/site/apply"),
    ("POST", "/api/v1/site/versions/{sha256}/return"),
    ("POST", "/api/v1/exercises"),
    ("POST", "/api/v1/exercises/{exercise_id}/stop"),
}
"""All that a person can tell the watch over HTTP."""

FRAMES = {
    "track",
    "track_end",
    "alert",
    "incident",
    "health",
    "heartbeat",
    "snapshot",
    "decisions",
    "sightings",
    "response",
    "hand_overs",
    "false_alarms",
    "flights",
    "site",
}
"""All that the stream sends."""

FORBIDDEN = re.compile(
    r"lead_point|aim_point|intercept_point|firing|effector_command|move_to|\bpatrol\b|follow_object|take_over|"
    r"SetMode|COMMAND_LONG|command_long|MAV_CMD|jam_|deauth",
)
"""Words of an encoder that would address an effector, send a lead point or task what is not allowed."""


def test_every_event_kind_is_on_the_list() -> None:
    kinds = {kind.__struct_config__.tag for kind in AnyPayload.__args__}
    assert kinds == EVENTS


def test_the_ways_back_are_on_the_list() -> None:
    app = create_app(FakeDesk())
    posted = {
        (method, route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method not in ("GET", "HEAD", "OPTIONS")
    }
    assert posted == WAYS_BACK


def test_the_stream_sends_nothing_else() -> None:
    text = "".join(path.read_text() for path in (SOURCE / "console").glob("*.py"))
    published = set(re.findall(r"publish\(\s*\"([a-z_]+)\"", text))
    assert published
    assert published | {topic.kind for topic in TOPICS} <= FRAMES


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_module_can_address_an_effector(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)
        if isinstance(name, str):
            assert not FORBIDDEN.search(name), f"{path.name}: {name}"


@pytest.mark.parametrize("room", ["feeds", "wire", "tracking", "assessment", "post", "record", "report", "sim"])
def test_no_room_but_the_console_answers_on_a_socket(room: str) -> None:
    """Feeds receive: nothing in these rooms writes to a transport."""
    sends = re.compile(r"\.(sendto|sendall|send_bytes)\(|transport\.write\(|writer\.write\(")
    for path in (SOURCE / room).rglob("*.py"):
        assert not sends.search(path.read_text()), path.name


def test_only_one_leaf_writes_to_sockets() -> None:
    """Whatever else is sent, is sent through vedette.duplex; and what SAPIENT feeds send by it is sealed."""
    writes = re.compile(r"\.(sendto|sendall|send_bytes)\(|transport\.write\(|writer\.write\(")
    writing = {path.name for path in SOURCE.rglob("*.py") if writes.search(path.read_text())}
    assert writing == {"duplex.py"}
    using = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "from vedette.duplex import" in path.read_text()
    }
    assert using == {"feeds/sapient/keeper.py", "cli/sapient_lines.py", "outputs/line.py"}
    posting = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if "import httpcore" in path.read_text()}
    assert posting == {"outputs/http.py"}
    for path in (SOURCE / "feeds").rglob("*.py"):
        for sent in re.findall(r"\.send\(([^)]*)\)", path.read_text()):
            assert sent.endswith(".octets"), f"{path.name}: {sent}"


def test_partners_are_told_of_tracks_and_alerts_and_of_nothing_to_come() -> None:
    """No rule can release a projected path, an operator's data, or a word to an effector."""
    groups = set(get_args(FieldGroup))
    kinematic = {"place", "altitude", "velocity", "accuracy", "impact", "timing", "history"}
    assert {field.name for field in msgspec.structs.fields(ReleasedNotice)} == {"notice", "text", "at_s"}
    assert groups == kinematic | {"class", "identity", "disposition", "sensors", "reasons"}
    for kind in (ReleasedAlert, ReleasedTrack):
        assert not {field.name for field in msgspec.structs.fields(kind)} & {"path", "approaches", "operator_id"}
    told = set(re.findall(r'"([abt]-[a-z]-[a-zA-Z-]+)"', (SOURCE / "outputs" / "cot.py").read_text()))
    assert told == {"a-u-A", "t-x-d-d", "b-a-o-c", "b-a-o-can", "b-t-f", "a-f-G"}, (
        "the last two: a person's chat, and its sender"
    )


def test_no_picture_field_is_a_lead_or_an_aim() -> None:
    from vedette.model import Impact, PathPoint, TrackPicture, ZoneApproach

    for kind in (Impact, PathPoint, ReleasedAlert, ReleasedTrack, TrackPicture, ZoneApproach):
        for field in msgspec.structs.fields(kind):
            assert not re.search(r"lead|aim|intercept|shooter|weapon", field.name), field.name
