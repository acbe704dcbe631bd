"""Sightings in the papers: as JSON, and as lines of a terminal."""

from __future__ import annotations

import textwrap
from typing import Any, Final

from vedette.clock import iso_local, iso_utc
from vedette.model import NOTHING_KNOWN, SightingAnswer, SightingCandidate, SightingEntered, SightingReport
from vedette.report.words import clock, date, offset

WIDTH: Final = 80
_WITHOUT_ID: Final = ("moon", "planet", "star", NOTHING_KNOWN)


def sighting_json(one: SightingEntered, zone: str) -> dict[str, Any]:
    """A recorded sighting in an incident's document."""
    return {
        "id": one.sighting,
        **answer_json(one.report, one.answer, zone),
        "grade": one.grade,
        "grade_why": one.grade_why,
        "by": one.by,
        "note": one.note,
        "entered_utc": iso_utc(one.at_s),
        "entered_local": iso_local(one.at_s, zone),
    }


def answer_json(report: SightingReport, answer: SightingAnswer, zone: str) -> dict[str, Any]:
    """A report and what could explain it: `report` {…}, `candidates` [{…}], `compared` {kind: n}, `not_checked` […]."""
    said = {name: getattr(report, name) for name in report.__struct_fields__ if name != "at_s"}
    return {
        "report": {"time_utc": iso_utc(report.at_s), "time_local": iso_local(report.at_s, zone), **said},
        "candidates": [_candidate(one) for one in answer.candidates],
        "compared": dict(answer.compared),
        "not_checked": list(answer.not_checked),
    }


def _candidate(one: SightingCandidate) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "title": one.title,
        "p": one.p,
        "likelihood_ratio": one.likelihood_ratio,
        "harmless": one.harmless,
        "azimuth_true_deg": one.azimuth_true_deg,
        "elevation_deg": one.elevation_deg,
        "distance_m": one.distance_m,
        "time_utc": None if one.at_s is None else iso_utc(one.at_s),
        "reasons": [
            {"text": reason.text, "value": reason.value, "unit": reason.unit, "source": reason.source}
            for reason in one.reasons
        ],
    }


def answer_text(told: dict[str, Any], sigmas_deg: tuple[float, float]) -> str:
    """`answer_json` for a terminal, at most WIDTH columns. sigmas_deg: of azimuth and elevation as they were taken."""
    report = told["report"]
    local, utc = report["time_local"], report["time_utc"]
    direction = f"azimuth {report['azimuth_true_deg']:.1f}° true (1 sigma {sigmas_deg[0]:.0f}°)"
    if report["elevation_deg"] is not None:
        direction += f", elevation {report['elevation_deg']:.1f}° (1 sigma {sigmas_deg[1]:.0f}°)"
    lines = [
        f"Seen {date(local)}, {clock(local)} local ({offset(local)}), {clock(utc)} UTC, 1 sigma "
        f"{report['time_sigma_s']:.0f} s",
        f"from {report['latitude_deg']:.5f}, {report['longitude_deg']:.5f}",
        direction,
        "",
    ]
    for one in told["candidates"]:
        lines += _wrapped(f"{one['p']:6.1%}  {called(one)}", 8)
        where = _where(one)
        if where:
            lines += _wrapped(f"        {where}", 8)
        lines += [line for reason in one["reasons"] for line in _wrapped(f"        - {reason['text']}", 10)]
    lines += ["", *_wrapped(f"compared: {_compared(told['compared'])}", 2)]
    lines += [line for missing in told["not_checked"] for line in _wrapped(f"NOT CHECKED: {missing}", 2)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def called(one: dict[str, Any]) -> str:
    """What it is for people, and its id where that says more."""
    return one["title"] if one["kind"] in _WITHOUT_ID else f"{one['title']} [{one['name']}]"


def _where(one: dict[str, Any]) -> str:
    if one["azimuth_true_deg"] is None:
        return ""
    high = "elevation not known" if one["elevation_deg"] is None else f"elevation {one['elevation_deg']:.1f}°"
    return f"azimuth {one['azimuth_true_deg']:.1f}°, {high}; likelihood ratio {one['likelihood_ratio']:.3g}"


_UNCHANGED: Final = ("aircraft",)
"""Kinds of which one and many are the same word."""


def _compared(counts: dict[str, int]) -> str:
    said = ((count, kind.replace("_", " ")) for kind, count in counts.items())
    return (
        ", ".join(f"{count} {kind}{'' if count == 1 or kind in _UNCHANGED else 's'}" for count, kind in said)
        or "nothing"
    )


def _wrapped(text: str, indent: int) -> list[str]:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return textwrap.wrap(plain, WIDTH, subsequent_indent=" " * indent, drop_whitespace=True) or [""]
