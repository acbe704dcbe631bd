"""aircraft.json of readsb and dump1090: one JSON object, all aircraft of late, written anew about once a second.

now       when it was written, UTC seconds          aircraft  a list of objects; what is unknown is left out:
hex       address; ~ before it: none of ICAO's      type      adsb_… adsr_… tisb_… mlat mode_s other
lat lon   position, °, heard seen_pos s before now  seen      s before now of the last message of any kind
alt_baro  ft of the standard atmosphere, or the word ground
alt_geom  ft over the WGS 84 ellipsoid              gs track baro_rate geom_rate   kt, °, ft/min
rc        radius of containment, m; nic, nac_p, sil, gva as in ADS-B          flight squawk category emergency
mlat tisb lists of the fields that multilateration or a ground station made
altitude, speed, vert_rate, nucp: what dump1090-mutability calls alt_baro, gs, baro_rate and the quality of version 0

Field names and meanings: readsb's README-json.md; the older ones as dump1090-mutability 1.15 writes them. lastPosition
and rr_lat, rr_lon (older than a minute, or a guess) are not read. Rejected: `bad_json` (the whole), `bad_aircraft` (one
without an address, or no object), `out_of_range` (a position that is none; the rest of that aircraft goes with it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from vedette.model import Rejected
from vedette.units import FOOT_M
from vedette.wire.adsb_quality import NIC_RADIUS_M, NUCP_RADIUS_M, sigma_altitude_m, sigma_position_m
from vedette.wire.aircraft_report import (
    SIGMA_MLAT_M,
    SIGMA_UNSAID_M,
    AircraftReport,
    in_range,
    is_address,
    is_squawk,
    velocity_mps,
)
from vedette.wire.json_text import parse_json

MAX_AIRCRAFT: Final = 10_000
_EMERGENCIES: Final[Mapping[str, str]] = {
    "none": "none", "general": "general", "lifeguard": "medical", "minfuel": "minimum_fuel",
    "nordo": "no_communication", "unlawful": "unlawful_interference", "downed": "downed",
}  # fmt: skip
_SOURCES: Final = ("adsb", "adsr", "tisb", "mlat", "mode_s", "other")


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of the file. `now_s`: its own time, None where it gives none."""

    now_s: float | None
    aircraft: tuple[AircraftReport | Rejected, ...]
    offset: int = 0


def decode_aircraft_json(octets: bytes, offset: int = 0) -> Snapshot | Rejected:
    """The whole object."""
    document = parse_json(octets)
    aircraft = document.get("aircraft") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(aircraft, list):
        return Rejected(reason="bad_json", raw=octets[:200], offset=offset)
    now_s = in_range(document.get("now"), 0.0, 1e11)
    reports = tuple(_report(one, now_s, offset) for one in aircraft[:MAX_AIRCRAFT])
    return Snapshot(now_s=now_s, aircraft=reports, offset=offset)


def looks_like_aircraft_json(octets: bytes) -> bool:
    """Whether bytes, or their first line, are such an object."""
    line = octets.split(b"\n", 1)[0] if octets[:1] == b"{" else b""
    for text in (line, octets if octets[:1] == b"{" else b""):
        found = decode_aircraft_json(text)
        if isinstance(found, Snapshot) and found.now_s is not None:
            return True
    return False


def _report(one: Any, now_s: float | None, offset: int) -> AircraftReport | Rejected:
    address = one.get("hex") if isinstance(one, dict) else None
    bare = address.strip().removeprefix("~") if isinstance(address, str) else None
    if not isinstance(one, dict) or not isinstance(bare, str) or not is_address(bare):
        return Rejected(reason="bad_aircraft", offset=offset)
    latitude, longitude = in_range(one.get("lat"), -90.0, 90.0), in_range(one.get("lon"), -180.0, 180.0)
    if (latitude is None) != (longitude is None) or (latitude is None and "lat" in one):
        return Rejected(reason="out_of_range", offset=offset)
    age_s = in_range(one.get("seen_pos" if latitude is not None else "seen"), 0.0, 1e6)
    barometric = _first(one, "alt_baro", "altitude")
    pressure_ft = in_range(barometric, -2_000.0, 200_000.0)
    geometric_ft = in_range(one.get("alt_geom"), -2_000.0, 200_000.0)
    climb = in_range(_first(one, "geom_rate", "baro_rate", "vert_rate"), -60_000.0, 60_000.0)
    speed, track = in_range(_first(one, "gs", "speed"), 0.0, 5_000.0), in_range(one.get("track"), 0.0, 360.0)
    east, north = velocity_mps(speed, track)
    return AircraftReport(
        address=bare.upper(),
        address_type="anonymous" if "~" in str(address) else "icao",
        source=_source(one),
        at_s=None if now_s is None or age_s is None else now_s - age_s,
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigma_position_m=None if latitude is None else _sigma_m(one),
        altitude_ellipsoid_m=None if geometric_ft is None else geometric_ft * FOOT_M,
        sigma_altitude_m=None if geometric_ft is None else _sigma_altitude_m(one),
        pressure_altitude_m=None if pressure_ft is None else pressure_ft * FOOT_M,
        on_ground=True if barometric == "ground" else None if pressure_ft is None else False,
        callsign=_text(one.get("flight"), 8),
        emitter_category=_category(one.get("category")),
        squawk=one["squawk"] if is_squawk(one.get("squawk")) else None,
        emergency=_EMERGENCIES.get(str(one.get("emergency"))),
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=None if climb is None else climb * FOOT_M / 60.0,
    )


def _first(one: Mapping[str, Any], *names: str) -> Any:
    return next((one[name] for name in names if name in one), None)


def _source(one: Mapping[str, Any]) -> str:
    if _made(one, "mlat"):
        return "mlat"
    if _made(one, "tisb"):
        return "tisb"
    kind = str(one.get("type", "adsb"))
    found = next((name for name in _SOURCES if kind.startswith(name)), "other")
    return "mode_s" if kind == "mode_s" else found


def _made(one: Mapping[str, Any], by: str) -> bool:
    fields = one.get(by)
    return isinstance(fields, list) and "lat" in fields


def _sigma_m(one: Mapping[str, Any]) -> float:
    source = _source(one)
    if source == "mlat":
        return SIGMA_MLAT_M
    nacp, nic, sil = (_code(one.get(name), most) for name, most in (("nac_p", 11), ("nic", 11), ("sil", 3)))
    nucp = _code(one.get("nucp"), 9)
    radius_m = in_range(one.get("rc"), 1.0, 1e5) or NIC_RADIUS_M.get(nic or 0) or NUCP_RADIUS_M.get(nucp or 0)
    if source == "other" or (nacp is None and radius_m is None):
        return SIGMA_UNSAID_M
    return sigma_position_m(nacp=nacp, radius_m=radius_m, sil=sil)


def _sigma_altitude_m(one: Mapping[str, Any]) -> float:
    gva, nacp = _code(one.get("gva"), 3), _code(one.get("nac_p"), 11)
    return sigma_altitude_m(gva=gva, nacp=nacp)


def _code(value: Any, most: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None


def _text(value: Any, most: int) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text if text and text.isascii() and text.isalnum() and len(text) <= most else None


def _category(value: Any) -> str | None:
    known = isinstance(value, str) and len(value) == 2 and value[0] in "ABCD" and value[1] in "1234567"
    return value if known else None
