"""Smoothed paths in the papers: drawn, told, and never mistaken for what the watch said."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from tests.report.papers import AT_S, alerts, case_of, events, impact, incident, points, track
from vedette.clock import parse_time
from vedette.geo import destination
from vedette.model import Impact, SmoothedPath, TrackPoint
from vedette.report import incident_document, render_html, summary_text
from vedette.report.crossings import crossings
from vedette.report.timeline import timeline
from vedette.site import Site

NAME = "example-T-0003"


def smoothed(site: Site, after: Impact | None = None) -> SmoothedPath:
    """The first drone: from 4 s before it was tracked, twice a second, to its last detection."""
    own = [point for point in points(site) if point.track == NAME and point.latitude_deg is not None]
    first = own[0].observed_s - 4.0
    found = []
    for back in range(int(2 * (AT_S + 12.0 - first)), -1, -1):
        assert incident(site).tracks[0].impact is not None
        down = incident(site).tracks[0].impact
        place = destination(down.latitude_deg, down.longitude_deg, 225.0, 27.5 * back)  # type: ignore[union-attr]
        found.append(
            msgspec.structs.replace(
                own[0], observed_s=AT_S + 12.0 - back / 2.0, latitude_deg=place[0], longitude_deg=place[1],
                sigma_position_m=4.0,
            )
        )  # fmt: skip
    return SmoothedPath(track=NAME, detections=311, points=tuple(found), impact=after)


def better(site: Site) -> Impact:
    there = impact(site, 215.0, 690.0, "inside", 0.999, AT_S + 12.0)
    return msgspec.structs.replace(there, sigma_major_m=9.0, sigma_minor_m=8.0)


def paper(site: Site, *paths: SmoothedPath) -> tuple[dict[str, Any], str]:
    document = incident_document(incident(site), site, alerts(), paths)
    drawn = [point for path in paths for point in path.points]
    drawn += [point for point in points(site) if point.track not in [path.track for path in paths]]
    return document, render_html(case_of(document, site, drawn, events(site)))


def test_the_document_says_what_is_smoothed_and_what_the_watch_said(site: Site) -> None:
    document, _ = paper(site, smoothed(site, better(site)))
    first, second = document["tracks"]
    assert second["smoothed"] is None
    assert first["smoothed"]["detections"] == 311
    assert first["smoothed"]["sigma_position_m"] == 4.0
    assert parse_time(first["smoothed"]["first_utc"]) == parse_time(first["first_utc"]) - 4.0
    assert (first["impact"]["made"], first["smoothed"]["impact"]["made"]) == ("live", "smoothed")
    assert first["impact"]["sigma_major_m"] == 24.0
    plain = incident_document(incident(site), site, alerts())
    assert [one["smoothed"] for one in plain["tracks"]] == [None, None]


def test_both_places_are_drawn_each_labelled_and_none_without_cause(site: Site) -> None:
    _, page = paper(site, smoothed(site, better(site)))
    whole = page.partition("</svg>")[0]
    assert whole.count('class="ellipse after"') == 1
    assert whole.count('class="cross"') == 3
    for wanted in ("Place, by the watch", "Place, after the fact", "after the fact</text>", "311 detections"):
        assert wanted in page, wanted
    _, page = paper(site, smoothed(site))
    assert "ellipse after" not in page
    assert "Place, by the watch" not in page
    assert page.partition("</svg>")[0].count('class="cross"') == 2


@pytest.mark.parametrize("names", [(), (NAME,), (NAME, "example-T-0007")])
def test_the_map_says_how_its_tracks_were_made(site: Site, names: tuple[str, ...]) -> None:
    _, page = paper(site, *(msgspec.structs.replace(smoothed(site), track=name) for name in names))
    caption = re.search(r"<figcaption>(.*?)</figcaption>", page)
    assert caption is not None
    assert ("smoothed" in caption[1]) == bool(names)
    assert ("as recorded" in caption[1]) == (len(names) < 2)
    assert (NAME in caption[1]) == (len(names) == 1)
    assert ("What the watch knew when" in page) == bool(names)


def test_the_timeline_tells_of_the_first_detection_and_of_the_line(site: Site) -> None:
    path = smoothed(site)
    document, _ = paper(site, path)
    rows = timeline(document, site, events(site), path.points)
    assert [row.at_s for row in rows] == sorted(row.at_s for row in rows)
    (first,) = [row for row in rows if "first detected" in row.what]
    assert first.at_s == path.points[0].observed_s
    (crossed,) = [row for row in rows if "inward" in row.what]
    before = max(point.observed_s for point in path.points if not _is_inside(site, point))
    assert before <= crossed.at_s <= before + 0.5
    told = timeline(incident_document(incident(site), site, alerts()), site, events(site), path.points)
    assert not any("crossed" in row.what or "first detected" in row.what for row in told)


def _is_inside(site: Site, point: TrackPoint) -> bool:
    """Inside, by the crossings of a path from a place that lies far outside."""
    far = msgspec.structs.replace(point, observed_s=point.observed_s - 1.0, latitude_deg=site.latitude_deg + 1.0)
    return len(crossings(site, [far, point])) == 1


def test_a_path_along_the_line_and_one_over_a_gap_cross_nothing(site: Site) -> None:
    path = list(smoothed(site).points)
    (crossed,) = crossings(site, path)
    away = [point for point in path if abs(point.observed_s - crossed[0]) > 4.0]
    assert crossings(site, away) == []
    at = next(k for k, point in enumerate(path) if point.observed_s > crossed[0])
    back = msgspec.structs.replace(path[at - 1], observed_s=path[at].observed_s + 0.5)
    assert crossings(site, [*path[: at + 1], back]) == []
    assert crossings(site, []) == []


def test_the_summary_tells_it_in_80_columns(site: Site) -> None:
    document, _ = paper(site, smoothed(site, better(site)))
    text = summary_text(document)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "311 detections" in text
    assert text.count("INSIDE") == 2
    assert "so known after the fact" in text
    assert "after the fact" not in summary_text(incident_document(incident(site), site, alerts()))


def test_a_fall_that_the_watch_did_not_see_is_shown_as_found_after_the_fact(site: Site) -> None:
    document = incident_document(
        incident(site, tracks=(track(NAME, None),)), site, alerts(), [smoothed(site, better(site))]
    )
    page = render_html(case_of(document, site, smoothed(site).points))
    assert "Not seen to come down" in page
    assert "Place, after the fact" in page
    assert "Down inside" in page
    text = summary_text(document)
    assert "not seen to come down" in text
    assert "would fall" not in text
    assert "so known after the fact" in text


def test_a_path_of_no_points_is_none(site: Site) -> None:
    empty = SmoothedPath(track=NAME, detections=0, points=(), impact=None)
    document = incident_document(incident(site, tracks=(track(NAME, None),)), site, alerts(), [empty])
    assert document["tracks"][0]["smoothed"] is None
