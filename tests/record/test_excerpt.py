"""Parts of a record, each verified alone: what they show, what they hide, and that changes in them are found."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.record.ledger import BEGIN_S, REPLAY, SITE, batch, draft, fill
from tests.record.test_erasure import SECRETS, put_some, seen, sweep
from tests.record.test_keys import made
from tests.record.test_storage import write
from tests.record.test_writer import thin
from vedette.errors import BadInput, RecordError
from vedette.model import (
    AlertAcknowledged,
    AlertCleared,
    CaptureClosed,
    IncidentClosed,
    IncidentOpened,
    TrackEnded,
    TrackPoint,
)
from vedette.record import (
    EXCERPT,
    Batch,
    Capture,
    Named,
    Record,
    Signer,
    derived_salts,
    fingerprint,
    read_events,
    verify,
    verify_excerpt,
    write_excerpt,
    write_incident,
)

NAMED = Named(incident="erbil-I-0001", alerts=frozenset({"erbil-A-0777"}), tracks=frozenset({"erbil-T-0001"}))


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return made(tmp_path / "keys" / "record.key")


@pytest.fixture
def folder(tmp_path: Path, signer: Signer) -> Path:
    """A record of 80 events; 30 to 50 are about one incident, between them others of all kinds."""
    with Record.open(tmp_path / "record", SITE, derived_salts(b"key"), REPLAY, signer=signer) as record:
        record.writer.put(Batch(drafts=tuple(map(draft, record.introduction(live=True))), flush=True))
        put_some(record)
        for number in range(14, 30):
            record.writer.put(batch(number))
        opened = IncidentOpened(incident=NAMED.incident, alert="erbil-A-0777", opened_s=BEGIN_S + 30.0)
        record.writer.put(Batch(drafts=(draft(opened, 30.0),)))
        for number in range(31, 46):
            record.writer.put(batch(number))
        record.writer.put(Batch(drafts=(draft(seen("rid:1"), 46.0),)))
        for payload in (
            AlertAcknowledged(alert="erbil-A-0777", by="Şefîn", note="seen", at_s=BEGIN_S + 47.0),
            AlertCleared(alert="erbil-A-0777", at_s=BEGIN_S + 48.0, why="ended"),
            TrackEnded(track="erbil-T-0001", last_s=BEGIN_S + 48.0),
            IncidentClosed(incident=NAMED.incident, at_s=BEGIN_S + 50.0, by=None, note=""),
        ):
            record.writer.put(Batch(drafts=(draft(payload, 48.0),)))
        for _ in range(51, 80):
            record.writer.put(Batch(drafts=(draft(AlertAcknowledged(alert="a", by="b", note="", at_s=0.0), 60.0),)))
    assert verify(tmp_path / "record").intact
    return tmp_path / "record"


def incident(folder: Path, to: Path, since_s: float = BEGIN_S) -> list[dict[str, Any]]:
    with to.open("wb") as out:
        write_incident(folder, out, NAMED, since_s)
    return [msgspec.json.decode(line) for line in to.read_bytes().splitlines()]


def test_an_incident_is_verified_alone(folder: Path, tmp_path: Path, signer: Signer) -> None:
    file = tmp_path / "incident.ndjson"
    head, *lines = incident(folder, file)
    shown = [line for line in lines if "body" in line]
    bodies = [msgspec.json.decode(line["body"]) for line in shown]
    assert {"incident_opened", "incident_closed", "alert_cleared", "track_point", "track_ended"} <= {
        body["kind"] for body in bodies
    }
    assert all(NAMED.holds(body) for body in bodies)
    assert [line["seq"] for line in lines] == list(range(head["first"], head["last"] + 1))
    assert head["first"] > 1
    assert head["last"] == head["checkpoints"][0]["seq"] < 80
    verdict = verify_excerpt(file, signer=fingerprint(signer.public_key))
    assert str(verdict) == f"intact, {len(lines)} events"
    assert verdict.notes[0].startswith(f"incident erbil-I-0001: {len(shown)} of these events in full")
    assert not verify_excerpt(file, signer="0000").intact


def test_an_incident_shows_no_operator_and_nothing_of_other_events(folder: Path, tmp_path: Path) -> None:
    lines = incident(folder, tmp_path / "incident.ndjson")[1:]
    content = (tmp_path / "incident.ndjson").read_bytes()
    assert not [secret for secret in SECRETS if secret in content]
    others = [
        event.payload.track
        for event in read_events(folder, kind="track_point")
        if isinstance(event.payload, TrackPoint) and event.payload.track != "erbil-T-0001"
    ]
    assert others
    assert not [name for name in others if name.encode() in content]
    assert all(("salt" in line) == ("body" in line) for line in lines)


def _meant(line: dict[str, Any]) -> dict[str, Any]:
    """Hex digits mean the same in either case."""
    return {name: line[name].lower() if name in ("digest", "hash", "salt") else line[name] for name in line}


@pytest.mark.parametrize("seed", range(3))
def test_any_octet_changed_is_found_or_changes_nothing(folder: Path, tmp_path: Path, seed: int) -> None:
    file, rng = tmp_path / "incident.ndjson", random.Random(seed)
    head, *lines = incident(folder, file)
    whole = file.read_bytes()
    for _ in range(150):
        octets = bytearray(whole)
        octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
        file.write_bytes(octets)
        try:
            intact = verify_excerpt(file).intact
        except BadInput:  # the first line is no longer that of an excerpt
            continue
        if intact:  # only what the header says for people may differ
            changed, *rest = (msgspec.json.decode(line) for line in bytes(octets).splitlines())
            assert [_meant(line) for line in rest] == lines
            assert {name for name in head if changed.get(name) != head[name]} <= {"site", "whole", "checkpoints"}


@pytest.mark.parametrize("change", ["swap", "drop", "cut", "double", "payload", "salt", "unsign", "incident"])
def test_lines_moved_dropped_doubled_or_bared_are_found(folder: Path, tmp_path: Path, change: str) -> None:
    file = tmp_path / "incident.ndjson"
    head, *lines = incident(folder, file)
    at = next(number for number, line in enumerate(lines) if line["kind"] == "alert_cleared")
    if change == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    elif change == "drop":
        del lines[at]
    elif change == "cut":
        del lines[at:]
    elif change == "double":
        lines.insert(at, lines[at])
    elif change == "payload":
        lines[at]["body"] = lines[at]["body"].replace("ended", "dodged")
    elif change == "salt":
        del lines[at]["salt"]
    elif change == "unsign":
        head["checkpoints"][0]["signature"] = "00" * 64
    else:
        head["incident"] = "erbil-I-0002"
    file.write_bytes(b"\n".join(msgspec.json.encode(line) for line in (head, *lines)) + b"\n")
    assert not verify_excerpt(file).intact


def test_a_checkpoint_kept_elsewhere_is_compared_or_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "incident.ndjson"
    head = incident(folder, file)[0]
    good = f"{head['last']} {head['checkpoints'][0]['hash']}"
    assert verify_excerpt(file, good).intact
    assert not verify_excerpt(file, f"{head['last']} {'0' * 64}").intact
    with pytest.raises(BadInput, match="none of the events"):
        verify_excerpt(file, f"{head['first'] - 1} {'0' * 64}")


def test_an_export_holds_all_since_and_checks_alone(folder: Path, tmp_path: Path) -> None:
    for since_s in (None, BEGIN_S + 30.0, BEGIN_S + 60.0):
        to = tmp_path / f"export-{since_s}"
        to.mkdir()
        with (to / EXCERPT).open("wb") as out:
            head = write_excerpt(folder, out, since_s)
        assert head.last == verify(folder).events
        assert (head.first == 1) == (since_s is None)
        verdict = verify_excerpt(to)
        assert str(verdict) == f"intact, {head.last - head.first + 1} events"
        lines = (to / EXCERPT).read_bytes().splitlines()[1:]
        assert all("body" in msgspec.json.decode(line) for line in lines)
        bared = [msgspec.json.decode(line) for line in lines]
        del bared[3]["body"], bared[3]["salt"]
        content = [msgspec.json.encode(head), *(msgspec.json.encode(line) for line in bared)]
        (to / EXCERPT).write_bytes(b"\n".join(content))
        assert verify_excerpt(to).first_broken == head.first + 3
    with pytest.raises(BadInput, match="no event"):
        write_excerpt(folder, io.BytesIO(), BEGIN_S + 1e9)


def test_an_export_of_erased_and_thinned_events_holds(folder: Path, tmp_path: Path, signer: Signer) -> None:
    with Record.open(folder, SITE, derived_salts(b"key"), REPLAY, signer=signer) as record:
        record.writer.put(sweep(30.5))
        record.writer.put(thin(100.0, keep_s=10.0))
    with (tmp_path / "part").open("wb") as out:
        write_excerpt(folder, out, BEGIN_S)
    assert verify_excerpt(tmp_path / "part").intact
    assert b"personal_erased" in (tmp_path / "part").read_bytes()


def test_capture_files_beside_an_export_are_checked(tmp_path: Path, signer: Signer) -> None:
    folder = tmp_path / "record"
    capture = Capture(folder, 10**6)
    write(capture, "rid", BEGIN_S, b"bytes as received")
    (closed,) = capture.close()
    assert isinstance(closed, CaptureClosed)
    with Record.open(folder, SITE, derived_salts(b"key"), REPLAY, signer=signer) as record:
        record.writer.put(Batch(drafts=(draft(closed),)))
    with (folder / EXCERPT).open("wb") as out:
        write_excerpt(folder, out)
    assert verify_excerpt(folder).intact
    (folder / closed.file).write_bytes(b"other bytes")
    assert closed.file in verify_excerpt(folder).why


def test_without_a_signature_it_says_so(tmp_path: Path) -> None:
    fill(tmp_path, 10)
    with Record.open(tmp_path, SITE, derived_salts(b"key"), REPLAY) as record:
        opened = IncidentOpened(incident=NAMED.incident, alert="erbil-A-0777", opened_s=BEGIN_S)
        record.writer.put(Batch(drafts=(draft(opened, 10.0),)))
    incident(tmp_path, tmp_path / "file")
    assert verify_excerpt(tmp_path / "file").notes[-1].endswith("no signature")


def test_what_cannot_be_made_or_read_is_bad_input(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no checkpoint covers"):
        incident(folder, tmp_path / "file", BEGIN_S + 1e9)
    with pytest.raises(RecordError):
        write_excerpt(tmp_path / "nowhere", io.BytesIO())
    for content in (b"", b"hello\n", b"{}\n", b'{"seq": 1}\n'):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(BadInput, match="nor an excerpt"):
            verify_excerpt(tmp_path / "file")
    whole = io.BytesIO()
    write_excerpt(folder, whole)
    (tmp_path / "file").write_bytes(whole.getvalue().replace(b'"version":1', b'"version":2', 1))
    with pytest.raises(BadInput, match="version 2"):
        verify_excerpt(tmp_path / "file")
