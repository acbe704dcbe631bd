"""Alerts as CAP: what is told when, and how urgent it is said to be."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from cap_tools import models as oracle
from hypothesis import given, settings
from xsdata.formats.dataclass.parsers import XmlParser

from tests.outputs.scene import NOW_S, output, released, site_of
from vedette.model import AlertState, Origin, Package, Parcel, Reason, ReleasedAlert, ReleasedTrack
from vedette.outputs.cap import AGAIN_S, EXPIRES_S, CapEncoder, judged
from vedette.outputs.seam import Context
from vedette.wire.cap import CapAlert
from vedette.wire.cap_reading import decode_cap

MORE = 'sender = "watch@test.example"\n'


def encoder(folder: Path, origin: Origin = Origin.LIVE, more: str = MORE) -> CapEncoder:
    site = site_of(folder, released() + output("cap", "https://partner.test/cap", more))
    return CapEncoder(Context(site=site, output=site.outputs[0], origin=origin, now_s=lambda: NOW_S))


def an_alert(**changes: Any) -> ReleasedAlert:
    values: dict[str, Any] = {
        "alert": "test-A-0001", "rule": "r", "priority": 1, "title": "Drone inbound", "state": AlertState.RAISED,
        "raised_s": NOW_S - 1.0, "changed_s": NOW_S, "track": "test-T-0001", "zone": "fence", "time_to_s": 30.0,
        "latitude_deg": 36.25, "longitude_deg": 43.95, "reasons": (Reason(text="It flies level"),),
    }  # fmt: skip
    return ReleasedAlert(**(values | changes))


TEST_ALARM = an_alert(
    alert="test-TEST-0001", rule="test-alarm", title="TEST alarm: nothing is there", track=None, zone=None,
    time_to_s=None, latitude_deg=None, longitude_deg=None, test=True,
)  # fmt: skip


def package(at_s: float, *alerts: ReleasedAlert, tracks: tuple[ReleasedTrack, ...] = ()) -> Package:
    return Package(at_s=at_s, origin=Origin.LIVE, alerts=alerts, tracks=tracks)


def read(parcels: list[Parcel]) -> list[CapAlert]:
    found = [decode_cap(parcel.octets) for parcel in parcels]
    assert all(isinstance(one, CapAlert) for one in found)
    return [one for one in found if isinstance(one, CapAlert)]


def told(one: CapEncoder, at_s: float, *alerts: ReleasedAlert, **more: Any) -> list[CapAlert]:
    return read(list(one.parcels(package(at_s, *alerts, **more))))


def test_an_alert_is_told_updated_and_cancelled(tmp_path: Path) -> None:
    cap = encoder(tmp_path)
    (first,) = told(cap, NOW_S, an_alert())
    (second,) = told(cap, NOW_S + 5.0, an_alert(state=AlertState.ACKNOWLEDGED))
    (last,) = told(cap, NOW_S + 9.0, an_alert(state=AlertState.CLEARED, cleared_why="now classed bird"))
    assert [one.message_type for one in (first, second, last)] == ["Alert", "Update", "Cancel"]
    assert [one.identifier for one in second.references] == [first.identifier]
    assert [one.identifier for one in last.references] == [first.identifier, second.identifier]
    assert all(reference.sent_s == one.sent_s for reference, one in zip(last.references, (first, second), strict=True))
    assert (last.infos[0].urgency, last.infos[0].responses) == ("Past", ("AllClear",))
    assert "now classed bird" in (last.infos[0].description or "")
    assert told(cap, NOW_S + 1000.0) == []


def test_what_was_never_told_is_not_cancelled(tmp_path: Path) -> None:
    assert told(encoder(tmp_path), NOW_S, an_alert(state=AlertState.CLEARED)) == []


def test_an_open_alert_is_told_again_before_it_expires(tmp_path: Path) -> None:
    cap = encoder(tmp_path)
    (first,) = told(cap, NOW_S, an_alert())
    sent = [one for second in range(1, 1500) for one in told(cap, NOW_S + second)]
    assert [one.message_type for one in sent] == ["Update"] * len(sent)
    times = [first.sent_s, *(one.sent_s for one in sent), NOW_S + 1500.0]
    assert all(after - before < EXPIRES_S for before, after in pairwise(times))
    assert len(sent) == 1499 // AGAIN_S


def test_it_is_for_its_partner_and_never_public(tmp_path: Path) -> None:
    (private,) = told(encoder(tmp_path), NOW_S, an_alert())
    assert (private.scope, private.addresses, private.sender) == ("Private", ("Tower",), "watch@test.example")
    (restricted,) = told(encoder(tmp_path, more=MORE + 'restriction = "Civil protection only"'), NOW_S, an_alert())
    assert (restricted.scope, restricted.restriction) == ("Restricted", "Civil protection only")


@pytest.mark.parametrize(
    ("origin", "status", "mark"),
    [
        (Origin.LIVE, "Actual", ""), (Origin.EXERCISE, "Exercise", "EXERCISE "), (Origin.REPLAY, "Test", "REPLAY "),
        (Origin.SIMULATED, "Test", "SIMULATION "),
    ],
)  # fmt: skip
def test_what_is_not_live_says_so(tmp_path: Path, origin: Origin, status: str, mark: str) -> None:
    (one,) = told(encoder(tmp_path, origin), NOW_S, an_alert())
    assert (one.status, one.infos[0].headline) == (status, f"{mark}Drone inbound")
    assert ("Not live" in (one.infos[0].description or "")) == (origin is not Origin.LIVE)


@pytest.mark.parametrize("origin", list(Origin))
def test_a_test_is_a_test_whatever_the_watch_is(tmp_path: Path, origin: Origin) -> None:
    more = MORE + 'instruction = "Stay indoors"'
    (one,) = told(encoder(tmp_path, origin, more), NOW_S, TEST_ALARM)
    info = one.infos[0]
    assert (one.status, info.urgency, info.severity, info.certainty) == ("Test", "Unknown", "Unknown", "Unknown")
    assert (info.headline or "").endswith("TEST alarm: nothing is there")
    assert "TEST TEST" not in (info.headline or "")
    assert (info.instruction, info.areas[0].circles, info.areas[0].polygons) == (None, (), ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"priority": 1, "time_to_s": None}, ("Immediate", "Severe", "Likely")),
        ({"priority": 2, "time_to_s": 0.0}, ("Immediate", "Moderate", "Observed")),
        ({"priority": 2, "time_to_s": 120.0}, ("Immediate", "Moderate", "Likely")),
        ({"priority": 2, "time_to_s": 121.0}, ("Expected", "Moderate", "Likely")),
        ({"priority": 3, "time_to_s": 3601.0}, ("Future", "Minor", "Likely")),
        ({"priority": 2, "time_to_s": None}, ("Expected", "Moderate", "Likely")),
        ({"priority": 3, "time_to_s": None}, ("Unknown", "Minor", "Likely")),
        ({"priority": 4, "time_to_s": None}, ("Unknown", "Minor", "Likely")),
        ({"state": AlertState.CLEARED, "time_to_s": None}, ("Past", "Severe", "Unknown")),
    ],
)
def test_how_urgent_severe_and_certain(changes: dict[str, Any], said: tuple[str, str, str]) -> None:
    assert judged(an_alert(**changes)) == said


def test_where_is_the_zone_and_the_place_with_its_uncertainty(tmp_path: Path) -> None:
    track = ReleasedTrack(
        track="test-T-0001", observed_s=NOW_S, first_s=NOW_S, status="confirmed", p_exists=0.9, latitude_deg=36.25,
        longitude_deg=43.95, ellipse_major_m=100.0,
    )  # fmt: skip
    (one,) = told(encoder(tmp_path), NOW_S, an_alert(), tracks=(track,))
    (area,) = one.infos[0].areas
    (ring,) = area.polygons
    assert ring[0] == ring[-1]
    assert min(latitude for latitude, _ in ring) == pytest.approx(36.22, abs=1e-5)
    assert max(longitude for _, longitude in ring) == pytest.approx(43.98, abs=1e-5)
    (circle,) = area.circles
    assert (circle.latitude_deg, circle.longitude_deg) == (36.25, 43.95)
    assert circle.radius_m == pytest.approx(245.0, abs=1.0)
    (unsized,) = told(encoder(tmp_path), NOW_S, an_alert())
    assert unsized.infos[0].areas[0].circles[0].radius_m == 500.0
    (nowhere,) = told(encoder(tmp_path), NOW_S, an_alert(zone=None, latitude_deg=None, longitude_deg=None))
    assert (nowhere.infos[0].areas[0].polygons, nowhere.infos[0].areas[0].circles) == ((), ())


def test_a_round_zone_is_a_ring_of_its_radius(tmp_path: Path) -> None:
    (one,) = told(encoder(tmp_path), NOW_S, an_alert(zone="tower"))
    (ring,) = one.infos[0].areas[0].polygons
    height_deg = max(latitude for latitude, _ in ring) - min(latitude for latitude, _ in ring)
    assert height_deg * 111_000.0 == pytest.approx(100.0, abs=3.0)


def test_the_sites_own_words_are_the_only_instruction(tmp_path: Path) -> None:
    (without,) = told(encoder(tmp_path), NOW_S, an_alert())
    assert without.infos[0].instruction is None
    cap = encoder(tmp_path, more=MORE + 'instruction = "Stay clear of the apron."\nlanguage = "ckb-IQ"')
    (one,) = told(cap, NOW_S, an_alert())
    assert (one.infos[0].instruction, one.infos[0].language) == ("Stay clear of the apron.", "ckb-IQ")
    (over,) = told(cap, NOW_S + 1.0, an_alert(state=AlertState.CLEARED))
    assert over.infos[0].instruction is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["test-A-0001", "test-A-0002"]), st.sampled_from(list(AlertState)), st.integers(1, 700_000)
        ),
        max_size=12,
    )
)
def test_a_readers_own_state_follows(
    tmp_path_factory: pytest.TempPathFactory, script: list[tuple[str, AlertState, int]]
) -> None:
    """A reader that drops what is referred to ends with just the open alerts; no identifier is used twice."""
    cap, names, open_ = encoder(tmp_path_factory.mktemp("cap")), [], set()
    standing: dict[oracle.Reference, oracle.Alert] = {}
    at_s = NOW_S
    for name, state, wait_ms in script:
        at_s += wait_ms / 1e3
        for parcel in cap.parcels(package(at_s, an_alert(alert=name, state=state))):
            message = XmlParser().from_bytes(parcel.octets, oracle.Alert)
            names.append(message.identifier)
            for reference in message.references_to_list():
                standing.pop(reference, None)
            if message.msg_type is not oracle.MsgType.CANCEL:
                standing[oracle.Reference.from_alert(message)] = message
        (open_.discard if state is AlertState.CLEARED else open_.add)(name)
        assert len(names) == len(set(names))
        assert len(standing) == len(open_)
