"""The capture's files and digests, its budget, and the watch on free space."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from vedette.clock import parse_time
from vedette.model import CaptureClosed, Origin, Rejected, StorageLow
from vedette.record import Capture, StorageWatch
from vedette.record.storage import disk_bytes
from vedette.wire.capture import CaptureFrame, CaptureHead, Moment, read_frames, read_head

HOUR_S = parse_time("2021-09-11T20:00:00Z")


def head(feed: str) -> CaptureHead:
    return CaptureHead(feed=feed, sensor=feed, source="json", scheme="udp")


def write(capture: Capture, feed: str, at_s: float, octets: bytes) -> tuple[CaptureClosed, ...]:
    return capture.write(head(feed), Moment(received_s=at_s, octets=octets))


def frames(path: Path) -> list[tuple[int, float, bytes]]:
    """(order, receive time, octets) of the whole frames."""
    read = [one for one in read_frames(path.read_bytes()) if isinstance(one, CaptureFrame)]
    return [(one.order, one.moment.received_s, one.moment.octets) for one in read]


def test_bytes_are_kept_by_feed_and_hour_under_a_digest(tmp_path: Path) -> None:
    capture = Capture(tmp_path, 10**6)
    assert write(capture, "radar-1", HOUR_S + 0.1, b"one") == ()
    assert write(capture, "rid", HOUR_S + 0.2, b"") == ()
    capture.flush()
    (closed,) = write(capture, "radar-1", HOUR_S + 3600.0, b"two")
    path = tmp_path / closed.file
    assert closed.file == "capture/radar-1/20210911T20.bin"
    assert (closed.feed, closed.size_bytes) == ("radar-1", path.stat().st_size)
    assert closed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert frames(path) == [(1, HOUR_S + 0.1, b"one")]
    assert read_head(path.read_bytes()) == head("radar-1")
    rest = capture.close()
    assert [each.file for each in rest] == ["capture/radar-1/20210911T21.bin", "capture/rid/20210911T20.bin"]
    assert frames(tmp_path / rest[1].file) == [(2, HOUR_S + 0.2, b"")], "the order is that of all feeds"


def test_a_new_watch_begins_a_new_part_and_finds_what_was_left(tmp_path: Path) -> None:
    first = Capture(tmp_path, 10**6)
    write(first, "rid", HOUR_S, b"closed")
    (closed,) = first.close()
    killed = Capture(tmp_path, 10**6)
    assert killed.recover({closed.file}) == ()
    write(killed, "rid", HOUR_S + 1.0, b"whole")
    write(killed, "rid", HOUR_S + 2.0, b"torn off")
    killed.close()
    left = tmp_path / "capture/rid/20210911T20-2.bin"
    left.write_bytes(left.read_bytes()[:-3])
    after = Capture(tmp_path, 10**6)
    (found,) = after.recover({closed.file})
    assert found.file == "capture/rid/20210911T20-2.bin"
    assert found.sha256 == hashlib.sha256(left.read_bytes()).hexdigest()
    assert frames(left) == [(1, HOUR_S + 1.0, b"whole")]
    (*_, last) = read_frames(left.read_bytes())
    assert isinstance(last, Rejected)
    assert last.reason == "truncated"
    write(after, "rid", HOUR_S + 3.0, b"x")
    assert [each.file for each in after.close()] == ["capture/rid/20210911T20-3.bin"]


def test_what_may_hold_personal_data_goes_when_its_time_is_over(tmp_path: Path) -> None:
    capture = Capture(tmp_path, 10**9, keep_s=2 * 3600.0)
    for hour in range(5):
        write(capture, "rid", HOUR_S + 3600.0 * hour + 60.0, b"x")
    assert [path.stem for path in sorted(tmp_path.rglob("*.bin"))] == ["20210911T22", "20210911T23", "20210912T00"]
    capture.close()
    late = Capture(tmp_path, 10**9, keep_s=2 * 3600.0)
    write(late, "radar-1", HOUR_S + 3600.0 * 24, b"x")
    late.close()
    assert [path.stem for path in sorted(tmp_path.rglob("*.bin"))] == ["20210912T20"]
    assert len(late.dropped) == 3
    assert late.dropped == sorted(late.dropped)


def test_the_budget_drops_the_oldest_closed_files(tmp_path: Path) -> None:
    capture = Capture(tmp_path, 3_000)
    for hour in range(6):
        for feed in ("a", "b"):
            write(capture, feed, HOUR_S + 3600.0 * hour, bytes(500))
    capture.close()
    assert capture.dropped[:2] == ["capture/a/20210911T20.bin", "capture/b/20210911T20.bin"]
    kept = sorted(path.name for path in (tmp_path / "capture/a").iterdir())
    assert kept[-1] == "20210912T01.bin"
    assert sum(path.stat().st_size for path in (tmp_path / "capture").rglob("*.bin")) <= 3_000
    write(capture, "a", HOUR_S, b"again")
    assert capture.close()[0].file == "capture/a/20210911T20-2.bin"


def test_a_stopped_capture_counts_what_it_leaves_out(tmp_path: Path) -> None:
    capture = Capture(tmp_path, 1000)
    capture.stopped = True
    assert write(capture, "a", HOUR_S, b"12345") == ()
    assert capture.skipped_bytes == 5
    assert write(Capture(tmp_path, 0), "a", HOUR_S, b"1") == ()
    assert not (tmp_path / "capture").exists()


@pytest.mark.parametrize("feed", ["../etc", "", "A", ".."])
def test_a_feed_cannot_leave_its_folder(tmp_path: Path, feed: str) -> None:
    with pytest.raises(ValueError, match="not the id of a feed"):
        write(Capture(tmp_path, 1000), feed, HOUR_S, b"1")


def test_low_storage_is_said_once_and_taken_back_with_a_margin(tmp_path: Path) -> None:
    free = [50, 5, 4, 4, 5, 6, 100]
    watch = StorageWatch(tmp_path, lambda folder: (free.pop(0), 100))
    told = [watch.check(HOUR_S, Origin.LIVE) for _ in range(7)]
    payloads = [[draft.payload for draft in drafts] for drafts in told]
    assert [len(each) for each in payloads] == [0, 0, 1, 0, 0, 1, 0]
    low, well = payloads[2][0], payloads[5][0]
    assert isinstance(low, StorageLow)
    assert (low.ok, low.free_bytes) == (False, 4)
    assert isinstance(well, StorageLow)
    assert well.ok
    assert not watch.low
    assert StorageWatch(tmp_path, lambda folder: (0, 0)).check(HOUR_S, Origin.LIVE) != ()


def test_the_real_disk_can_be_asked(tmp_path: Path) -> None:
    free, total = disk_bytes(tmp_path)
    assert 0 <= free <= total
