"""Pieces of a record by time, while a watch writes and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.record.ledger import BEGIN_S, REPLAY, SITE, batch, begin, draft, fill
from vedette.errors import RecordError
from vedette.model import TrackPoint, WatchStarted, WatchStopped
from vedette.record import Batch, Record, derived_salts, read_piece, read_track, recorded_span


def seqs(folder: Path, kind: str, from_s: float, until_s: float, after: int = 0, most: int = 100) -> list[int]:
    piece = read_piece(folder, kind, BEGIN_S + from_s, BEGIN_S + until_s, after, most)
    return [seq for seq, _ in piece.payloads]


def test_a_piece_is_cut_by_time_and_kind(tmp_path: Path) -> None:
    fill(tmp_path, 24)
    assert seqs(tmp_path, "track_point", 5.0, 12.0) == [5, 7, 9, 11]
    assert seqs(tmp_path, "alert_acknowledged", 0.0, 99.0) == [6, 12, 18, 24]
    assert seqs(tmp_path, "track_point", 99.0, 100.0) == []
    assert seqs(tmp_path, "track_point", -100.0, -1.0) == []
    assert seqs(tmp_path, "nothing", 0.0, 99.0) == []


def test_pieces_follow_one_another_and_leave_nothing_out(tmp_path: Path) -> None:
    fill(tmp_path, 60)
    whole = seqs(tmp_path, "track_point", 10.0, 51.0)
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        piece = read_piece(tmp_path, "track_point", BEGIN_S + 10.0, BEGIN_S + 51.0, after, 7)
        assert len(piece.payloads) <= 7
        found += [seq for seq, _ in piece.payloads]
        after = piece.next_seq
    assert found == whole


def test_a_tracks_pieces_are_what_the_whole_has_of_it(tmp_path: Path) -> None:
    fill(tmp_path, 60)
    whole = read_piece(tmp_path, "track_point", BEGIN_S + 10.0, BEGIN_S + 51.0, 0, 100).payloads
    names = {point.track for _, point in whole if isinstance(point, TrackPoint)}
    assert len(names) > 1
    for name in names:
        found: list[tuple[int, object]] = []
        after: int | None = 0
        while after is not None:
            piece = read_track(tmp_path, name, BEGIN_S + 10.0, BEGIN_S + 51.0, after, 3, window=10)
            assert len(piece.payloads) <= 3
            found += piece.payloads
            after = piece.next_seq
        assert found == [(seq, point) for seq, point in whole if isinstance(point, TrackPoint) and point.track == name]
    assert read_track(tmp_path, 'no "such', BEGIN_S, BEGIN_S + 99.0, 0, 9).payloads == []


def test_it_is_read_while_a_watch_writes(tmp_path: Path) -> None:
    record = begin(tmp_path)
    record.writer.put(batch(1))
    record.writer.drain()
    assert seqs(tmp_path, "track_point", -99.0, 999.0) == [1]
    record.close()


def test_where_no_watch_was_kept_is_a_gap(tmp_path: Path) -> None:
    assert recorded_span_of_starts(tmp_path, (0.0, 2.0, 4000.0)) == [(2.0, 4000.0)]


def recorded_span_of_starts(folder: Path, starts: tuple[float, ...]) -> list[tuple[float, float]]:
    with pytest.raises(RecordError):
        recorded_span(folder)
    record = Record.open(folder, SITE, derived_salts(b"x"), REPLAY)
    started = WatchStarted(software="vedette", site=SITE, site_sha256="")
    for at_s in starts:
        record.writer.put(Batch(drafts=(draft(started, at_s),), flush=True))
    record.writer.put(Batch(drafts=(draft(WatchStopped(reason="ended"), starts[-1] + 1.0),), flush=True))
    record.close()
    found = recorded_span(folder)
    assert found is not None
    first_s, last_s, gaps = found
    assert (first_s, last_s) == (BEGIN_S + starts[0] + 0.125, BEGIN_S + starts[-1] + 1.125)
    return [(since - BEGIN_S - 0.125, until - BEGIN_S - 0.125) for since, until in gaps]
