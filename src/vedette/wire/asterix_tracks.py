"""ASTERIX records of other systems: CAT021, an ADS-B station's target reports, and CAT062, a tracker's system tracks.

Read of them (big-endian; two's complement where signed; profiles in vedette.wire.asterix_records):

021/040   address type (bits 5-7: 0 ICAO, 1 duplicate, 2 surface vehicle, 3 anonymous), RAB (bit 1); second octet: GBS
          0x40, SIM 0x20, TST 0x10, confidence 0x06 (1: suspect); third, 0x7e: why (failed list, position, CPR or range
          check, position jump, station not operational)
021/071 073 077   time of day u24 x 1/128 s: of applicability, of reception, of the report; the first present holds
021/131, 130      latitude, longitude i32 x 180/2^30 °, or i24 x 180/2^23 °
021/140   geometric height i16 x 6.25 ft over the ellipsoid; 7fff: more than that
021/145   flight level i16 x 1/4: pressure altitude
021/160   RE, then ground speed u15 x 2^-14 NM/s; track u16 x 360/2^16 °
021/157   geometric vertical rate i15 x 6.25 ft/min          021/155  barometric, alike
021/090   NUCp or NIC (bits 1-4), second octet: SIL (bits 5-6), NACp (1-4), third: GVA (bits 1-2)
021/210   version of the aircraft's standard (bits 3-5), link (0-2)        021/200  emergency (bits 2-4)
021/020, 062/380#21  emitter category                        021/170  identification, 8 x 6 bits
062/105   latitude, longitude i32 x 180/2^25 °               062/185  velocity east, north i16 x 1/4 m/s
062/130   geometric altitude i16 x 6.25 ft over the ellipsoid
062/136   measured flight level i16 x 1/4; else 135 (bit 15: QNH applied, then it is no pressure altitude), i15 x 1/4
062/220   climb i16 x 6.25 ft/min                            062/060  V, G, CH, then Mode 3/A
062/380   #1 aircraft address u24, #2 identification         062/390#2  callsign of the flight plan, 7 ASCII
062/245   identification, valid unless bits 6-7 of its first octet are 3
062/080   second octet: SIM 0x80, TSE 0x40 (the track's end); 4th: CST 0x80 (coasted); 5th: emergency (bits 3-5);
          6th: SFC 0x10 (on the surface)
062/500   #1 sigma east, north u16 x 1/2 m; #3 of latitude, longitude u16 x 180/2^25 °; #4 of altitude u8 x 6.25 ft

A height over mean sea level is in neither: nothing here is one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from vedette.units import FLIGHT_LEVEL_M, FOOT_M, NAUTICAL_MILE_M
from vedette.wire.adsb_quality import NIC_RADIUS_M, NUCP_RADIUS_M, sigma_altitude_m, sigma_position_m
from vedette.wire.aircraft_report import AircraftState
from vedette.wire.asterix_records import AsterixRecord, subfields

EMITTER_CATEGORIES: Final[Mapping[int, str]] = {
    1: "A1", 2: "A2", 3: "A3", 4: "A4", 5: "A5", 6: "A6", 10: "A7", 11: "B1", 12: "B2", 13: "B6", 14: "B7", 15: "B4",
    16: "B3", 20: "C1", 21: "C2", 22: "C3", 23: "C4", 24: "C5",
}  # fmt: skip
"""ASTERIX's numbers as ADS-B's own letters: A powered aircraft, B6 unmanned, C surface and obstacles."""
EMERGENCIES: Final = (
    None, "general", "medical", "minimum_fuel", "no_communication", "unlawful_interference", "downed", None,
)  # fmt: skip
ADDRESS_TYPES: Final = ("icao", "duplicate", "surface", "anonymous")
_ICAO_LETTERS: Final = "·ABCDEFGHIJKLMNOPQRSTUVWXYZ····· ···············0123456789······"
ALTITUDE_STEP_M: Final = 6.25 * FOOT_M
CLIMB_STEP_MPS: Final = 6.25 * FOOT_M / 60.0


class Told(AircraftState, frozen=True, kw_only=True):
    """What both categories tell of an aircraft, and who tells it. `test`: simulated, or a test target.

    Altitudes are over the ellipsoid; sigmas are of the quality an aircraft reports of itself, latency included, or as
    its tracker reports them.
    """

    sac: int
    sic: int
    time_of_day_s: float | None = None
    track_number: int | None = None
    address: str | None = None
    mode_3a: str | None = None
    test: bool = False


class AdsbTarget(Told, frozen=True, kw_only=True, tag="adsb_target"):
    """A CAT021 target report. `test`: a fixed transponder too.

    `address_type`: icao | duplicate | surface | anonymous | not_unique. `suspect`: the station doubts it, and says so.
    """

    address_type: str | None = None
    suspect: bool = False


class SystemTrack(Told, frozen=True, kw_only=True, tag="system_track"):
    """A CAT062 system track. `ended`: its last message. `coasted`: nothing has been detected of late."""

    ended: bool = False
    coasted: bool = False


def adsb_target(record: AsterixRecord, time_of_day_s: float | None) -> AdsbTarget:
    """What a CAT021 record says."""
    items = record.items
    descriptor = items.get("040", b"") + bytes(3)
    described = "040" in items
    latitude, longitude = _place_021(items)
    height = items.get("140")
    kind = descriptor[0] >> 5
    address_type = ADDRESS_TYPES[kind] if described and kind < len(ADDRESS_TYPES) else None
    east, north = ground_vector(items.get("160"))
    nic, nacp, sil, gva = _quality(items.get("090", b""))
    modern = items.get("210", b"\0")[0] >> 3 & 0x7 >= 1
    radius_m = (NIC_RADIUS_M if modern else NUCP_RADIUS_M).get(nic or 0)
    return AdsbTarget(
        sac=items["010"][0],
        sic=items["010"][1],
        time_of_day_s=time_of_day_s,
        address=hex_address(items.get("080")),
        address_type=address_type,
        test=bool(descriptor[0] & 0x02 or descriptor[1] & 0x30),
        suspect=descriptor[1] & 0x06 == 0x02 or bool(descriptor[2] & 0x7E),
        on_ground=bool(descriptor[1] & 0x40) if descriptor[0] & 0x01 else None,
        track_number=_low(items.get("161"), 0x0FFF),
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigma_position_m=None if latitude is None else sigma_position_m(nacp=nacp, radius_m=radius_m, sil=sil),
        altitude_ellipsoid_m=None if height in (None, b"\x7f\xff") else signed(height) * ALTITUDE_STEP_M,
        sigma_altitude_m=None if height is None else sigma_altitude_m(gva=gva, nacp=nacp),
        pressure_altitude_m=scaled(items.get("145"), FLIGHT_LEVEL_M / 4.0),
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=_climb_021(items.get("157") or items.get("155")),
        mode_3a=octal(items.get("070"), valid=True),
        callsign=icao_text(items.get("170")),
        emitter_category=EMITTER_CATEGORIES.get(items.get("020", b"\0")[0]),
        emergency=EMERGENCIES[items.get("200", b"\0")[0] >> 2 & 0x7],
    )


def system_track(record: AsterixRecord, time_of_day_s: float | None) -> SystemTrack:
    """What a CAT062 record says."""
    items = record.items
    status = _extents(items.get("080", b""))
    derived = subfields(62, "380", items["380"]) if "380" in items else {}
    accuracies = subfields(62, "500", items["500"]) if "500" in items else {}
    latitude, longitude = degrees(items.get("105"), 180.0 / 2**25)
    velocity = items.get("185")
    return SystemTrack(
        sac=items["010"][0],
        sic=items["010"][1],
        time_of_day_s=time_of_day_s,
        track_number=_low(items.get("040"), 0xFFFF),
        ended=bool(status[1] & 0x40),
        coasted=bool(status[3] & 0x80),
        test=bool(status[1] & 0x80),
        on_ground=True if status[5] & 0x10 else None,
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigma_position_m=_sigma_062(accuracies, latitude),
        altitude_ellipsoid_m=scaled(items.get("130"), ALTITUDE_STEP_M),
        sigma_altitude_m=_unless_zero(accuracies.get(4, b"\0")[0] * ALTITUDE_STEP_M),
        pressure_altitude_m=_pressure_062(items),
        velocity_east_mps=None if velocity is None else signed(velocity[:2]) * 0.25,
        velocity_north_mps=None if velocity is None else signed(velocity[2:]) * 0.25,
        velocity_up_mps=scaled(items.get("220"), CLIMB_STEP_MPS),
        address=hex_address(derived.get(1)),
        mode_3a=octal(items.get("060"), valid=items.get("060", b"\0")[0] & 0xC0 == 0),
        callsign=_callsign_062(items, derived),
        emitter_category=EMITTER_CATEGORIES.get(derived.get(21, b"\0")[0]),
        emergency=EMERGENCIES[status[4] >> 3 & 0x7],
    )


def identity_of(message: AdsbTarget | SystemTrack) -> str | None:
    """`icao:…` where the address is an aircraft's own (no surface vehicle's, no anonymous one), else `callsign:…`.

    A system track that has neither is `track:SAC/SIC/NUMBER`: its tracker's word, which names nobody.
    """
    own = not isinstance(message, AdsbTarget) or message.address_type in (None, "icao", "duplicate")
    if message.address is not None and own:
        return f"icao:{message.address}"
    if message.callsign is not None:
        return f"callsign:{message.callsign}"
    if isinstance(message, SystemTrack) and message.track_number is not None:
        return f"track:{message.sac}/{message.sic}/{message.track_number}"
    return None


def signed(octets: bytes, bits: int | None = None) -> int:
    """Two's complement; of the low `bits` alone, where the others say something else."""
    if bits is None:
        return int.from_bytes(octets, "big", signed=True)
    sign = 1 << bits - 1
    return ((int.from_bytes(octets, "big") & (sign << 1) - 1) ^ sign) - sign


def hex_address(octets: bytes | None) -> str | None:
    """Six upper-case digits; None where it is absent or zero."""
    return octets.hex().upper() if octets and any(octets) else None


def octal(octets: bytes | None, *, valid: bool) -> str | None:
    """A Mode A code's four digits from the low 12 bits."""
    return f"{int.from_bytes(octets, 'big') & 0x0FFF:04o}" if octets is not None and valid else None


def icao_text(octets: bytes | None) -> str | None:
    """Eight 6-bit letters; None where they are blank, all zeros or not letters."""
    if octets is None:
        return None
    code = int.from_bytes(octets[-6:], "big")
    text = "".join(_ICAO_LETTERS[code >> shift & 0x3F] for shift in range(42, -6, -6)).strip()
    return text if text.isascii() and text.isalnum() and text.strip("0") else None


def scaled(octets: bytes | None, unit: float) -> float | None:
    """Two's complement in this unit."""
    return None if octets is None else signed(octets) * unit


def _low(octets: bytes | None, mask: int) -> int | None:
    return None if octets is None else int.from_bytes(octets, "big") & mask


def _unless_zero(value: float) -> float | None:
    return value or None


def degrees(octets: bytes | None, unit: float) -> tuple[float | None, float | None]:
    """Latitude and longitude, each half of the octets; None where there is no such place."""
    if octets is None:
        return None, None
    half = len(octets) // 2
    latitude, longitude = signed(octets[:half]) * unit, signed(octets[half:]) * unit
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        return None, None
    return latitude, longitude


def _place_021(items: Mapping[str, bytes]) -> tuple[float | None, float | None]:
    fine = items.get("131")
    return degrees(items.get("130"), 180.0 / 2**23) if fine is None else degrees(fine, 180.0 / 2**30)


def _quality(octets: bytes) -> tuple[int | None, int | None, int | None, int | None]:
    """NUCp or NIC, NACp, SIL and GVA."""
    nic = octets[0] >> 1 & 0xF if octets else None
    nacp, sil = (octets[1] >> 1 & 0xF, octets[1] >> 5 & 0x3) if len(octets) > 1 else (None, None)
    return nic, nacp, sil, octets[2] >> 1 & 0x3 if len(octets) > 2 else None


def ground_vector(octets: bytes | None) -> tuple[float | None, float | None]:
    """East and north, m/s; None where it is absent or, by its first bit, no speed at all."""
    if octets is None or octets[0] & 0x80:
        return None, None
    speed_mps = int.from_bytes(octets[:2], "big") * NAUTICAL_MILE_M / 2**14
    track_rad = int.from_bytes(octets[2:], "big") * math.tau / 2**16
    return speed_mps * math.sin(track_rad), speed_mps * math.cos(track_rad)


def _climb_021(octets: bytes | None) -> float | None:
    if octets is None or octets[0] & 0x80:
        return None
    return signed(octets, 15) * CLIMB_STEP_MPS


def _extents(octets: bytes) -> bytes:
    return octets + bytes(8)


def _sigma_062(accuracies: Mapping[int, bytes], latitude_deg: float | None) -> float | None:
    """One sigma for both axes, the root of their mean square, of latitude and longitude or of the tracker's plane."""
    if latitude_deg is None:
        return None
    if 3 in accuracies:
        angles_deg = [int.from_bytes(accuracies[3][at : at + 2], "big") * 180.0 / 2**25 for at in (0, 2)]
        north_m, east_m = angles_deg[0] * 111_195.0, angles_deg[1] * 111_195.0 * math.cos(math.radians(latitude_deg))
    elif 1 in accuracies:
        east_m, north_m = (int.from_bytes(accuracies[1][at : at + 2], "big") * 0.5 for at in (0, 2))
    else:
        return None
    return _unless_zero(math.hypot(east_m, north_m) / math.sqrt(2.0))


def _pressure_062(items: Mapping[str, bytes]) -> float | None:
    if "136" in items:
        return signed(items["136"]) * FLIGHT_LEVEL_M / 4.0
    corrected = items.get("135", b"\x80\0")
    return None if corrected[0] & 0x80 else signed(corrected, 15) * FLIGHT_LEVEL_M / 4.0


def _callsign_062(items: Mapping[str, bytes], derived: Mapping[int, bytes]) -> str | None:
    own = icao_text(derived.get(2))
    if own is None and "390" in items:
        text = subfields(62, "390", items["390"]).get(2, b"").decode("latin-1").strip(" \0")
        own = text if text.isascii() and text.isalnum() else None
    named = items.get("245")
    if own is None and named is not None and named[0] >> 6 != 3:
        own = icao_text(named)
    return own
