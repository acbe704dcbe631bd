"""A site's sensors change while it is watched: tracks and their numbers stay, and what follows is repeatable."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from tests.tracking.field import look, noise_points, radar, report, reporter, sensor, site
from vedette.model import Scan, Status, Tracks
from vedette.site import Sensor, Site
from vedette.tracking import Tracker

pytestmark = pytest.mark.kernels

ONE = radar("radar-1", clutter_per_scan=2.0)
TWO = radar("radar-2", 1500.0, -500.0, clutter_per_scan=2.0)
EAR = sensor("rf-1", "rf", -800.0, 300.0, sigma_azimuth_deg=2.0, clutter_per_scan=0.2)
ADSB = reporter("adsb-1", "adsb")
BEFORE = site(ONE, TWO, EAR, ADSB)
CHANGED_AT = 15

Change = Callable[[Site], Site]


def under(*sensors: Sensor, late_s: float = 2.0) -> Change:
    return lambda _: site(*sensors, late_s=late_s)


CHANGES: dict[str, Change] = {
    "nothing": lambda one: one,
    "a parameter": under(ONE, msgspec.structs.replace(TWO, p_detect=0.6, clutter_per_scan=9.0), EAR, ADSB),
    "a sensor's place": under(ONE, radar("radar-2", 2500.0, 100.0, clutter_per_scan=2.0), EAR, ADSB),
    "the order": under(ADSB, EAR, TWO, ONE),
    "one more, in front": under(radar("radar-0", 500.0, 500.0), ONE, TWO, EAR, ADSB),
    "one less, the first": under(TWO, EAR, ADSB),
    "one less, the last": under(ONE, TWO, EAR),
    "one for another": under(ONE, radar("radar-9", 100.0, 100.0), EAR, ADSB),
    "a longer late_s": under(ONE, TWO, EAR, ADSB, late_s=6.0),
    "a shorter late_s": under(ONE, TWO, EAR, ADSB, late_s=0.5),
}


def second_of(k: int, sensors: tuple[Sensor, ...]) -> list[Scan]:
    """Two drones and an airliner at second k, before these sensors; looks of equal time among them."""
    drones = np.array([[2000.0 - 25 * k, 700.0, 140.0], [-1800.0 + 20 * k, 900.0 - 5 * k, 90.0]])
    airliner = np.array([-5000.0 + 70 * k, -2500.0, 800.0])
    looks = []
    for number, one in enumerate(sensors):
        draw = np.random.default_rng(1000 * k + number)
        if one.kind == "radar":
            looks.append(look(one, k, np.vstack([drones, noise_points(draw, 2)]), draw))
        elif one.kind == "rf":
            looks.append(look(one, k, drones[:1], draw))
        else:
            looks.append(report(one, k, airliner, "icao:4CA123", draw))
    return looks


def fly(tracker: Tracker, sensors: tuple[Sensor, ...], first: int, last: int) -> list[Tracks]:
    return [tracker.observe(scan) for k in range(first, last) for scan in second_of(k, sensors)]


def confirmed(tracks: Tracks) -> set[int]:
    return set(tracks.id[tracks.status == Status.CONFIRMED].tolist())


def bytes_of(tracks: Tracks) -> tuple[object, ...]:
    values = (getattr(tracks, name) for name in tracks.__struct_fields__)
    return tuple(value.tobytes() if isinstance(value, np.ndarray) else value for value in values)


@pytest.mark.parametrize("name", CHANGES)
def test_tracks_go_on_under_their_numbers(name: str) -> None:
    tracker = Tracker(BEFORE)
    before = fly(tracker, BEFORE.sensors, 0, CHANGED_AT)[-1]
    after_site = CHANGES[name](BEFORE)
    changed = Tracker.restored(after_site, tracker.snapshot())
    at_once = changed.tracks()
    assert at_once.id.tolist() == before.id.tolist()
    assert np.array_equal(at_once.position_enu_m, before.position_enu_m)
    assert at_once.sensors == tuple(one.id for one in after_site.sensors)
    drones = confirmed(before) - set(before.id[[one == "icao:4CA123" for one in before.identity]].tolist())
    assert len(drones) >= 2
    after = fly(changed, after_site.sensors, CHANGED_AT, CHANGED_AT + 10)[-1]
    assert drones <= confirmed(after)
    fresh = set(after.id.tolist()) - set(before.id.tolist())
    assert all(number > before.id.max() for number in fresh), "no number is given twice"


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_again_also_after_a_restart_and_with_late_looks(name: str) -> None:
    after_site = CHANGES[name](BEFORE)
    tracker = Tracker(BEFORE)
    fly(tracker, BEFORE.sensors, 0, CHANGED_AT)
    snapshot = tracker.snapshot()
    late = second_of(CHANGED_AT - 1, after_site.sensors)[0]
    late = msgspec.structs.replace(late, observed_s=late.observed_s - 0.3, look="late")

    def go_on(changed: Tracker, restart: bool) -> list[tuple[object, ...]]:
        seen = [bytes_of(changed.observe(late))]
        for k in range(CHANGED_AT, CHANGED_AT + 6):
            if restart:
                changed = Tracker.restored(after_site, changed.snapshot())
            seen += [bytes_of(changed.observe(scan)) for scan in second_of(k, after_site.sensors)]
        return seen

    once = go_on(Tracker.restored(after_site, snapshot), restart=False)
    assert once == go_on(Tracker.restored(after_site, snapshot), restart=False)
    assert once == go_on(Tracker.restored(after_site, snapshot), restart=True)


def test_what_was_learned_of_a_changed_sensor_is_forgotten_of_the_others_kept() -> None:
    tracker = Tracker(BEFORE)
    fly(tracker, BEFORE.sensors, 0, CHANGED_AT)
    learned = tracker.state.clutter.copy()
    assert learned[0].any()
    assert learned[1].any()
    changed = Tracker.restored(CHANGES["a parameter"](BEFORE), tracker.snapshot()).state
    assert np.array_equal(changed.clutter[0], learned[0])
    assert not changed.clutter[1].any()
    assert np.array_equal(changed.seen_s[: changed.count], tracker.state.seen_s[: changed.count], equal_nan=True)


def test_a_look_older_than_a_longer_late_s_can_go_back_to_is_late() -> None:
    tracker = Tracker(BEFORE)
    fly(tracker, BEFORE.sensors, 0, CHANGED_AT)
    changed = Tracker.restored(under(ONE, TWO, EAR, ADSB, late_s=20.0)(BEFORE), tracker.snapshot())
    changed.observe(look(ONE, CHANGED_AT - 12.5, [[500.0, 500.0, 100.0]]))
    assert changed.counts["late"] == 1


def test_without_any_sensor_there_is_no_track() -> None:
    tracker = Tracker(BEFORE)
    fly(tracker, BEFORE.sensors, 0, CHANGED_AT)
    assert len(Tracker.restored(site(), tracker.snapshot()).tracks()) == 0
