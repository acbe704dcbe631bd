from __future__ import annotations

from typing import Any

import pytest

from tests.scoring.scenes import moments
from vedette.scoring import Score, plot_svg, score_moments, siap

AT = [0.0, 0.0, 0.0, 10.0, 0.0, 0.0]
FAR = [5000.0, 0.0, 0.0, 10.0, 0.0, 0.0]


def path(row: list[float], *seconds: int, east: float = 0.0) -> dict[str, list[float]]:
    return {str(second): [row[0] + east, *row[1:]] for second in seconds}


def picture(truths: dict[str, Any], tracks: dict[str, Any], identities: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"truths": truths, "tracks": tracks, "identities": identities}


def scored(scene: dict[str, Any], **options: float) -> Score:
    return score_moments(moments(scene), **options)[0]


def test_perfect_tracks() -> None:
    found = scored(picture({"a": path(AT, *range(10))}, {"T": path(AT, *range(10))}, ("T",)))
    assert (found.gospa_m, found.localisation_m, found.missed, found.false, found.id_switches) == (0, 0, 0, 0, 0)
    assert (found.siap.completeness, found.siap.ambiguity, found.siap.spuriousness) == (1.0, 1.0, 0.0)
    assert (found.siap.position_error_m, found.siap.velocity_error_mps) == (0.0, 0.0)
    assert (found.siap.id_completeness, found.siap.track_change_rate_hz, found.siap.longest_segment) == (1.0, 0.0, 1.0)


def test_no_tracks_miss_everything() -> None:
    found = scored(picture({"a": path(AT, 0, 1), "b": path(FAR, 0, 1)}, {}))
    assert (found.missed, found.false, found.localisation_m) == (2.0, 0.0, 0.0)
    assert found.gospa_m == pytest.approx(100.0)
    assert (found.siap.completeness, found.siap.longest_segment) == (0.0, 0.0)
    assert found.siap.ambiguity is None
    assert found.siap.position_error_m is None
    assert found.siap.track_change_rate_hz is None


def test_a_second_track_is_ambiguous_and_a_far_one_spurious() -> None:
    tracks = {"T": path(AT, 0, 1), "T2": path(AT, 0, 1, east=30.0), "F": path(FAR, 0, 1), "F2": path(FAR, 0, 1)}
    found = scored(picture({"a": path(AT, 0, 1)}, tracks))
    assert (found.siap.ambiguity, found.siap.spuriousness) == (2.0, 0.5)
    assert found.siap.position_error_m == pytest.approx(15.0)
    assert (found.missed, found.false) == (0.0, 3.0)


def test_swapped_tracks_are_two_switches_and_a_gap_none() -> None:
    near, far = path(AT, *range(10)), path(FAR, *range(10))
    swapped = {
        "T": path(AT, *range(5)) | path(FAR, *range(5, 10)),
        "U": path(FAR, *range(5)) | path(AT, *range(5, 10)),
    }
    assert scored(picture({"a": near, "b": far}, swapped)).id_switches == 2
    assert scored(picture({"a": near}, {"T": path(AT, 0, 1, 2, 6, 7, 8, 9)})).id_switches == 0
    assert scored(picture({"a": near}, {"T": path(AT, 0, 1, 2), "U": path(AT, 6, 7, 8, 9)})).id_switches == 1


def test_continuity() -> None:
    """One truth for 9 s: track T from 0 to 4 s, U from 3 to 9 s: two segments cover 9 s, the longest lasts 6 s."""
    found = scored(picture({"a": path(AT, *range(10))}, {"T": path(AT, *range(5)), "U": path(AT, *range(3, 10))})).siap
    assert found.track_change_rate_hz == pytest.approx(1 / 9)
    assert found.longest_segment == pytest.approx(6 / 9)
    broken = scored(picture({"a": path(AT, *range(10))}, {"T": path(AT, 0, 1, 2, 3, 7, 8, 9)})).siap
    assert broken.track_change_rate_hz == pytest.approx(1 / 5)
    assert broken.longest_segment == pytest.approx(5 / 9)


def test_a_track_goes_to_the_nearest_truth_strictly_within_the_cutoff() -> None:
    truths = {"a": path(AT, 0, 1), "b": path(AT, 0, 1, east=80.0)}
    assert siap(moments(picture(truths, {"T": path(AT, 0, 1, east=50.0)})), 100.0).position_error_m == 30.0
    assert siap(moments(picture({"a": path(AT, 0)}, {"T": path(AT, 0, east=100.0)})), 100.0).completeness == 0.0


def test_the_first_seconds_are_skipped() -> None:
    scene = picture({"a": path(AT, *range(10))}, {"T": path(AT, *range(4, 10))})
    assert scored(scene).missed == pytest.approx(0.4)
    late = scored(scene, skip_s=4.0)
    assert (late.missed, late.truth_times, late.skipped_s) == (0.0, 6, 4.0)
    with pytest.raises(ValueError, match="no truth time"):
        scored(scene, skip_s=10.0)


@pytest.mark.parametrize("options", [{"c_m": 0.0}, {"c_m": float("inf")}, {"p": 0.5}, {"skip_s": -1.0}])
def test_numbers_that_cannot_be(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="c_m"):
        scored(picture({"a": path(AT, 0)}, {}), **options)


def test_times_that_do_not_ascend_are_refused() -> None:
    first, second = moments(picture({"a": path(AT, 0, 1)}, {}))
    with pytest.raises(ValueError, match="ascend"):
        score_moments([second, first])


def test_the_plot_is_well_formed_and_as_high_as_the_values() -> None:
    from xml.etree import ElementTree

    for seconds in (1, 2, 30, 5000):
        times = moments(picture({"a": path(AT, *range(seconds))}, {"T": path(AT, *range(seconds), east=40.0)}))
        drawn = ElementTree.fromstring(plot_svg(*score_moments(times)))  # noqa: S314 - our own text
        paths = [
            node.get("d", "") for node in drawn.iter("{http://www.w3.org/2000/svg}path") if "h" not in node.get("d", "")
        ]
        assert len(paths) == 4
        assert max(len(one) for one in paths) < 60_000
        heights = [float(point.split()[1]) for point in paths[0].removeprefix("M").split("L")]
        assert heights == pytest.approx([74.0] * len(heights))
