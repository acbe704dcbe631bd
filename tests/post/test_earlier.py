"""What an incident's record holds of the time before its alert, and of each detection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.post.scene import AWAY, BEGIN_S, picture, see, site, track
from vedette.geo import distance_azimuth
from vedette.model import Draft, Event, IncidentDetections, Look, Origin, Scan
from vedette.post import Post, keeping
from vedette.post.earlier import BEGUN_S, EARLIER_S, LOOKS_MOST

DISTANCE_M, AZIMUTH_DEG = distance_azimuth(36.24, 43.96, 36.227, 43.944)


def scan(at_s: float, azimuths_deg: tuple[float, ...] = (AZIMUTH_DEG,), **more: Any) -> Scan:
    n = len(azimuths_deg)
    values: dict[str, Any] = {"sensor": "radar-1", "look": f"{at_s}", "range_m": np.full(n, DISTANCE_M)}
    return Scan(observed_s=BEGIN_S + at_s, azimuth_true_rad=np.radians(azimuths_deg), **values | more)


def kept(drafts: list[Draft]) -> list[IncidentDetections]:
    return [draft.payload for draft in drafts if isinstance(draft.payload, IncidentDetections)]


def stand(post: Post, first_s: int, last_s: int, name: str = "erbil-T-0001", **changes: Any) -> list[Draft]:
    """A look, then a picture, each second: a track that stands where it is."""
    still = {"velocity_east_mps": 0.0, "velocity_north_mps": 0.0}
    drafts = []
    for at_s in range(first_s, last_s + 1):
        before = picture(at_s - 1.0, track(name, at_s=at_s - 1.0, **still | changes))
        drafts += post.look(Look(scan=scan(at_s)), before, BEGIN_S + at_s, Origin.LIVE)
        shown = picture(float(at_s), track(name, at_s=float(at_s), **still | changes))
        drafts += post.see(shown, BEGIN_S + at_s, Origin.LIVE)
    return drafts


def test_the_looks_that_led_to_an_alert_are_written_with_it() -> None:
    post = Post(site())
    for at_s in (-30.0, -BEGUN_S - 0.5, -3.0, -2.0):
        post.look(Look(scan=scan(at_s)), None, BEGIN_S + at_s, Origin.LIVE)
    assert kept(stand(post, 0, 30, approaches=AWAY)) == []
    drafts = stand(post, 31, 33)
    opened = next(k for k, draft in enumerate(drafts) if draft.payload.__class__.__name__ == "IncidentOpened")
    earlier = kept(drafts[opened:])
    assert [one.observed_s - BEGIN_S for one in earlier] == [-3.0, -2.0, *map(float, range(34))]
    assert all(one.incident == "erbil-I-0001" for one in earlier)
    assert [draft.observed_s for draft in drafts if isinstance(draft.payload, IncidentDetections)] == [
        one.observed_s for one in earlier
    ]
    assert [one.observed_s - BEGIN_S for one in kept(stand(post, 34, 35))] == [34.0, 35.0], "each look once"
    assert post.books.incidents["erbil-I-0001"].rows == 38


def test_what_is_older_than_two_minutes_is_forgotten() -> None:
    post = Post(site())
    stand(post, 0, 200, approaches=AWAY)
    times = [one.observed_s - BEGIN_S for one in kept(stand(post, 201, 203))]
    assert times[0] == pytest.approx(203.0 - EARLIER_S, abs=3.0)
    assert times == sorted(times)


def test_a_second_track_brings_its_own_looks_and_a_second_alert_none() -> None:
    post = Post(site())
    stand(post, 0, 3)
    written = kept(stand(post, 4, 7, "erbil-T-0002"))
    assert [one.observed_s - BEGIN_S for one in written if one.observed_s < BEGIN_S + 4.0]
    assert {one.incident for one in written} == {"erbil-I-0001"}
    rows = post.books.incidents["erbil-I-0001"].rows
    see(post, 8.0, track(at_s=8.0, approaches=AWAY), track("erbil-T-0002", at_s=8.0))
    assert post.books.incidents["erbil-I-0001"].rows == rows


def test_an_incident_takes_no_more_than_it_may_hold() -> None:
    assert LOOKS_MOST >= 20 * EARLIER_S
    post = Post(site())
    many = tuple(AZIMUTH_DEG + 0.01 * k for k in range(20))
    stand(post, 0, 60, approaches=AWAY)
    for number in range(1200):
        post.look(Look(scan=scan(0.05 * number, many)), None, BEGIN_S + 60.0, Origin.LIVE)
    stand(post, 61, 64)
    assert post.books.incidents["erbil-I-0001"].rows == keeping.ROWS_AN_INCIDENT


def test_a_row_keeps_its_errors_and_its_sector() -> None:
    post = Post(site())
    stand(post, 0, 3)
    told = scan(
        4.0, sigma_range_m=np.array([7.5]), sigma_azimuth_true_rad=np.radians([0.25]),
        sigma_elevation_rad=np.array([np.nan]), range_rate_mps=np.array([-12.0]),
        sigma_range_rate_mps=np.array([0.5]), sector_rad=(0.0, np.pi / 2.0),
    )  # fmt: skip
    (one,) = kept(post.look(Look(scan=told), picture(4.0, track(at_s=4.0)), BEGIN_S + 4.0, Origin.LIVE))
    (row,) = one.rows
    assert (row["sigma_range_m"], row["sigma_range_rate_mps"]) == (7.5, 0.5)
    assert row["sigma_azimuth_deg"] == pytest.approx(0.25)
    assert "sigma_elevation_deg" not in row
    assert (row["sector_from_deg"], row["sector_to_deg"]) == pytest.approx((0.0, 90.0))
    place = Scan(
        sensor="rid", observed_s=BEGIN_S + 5.0, latitude_deg=np.array([36.227]), longitude_deg=np.array([43.944]),
        altitude_ellipsoid_m=np.array([575.0]), sigma_position_m=np.array([3.0]),
        sigma_altitude_ellipsoid_m=np.array([8.0]),
    )  # fmt: skip
    (one,) = kept(post.look(Look(scan=place), picture(5.0, track(at_s=5.0)), BEGIN_S + 5.0, Origin.LIVE))
    assert (one.rows[0]["sigma_position_m"], one.rows[0]["sigma_altitude_m"]) == (3.0, 8.0)


def test_the_books_are_the_same_fold_with_it() -> None:
    post, folded = Post(site()), Post(site())
    for number, draft in enumerate(stand(post, 0, 6), 1):
        folded.apply(
            Event(
                seq=number, observed_s=draft.observed_s, received_s=draft.received_s, origin=draft.origin, kind="",
                schema=1, payload=draft.payload,
            )
        )  # fmt: skip
    assert folded.books == post.books
