"""The record looked through from its newest event back: nothing missed, nothing twice, nobody's position shown."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from vedette.model import CooperativeSeen, Draft, Origin
from vedette.model.access import SessionStarted, UserChanged
from vedette.model.auditing import LogPage, LogSearch
from vedette.record import Batch, Record, drawn_salts, kinds_of, newest_events
from vedette.record.searching import MOST_LOOKED_AT

T0_S = 1_700_000_000.0
WHO = ("O. Officer", "M. Manager", 'é "quoted" \\ 中')


def payload(number: int) -> object:
    draw = random.Random(number)
    if number % 5 == 4:
        return CooperativeSeen(
            identity=f"rid:{number}", source="remote_id", sensor="rid", operator_latitude_deg=36.4711,
            operator_longitude_deg=43.9, operator_id="OP-4711",
        )  # fmt: skip
    if number % 3 == 0:
        return SessionStarted(
            session=f"s{number}", user=draw.choice(WHO), role="viewer", address="192.0.2.1", at_s=float(number)
        )
    return UserChanged(
        user="somebody", change="role", role="viewer", mandate_roles=("a", "b"), by=draw.choice(WHO), at_s=0.0
    )


def write(folder: Path, count: int) -> None:
    with Record.open(folder, "test", drawn_salts) as record:
        drafts = tuple(
            Draft(observed_s=T0_S + n, received_s=T0_S + n, origin=Origin.LIVE, payload=payload(n))  # type: ignore[arg-type]
            for n in range(count)
        )
        record.writer.put(Batch(drafts=drafts, flush=True))
        record.writer.drain()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searched")
    write(folder, 700)
    return folder


def pages(folder: Path, most: int = 100, **wanted: object) -> list[LogPage]:
    found, before = [], None
    while True:
        search = LogSearch(before_seq=before, **wanted)  # type: ignore[arg-type]
        page = newest_events(folder, search, most)
        assert before is None or page.next_before is None or page.next_before < before
        found.append(page)
        if page.next_before is None:
            return found
        before = page.next_before


def lines(folder: Path, **wanted: object) -> list[dict[str, object]]:
    return [line for page in pages(folder, **wanted) for line in page.lines]


def test_every_event_once_the_newest_first(folder: Path) -> None:
    seqs = [line["seq"] for line in lines(folder)]
    assert seqs == list(range(700, 0, -1))
    assert {len(page.lines) for page in pages(folder)[:-1]} == {100}
    assert kinds_of(folder) == ["cooperative_seen", "session_started", "user_changed"]


def test_by_kind_time_and_person(folder: Path) -> None:
    everything = lines(folder)
    for kind in kinds_of(folder):
        assert lines(folder, kinds=(kind,)) == [line for line in everything if line["kind"] == kind]
    for person in WHO:
        named = [
            line for line in everything
            if isinstance(line["payload"], dict) and person in (line["payload"].get("by"), line["payload"].get("user"))
        ]  # fmt: skip
        assert lines(folder, person=person) == named
        assert named
    times = lines(folder, from_s=T0_S + 100.0, until_s=T0_S + 200.0)
    assert [line["seq"] for line in times] == list(range(200, 100, -1))
    assert lines(folder, from_s=T0_S + 1e6) == []
    assert lines(folder, until_s=T0_S) == []
    assert lines(folder, kinds=("no_such",)) == []


def test_an_operator_is_in_no_page(folder: Path) -> None:
    text = str(lines(folder))
    assert "rid:4" in text
    assert "OP-4711" not in text
    assert "36.4711" not in text


def test_a_page_looks_at_a_bounded_number_of_events(tmp_path: Path) -> None:
    write(tmp_path, MOST_LOOKED_AT + 500)
    first = newest_events(tmp_path, LogSearch(person="nobody"), 100)
    assert (first.lines, first.next_before) == ((), 501)
    rest = newest_events(tmp_path, LogSearch(person="nobody", before_seq=501), 100)
    assert (rest.lines, rest.next_before) == ((), None)
