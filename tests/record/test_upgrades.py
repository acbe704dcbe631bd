"""Payloads of older schemas still read: the steps in general, and a stored record of each schema so far."""

from __future__ import annotations

import lzma
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.record.ledger import fill, payload
from tests.record.stored import FIRST, store
from vedette.errors import RecordBroken
from vedette.model import AlertAcknowledged
from vedette.record import log_lines, read_events, verify
from vedette.record.chain import link_hash, payload_digest
from vedette.record.codec import decode_payload, encode_payload, kind_of
from vedette.record.upgrades import SCHEMAS, STEPS, upgraded


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The record that was kept when all kinds were at their first schema."""
    (tmp_path / "record.sqlite").write_bytes(lzma.decompress(FIRST.read_bytes()))
    return tmp_path


def test_the_stored_record_of_the_first_schema_reads(stored: Path) -> None:
    assert verify(stored).intact
    events = list(read_events(stored))
    lines = [msgspec.json.decode(line) for line in log_lines(stored)]
    assert len(events) > 20
    assert {event.schema for event in events} == {1}
    for event, line in zip(events, lines, strict=True):
        assert event.kind == line["kind"] == kind_of(event.payload)
        if SCHEMAS[event.kind] == 1 and event.payload is not None:
            now = msgspec.json.decode(encode_payload(event.payload))  # may have new fields; the old ones stand
            assert now | line["payload"] == now


def test_a_record_of_todays_schemas_can_be_stored_the_same_way(tmp_path: Path) -> None:
    store(tmp_path / "now.xz")
    (tmp_path / "record.sqlite").write_bytes(lzma.decompress((tmp_path / "now.xz").read_bytes()))
    assert {event.kind for event in read_events(tmp_path)} == set(SCHEMAS)


def test_every_step_from_every_older_schema_is_there() -> None:
    assert set(STEPS) == {(kind, schema) for kind, newest in SCHEMAS.items() for schema in range(1, newest)}


def _renamed(fields: dict[str, Any]) -> dict[str, Any]:
    """From an invented first form, in which an acknowledgement said who as `person`."""
    return {("by" if name == "person" else name): value for name, value in fields.items()}


def _with_note(fields: dict[str, Any]) -> dict[str, Any]:
    """From an invented second form, which had no note."""
    return {**fields, "note": ""}


STEPS_OF_OLD = {("alert_acknowledged", 1): _renamed, ("alert_acknowledged", 2): _with_note}


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        (1, {"alert": "a", "person": "Şefîn", "at_s": 5}),
        (2, {"alert": "a", "by": "Şefîn", "at_s": 5.0}),
        (3, {"alert": "a", "by": "Şefîn", "at_s": 5.0, "note": ""}),
    ],
)
def test_older_forms_become_todays_step_by_step(schema: int, fields: dict[str, Any]) -> None:
    body = msgspec.json.encode({"kind": "alert_acknowledged", **fields})
    now = upgraded(body, schema, STEPS_OF_OLD, SCHEMAS | {"alert_acknowledged": 3})
    assert now == AlertAcknowledged(alert="a", by="Şefîn", note="", at_s=5.0)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"", b'{"kind":"nothing"}', b'{"kind":"alert_acknowledged","person":1}']
)
def test_what_no_step_leads_to_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        upgraded(body, 1, STEPS_OF_OLD, SCHEMAS | {"alert_acknowledged": 3})


def test_a_payload_of_another_kind_than_its_event_is_refused() -> None:
    body = encode_payload(payload(2))
    with pytest.raises(ValueError, match="its event a"):
        decode_payload(body, "track_point", 1)


def test_a_record_of_a_newer_schema_says_so_and_still_verifies(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    connection = sqlite3.connect(tmp_path / "record.sqlite")
    seq, kind, _, observed_s, received_s, origin, _, previous, _ = connection.execute(
        "SELECT * FROM event WHERE seq = 3"
    ).fetchone()
    salt, body = connection.execute("SELECT salt, body FROM payload WHERE seq = 3").fetchone()
    body = body.replace("{", '{"new_field":1,', 1)
    digest = payload_digest(salt, body.encode())
    hash_ = link_hash(seq, kind, 2, observed_s, received_s, origin, digest, previous)
    connection.execute("UPDATE event SET schema = 2, digest = ?, hash = ? WHERE seq = 3", (digest, hash_))
    connection.execute("UPDATE payload SET body = ? WHERE seq = 3", (body,))
    connection.execute("UPDATE meta SET head_hash = ?", (hash_,))
    connection.commit()
    connection.close()
    (tmp_path / "checkpoints.log").unlink()
    assert verify(tmp_path).intact
    with pytest.raises(RecordBroken, match="schema 2 is not known"):
        list(read_events(tmp_path))
