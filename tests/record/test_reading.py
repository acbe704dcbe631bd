"""Reading events and log lines, while a watch writes and after."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.record.ledger import BEGIN_S, batch, begin, fill
from vedette.clock import iso_utc
from vedette.errors import RecordBroken, RecordError
from vedette.record import log_lines, read_events, recover, verify


def test_events_are_chosen_by_kind_time_and_place(tmp_path: Path) -> None:
    fill(tmp_path, 24)
    seqs = [event.seq for event in read_events(tmp_path, kind="track_point", after_seq=4)]
    assert seqs == list(range(5, 25, 2))
    acknowledged = [event.seq for event in read_events(tmp_path, kind="alert_acknowledged", since_s=BEGIN_S + 10.0)]
    assert acknowledged == [12, 18, 24]
    assert list(read_events(tmp_path, kind="nothing")) == []
    assert list(read_events(tmp_path, since_s=BEGIN_S + 99.0)) == []
    of_two = [event.seq for event in read_events(tmp_path, kind={"alert_acknowledged", "feed_changed"})]
    assert of_two == [2, 6, 8, 12, 14, 18, 20, 24]
    with_points = [event.seq for event in read_events(tmp_path, kind=("track_point", "feed_changed"), after_seq=19)]
    assert with_points == [20, 21, 23]


def test_log_lines_are_json_objects(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    lines = [json.loads(line) for line in log_lines(tmp_path)]
    assert list(lines[0]) == ["seq", "kind", "schema", "observed_utc", "received_utc", "origin", "payload", "hash"]
    assert lines[2]["payload"]["track"] == "erbil-T-0000"
    assert lines[2]["received_utc"] == iso_utc(BEGIN_S + 3.125)
    assert lines[2]["hash"] == recover(tmp_path).last_hash.hex()
    assert [json.loads(line)["seq"] for line in log_lines(tmp_path, kind="feed_changed")] == [2]
    assert len(list(log_lines(tmp_path, since_s=BEGIN_S + 2.5))) == 1


def test_reading_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    fill(tmp_path, 5)
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in os.listdir(tmp_path)}
    assert len(list(read_events(tmp_path))) == len(list(log_lines(tmp_path))) == verify(tmp_path).events == 5
    assert recover(tmp_path).last_seq == 5
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in os.listdir(tmp_path)} == before


def test_an_empty_log_left_behind_can_be_read(tmp_path: Path) -> None:
    fill(tmp_path, 5)
    (tmp_path / "record.sqlite-wal").touch()
    assert len(list(read_events(tmp_path))) == 5


@pytest.mark.parametrize("read", [read_events, log_lines, recover, verify])
def test_no_record_is_said(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(RecordError, match="no record here"):
            list(read(folder))
    assert os.listdir(tmp_path) == []


def test_a_reader_sees_whole_states_while_a_watch_writes(tmp_path: Path) -> None:
    with begin(tmp_path) as record:
        seen = 0
        for number in range(1, 201):
            record.writer.put(batch(number, flush=number % 20 == 0))
            if number % 20 == 0:
                seqs = [event.seq for event in read_events(tmp_path)]
                assert seqs == list(range(1, len(seqs) + 1))
                assert len(seqs) >= seen
                seen = len(seqs)
                assert verify(tmp_path).intact
        record.writer.drain()
        assert len(list(read_events(tmp_path))) == 200
        (last,) = read_events(tmp_path, after_seq=199)
        assert last.seq == 200


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payload SET body = 'no json' WHERE seq = 3",
        'UPDATE payload SET body = \'{"kind":"unheard_of"}\' WHERE seq = 3',
        "UPDATE event SET origin = 'nowhere' WHERE seq = 3",
        "DROP TABLE payload",
    ],
)
def test_a_broken_record_is_said(tmp_path: Path, change: str) -> None:
    fill(tmp_path, 5)
    connection = sqlite3.connect(tmp_path / "record.sqlite")
    connection.execute(change)
    connection.commit()
    connection.close()
    with pytest.raises(RecordBroken):
        list(read_events(tmp_path))


def test_broken_lines_and_journals_are_said(tmp_path: Path) -> None:
    fill(tmp_path, 5)
    connection = sqlite3.connect(tmp_path / "record.sqlite")
    connection.execute("UPDATE payload SET body = 'no json' WHERE seq = 3")
    connection.execute("UPDATE journal SET body = x'c1'")
    connection.commit()
    connection.close()
    with pytest.raises(RecordBroken, match="event 3"):
        list(log_lines(tmp_path))
    with pytest.raises(RecordBroken, match="journal"):
        recover(tmp_path)
    (tmp_path / "record.sqlite").write_bytes(b"not a database, not at all" * 50)
    for read in (lambda: list(read_events(tmp_path)), lambda: recover(tmp_path)):
        with pytest.raises(RecordBroken):
            read()
