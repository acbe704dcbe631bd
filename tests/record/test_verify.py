"""Whatever is changed in a record is found."""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from tests.record.ledger import BEGIN_S, REPLAY, batch, begin, draft, fill, point
from tests.record.test_writer import thin
from vedette.errors import BadInput
from vedette.model import Thinned
from vedette.record import Batch, read_events, verify

EVENTS = 30
COLUMNS = {
    "event": ("seq", "kind", "schema", "observed", "received", "origin", "digest", "previous", "hash"),
    "payload": ("seq", "salt", "body"),
    "meta": ("schema", "site", "head_seq", "head_hash"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of 30 events, the last of which says that two track points were thinned."""
    folder = tmp_path_factory.mktemp("whole")
    with begin(folder) as record:
        for number in range(1, EVENTS):
            record.writer.put(batch(number))
        record.writer.put(thin(29.0, keep_s=25.0))
    assert verify(folder).events == EVENTS
    return folder


def changed(whole: Path, scratch: Path, change: Callable[[sqlite3.Connection], Any]) -> Path:
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(whole, scratch)
    connection = sqlite3.connect(scratch / "record.sqlite")
    connection.execute("PRAGMA synchronous = OFF")
    change(connection)
    connection.commit()
    connection.close()
    return scratch


def other(value: Any, pick: int) -> Any:
    """Another value of the same type, as near as `pick` says."""
    if isinstance(value, int):
        return value + (1, -1, 1000)[pick % 3]
    if isinstance(value, float):
        return (math.nextafter(value, math.inf), value + 1.0, -value)[pick % 3]
    if isinstance(value, bytes):
        place = pick % len(value)
        return value[:place] + bytes([value[place] ^ (1 << pick % 8)]) + value[place + 1 :]
    place = pick % len(value)
    return value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.sampled_from(["event", "event", "payload", "meta"]), data=st.data())
def test_any_column_of_any_row(whole: Path, tmp_path: Path, table: str, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(COLUMNS[table]))
    pick = data.draw(st.integers(0, 255))
    row = data.draw(st.integers(0, 26))

    def change(connection: sqlite3.Connection) -> None:
        rows = connection.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
        rowid, value = rows[row % len(rows)]
        connection.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE rowid = ?", (other(value, pick), rowid))  # noqa: S608

    assert not verify(changed(whole, tmp_path / "scratch", change)).intact


def swap_events(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute("UPDATE event SET seq = -1 WHERE seq = ?", (a,))
    connection.execute("UPDATE event SET seq = ? WHERE seq = ?", (a, b))
    connection.execute("UPDATE event SET seq = ? WHERE seq = -1", (b,))


def swap_payloads(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute("UPDATE payload SET seq = -1 WHERE seq = ?", (a,))
    connection.execute("UPDATE payload SET seq = ? WHERE seq = ?", (a, b))
    connection.execute("UPDATE payload SET seq = ? WHERE seq = -1", (b,))


def drop(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute("DELETE FROM event WHERE seq = ?", (a,))
    connection.execute("DELETE FROM payload WHERE seq = ?", (a,))


def renumber(connection: sqlite3.Connection, a: int, b: int) -> None:
    """Remove one and close the gap."""
    drop(connection, a, b)
    for seq in range(a + 1, EVENTS + 1):
        for table in ("event", "payload"):
            connection.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (seq - 1, seq))  # noqa: S608
    connection.execute("UPDATE meta SET head_seq = head_seq - 1")


def add(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute(
        "INSERT INTO event SELECT 31, kind, schema, observed, received, origin, digest, previous, hash "
        "FROM event WHERE seq = ?",
        (a,),
    )
    connection.execute("INSERT INTO payload SELECT 31, salt, body FROM payload WHERE seq = ?", (b,))


def add_payload(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute("INSERT INTO payload VALUES (?, x'00112233445566778899aabbccddeeff', '{}')", (EVENTS + a,))


def drop_payload(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute("DELETE FROM payload WHERE seq = ?", (a,))


def cut(connection: sqlite3.Connection, a: int, b: int) -> None:
    connection.execute("DELETE FROM event WHERE seq >= ?", (a,))
    connection.execute("DELETE FROM payload WHERE seq >= ?", (a,))


def cut_with_head(connection: sqlite3.Connection, a: int, b: int) -> None:
    """As `cut`, by someone who knows of the head: only checkpoints.log tells."""
    cut(connection, a, b)
    connection.execute(
        "UPDATE meta SET head_seq = ?, head_hash = (SELECT hash FROM event WHERE seq = ?)", (a - 1, a - 1)
    )


@pytest.mark.parametrize(
    "change",
    [swap_events, swap_payloads, drop, renumber, add, add_payload, drop_payload, cut, cut_with_head],
    ids=lambda change: change.__name__,
)
def test_order_removal_insertion_and_cuts(whole: Path, tmp_path: Path, change: Callable[..., None]) -> None:
    for a, b in ((5, 6), (6, 17), (10, 29), (28, 29), (29, 7), (8, 9)):
        verdict = verify(changed(whole, tmp_path / "scratch", lambda connection, a=a, b=b: change(connection, a, b)))
        assert not verdict.intact, (change.__name__, a, b)
        if change not in (add, add_payload):
            assert verdict.first_broken == min(a, b) if "swap" in change.__name__ else a
            assert str(verdict).startswith("broken at event ")


def test_a_byte_moved_between_salt_and_body_is_found(whole: Path, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        salt, body = connection.execute("SELECT salt, body FROM payload WHERE seq = 6").fetchone()
        values = (salt + body[:1].encode(), body[1:])
        connection.execute("UPDATE payload SET salt = ?, body = ? WHERE seq = 6", values)

    assert verify(changed(whole, tmp_path / "scratch", change)).first_broken == 6


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0.0, 1.0, exclude_max=True), bit=st.integers(0, 7))
def test_any_bit_of_the_file_is_found_or_changes_no_event(whole: Path, tmp_path: Path, place: float, bit: int) -> None:
    scratch = tmp_path / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(whole, scratch)
    raw = bytearray((scratch / "record.sqlite").read_bytes())
    raw[int(place * len(raw))] ^= 1 << bit
    (scratch / "record.sqlite").write_bytes(raw)
    if verify(scratch).intact:
        assert list(read_events(scratch)) == list(read_events(whole))


@pytest.mark.parametrize("kept", [0, 10, 100, 5_000, 12_288])
def test_a_file_cut_short_is_found(whole: Path, tmp_path: Path, kept: int) -> None:
    scratch = shutil.copytree(whole, tmp_path / "scratch")
    (scratch / "record.sqlite").write_bytes((whole / "record.sqlite").read_bytes()[:kept])
    assert not verify(scratch).intact


def test_a_track_point_missing_without_word_is_found(tmp_path: Path) -> None:
    with begin(tmp_path / "whole") as record:
        for number in range(1, 11):
            record.writer.put(batch(number))
        record.writer.put(Batch(drafts=(draft(Thinned(first_seq=3, last_seq=5, count=2)),)))
        record.writer.put(Batch(drafts=(draft(Thinned(first_seq=12, last_seq=99, count=2)), draft(point(1)))))

    def gone(*seqs: int) -> int | None:
        def change(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM payload WHERE seq = ?", [(seq,) for seq in seqs])

        return verify(changed(tmp_path / "whole", tmp_path / "scratch", change)).first_broken

    assert gone(3, 5) is None
    assert gone(1, 3) == 1
    assert gone(3, 7) == 7
    assert gone(13) == 13


def test_an_intact_record_says_so(whole: Path) -> None:
    assert str(verify(whole)) == f"intact, {EVENTS} events"


def test_a_checkpoint_kept_elsewhere_finds_a_record_made_anew(tmp_path: Path) -> None:
    fill(tmp_path / "a", 30)
    log = tmp_path / "a" / "checkpoints.log"
    kept = tmp_path / "kept.txt"
    kept.write_text(log.read_text())
    line = log.read_text().splitlines()[0]
    assert verify(tmp_path / "a", kept).intact
    assert verify(tmp_path / "a", line).intact
    with begin(tmp_path / "b") as record:
        for number in range(1, 31):
            record.writer.put(batch(number + 1))
    assert verify(tmp_path / "b").intact
    for checkpoint in (kept, str(kept), line):
        verdict = verify(tmp_path / "b", checkpoint)
        assert not verdict.intact
        assert verdict.first_broken == msgspec.json.decode(line)["seq"]
    assert verify(tmp_path / "a", line.replace('"seq":', '"seq":9')).first_broken == 31


def test_what_is_no_checkpoint_is_bad_input(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "text").write_text("hello\n")
    for wrong in (
        tmp_path / "none",
        tmp_path / "empty",
        tmp_path / "text",
        '{"seq": 1}',
        '{"seq":0,"hash":"","received":0}',
    ):
        with pytest.raises(BadInput):
            verify(whole, wrong)


def test_the_log_outside_is_checked_too(whole: Path, tmp_path: Path) -> None:
    scratch = shutil.copytree(whole, tmp_path / "scratch")
    log = scratch / "checkpoints.log"
    lines = log.read_text()
    log.write_text(lines + '{"seq": 44, "ha')
    assert verify(scratch).intact
    log.write_text(lines + "garbage\n")
    assert not verify(scratch).intact
    log.unlink()
    log.mkdir()
    assert not verify(scratch).intact


def test_a_torn_last_line_is_cut_off_when_writing_goes_on(tmp_path: Path) -> None:
    fill(tmp_path, 30)
    log = tmp_path / "checkpoints.log"
    log.write_text(log.read_text() + '{"seq": 44, "ha')
    with begin(tmp_path) as record:
        record.writer.put(batch(31))
    assert [msgspec.json.decode(line)["seq"] for line in log.read_text().splitlines()][-2:] == [30, 31]
    assert verify(tmp_path).intact


def test_checkpoints_come_by_number_and_by_time(tmp_path: Path) -> None:
    seqs = {}
    for name, every_events, every_s in (("events", 10, 1e9), ("time", 1000, 15.0)):
        grouping = msgspec.structs.replace(REPLAY, group_batches=1, every_events=every_events, every_s=every_s)
        fill(tmp_path / name, 35, grouping)
        lines = (tmp_path / name / "checkpoints.log").read_text().splitlines()
        seqs[name] = [msgspec.json.decode(line)["seq"] for line in lines]
        assert msgspec.json.decode(lines[-1])["received"] == BEGIN_S + 35.125
    assert seqs == {"events": [1, 11, 21, 31, 35], "time": [1, 16, 31, 35]}
