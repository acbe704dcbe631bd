"""Cursor on Target out: what an event says, and taky, a real TAK server, between us and a client."""

from __future__ import annotations

import asyncio
import random
import socket
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feeds.conftest import SITE
from tests.feeds.said import scans
from tests.feeds.test_cot import FRIENDS, opened, taky
from tests.feeds.test_links_tls import KEYS, authority, client
from tests.feeds.test_live import Heard, free_port, running
from tests.outputs.scene import NOW_S, alert, cleared, moment, output, released, site_of, track
from vedette.clock import LiveClock
from vedette.feeds.cot import CotSource
from vedette.model import Alert, Origin, Package, Parcel, Rejected, ReleasedTrack, TrackPicture
from vedette.outputs import Outbox
from vedette.outputs.cot import ALERT_AGAIN_S, STALE_S, CotEncoder, type_of
from vedette.outputs.outbox import Terms
from vedette.outputs.release import Release
from vedette.outputs.seam import Context
from vedette.site import Site, load_site
from vedette.wire.cot import CotEvent, CotReader, parse_event

__all__ = ["authority"]  # a fixture
WALL_S = NOW_S + 3.0e7


class Cut:
    """A rule and the encoder behind it, fed with pictures."""

    def __init__(self, folder: Path, *, rule: str = released(), origin: Origin = Origin.LIVE) -> None:
        self.site = site_of(folder, rule + output("cot", "tcp://127.0.0.1:8087"))
        out = self.site.outputs[0]
        self._release = Release(out.release, self.site, origin)
        self._encoder = CotEncoder(Context(site=self.site, output=out, origin=origin, now_s=lambda: WALL_S))

    def see(self, at_s: float, *tracks: TrackPicture, alerts: tuple[Alert, ...] = ()) -> list[Parcel]:
        one = moment(at_s, *tracks, alerts=alerts)
        packages = self._release.see(one.picture, one.alerts, at_s)
        return [parcel for package in packages for parcel in self._encoder.parcels(package)]


def parsed(parcel: Parcel) -> tuple[CotEvent, ElementTree.Element]:
    event = parse_event(parcel.octets)
    assert isinstance(event, CotEvent), event
    return event, ElementTree.fromstring(parcel.octets)  # noqa: S314 - our own octets


def test_a_track_is_read_as_it_was_written(tmp_path: Path) -> None:
    (parcel,) = Cut(tmp_path).see(NOW_S, track())
    event, tree = parsed(parcel)
    assert (parcel.kind, parcel.about, parcel.urgent) == ("track", "test-T-0001", False)
    assert (event.uid, event.type, event.how, event.callsign) == ("test-T-0001", "a-h-A-M-H-Q", "m-f", "test-T-0001")
    assert (event.time_s, event.stale_s) == (NOW_S, NOW_S + STALE_S)
    assert (event.latitude_deg, event.longitude_deg, event.altitude_ellipsoid_m) == (36.2377, 43.9632, 500.5)
    assert (event.sigma_position_m, event.sigma_altitude_m) == (12.5, 8.5)
    assert (event.course_true_deg, event.speed_mps) == (143.13, 5.0)
    assert "opex" not in tree.attrib
    ellipse = tree.find("detail/shape/ellipse")
    assert ellipse is not None
    assert {name: float(value) for name, value in ellipse.attrib.items()} == {
        "major": 30.0,
        "minor": 18.0,
        "angle": 30.0,
    }
    remarks = tree.findtext("detail/remarks") or ""
    for words in (
        "Multirotor drone (p 0.75)",
        "rid:1588TEST7",
        "hostile by a person's word",
        "76 m above ground",
        "radar-1",
        "Seen by rid-secret",
    ):
        assert words in remarks
    assert tree.find("detail/__bread_crumbs[@enabled='true']") is not None


def test_what_is_not_released_is_not_in_the_octets(tmp_path: Path) -> None:
    plain = released(fields=())
    first, second = Cut(tmp_path, rule=plain).see(NOW_S, track(), alerts=(alert(),))
    event, _ = parsed(first)
    assert (event.type, event.altitude_ellipsoid_m, event.sigma_position_m, event.speed_mps) == (
        "a-u-A",
        None,
        None,
        None,
    )
    for octets in (first.octets, second.octets):
        for secret in (b"rid", b"TESTER", b"radar", b"rotor", b"Drone", b"Classed", b"485", b"76", b"crumbs", b"shape"):
            assert secret not in octets


@pytest.mark.parametrize(
    ("class_", "p_class", "identity", "cooperation", "expected"),
    [
        ("uav", 0.9, None, "unknown", "a-u-A-M-F-Q"),
        ("uav_fixed_wing", 0.6, "rid:1", "claimed", "a-u-A-M-F-Q"),
        ("uav_rotary", 0.6, None, "unknown", "a-u-A-M-H-Q"),
        ("uav_rotary", 0.4, None, "unknown", "a-u-A"),
        ("uav_rotary", 0.9, "own:Falke 1", "cooperative", "a-f-A-M-H-Q"),
        ("uav_rotary", 0.9, "own:Falke 1", "claimed", "a-a-A-M-H-Q"),
        ("manned", 0.9, "own:Falke 1", "cooperative", "a-f-A"),
        ("manned", 0.9, "icao:4B1A2C", "cooperative", "a-n-A-C"),
        ("manned", 0.9, "icao:4B1A2C", "claimed", "a-u-A"),
        ("bird", 0.9, None, "unknown", "a-n-A"),
        ("other", 0.9, None, "unknown", "a-n-A"),
        (None, None, "own:Falke 1", "cooperative", "a-f-A"),
        (None, None, None, None, "a-u-A"),
    ],
)
def test_types(class_: str, p_class: float, identity: str, cooperation: str, expected: str) -> None:
    one = ReleasedTrack(
        track="t", observed_s=0.0, first_s=0.0, status="confirmed", p_exists=1.0, latitude_deg=0.0, longitude_deg=0.0,
        class_=class_, p_class=p_class, identity=identity, cooperation=cooperation,
    )  # fmt: skip
    assert type_of(one) == expected


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ("pending", "a-p-A-M-H-Q"),
        ("unknown", "a-u-A-M-H-Q"),
        ("assumed_friendly", "a-a-A-M-H-Q"),
        ("friendly", "a-f-A-M-H-Q"),
        ("neutral", "a-n-A-M-H-Q"),
        ("suspicious", "a-s-A-M-H-Q"),
        ("hostile", "a-h-A-M-H-Q"),
        (None, "a-f-A-M-H-Q"),
    ],
)
def test_a_released_disposition_is_the_affiliation(disposition: str | None, expected: str) -> None:
    one = ReleasedTrack(
        track="t", observed_s=0.0, first_s=0.0, status="confirmed", p_exists=1.0, latitude_deg=0.0, longitude_deg=0.0,
        class_="uav_rotary", p_class=0.9, identity="own:Falke 1", cooperation="cooperative", disposition=disposition,
    )  # fmt: skip
    assert type_of(one) == expected


def test_a_track_that_ends_is_deleted_as_what_it_was(tmp_path: Path) -> None:
    cut = Cut(tmp_path)
    cut.see(NOW_S, track())
    (parcel,) = cut.see(NOW_S + 1.0)
    event, tree = parsed(parcel)
    assert (parcel.kind, parcel.about) == ("track_end", "test-T-0001")
    assert (event.type, event.time_s) == ("t-x-d-d", NOW_S + 1.0)
    link = tree.find("detail/link")
    assert link is not None
    assert link.attrib == {"uid": "test-T-0001", "type": "a-h-A-M-H-Q", "relation": "none"}
    assert tree.find("detail/__forcedelete") is not None


def test_an_alert_comes_is_told_again_and_goes(tmp_path: Path) -> None:
    cut, one = Cut(tmp_path), alert()
    _, raised = cut.see(NOW_S, track(), alerts=(one,))
    event, tree = parsed(raised)
    assert (raised.kind, raised.about, raised.urgent) == ("alert", "test-A-0001", True)
    assert (event.uid, event.type, event.callsign) == ("test-A-0001", "b-a-o-c", "Drone inside the perimeter")
    assert (event.latitude_deg, event.longitude_deg) == (36.2377, 43.9632)
    emergency, link = tree.find("detail/emergency"), tree.find("detail/link")
    assert emergency is not None
    assert link is not None
    assert emergency.attrib["type"] == "Drone inside the perimeter"
    assert link.attrib == {"uid": "test-T-0001", "type": "a-h-A-M-H-Q", "relation": "p-p"}
    assert "priority 1" in (tree.findtext("detail/remarks") or "")
    assert [p.kind for p in cut.see(NOW_S + 5.0, track(), alerts=(one,))] == ["track"]
    again = cut.see(NOW_S + ALERT_AGAIN_S, track(), alerts=(one,))
    assert [p.about for p in again] == ["test-T-0001", "test-A-0001"]
    assert event.stale_s > NOW_S + ALERT_AGAIN_S
    over = cut.see(NOW_S + 700.0, track(), alerts=(cleared(one, NOW_S + 700.0),))[-1]
    event, tree = parsed(over)
    assert (event.uid, event.type) == ("test-A-0001", "b-a-o-can")
    assert tree.find("detail/emergency[@cancel='true']") is not None
    assert len(cut.see(NOW_S + 5000.0, track())) == 1


def test_a_test_alarm_says_so_and_stands_at_the_reference_point(tmp_path: Path) -> None:
    cut = Cut(tmp_path)
    one = alert(track=None, zone=None, title="TEST alarm: nothing is there", test=True)
    (parcel,) = cut.see(NOW_S, alerts=(one,))
    event, tree = parsed(parcel)
    assert tree.attrib["opex"] == "e-test"
    assert (event.callsign or "").startswith("TEST ")
    assert (tree.findtext("detail/remarks") or "").startswith("TEST ")
    assert (event.latitude_deg, event.sigma_position_m) == (cut.site.latitude_deg, None)


@pytest.mark.parametrize(
    ("origin", "opex", "head"),
    [
        (Origin.REPLAY, "s-replay", "REPLAY "),
        (Origin.SIMULATED, "s-simulation", "SIMULATION "),
        (Origin.EXERCISE, "e-exercise", "EXERCISE "),
    ],
)
def test_what_is_not_live_says_so_and_is_seen_all_the_same(
    tmp_path: Path, origin: Origin, opex: str, head: str
) -> None:
    for parcel in Cut(tmp_path, origin=origin).see(NOW_S, track(), alerts=(alert(),)):
        event, tree = parsed(parcel)
        assert tree.attrib["opex"] == opex
        assert (event.callsign or "").startswith(head)
        assert (tree.findtext("detail/remarks") or "").startswith(head)
        assert event.time_s == WALL_S
        assert event.stale_s > WALL_S
    remarks = tree.findtext("detail/remarks") or ""
    assert remarks


def test_a_delay_is_no_reason_to_be_stale_on_arrival(tmp_path: Path) -> None:
    cut = Cut(tmp_path, rule=released(more="delay_s = 60.0"))
    assert cut.see(NOW_S, track(1, NOW_S)) == []
    (parcel,) = [p for p in cut.see(NOW_S + 60.0, track(1, NOW_S + 60.0)) if p.kind == "track"]
    event, _ = parsed(parcel)
    assert event.time_s == NOW_S
    assert event.stale_s > NOW_S + 60.0


@given(st.text(), st.text(), st.text())
def test_whatever_a_transmitter_calls_itself_the_event_stays_one(callsign: str, identity: str, title: str) -> None:
    one = ReleasedTrack(
        track="test-T-0001", observed_s=NOW_S, first_s=NOW_S, status="confirmed", p_exists=1.0, latitude_deg=1.0,
        longitude_deg=2.0, identity=identity, callsign=callsign, cooperation="claimed",
    )  # fmt: skip
    context: Any = Context(site=_SITE, output=_SITE.outputs[0], origin=Origin.LIVE, now_s=lambda: NOW_S)
    (parcel,) = CotEncoder(context).parcels(Package(at_s=NOW_S, origin=Origin.LIVE, tracks=(one,)))
    (event,) = CotReader().feed(parcel.octets)
    assert isinstance(event, CotEvent)
    assert event.uid == "test-T-0001"


@pytest.fixture(scope="module", autouse=True)
def _site_for_properties(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _SITE
    _SITE = site_of(tmp_path_factory.mktemp("site"), released() + output("cot", "tcp://127.0.0.1:8087"))


_SITE: Site


def test_what_we_send_is_not_heard_as_a_detection(tmp_path: Path) -> None:
    cut, source = Cut(tmp_path), CotSource("tak", {}, "test")
    parcels = [*cut.see(NOW_S, track(), alerts=(alert(),)), *cut.see(NOW_S + 1.0)]
    events = [event for parcel in parcels for event in CotReader().feed(parcel.octets)]
    heard = [body for event in events for body in source.hear(event, NOW_S + 1.0)]
    assert len(heard) == len(parcels) >= 3
    assert {body.reason for body in heard if isinstance(body, Rejected)} == {"own"}


async def through(port: int, folder: Path, site: Site, context: Any, count: int) -> tuple[list[CotEvent], Heard]:
    """So many tracks through a server to a client, and to another site's Vedette, that were there before."""
    clock, reader, heard, events = LiveClock(), CotReader(), Heard(), []
    scheme, keys = ("tcp", "") if context is None else ("tls", KEYS)
    head = SITE.split("[[feed]]", 1)[0] + FRIENDS.split("[[feed]]", 1)[0]
    feed = f'[[feed]]\nsensor = "tak"\nsource = "cot"\nurl = "{scheme}://127.0.0.1:{port}"\n{keys}'
    (folder / "other.toml").write_text(head + feed)
    terms = Terms(
        site=site, origin=Origin.LIVE, note=lambda _: None, now_s=clock.now_s, rng=random.Random(1),
        back_off_s=(0.01, 0.05),
    )  # fmt: skip
    outbox = Outbox(terms)
    async with running(load_site(folder / "other.toml"), heard, clock), asyncio.timeout(60.0):
        await heard.until(opened)
        octets, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        async with outbox.open():
            now_s = clock.now_s()
            outbox.hand(moment(now_s, *(track(n, now_s) for n in range(1, count + 1)), alerts=(alert(),)))
            while sum(event.is_position for event in events) < count:
                events += [one for one in reader.feed(await octets.read(65_536)) if isinstance(one, CotEvent)]
            (health,) = outbox.health()
            assert (health.dropped, health.replaced, health.refused) == (0, 0, 0)
        while sum(event.type == "t-x-d-d" for event in events) < count:
            events += [one for one in reader.feed(await octets.read(65_536)) if isinstance(one, CotEvent)]
        await heard.until(lambda h: h.looks() >= count)
        writer.close()
        await writer.wait_closed()
    return events, heard


def check(events: list[CotEvent], heard: Heard, count: int) -> None:
    names = {f"test-T-{n:04d}" for n in range(1, count + 1)}
    tracks = [event for event in events if event.is_position]
    assert {event.uid for event in tracks} == names
    assert all(event.sigma_position_m == 12.5 for event in tracks)
    assert [event.callsign for event in events if event.type == "b-a-o-c"] == ["Drone inside the perimeter"]
    assert {scan.identity for scan in scans([one.body for one in heard.arrivals])} == {
        (f"callsign:{n}",) for n in names
    }
    assert heard.rejected() == set()


def test_none_of_a_thousand_tracks_through_taky_is_lost(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = site_of(tmp_path, released() + output("cot", f"tcp://127.0.0.1:{port}"))
    with taky(tmp_path, port):
        check(*asyncio.run(through(port, tmp_path, site, None, 1000)), 1000)


def test_through_taky_with_tls(tmp_path: Path, authority: Any) -> None:
    port = free_port(socket.SOCK_STREAM)
    site = site_of(tmp_path, released() + output("cot", f"tls://127.0.0.1:{port}", KEYS))
    with taky(tmp_path, port, "enabled = yes\nca = ca.pem\ncert = our.pem\nkey = our.key"):
        check(*asyncio.run(through(port, tmp_path, site, client(authority, authority), 50)), 50)
