"""Own flights over time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.post.identity.sayings import act, enter, plan, say
from tests.post.scene import AWAY, BEGIN_S, MANNED, RULE, fly, picture, see, site, track
from vedette.model import Cooperation, Disposition, Flight, FlightState, Origin, TrackPicture
from vedette.post import Post, Refused
from vedette.post.identity.matching import Boxes

FLIGHT = "erbil-O-0001"
S = FlightState
AGREED, CLAIMED = Cooperation.COOPERATIVE, Cooperation.CLAIMED


@pytest.fixture
def post() -> Post:
    return Post(site())


def flight(post: Post, name: str = FLIGHT) -> Flight:
    return post.books.identity.flights[name]


def shown(post: Post, name: str = "erbil-T-0001") -> TrackPicture:
    assert post.picture is not None
    return next(one for one in post.picture.tracks if one.track == name)


def hover(post: Post, from_s: int, to_s: int, **changes: Any) -> list[FlightState]:
    """One track, once a second; the states that the flight was in."""
    states = []
    for at_s in range(from_s, to_s + 1):
        see(post, at_s, track(at_s=at_s, **{"approaches": AWAY, **changes}))
        states.append(flight(post).state)
    return list(dict.fromkeys(states))


def test_planned_expected_and_over_without_being_seen(post: Post) -> None:
    enter(post, from_s=10.0, until_s=20.0)
    states = []
    for at_s in range(25):
        see(post, at_s)
        states.append(flight(post).state)
    assert list(dict.fromkeys(states)) == [S.PLANNED, S.EXPECTED, S.ENDED]
    assert "not seen" in flight(post).last.why  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cooperation", "matched", "disposition"),
    [(AGREED, "identity", Disposition.FRIENDLY), (CLAIMED, "claim", Disposition.ASSUMED_FRIENDLY)],
)
def test_flying_by_identity(post: Post, cooperation: Cooperation, matched: str, disposition: Disposition) -> None:
    enter(post, identities=("rid:X",))
    assert hover(post, 1, 3, identity="rid:X", cooperation=cooperation) == [S.FLYING]
    assert (flight(post).track, flight(post).matched) == ("erbil-T-0001", matched)
    assert shown(post).disposition is disposition
    assert shown(post).disposition_evidence[0].source == FLIGHT


def test_by_callsign(post: Post) -> None:
    enter(post, identities=("callsign:MEDIC1",))
    hover(post, 1, 3, identity="icao:ABC123", callsign="medic1 ", cooperation=AGREED, p_classes=MANNED)
    assert flight(post).state is S.FLYING
    assert shown(post).disposition is Disposition.FRIENDLY


def test_out_of_its_box_and_back(post: Post) -> None:
    enter(post, identities=("rid:X",))
    named: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED}
    hover(post, 1, 3, **named)
    assert hover(post, 4, 9, **named, latitude_deg=36.232) == [S.FLYING, S.OUTSIDE]
    assert "outside its box" in flight(post).last.why  # type: ignore[union-attr]
    assert shown(post).evidence_says is Disposition.ASSUMED_FRIENDLY
    assert any("outside its box" in one.text for one in shown(post).disposition_evidence)
    assert hover(post, 10, 12, **named) == [S.FLYING]
    assert hover(post, 13, 18, **named, height_agl_m=260.0) == [S.FLYING, S.OUTSIDE]
    assert "above its ceiling" in flight(post).last.why  # type: ignore[union-attr]


def test_before_its_hours_it_is_outside(post: Post) -> None:
    enter(post, from_s=60.0, identities=("rid:X",))
    assert hover(post, 1, 8, identity="rid:X", cooperation=AGREED) == [S.PLANNED, S.OUTSIDE]
    assert shown(post).disposition is Disposition.ASSUMED_FRIENDLY


def test_overdue_after_its_hours_until_it_has_landed(post: Post) -> None:
    enter(post, until_s=30.0, identities=("rid:X",))
    named: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED}
    assert hover(post, 1, 100, **named) == [S.FLYING, S.OVERDUE]
    low = track(at_s=100, height_agl_m=12.0, approaches=AWAY, **named)
    see(post, 101, ended=(low,))
    assert flight(post).state is S.ENDED


def test_lost_in_flight_is_overdue_and_landed_is_not(post: Post) -> None:
    enter(post, identities=("rid:X",))
    named: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED, "approaches": AWAY}
    hover(post, 1, 5, **named)
    see(post, 6, ended=(track(at_s=5, height_agl_m=8.0, **named),))
    assert flight(post).state is S.EXPECTED, "it may go up again"
    hover(post, 7, 10, **named)
    see(post, 11, ended=(track(at_s=10, **named),))
    for at_s in range(12, 75):
        see(post, at_s)
    assert flight(post).state is S.OVERDUE
    assert post.books.identity.in_state(S.OVERDUE) == (flight(post),)
    see(post, 700)
    assert flight(post).state is S.OVERDUE, "it does not end by itself"
    act(post, "close_flight", FLIGHT, 701.0, note="the pilot called: down in a field")
    assert flight(post).state is S.ENDED


def test_by_place_and_hours_with_a_stated_likelihood(post: Post) -> None:
    enter(post)
    assert hover(post, 1, 5) == [S.EXPECTED], "what crosses a box is not in it"
    assert hover(post, 6, 20) == [S.FLYING]
    assert flight(post).matched == "place"
    assert shown(post).disposition is Disposition.ASSUMED_FRIENDLY
    first = shown(post).disposition_evidence[0]
    assert first.unit == "probability"
    assert first.value is not None
    assert first.value > 0.95
    for at_s in range(21, 30):
        see(post, at_s, track(at_s=at_s, approaches=AWAY), track("erbil-T-0002", at_s, approaches=AWAY))
    shared = shown(post)
    assert shared.disposition is not Disposition.ASSUMED_FRIENDLY, "two in the box: either may be it"
    p = next(one.value for one in shared.disposition_evidence if one.source == FLIGHT)
    assert p is not None
    assert p < 0.51


def test_a_stranger_that_crosses_and_leaves_was_not_it(post: Post) -> None:
    enter(post)
    hover(post, 1, 10)
    assert flight(post).state is S.FLYING
    states = hover(post, 11, 60, latitude_deg=36.24)
    assert states == [S.FLYING, S.OUTSIDE, S.EXPECTED]
    assert shown(post).disposition is Disposition.UNKNOWN


def test_a_silent_track_fits_less_a_flight_whose_name_would_be_heard(post: Post) -> None:
    enter(post, identities=("rid:X",), radius_m=900.0)
    receiver = msgspec.structs.replace(site().sensors[0], id="receiver", kind="remote_id")
    listening = msgspec.structs.replace(site(), sensors=(*site().sensors, receiver))
    crowd = [track(f"erbil-T-{n:04d}", 30, latitude_deg=36.26, approaches=AWAY) for n in range(2, 40)]
    tracks = [track(at_s=30, approaches=AWAY), *crowd]
    (loud,), (quiet,) = (
        (boxes := Boxes(one)).by_place(flight(post), boxes.aloft(tracks)) for one in (site(), listening)
    )
    assert 0.0 < (quiet.p or 0.0) < (loud.p or 0.0) < 1.0


def test_a_withdrawn_flight_makes_no_friend(post: Post) -> None:
    enter(post, identities=("rid:X",))
    hover(post, 1, 5, identity="rid:X", cooperation=CLAIMED)
    act(post, "withdraw_flight", FLIGHT, 6.0)
    see(post, 7, track(at_s=7, identity="rid:X", cooperation=CLAIMED))
    assert flight(post).state is S.WITHDRAWN
    assert shown(post).disposition is Disposition.SUSPICIOUS
    with pytest.raises(Refused, match="withdrawn"):
        act(post, "close_flight", FLIGHT, 8.0)


def test_hours_that_are_over_are_refused(post: Post) -> None:
    with pytest.raises(Refused, match="over already"):
        enter(post, at_s=700.0)


def test_the_file_holds_and_is_folded() -> None:
    one = msgspec.structs.replace(site(), flights=(("survey", plan(identities=("rid:X",))), ("patrol", plan())))
    post = Post(one)
    drafts = post.take_up(None, BEGIN_S, Origin.LIVE)
    assert [each.key for each in post.books.identity.flights.values()] == ["survey", "patrol"]
    assert Post(one).take_up(None, BEGIN_S, Origin.LIVE) == drafts, "a function of file and time"
    changed = msgspec.structs.replace(one, flights=(("survey", plan(identities=("rid:Y",))),))
    again = Post(changed)
    for draft in drafts:
        again.apply(draft)
    again.take_up(None, BEGIN_S + 5, Origin.LIVE)
    states = {name: (each.key, each.state) for name, each in again.books.identity.flights.items()}
    assert states == {
        FLIGHT: ("survey", S.WITHDRAWN),
        "erbil-O-0002": ("patrol", S.WITHDRAWN),
        "erbil-O-0003": ("survey", S.EXPECTED),
    }
    third = Post(changed)
    assert third.take_up(None, BEGIN_S + 700, Origin.LIVE) == [], "what is over comes in no more"


def test_books_are_the_fold(post: Post) -> None:
    drafts = enter(post, identities=("rid:X",), until_s=40.0)
    for at_s in range(1, 120):
        named: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED if at_s % 7 else CLAIMED}
        one = track(at_s=at_s, latitude_deg=36.227 if at_s % 20 < 10 else 36.235, approaches=AWAY, **named)
        drafts += post.see(picture(at_s, one), BEGIN_S + at_s, Origin.LIVE)
    again = Post(site())
    for draft in drafts:
        again.apply(draft)
    assert again.books.identity == post.books.identity
    assert flight(post).state is S.OVERDUE


def test_no_flight_no_cost(post: Post) -> None:
    fly(post, 0, 5)
    assert not post.books.identity.flights


def test_in_its_box_and_hours_it_alerts_nobody_and_a_word_silences_nothing(post: Post) -> None:
    enter(post, identities=("rid:X",))
    named: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED}
    assert "alert_raised" not in fly(post, 1, 9, **named)
    assert "alert_raised" in fly(post, 10, 24, **named, latitude_deg=36.232), "out of its box"
    other = Post(site())
    fly(other, 0, 1)
    say(other, "friendly", 1.5)
    assert "alert_raised" in fly(other, 2, 9)


def test_rules_alert_on_what_is_outside_and_overdue_and_clear() -> None:
    absent = {"zones": (), "persist_s": 0.0, "clear_s": 0.0}
    rules = (
        msgspec.structs.replace(RULE, id="strays", kind="flight_outside", **absent),
        msgspec.structs.replace(RULE, id="late", kind="flight_overdue", silent_s=90.0, **absent),
    )
    post = Post(site(*rules))
    enter(post, identities=("rid:X",), until_s=100.0)
    named: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED, "approaches": AWAY}
    assert fly(post, 1, 3, **named) == ["flight_moved"]
    assert fly(post, 4, 9, **named, latitude_deg=36.232) == ["flight_moved", "alert_raised"]
    alert = post.all_alerts[0]
    assert (alert.rule, alert.track, alert.title) == ("strays", None, "Own flight of Survey team is outside")
    assert "outside its box" in alert.reasons[0].text
    assert fly(post, 10, 12, **named) == ["flight_moved", "alert_cleared"]
    assert "alert_raised" not in fly(post, 13, 185, **named)
    assert flight(post).state is S.OVERDUE
    assert "alert_raised" in fly(post, 186, 195, **named), "overdue by 90 s"
    assert post.all_alerts[-1].rule == "late"


def test_a_change_of_the_site_leaves_the_flights_of_its_file() -> None:
    filed = msgspec.structs.replace(site(), flights=(("survey", plan(identities=("rid:X",))),))
    post = Post(filed)
    post.take_up(None, BEGIN_S, Origin.LIVE)
    hover(post, 1, 5, identity="rid:X", cooperation=AGREED)
    later = post.under(msgspec.structs.replace(site(RULE), flights=None))
    assert later.take_up(later.picture, BEGIN_S + 5, Origin.LIVE) == []
    assert hover(later, 6, 8, identity="rid:X", cooperation=AGREED) == [S.FLYING]
    assert shown(later).disposition is Disposition.FRIENDLY
    without = later.under(site())
    without.take_up(without.picture, BEGIN_S + 8, Origin.LIVE)
    assert flight(without).state is S.WITHDRAWN
