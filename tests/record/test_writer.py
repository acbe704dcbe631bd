"""Writing, committing, closing, going on; what a second writer and a broken disk meet."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest

from tests.record.ledger import BEGIN_S, REPLAY, SITE, batch, begin, draft, fill, payload, point, sha256
from vedette.errors import RecordBroken, RecordBusy, RecordError
from vedette.model import Event, Origin, Thinned, WatchStopped
from vedette.record import Batch, Grouping, Record, Thinning, derived_salts, drawn_salts, read_events, recover, verify
from vedette.site import Limits


def test_events_come_back_as_they_were_put(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    events = list(read_events(tmp_path))
    assert [event.seq for event in events] == list(range(1, 41))
    assert [event.payload for event in events] == [payload(number) for number in range(1, 41)]
    assert events[3].observed_s == BEGIN_S + 4.0
    assert events[3].origin is Origin.REPLAY
    assert verify(tmp_path).events == 40


def test_the_same_batches_give_the_same_bytes(tmp_path: Path) -> None:
    fill(tmp_path / "a", 1200)
    with begin(tmp_path / "b") as record:
        reader = read_events(tmp_path / "b")
        for number in range(1, 1201):
            record.writer.put(batch(number, snapshot=b"state %d" % number * 400 if number % 10 == 0 else None))
            if number == 100:  # from here on a reader keeps the log from being folded into the file
                next(reader, None)
        reader.close()
    for name in ("record.sqlite", "checkpoints.log"):
        assert sha256(tmp_path / "a" / name) == sha256(tmp_path / "b" / name)


def test_a_live_watch_draws_its_salts(tmp_path: Path) -> None:
    for name in "ab":
        with Record.open(tmp_path / name, SITE, drawn_salts) as record:
            record.writer.put(batch(1))
    assert recover(tmp_path / "a").last_hash != recover(tmp_path / "b").last_hash


def test_a_commit_is_told_after_it_is_safe(tmp_path: Path) -> None:
    told: list[tuple[Event, ...]] = []
    safe: list[int] = []

    def on_commit(events: tuple[Event, ...]) -> None:
        told.append(events)
        safe.append(recover(tmp_path).last_seq)

    with begin(tmp_path) as record:
        record.writer.put(Batch(drafts=(draft(point(1)), draft(point(2))), on_commit=on_commit))
        assert told == []
        record.writer.drain()
        assert [event.seq for event in told[0]] == [1, 2]
        assert safe == [2]
        assert record.writer.waiting == 0


def test_a_live_watch_commits_without_a_flush(tmp_path: Path) -> None:
    done = threading.Event()
    with begin(tmp_path, Grouping(group_s=0.001)) as record:
        record.writer.put(Batch(drafts=(draft(point(1)),), on_commit=lambda events: done.set()))
        assert done.wait(10.0)


def test_a_full_queue_waits_and_sheds_nothing(tmp_path: Path) -> None:
    with Record.open(tmp_path, SITE, derived_salts(b""), Grouping(group_s=0.0), queue_batches=2) as record:
        for number in range(1, 101):
            record.writer.put(batch(number))
    assert verify(tmp_path).events == 100


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    fill(tmp_path, 15)
    before = recover(tmp_path)
    assert (before.last_seq, before.last_input_seq, before.last_received_s) == (15, 15, BEGIN_S + 15.125)
    assert before.snapshot == b"state 10" * 400
    assert [each.seq for each in before.journal] == [11, 12, 13, 14, 15]
    with begin(tmp_path) as record:
        assert record.recovery.last_hash == before.last_hash
        record.writer.put(batch(16, snapshot=b"later"))
    after = recover(tmp_path)
    assert (after.last_seq, after.snapshot, after.journal, after.last_input_seq) == (16, b"later", (), 16)
    assert verify(tmp_path).intact


def test_an_empty_record_recovers_to_nothing(tmp_path: Path) -> None:
    begin(tmp_path).close()
    empty = recover(tmp_path)
    assert (empty.snapshot, empty.journal, empty.last_seq, empty.last_received_s, empty.last_input_seq) == (
        None, (), 0, None, 0,
    )  # fmt: skip
    assert verify(tmp_path).intact
    assert not (tmp_path / "checkpoints.log").exists()


def test_one_writer_a_folder(tmp_path: Path) -> None:
    record = begin(tmp_path)
    with pytest.raises(RecordBusy):
        begin(tmp_path)
    record.close()
    record.close()
    begin(tmp_path).close()
    with pytest.raises(RecordError, match="closed"):
        record.writer.put(batch(1))


def test_another_site_or_no_folder_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "a", 1)
    with pytest.raises(RecordError, match="erbil"):
        Record.open(tmp_path / "a", "split", drawn_salts)
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be used"):
        Record.open(tmp_path / "file", SITE, drawn_salts)
    (tmp_path / "b" / "record.sqlite").mkdir(parents=True)
    with pytest.raises(RecordError):
        Record.open(tmp_path / "b", SITE, drawn_salts)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "record.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(RecordBroken):
        Record.open(tmp_path / "c", SITE, drawn_salts)
    begin(tmp_path / "d").close()


def test_a_broken_end_is_not_written_on(tmp_path: Path) -> None:
    for name, change in {
        "event": "DELETE FROM event WHERE seq = 35",
        "all": "DELETE FROM event",
        "head": "UPDATE meta SET head_seq = 29",
        "version": "UPDATE meta SET schema = 9",
        "journal": "UPDATE journal SET body = x'00'",
    }.items():
        folder = fill(tmp_path / name, 35)
        with sqlite3.connect(folder / "record.sqlite") as connection:
            connection.execute(change)
        connection.close()
        with pytest.raises(RecordBroken):
            begin(folder)
    folder = fill(tmp_path / "log", 30)
    log = folder / "checkpoints.log"
    log.write_text(log.read_text().replace('"hash":"', '"hash":"00'))
    with pytest.raises(RecordBroken, match=r"checkpoints\.log"):
        begin(folder)
    log.write_text("nonsense\n")
    with pytest.raises(RecordBroken, match="not a checkpoint"):
        begin(folder)


def test_what_cannot_be_recorded_is_refused_whole(tmp_path: Path) -> None:
    good, bad = draft(point(1)), draft(msgspec.structs.replace(point(2), p_exists=float("nan")))
    listed = draft(msgspec.structs.replace(point(2), sensors=["radar-1"]))
    late = msgspec.structs.replace(good, observed_s=float("inf"))
    with begin(tmp_path) as record:
        for wrong in (bad, listed, late):
            with pytest.raises(ValueError, match="cannot be recorded"):
                record.writer.put(Batch(drafts=(good, wrong)))
        record.writer.put(Batch(drafts=(msgspec.structs.replace(good, observed_s=-0.0, received_s=7),)))
    assert verify(tmp_path).events == 1


def no_room(seq: int) -> bytes:
    if seq > 2:
        raise OSError(28, "No space left on device")
    return bytes(16)


def test_a_full_disk_is_told_to_who_writes(tmp_path: Path) -> None:
    record = Record.open(tmp_path, SITE, no_room, REPLAY)
    record.writer.put(batch(1, flush=True))
    record.writer.drain()
    failed: list[RecordError] = []
    record.writer.put(Batch(drafts=(draft(point(2)), draft(point(3))), on_failure=failed.append))
    record.writer.put(Batch(on_failure=failed.append, flush=True))
    with pytest.raises(RecordError, match="No space left"):
        record.writer.drain()
    assert record.writer.error is not None
    assert failed == [record.writer.error] * 2
    with pytest.raises(RecordError, match="No space left"):
        record.writer.put(batch(4))
    with pytest.raises(RecordError, match="No space left"):
        record.close()
    assert verify(tmp_path).events == 1
    begin(tmp_path).close()


def test_a_salt_of_another_length_stops_the_writer(tmp_path: Path) -> None:
    record = Record.open(tmp_path, SITE, lambda seq: b"short", REPLAY)
    record.writer.put(batch(1))
    with pytest.raises(RecordError, match="a salt has 16 bytes"):
        record.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_answer_that_raises_stops_the_writer(tmp_path: Path) -> None:
    def raising(events: tuple[Event, ...]) -> None:
        raise RuntimeError("not mine")

    record = begin(tmp_path)
    record.writer.put(Batch(drafts=(draft(point(1)),), on_commit=raising))
    with pytest.raises(RecordError, match="raised"):
        record.writer.drain()
    with pytest.raises(RecordError):
        record.close()
    assert verify(tmp_path).events == 1


def thin(now_s: float, keep_s: float = 1e9, size_bytes: int = 10**12) -> Batch:
    limits = Limits(size_bytes=size_bytes, keep_s=keep_s, capture_bytes=0)
    return Batch(thin=Thinning(now_s=BEGIN_S + now_s, limits=limits, origin=Origin.LIVE))


def missing(folder: Path) -> list[int]:
    return [event.seq for event in read_events(folder) if event.payload is None]


def test_old_track_points_are_thinned_and_nothing_else(tmp_path: Path) -> None:
    with begin(tmp_path) as record:
        for number in range(1, 41):
            record.writer.put(batch(number))
        record.writer.put(thin(40.0))
        record.writer.put(thin(40.0, keep_s=20.0))
        record.writer.put(thin(40.0, keep_s=20.0))
        record.writer.put(thin(50.0, keep_s=20.0))
    assert missing(tmp_path) == list(range(1, 30, 2))
    thinned = [event.payload for event in read_events(tmp_path, kind="thinned")]
    assert thinned == [Thinned(first_seq=1, last_seq=19, count=10), Thinned(first_seq=21, last_seq=29, count=5)]
    assert verify(tmp_path).intact
    with begin(tmp_path) as record:
        record.writer.put(thin(50.0, keep_s=20.0))
        record.writer.put(thin(60.0, keep_s=20.0))
    assert missing(tmp_path) == list(range(1, 40, 2))
    assert verify(tmp_path).intact


def test_the_oldest_track_points_make_room(tmp_path: Path) -> None:
    fill(tmp_path, 400)
    size_bytes = (tmp_path / "record.sqlite").stat().st_size - 40_000
    with begin(tmp_path) as record:
        record.writer.put(thin(400.0, size_bytes=size_bytes))
        record.writer.put(Batch(drafts=(draft(WatchStopped(reason="done")),)))
    gone = missing(tmp_path)
    assert 20 < len(gone) < 200
    assert gone == list(range(1, 2 * len(gone), 2))
    assert verify(tmp_path).intact
