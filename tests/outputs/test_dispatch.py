"""What the record is told of what left, and what a watch that begins reads off it."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import msgspec

from tests.outputs.scene import NOW_S, moment, output, released, site_of
from vedette.model import AlertCleared, Dispatched, Event, Origin, Parcel
from vedette.outputs import Outbox, Terms
from vedette.outputs.dispatch import DROPPED, SENT, TRACKS_S, Ledger, still_told
from vedette.outputs.outbox import INBOX_MOMENTS


def parcel(kind: str, about: str) -> Parcel:
    return Parcel(kind=kind, about=about, octets=about.encode(), urgent=kind == "alert")


def ledger(folder: Path) -> Ledger:
    tables = released(("altitude", "class")) + output("cot", "tcp://127.0.0.1:8087")
    return Ledger(site_of(folder, tables).outputs[0])


def test_each_alert_by_itself_with_its_digest_and_outcome(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    for outcome in (SENT, DROPPED, "refused: 403"):
        (word,) = book.enter(parcel("alert", "a"), outcome, 0.0)
        assert (word.what, word.about, word.outcome) == ("alert", ("a",), outcome)
        assert word.sha256 == hashlib.sha256(b"a").hexdigest()
        assert word.fields == ("altitude", "class")


def test_tracks_each_half_minute_by_name(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    for second in range(int(TRACKS_S)):
        assert book.enter(parcel("track", f"t{second % 2}"), SENT, float(second)) == ()
    assert book.enter(parcel("track", "t9"), DROPPED, 1.0) == ()
    (word,) = book.tracks(TRACKS_S)
    assert (word.what, word.about, word.messages, word.sha256) == ("tracks", ("t0", "t1"), int(TRACKS_S), None)
    assert book.tracks(2 * TRACKS_S, last=True) == ()
    book.enter(parcel("track", "t3"), SENT, 100.0)
    (word,) = book.tracks(100.0, last=True)
    assert word.about == ("t3",)


def event(payload: Dispatched | AlertCleared) -> Event:
    return Event(
        seq=1, observed_s=NOW_S, received_s=NOW_S, origin=Origin.LIVE, kind="", schema=1, payload=payload
    )  # fmt: skip


def told(alert: str, out: str = "tak", outcome: str = SENT) -> Event:
    return event(
        Dispatched(
            output=out, partner="p", release="r", what="alert", about=(alert,), fields=(), messages=1, outcome=outcome
        )
    )  # fmt: skip


def over(alert: str) -> Event:
    return event(AlertCleared(alert=alert, at_s=NOW_S, why="w"))


def test_who_still_takes_an_alert_for_open() -> None:
    assert still_told([]) == {}
    assert still_told([told("a"), told("b"), over("a")]) == {"tak": {"a", "b"}}
    assert still_told([told("a"), over("a"), told("a")]) == {"tak": set()}
    assert still_told([told("a", outcome="dropped"), told("b", out="atc")]) == {"atc": {"b"}}
    tracks = msgspec.structs.replace(told("t").payload, what="tracks")  # type: ignore[type-var]
    assert still_told([event(tracks)]) == {}


def test_moments_that_the_loop_had_no_time_for_are_counted(tmp_path: Path) -> None:
    site = site_of(tmp_path, released() + output("cot", "tcp://127.0.0.1:9"))
    outbox = Outbox(
        Terms(site=site, origin=Origin.LIVE, note=lambda _: None, now_s=lambda: NOW_S, rng=random.Random(1))
    )
    for number in range(INBOX_MOMENTS + 3):
        outbox.hand(moment(NOW_S + number))
    assert outbox.health()[0].dropped == 3
