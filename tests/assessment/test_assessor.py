"""Names, endings, cooperation, reasons, and a restart that nobody notices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assessment.fields import AIRLINER, BIRD, DRONE, make_site, tracks_of
from vedette.assessment import Assessor
from vedette.assessment.classes import class_of
from vedette.assessment.identity import IDENTITIES_MOST
from vedette.model import Cooperation, CooperativeReport, Status, TrackPicture, Tracks
from vedette.site import Site

INBOUND = [0.0, 6000.0, 160.0, 0.0, -54.0, 0.0]
NONE = np.zeros((0, 6))


def _report(identity: str = "rid:ABC", **particulars: str) -> CooperativeReport:
    return CooperativeReport(sensor="rid", observed_s=1.0, source="remote_id", identity=identity, **particulars)


def _only(site: Site, tracks: Tracks) -> TrackPicture:
    return Assessor(site).picture(tracks).tracks[0]


def _texts(track: TrackPicture) -> str:
    return " / ".join(reason.text for reason in track.reasons)


def test_another_systems_track_number_is_no_claim(site: Site) -> None:
    track = _only(site, tracks_of(1.0, [INBOUND], identity=("track:25/100/77",)))
    assert track.cooperation is Cooperation.UNKNOWN
    assert "Track 25/100/77 of another system" in _texts(track)
    assert "claimed" not in _texts(track)


def test_an_emergency_is_a_reason_until_it_is_taken_back(site: Site) -> None:
    assessor = Assessor(site)
    tracks = tracks_of(1.0, [INBOUND], identity=("rid:ABC",))
    said = []
    for emergency in ("unlawful_interference", None, "none"):
        assessor.hear(_report() if emergency is None else _report(emergency=emergency))
        said.append("Declares unlawful interference" in _texts(assessor.picture(tracks).tracks[0]))
    assert said == [True, True, False]


def test_tentative_tracks_have_no_name_and_leave_no_gap(site: Site) -> None:
    assessor = Assessor(site)
    assert assessor.picture(tracks_of(1.0, [INBOUND], ids=[7], status=Status.TENTATIVE)).tracks == ()
    first = assessor.picture(tracks_of(2.0, [INBOUND], ids=[7])).tracks
    second = assessor.picture(tracks_of(3.0, [INBOUND, INBOUND], ids=[5, 7])).tracks
    assert [(track.track, track.first_s) for track in first] == [("example-T-0001", 1.0)], "first seen as tentative"
    assert [(track.track, track.id) for track in second] == [("example-T-0001", 7), ("example-T-0002", 5)]


def test_an_ended_name_is_told_once_and_never_comes_back(site: Site) -> None:
    assessor = Assessor(site)
    assessor.picture(tracks_of(1.0, [INBOUND], ids=[1]))
    ended = assessor.picture(tracks_of(2.0, NONE)).ended
    assert [(one.track, one.ended_s, one.last.observed_s) for one in ended] == [("example-T-0001", 2.0, 1.0)]
    assert assessor.picture(tracks_of(3.0, NONE)).ended == ()
    assert assessor.picture(tracks_of(4.0, [INBOUND], ids=[2])).tracks[0].track == "example-T-0002"


@settings(max_examples=25, deadline=None)
@given(
    cut=st.integers(0, 11),
    seed=st.integers(0, 1000),
    shown=st.lists(st.sets(st.integers(1, 5), max_size=5), min_size=12, max_size=12),
)
def test_a_restart_is_not_noticed(site: Site, cut: int, seed: int, shown: list[set[int]]) -> None:
    rng = np.random.default_rng(seed)
    sequence = []
    for at, ids in enumerate(shown):
        states = rng.normal([0, 0, 150, 0, 0, 0], [2000.0, 2000.0, 60.0, 40.0, 40.0, 15.0], (len(ids), 6))
        identity = tuple("rid:ABC" if one == 2 else None for one in ids)
        seen = {"radar-1": float(at), "rid": float(at) - 1.0}
        sequence.append(tracks_of(float(at), states, ids=sorted(ids), identity=identity, seen_s=seen))
    whole, before = Assessor(site), Assessor(site)
    for assessor in (whole, before):
        assessor.hear(_report(callsign="TST1"))
    expected = [whole.picture(tracks) for tracks in sequence]
    found = [before.picture(tracks) for tracks in sequence[:cut]]
    after = Assessor(site)
    after.restore(before.snapshot())
    found += [after.picture(tracks) for tracks in sequence[cut:]]
    assert found == expected
    assert after.snapshot() == whole.snapshot()


@pytest.mark.parametrize("bad", [b"", b"nonsense", b"\x80"])
def test_what_is_no_snapshot_is_refused(site: Site, bad: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Assessor(site).restore(bad)


def test_a_snapshot_of_another_version_is_refused(site: Site) -> None:
    snapshot = Assessor(site).snapshot().replace(b"version\x01", b"version\x63")
    with pytest.raises(ValueError, match="version 99"):
        Assessor(site).restore(snapshot)


@pytest.mark.parametrize(
    ("identity", "seen", "expected"),
    [
        (None, {"radar-1": 100.0}, Cooperation.UNKNOWN),
        ("rid:ABC", {"rid": 100.0}, Cooperation.CLAIMED),
        ("rid:ABC", {"rid": 99.0, "radar-1": 95.0}, Cooperation.COOPERATIVE),
        ("rid:ABC", {"rid": 99.0, "radar-1": 85.0}, Cooperation.CLAIMED),
        ("rid:ABC", {"rid": 85.0, "radar-1": 99.0}, Cooperation.CLAIMED),
        ("icao:F0A482", {"rid": 99.0, "adsb": 99.0}, Cooperation.CLAIMED),
    ],
)
def test_who_stands_behind_an_identity(
    site: Site, identity: str | None, seen: dict[str, float], expected: Cooperation
) -> None:
    track = _only(site, tracks_of(100.0, [INBOUND], identity=(identity,), seen_s=seen))
    assert track.cooperation is expected
    assert track.sensors == seen
    assert track.last_update_s == max(seen.values())


def test_particulars_are_kept_until_said_anew(site: Site) -> None:
    assessor = Assessor(site)
    assessor.hear(_report(callsign="OLD", operator_id="OP"))
    assessor.hear(_report(self_id="survey"))
    tracks = tracks_of(1.0, [INBOUND, INBOUND], identity=("rid:ABC", "callsign:TST482"))
    assert [track.callsign for track in assessor.picture(tracks).tracks] == ["OLD", "TST482"]
    assessor.hear(_report(callsign="NEW"))
    assert assessor.picture(tracks).tracks[0].callsign == "NEW"


def test_identities_are_bounded(site: Site) -> None:
    assessor = Assessor(site)
    for number in range(IDENTITIES_MOST + 5):
        assessor.hear(_report(f"rid:{number}", callsign="X"))
    tracks = tracks_of(1.0, [INBOUND, INBOUND], identity=("rid:0", f"rid:{IDENTITIES_MOST}"))
    assert [track.callsign for track in assessor.picture(tracks).tracks] == [None, "X"]


def test_one_identity_on_two_tracks_is_said_of_both(site: Site) -> None:
    far = [1570.0, 6000.0, 160.0, 0.0, -54.0, 0.0]
    both = Assessor(site).picture(tracks_of(1.0, [INBOUND, far], identity=("rid:ABC", "rid:ABC"))).tracks
    for track in both:
        (reason,) = [one for one in track.reasons if one.source == "rid:ABC" and one.unit == "m"]
        assert reason.value == pytest.approx(1570.0)


def test_an_identity_that_jumps_is_said_for_a_while(site: Site) -> None:
    assessor = Assessor(site)
    assessor.picture(tracks_of(1.0, [INBOUND], ids=[1], identity=("rid:ABC",)))
    far = [4000.0, 6000.0, 160.0, 0.0, -54.0, 0.0]
    counts = []
    for at in (3.0, 30.0, 90.0):
        track = assessor.picture(tracks_of(at, [far], ids=[2], identity=("rid:ABC",))).tracks[0]
        counts.append(sum(one.source == "rid:ABC" and one.unit == "m" for one in track.reasons))
    assert counts == [1, 1, 0]


def test_reasons_carry_numbers_and_name_the_zone(site: Site) -> None:
    track = _only(site, tracks_of(1.0, [INBOUND]))
    base = next(one for one in track.approaches if one.zone == "base")
    reason = next(one for one in track.reasons if one.source == "base")
    assert reason.value == base.time_to_s
    assert reason.unit == "s"
    assert "Base perimeter" in reason.text
    assert all(len(one.text) <= 80 for one in track.reasons)
    assert any(one.value == track.p_exists for one in track.reasons)
    assert any(one.value == track.p_class for one in track.reasons)


def test_reasons_for_a_near_miss_and_for_inside(site: Site) -> None:
    passing = _only(site, tracks_of(1.0, [[5200.0, 6000.0, 160.0, 0.0, -54.0, 0.0]]))
    warn = next(one for one in passing.approaches if one.zone == "warn")
    assert any(one.source == "warn" and one.value == warn.closest_m for one in passing.reasons)
    inside = _only(site, tracks_of(1.0, [[0.0, 500.0, 100.0, 0.0, -5.0, 0.0]]))
    assert {"base", "warn"} <= {one.source for one in inside.reasons if one.value == 0.0}


def test_silence_of_receivers_the_site_does_not_have_is_not_claimed(site: Site, tmp_path: object) -> None:
    deaf = make_site(tmp_path, receivers=False)  # type: ignore[arg-type]
    assert "Remote ID" in _texts(_only(site, tracks_of(1.0, [INBOUND])))
    assert "Remote ID" not in _texts(_only(deaf, tracks_of(1.0, [INBOUND])))


def test_a_coasting_track_says_since_when_and_stays_over_ground(site: Site) -> None:
    state = [0.0, 6000.0, -80.0, 0.0, -54.0, -20.0]
    track = _only(site, tracks_of(100.0, [state], status=Status.COASTING, seen_s={"radar-1": 96.0}))
    assert track.status == "coasting"
    assert track.height_agl_m == 0.0
    assert any(one.value == 4.0 and one.unit == "s" for one in track.reasons)


@pytest.mark.parametrize(
    ("p_classes", "expected"),
    [
        (DRONE, ("uav_fixed_wing", 0.9)),
        (AIRLINER, ("manned", 0.95)),
        (BIRD, ("bird", 0.86)),
        ((0.6, 0.1, 0.1, 0.1, 0.1), ("uav_rotary", 0.6)),
        ((0.3, 0.3, 0.2, 0.1, 0.1), ("uav", 0.6)),
        ((0.1, 0.1, 0.1, 0.1, 0.6), ("other", 0.6)),
    ],
)
def test_class(p_classes: tuple[float, ...], expected: tuple[str, float]) -> None:
    assert class_of(p_classes) == (expected[0], pytest.approx(expected[1]))
