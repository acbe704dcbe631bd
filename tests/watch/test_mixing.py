"""What is injected joins the looks of the real sensors: it is missed only where it was looked for, and counts once."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.watch.mixed import CALM, NIGHT, alerts, calm, looks, mixed, points, raid, sequence, watched
from vedette.model import CooperativeReport, Look, Origin, Scan, Sequenced, Tick
from vedette.sim import simulate
from vedette.sim.injection import with_rows
from vedette.watch.mixing import NEVER_S, Mix

SITE = NIGHT.site


def mix(seed: int, since_s: float = NIGHT.start_s, *, simulates_silent: bool = False) -> Mix:
    return Mix(SITE, raid(seed), since_s, simulates_silent=simulates_silent)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_injected_drone_is_tracked_and_alerted_on_as_if_it_were_there(seed: int) -> None:
    real = watched(sequence(simulate(NIGHT, seed).arrivals, Origin.SIMULATED), SITE)
    drafts = watched(mixed(calm(seed), mix(seed)), SITE)
    wanted, found = alerts(real), alerts(drafts)
    assert len(found) == len(wanted) == 2
    for one, other in zip(found, wanted, strict=True):
        assert one.title == other.title
        assert one.observed_s == pytest.approx(other.observed_s, abs=6.0)
        assert len(points(drafts, one.track)) == pytest.approx(len(points(real, other.track)), rel=0.1)
    assert {draft.origin for draft in drafts} == {Origin.EXERCISE}


def test_it_is_where_the_truth_is() -> None:
    injection = raid(1)
    drafts = watched(mixed(calm(1), Mix(SITE, injection, NIGHT.start_s, simulates_silent=False)), SITE)
    track = alerts(drafts)[0].track
    rows = [row for actor in injection.actors for row in injection.truth(actor, 0.1)]
    frame = SITE.frame()
    errors = []
    for point in points(drafts, track):
        if point.status == "confirmed" and point.latitude_deg is not None and point.longitude_deg is not None:
            here = np.array(frame.to_enu_m(point.latitude_deg, point.longitude_deg, 0.0))
            near = [row for row in rows if abs(row.time_s - point.observed_s) < 0.06]
            there = np.array([frame.to_enu_m(row.latitude_deg, row.longitude_deg, 0.0) for row in near])
            errors.append(float(np.min(np.linalg.norm((there - here)[:, :2], axis=1))))
    assert len(errors) > 30
    assert np.median(errors) < 20.0


def test_every_look_stays_one_and_keeps_its_own_rows() -> None:
    live = calm(1)
    after = mixed(live, mix(1))
    for sensor in ("radar-west", "camera-west"):
        before, joined = looks(live, sensor), looks(after, sensor)
        assert [one.look for one in joined] == [one.look for one in before]
        grown = 0
        for old, new in zip(before, joined, strict=True):
            grown += len(new) - len(old)
            if len(old) and old.azimuth_true_rad is not None and new.azimuth_true_rad is not None:
                assert np.array_equal(new.azimuth_true_rad[: len(old)], old.azimuth_true_rad)
        assert grown > 60
    ticks = [one.received_s for one in live if isinstance(one.body, Tick)]
    assert [one.received_s for one in after if isinstance(one.body, Tick)] == ticks


def test_a_sensor_that_is_silent_sees_nothing_unless_it_is_simulated() -> None:
    ticks = [one for one in calm(1) if isinstance(one.body, Tick)]
    assert looks(mixed(ticks, mix(1)), "radar-west") == []
    simulated = mixed(ticks, mix(1, NEVER_S, simulates_silent=True))
    assert len(alerts(watched(simulated, SITE))) == 2


def test_reports_that_cover_nothing_are_answered_in_kind() -> None:
    live = [_uncovering(one) for one in calm(1)]
    added = looks(mixed(live, mix(1)), "radar-west")
    own = [one for one in added if one.look is None]
    assert len(own) > 60
    assert all(one.covers is False and len(one) in (1, 2) for one in own)


def _uncovering(message: Sequenced) -> Sequenced:
    if not isinstance(message.body, Look):
        return message
    scan = msgspec.structs.replace(message.body.scan, covers=False)
    return msgspec.structs.replace(message, body=Look(scan=scan))


def test_a_turning_antenna_sees_it_in_the_sector_that_it_is_in() -> None:
    turning = tuple(msgspec.structs.replace(one, sectors=16 if one.id == "radar-west" else 1) for one in NIGHT.sensors)
    live = list(sequence(simulate(msgspec.structs.replace(CALM, sensors=turning), 1).arrivals, Origin.LIVE))
    before, after = looks(live, "radar-west"), looks(mixed(live, mix(1)), "radar-west")
    seen = []
    for old, new in zip(before, after, strict=True):
        rows = slice(len(old), None)
        if len(new) > len(old):
            assert new.sector_rad is not None
            assert new.azimuth_true_rad is not None
            assert new.time_offset_s is not None
            first, last = new.sector_rad
            beyond = (new.azimuth_true_rad[rows] - first) % math.tau - (last - first) % math.tau
            assert np.all((beyond < math.radians(3.0)) | (beyond > math.tau - math.radians(30.0)))
            assert np.all(new.time_offset_s[rows] <= 0.0)
            seen += (new.observed_s + new.time_offset_s[rows]).tolist()
    turns = np.diff(np.unique(np.floor(np.array(seen))))
    assert len(seen) > 60
    assert np.median(turns) == 1.0


def test_nobody_is_named_in_an_exercise() -> None:
    said: dict[str, Any] = {"operator_id": "FIN87", "operator_latitude_deg": 36.2, "operator_longitude_deg": 43.9}
    report = CooperativeReport(sensor="adsb-1", observed_s=1.0, source="remote_id", identity="rid:A", **said)
    heard = Sequenced(seq=1, received_s=NIGHT.start_s, origin=Origin.LIVE, body=report)
    ((_, kept),) = [item for item in mix(1).take(heard) if isinstance(item[1], CooperativeReport)]
    assert isinstance(kept, CooperativeReport)
    assert kept.identity == "rid:A"
    assert all(getattr(kept, name) is None for name in said)


def test_what_one_side_did_not_measure_is_not_known() -> None:
    scan = Scan(sensor="radar-1", observed_s=1.0, azimuth_true_rad=np.array([1.0]), snr_db=np.array([9.0]))
    rows = {"azimuth_true_rad": np.array([2.0]), "range_m": np.array([500.0]), "time_offset_s": np.array([-0.1])}
    both = with_rows(msgspec.structs.replace(scan, identity=("rid:A",)), rows)
    assert both.azimuth_true_rad is not None
    assert both.azimuth_true_rad.tolist() == [1.0, 2.0]
    assert both.identity == ("rid:A", None)
    assert both.range_m is not None
    assert math.isnan(both.range_m[0])
    assert both.snr_db is not None
    assert math.isnan(both.snr_db[1])
    assert both.time_offset_s is not None
    assert both.time_offset_s.tolist() == [0.0, -0.1]
