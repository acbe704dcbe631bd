"""`vedette sighting`: what could explain a report from the ground."""

from __future__ import annotations

import math
from pathlib import Path
from typing import get_args

import msgspec
import typer

from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.geo import ellipsoid_from_msl_m
from vedette.model import Lights, Motion, SightingReport, Sureness
from vedette.report.sightings import answer_json, answer_text
from vedette.sighting import angle_sigmas_deg
from vedette.watch.archive import Archive
from vedette.watch.sightings import check_sighting


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The options as they were given."""

    time: str
    place: str
    azimuth_deg: float
    elevation_deg: float | None
    altitude_msl_m: float | None
    time_sigma_s: float
    azimuth_sigma_deg: float | None
    elevation_sigma_deg: float | None
    sure: str
    motion: str | None
    lights: str | None


def run_sighting(folder: Path, said: Said, *, as_json: bool) -> None:
    """Print what could explain it, most likely first: text of 80 columns, or one JSON object.

    Raises:
        BadInput: an option that says nothing. RecordError: no record.
    """
    archive = Archive(folder)
    report = _report(folder, said, archive.site.timezone)
    told = answer_json(report, check_sighting(folder, archive.site, report), archive.site.timezone)
    typer.echo(msgspec.json.encode(told) if as_json else answer_text(told, angle_sigmas_deg(report)), nl=as_json)


def _report(folder: Path, said: Said, timezone: str) -> SightingReport:
    try:
        at_s = parse_time(said.time, timezone)
    except (ValueError, OverflowError) as error:
        raise BadInput(folder, str(error), "--time", said.time) from None
    latitude, longitude = _place(folder, said.place)
    high = said.altitude_msl_m
    return SightingReport(
        at_s=at_s,
        time_sigma_s=_in(folder, "--time-sigma-s", said.time_sigma_s, 0.0, 3600.0),
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_ellipsoid_m=None
        if high is None
        else ellipsoid_from_msl_m(latitude, longitude, _in(folder, "--altitude-msl-m", high, -1000.0, 30_000.0)),
        azimuth_true_deg=_in(folder, "--azimuth", said.azimuth_deg, 0.0, 360.0) % 360.0,
        azimuth_sigma_deg=_sigma(folder, "--azimuth-sigma-deg", said.azimuth_sigma_deg),
        elevation_deg=None
        if said.elevation_deg is None
        else _in(folder, "--elevation", said.elevation_deg, -30.0, 90.0),
        elevation_sigma_deg=_sigma(folder, "--elevation-sigma-deg", said.elevation_sigma_deg),
        sure=msgspec.convert(_word(folder, "--sure", said.sure, get_args(Sureness)), Sureness),
        motion=msgspec.convert(_word(folder, "--motion", said.motion, get_args(Motion)), Motion | None),
        lights=msgspec.convert(_word(folder, "--lights", said.lights, get_args(Lights)), Lights | None),
    )


def _place(folder: Path, text: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(folder, "must be LAT,LON in degrees", "--from", text) from None
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        raise BadInput(folder, "must be LAT,LON in degrees", "--from", text)
    return latitude, longitude


def _sigma(folder: Path, option: str, value: float | None) -> float | None:
    return None if value is None else _in(folder, option, value, 0.1, 180.0)


def _in(folder: Path, option: str, value: float, least: float, most: float) -> float:
    if math.isnan(value) or not least <= value <= most:
        raise BadInput(folder, f"must be from {least:g} to {most:g}", option, f"{value:g}")
    return value


def _word(folder: Path, option: str, value: str | None, words: tuple[str, ...]) -> str | None:
    if value is not None and value not in words:
        raise BadInput(folder, f"must be one of {', '.join(words)}", option, value)
    return value
