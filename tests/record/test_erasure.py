"""Personal data erased: its bytes are gone from every file of the record, and the chain still holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.record.ledger import BEGIN_S, REPLAY, SITE, batch, draft, point
from vedette.model import CooperativeReport, CooperativeSeen, Event, Origin, PersonalErased, Sequenced
from vedette.record import Batch, Grouping, Record, Thinning, drawn_salts, log_lines, read_events, verify
from vedette.record.erasure import PERSONAL_FIELDS
from vedette.site import Limits

DAY_S = 86_400.0
OPERATOR, WORDS, PROOF = "OPERATOR-4711-FIN", "survey of the north field", "c0ffee" * 20
SECRETS = tuple(text.encode() for text in (OPERATOR, WORDS, PROOF, "36.1234567", "43.7654321"))


def seen(identity: str, operator: str | None = OPERATOR) -> CooperativeSeen:
    return CooperativeSeen(
        identity=identity,
        source="remote_id",
        sensor="rid",
        ua_type="multirotor",
        operator_id=operator,
        self_id=WORDS if operator else None,
        operator_latitude_deg=36.1234567 if operator else None,
        operator_longitude_deg=43.7654321 if operator else None,
        authentication_kind="uas_id_signature" if operator else None,
        authentication_hex=PROOF if operator else None,
        authentication_s=BEGIN_S if operator else None,
    )


def heard(number: int) -> Sequenced:
    """What the journal holds of it, until the next snapshot."""
    report = CooperativeReport(
        sensor="rid", observed_s=BEGIN_S, source="remote_id", identity="rid:1", operator_id=OPERATOR, self_id=WORDS
    )
    return Sequenced(seq=number, received_s=BEGIN_S, origin=Origin.LIVE, body=report)


def sweep(days: float, keep_days: float | None = 30.0, snapshot: bytes | None = b"state") -> Batch:
    keep_s = None if keep_days is None else keep_days * DAY_S
    limits = Limits(size_bytes=10**12, keep_s=1e12, capture_bytes=0, personal_keep_s=keep_s)
    thin = Thinning(now_s=BEGIN_S + days * DAY_S, limits=limits, origin=Origin.LIVE)
    return Batch(snapshot=snapshot, thin=thin, flush=True)


def live(folder: Path) -> Record:
    return Record.open(folder, SITE, drawn_salts, Grouping(group_s=0.0))


def put_some(record: Record) -> None:
    """Twelve events: 1 to 5 and 7 to 11 say something, 6 is of an aircraft without operator, 12 of ten days later."""
    for number in range(1, 6):
        record.writer.put(Batch(drafts=(draft(seen(f"rid:{number}")),), journal=(heard(number),)))
    record.writer.put(Batch(drafts=(draft(seen("rid:6", None)),)))
    record.writer.put(Batch(drafts=tuple(draft(point(number)) for number in range(7, 12))))
    record.writer.put(Batch(drafts=(draft(seen("rid:12"), 10 * DAY_S),), flush=True))


def in_files(folder: Path) -> list[str]:
    """Which files of the folder hold which secrets."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [f"{path.name}: {secret!r}" for path in files for secret in SECRETS if secret in path.read_bytes()]


def test_the_bytes_are_gone_while_the_watch_goes_on_and_the_chain_holds(tmp_path: Path) -> None:
    with live(tmp_path) as record:
        put_some(record)
        record.writer.drain()
        assert len({entry.split(": ")[1] for entry in in_files(tmp_path)}) == len(SECRETS)
        record.writer.put(sweep(41.0))
        record.writer.drain()
        assert in_files(tmp_path) == []
        assert verify(tmp_path).intact
        record.writer.put(batch(13))
    assert in_files(tmp_path) == []
    assert str(verify(tmp_path)) == "intact, 14 events"


def test_the_event_tells_what_was_erased_under_which_rule(tmp_path: Path) -> None:
    with live(tmp_path) as record:
        put_some(record)
        record.writer.put(sweep(30.5))
        record.writer.put(sweep(31.0))
    events: list[Event] = list(read_events(tmp_path))
    (told,) = [event.payload for event in events if isinstance(event.payload, PersonalErased)]
    assert told.rule == "[privacy] keep_days = 30"
    assert told.before_s == BEGIN_S + 0.5 * DAY_S
    assert [each.seq for each in told.redactions] == [1, 2, 3, 4, 5]
    assert {each.fields for each in told.redactions} == {PERSONAL_FIELDS}
    assert events[2].payload == seen("rid:3", None)
    assert events[11].payload == seen("rid:12")
    assert not [line for line in list(log_lines(tmp_path))[:11] if OPERATOR in line]
    with live(tmp_path) as record:
        record.writer.put(sweep(35.0))
        record.writer.put(sweep(41.0))
    erased = [e.payload for e in read_events(tmp_path, kind="personal_erased") if isinstance(e.payload, PersonalErased)]
    assert [[each.seq for each in one.redactions] for one in erased] == [[1, 2, 3, 4, 5], [12]]
    assert verify(tmp_path).intact
    assert in_files(tmp_path) == []


def test_without_a_rule_it_is_kept(tmp_path: Path) -> None:
    with live(tmp_path) as record:
        put_some(record)
        record.writer.put(sweep(4000.0, keep_days=None))
    assert next(event.payload for event in read_events(tmp_path, kind="cooperative_seen")) == seen("rid:1")
    assert not list(read_events(tmp_path, kind="personal_erased"))


def test_with_a_reader_in_the_way_the_log_is_emptied_the_next_time(tmp_path: Path) -> None:
    with live(tmp_path) as record:
        put_some(record)
        record.writer.drain()
        reader = read_events(tmp_path)
        next(reader)
        record.writer.put(sweep(41.0))
        record.writer.drain()
        assert in_files(tmp_path)
        reader.close()
        record.writer.put(sweep(41.1))
        record.writer.drain()
        assert in_files(tmp_path) == []


def test_what_a_killed_watch_left_in_the_log_is_emptied_too(tmp_path: Path) -> None:
    with live(tmp_path / "whole") as record:
        put_some(record)
        record.writer.put(sweep(41.0, snapshot=b"state"))
        record.writer.drain()
        reader = read_events(tmp_path / "whole")
        next(reader)
        record.writer.put(Batch(drafts=(draft(seen("rid:99")),), flush=True))
        record.writer.put(sweep(42.0))
        record.writer.drain()
        left = tmp_path / "left"
        left.mkdir()
        for name in ("record.sqlite", "record.sqlite-wal", "checkpoints.log"):
            (left / name).write_bytes((tmp_path / "whole" / name).read_bytes())
        reader.close()
    assert in_files(left)
    with live(left) as record:
        record.writer.put(sweep(43.0))
        record.writer.drain()
        assert in_files(left) == []
    assert verify(left).intact


@pytest.mark.parametrize(
    ("seq", "change"),
    [
        (3, "body = replace(body, 'rid:3', 'rid:4')"),
        (3, "salt = zeroblob(16)"),
        (3, "salt = other.salt, body = other.body"),
        (6, "body = replace(body, 'multirotor', 'helicopter')"),
        (12, "body = replace(body, '36.1234567', '36.1234568')"),
        (13, "body = replace(body, '\"seq\":3', '\"seq\":6')"),
    ],
)
def test_an_erasure_is_no_cover_for_a_change(tmp_path: Path, seq: int, change: str) -> None:
    with live(tmp_path) as record:
        put_some(record)
        record.writer.put(sweep(30.5))
    connection = sqlite3.connect(tmp_path / "record.sqlite")
    statement = f"UPDATE payload SET {change} FROM payload AS other WHERE other.seq = 4 AND payload.seq = ?"  # noqa: S608
    statement = statement.replace("replace(body", "replace(payload.body")
    assert connection.execute(statement, (seq,)).rowcount == 1
    connection.commit()
    connection.close()
    assert str(verify(tmp_path)) == f"broken at event {seq}: its payload was changed"


def test_many_are_erased_in_steps(tmp_path: Path) -> None:
    with live(tmp_path) as record:
        record.writer.put(Batch(drafts=tuple(draft(seen(f"rid:{number}")) for number in range(2500))))
        for step in range(3):
            record.writer.put(sweep(31.0 + step))
    erased = [e.payload for e in read_events(tmp_path, kind="personal_erased") if isinstance(e.payload, PersonalErased)]
    assert [len(each.redactions) for each in erased] == [1000, 1000, 500]
    assert in_files(tmp_path) == []
    assert verify(tmp_path).intact


def test_a_replay_erases_nothing(tmp_path: Path) -> None:
    """Its thinning is never due: the same recordings give the same bytes."""
    with Record.open(tmp_path, SITE, drawn_salts, REPLAY) as record:
        record.writer.put(Batch(drafts=(draft(seen("rid:1")),)))
    (event,) = read_events(tmp_path)
    assert event.payload == seen("rid:1")
