"""Evidence → disposition: a table of cases, and what holds of all."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from tests.post.identity.plain import judge_plainly
from tests.post.scene import AWAY, BEGIN_S, BIRD, DRONE, INBOUND, MANNED, UAV, UNCLASSED, approach, track
from vedette.model import Cooperation, Disposition, Reason, TrackPicture
from vedette.post.identity.disposition import FlightMatch, judge

HEARD = (("ADS-B", "adsb"), ("Remote ID", "rid"))
TWICE = (Reason(text="Remote ID X also on another track, 900 m away", value=900.0, unit="m", source="rid:X"),)
SURE_BIRD = (0.02, 0.02, 0.01, 0.93, 0.02)
CLAIMED, AGREED = Cooperation.CLAIMED, Cooperation.COOPERATIVE
NAMED = FlightMatch(flight="erbil-O-0001", who="Survey team", by_identity=True)
STRAYED = FlightMatch(flight="erbil-O-0001", who="Survey team", by_identity=True, strays="240 m outside its box")
PLACED = FlightMatch(
    flight="erbil-O-0001", who="Survey team", by_identity=False, p=0.97, strangers=0.01, zones=frozenset({"ring"})
)
SHARED = FlightMatch(flight="erbil-O-0001", who="Survey team", by_identity=False, p=0.49, strangers=0.01)

WORD: dict[str, Any] = {"identity": "rid:X", "cooperation": CLAIMED}
BORNE_OUT: dict[str, Any] = {"identity": "rid:X", "cooperation": AGREED}
OWN: dict[str, Any] = {"identity": "own:scout", "cooperation": AGREED}
ICAO: dict[str, Any] = {"identity": "icao:ABC123", "cooperation": AGREED}
IN_RING = (approach(0.0, zone_id="ring", role="warning"),)

CASES: list[tuple[str, dict[str, Any], FlightMatch | None, str]] = [
    ("a drone inbound without a name", {}, None, "suspicious"),
    ("the same, not yet classed", {"p_classes": UNCLASSED}, None, "suspicious"),
    ("the same, a Remote ID by its own word", WORD, None, "suspicious"),
    ("the same, its place borne out", BORNE_OUT, None, "suspicious"),
    ("inside the perimeter", {"approaches": (approach(0.0),)}, None, "suspicious"),
    ("inside, of another system's number", {"identity": "track:9", "approaches": (approach(0.0),)}, None, "suspicious"),
    ("into a keep-out zone", {"approaches": (approach(20.0, zone_id="k", role="keep_out"),)}, None, "suspicious"),
    ("into the perimeter, but in two minutes", {"approaches": (approach(120.0),)}, None, "unknown"),
    ("over an asset that is no zone", {"approaches": (approach(0.0, zone_id="a", role="asset"),)}, None, "unknown"),
    ("a drone that goes away", {"approaches": AWAY}, None, "unknown"),
    ("away, a Remote ID by its own word", {"approaches": AWAY, **WORD}, None, "unknown"),
    ("away, its place borne out", {"approaches": AWAY, **BORNE_OUT}, None, "neutral"),
    ("away, but not long seen", {"approaches": AWAY, "at_s": 3.0}, None, "pending"),
    ("away, and hardly believed", {"approaches": AWAY, "p_exists": 0.7}, None, "pending"),
    ("inbound for three seconds", {"at_s": 3.0}, None, "suspicious"),
    ("inbound for one second", {"at_s": 1.0}, None, "pending"),
    ("inbound, believed less than not", {"p_exists": 0.4}, None, "pending"),
    ("an airliner over the field", {"p_classes": MANNED, **ICAO}, None, "neutral"),
    ("an ICAO address by its own word", {"identity": "icao:ABC123", "cooperation": CLAIMED}, None, "suspicious"),
    ("the same, as manned", {"p_classes": MANNED, "identity": "icao:A", "cooperation": CLAIMED}, None, "unknown"),
    ("a manned aircraft without a name", {"p_classes": MANNED}, None, "unknown"),
    ("a bird far off", {"p_classes": BIRD, "approaches": AWAY}, None, "neutral"),
    ("a bird that makes for the perimeter", {"p_classes": BIRD}, None, "unknown"),
    ("the same, surely a bird", {"p_classes": SURE_BIRD}, None, "neutral"),
    ("own, and another sensor agrees", OWN, None, "friendly"),
    ("own by its own word", {"identity": "own:scout", "cooperation": CLAIMED}, None, "assumed_friendly"),
    ("own, but on two tracks", {**OWN, "contradictions": TWICE}, None, "suspicious"),
    ("a flight by identity, borne out", BORNE_OUT, NAMED, "friendly"),
    ("a flight by its own word", WORD, NAMED, "assumed_friendly"),
    ("a flight out of its box", BORNE_OUT, STRAYED, "assumed_friendly"),
    ("a flight on two tracks", {**BORNE_OUT, "contradictions": TWICE}, NAMED, "suspicious"),
    ("a flight by place", {"approaches": AWAY}, PLACED, "assumed_friendly"),
    ("the same, in a zone that its box touches", {"approaches": IN_RING}, PLACED, "assumed_friendly"),
    ("the same, on its way into the perimeter", {"approaches": INBOUND}, PLACED, "suspicious"),
    ("one of two in the box", {"approaches": AWAY}, SHARED, "unknown"),
    ("a drone of unsure kind, inbound", {"p_classes": DRONE}, None, "suspicious"),
]  # fmt: skip


MATCHES = (None, None, NAMED, STRAYED, PLACED, SHARED)
masses = st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5).map(
    lambda each: tuple(value / sum(each) for value in each)
)
near = st.tuples(
    st.sampled_from([None, 0.0, 30.0, 60.0, 90.0]), st.sampled_from(["perimeter", "warning", "keep_out", "asset"])
)
crowd = st.fixed_dictionaries(
    {
        "at_s": st.sampled_from([0.5, 1.9, 2.0, 3.9, 4.0, 9.9, 10.0, 40.0]),
        "p_exists": st.sampled_from([0.3, 0.5, 0.79, 0.8, 1.0]),
        "p_classes": st.one_of(masses, st.sampled_from([UAV, BIRD, MANNED, UNCLASSED, SURE_BIRD])),
        "identity": st.sampled_from([None, None, "rid:X", "own:scout", "icao:A", "callsign:B", "mmsi:1", "track:9"]),
        "cooperation": st.sampled_from(list(Cooperation)),
        "contradictions": st.sampled_from([(), (), TWICE, TWICE * 2]),
        "approaches": st.lists(near, max_size=3).map(
            lambda each: tuple(approach(at, zone_id=f"z{place}", role=role) for place, (at, role) in enumerate(each))
        ),
    }
)


@settings(max_examples=400, deadline=None)
@given(crowd, st.sampled_from(MATCHES), st.sampled_from([(), HEARD]))
def test_a_crowd_is_judged_as_the_plain_way_does(
    changes: dict[str, Any], match: FlightMatch | None, heard: tuple[tuple[str, str], ...]
) -> None:
    assert judge(one(**changes), match, heard) == judge_plainly(one(**changes), match, heard)


def one(**changes: Any) -> TrackPicture:
    return track(at_s=changes.pop("at_s", 30.0), **changes)


@pytest.mark.parametrize(
    ("changes", "match", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_cases(changes: dict[str, Any], match: FlightMatch | None, expected: str) -> None:
    judged = judge(one(**changes), match, HEARD)
    assert judged.disposition == expected
    if expected != "unknown":
        assert judged.evidence[0].says == expected, "the decisive piece stands first"
    assert all(piece.text and (piece.source or piece.value is not None) for piece in judged.evidence)


def test_silence_is_said_with_its_length_and_who_listens() -> None:
    silence = next(piece for piece in judge(one(), None, HEARD).evidence if "heard" in piece.text)
    assert (silence.value, silence.unit, silence.source) == (30.0, "s", "adsb, rid")
    assert silence.says is Disposition.SUSPICIOUS
    away = judge(one(approaches=AWAY), None, HEARD).evidence
    assert all(piece.says is not Disposition.SUSPICIOUS for piece in away), "silence alone condemns nobody"
    assert not any("heard" in piece.text for piece in judge(one(), None, ()).evidence), "nobody listens"


matches = st.sampled_from([None, NAMED, STRAYED, PLACED, SHARED])
tracks = st.fixed_dictionaries(
    {
        "identity": st.sampled_from([None, "rid:X", "own:scout", "icao:ABC123", "callsign:T1", "track:4"]),
        "cooperation": st.sampled_from(list(Cooperation)),
        "p_classes": st.sampled_from([UAV, DRONE, MANNED, BIRD, UNCLASSED, SURE_BIRD]),
        "approaches": st.sampled_from([INBOUND, AWAY, ()]),
        "p_exists": st.floats(0.0, 1.0),
        "first_s": st.floats(BEGIN_S, BEGIN_S + 30.0),
        "contradictions": st.sampled_from([(), TWICE]),
        "height_agl_m": st.none() | st.floats(0.0, 500.0),
    }
)


@given(tracks, matches)
def test_no_evidence_says_hostile_and_a_contradicted_name_makes_no_friend(
    changes: dict[str, Any], match: FlightMatch | None
) -> None:
    judged = judge(one(**changes), match, HEARD)
    assert Disposition.HOSTILE not in {judged.disposition, *(piece.says for piece in judged.evidence)}
    if changes["contradictions"]:
        assert judged.disposition is Disposition.SUSPICIOUS
    if match is None and changes["cooperation"] is not AGREED and not str(changes["identity"]).startswith("own:"):
        assert judged.disposition not in (Disposition.FRIENDLY, Disposition.ASSUMED_FRIENDLY)
