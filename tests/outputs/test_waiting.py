"""What waits for a partner: bounded, the newest word on a track, alerts before all else and never shed for tracks."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from vedette.model import Parcel
from vedette.outputs.waiting import OLD_S, TRACK_PARCELS, URGENT_PARCELS, Waiting


def parcel(kind: str, about: str, word: int = 0) -> Parcel:
    return Parcel(kind=kind, about=about, octets=str(word).encode(), urgent=kind == "alert")


def emptied(waiting: Waiting, now_s: float = 0.0) -> Iterator[Parcel]:
    while (one := waiting.take(now_s)) is not None:
        yield one


WORDS = st.lists(st.tuples(st.sampled_from(["track", "track_end", "alert"]), st.integers(1, 3)), max_size=30)


@given(WORDS)
def test_the_last_word_on_each_track_arrives_and_every_word_on_alerts(words: list[tuple[str, int]]) -> None:
    waiting = Waiting()
    for number, (kind, about) in enumerate(words):
        waiting.put(parcel(kind, f"{about}", number), 0.0)
    taken = list(emptied(waiting))
    kinds = [one.kind for one in taken]
    assert kinds == sorted(kinds, key=lambda kind: kind != "alert"), "alerts first"
    alerts = [one.octets for one in taken if one.kind == "alert"]
    assert alerts == [str(n).encode() for n, (kind, _) in enumerate(words) if kind == "alert"]
    for name in {str(about) for kind, about in words if kind != "alert"}:
        said = [n for n, (kind, about) in enumerate(words) if str(about) == name and kind != "alert"]
        told = [int(one.octets) for one in taken if one.about == name and one.kind != "alert"]
        assert told[-1] == said[-1]
        assert len(told) <= 2, "an end, and a track that came again"
        assert told == sorted(told)
    tracks = sum(kind != "alert" for kind, _ in words)
    assert len(taken) - len(alerts) + waiting.replaced == tracks
    assert waiting.shed == []


def test_a_full_queue_sheds_the_oldest_track_and_no_alert() -> None:
    waiting = Waiting()
    waiting.put(parcel("alert", "a"), 0.0)
    for number in range(TRACK_PARCELS + 5):
        waiting.put(parcel("track", f"t{number}"), 0.0)
    assert len(waiting) == TRACK_PARCELS + 1
    assert [one.about for one in waiting.shed] == [f"t{number}" for number in range(5)]
    assert next(emptied(waiting)).about == "a"


def test_alerts_are_bounded_too() -> None:
    waiting = Waiting()
    for number in range(URGENT_PARCELS + 2):
        waiting.put(parcel("alert", f"a{number}"), 0.0)
    assert [one.about for one in waiting.shed] == ["a0", "a1"]
    assert len(waiting) == URGENT_PARCELS


def test_what_could_not_be_sent_is_next_unless_a_newer_word_waits() -> None:
    waiting = Waiting()
    first = parcel("track", "t", 1)
    waiting.put(parcel("track", "u", 2), 0.0)
    waiting.put_back(first, 0.0)
    assert waiting.take(0.0) == first
    waiting.put(parcel("track", "t", 3), 0.0)
    waiting.put_back(first, 0.0)
    assert [one.octets for one in emptied(waiting)] == [b"2", b"3"]
    waiting.put(parcel("track_end", "t", 4), 0.0)
    waiting.put_back(first, 0.0)
    assert [one.octets for one in emptied(waiting)] == [b"4"]
    alert = parcel("alert", "a", 5)
    waiting.put(parcel("alert", "b", 6), 0.0)
    waiting.put_back(alert, 0.0)
    assert [one.octets for one in emptied(waiting)] == [b"5", b"6"]


def test_an_old_word_on_a_track_is_not_sent_but_its_end_and_alerts_are() -> None:
    waiting = Waiting()
    for one in (parcel("track", "t"), parcel("track_end", "u"), parcel("alert", "a")):
        waiting.put(one, 0.0)
    assert [one.about for one in emptied(waiting, OLD_S + 0.1)] == ["a", "u"]
    assert [one.about for one in waiting.shed] == ["t"]
