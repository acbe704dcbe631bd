"""CAT021 of editions 0.23 to 0.26, which ADS-B stations sent before 2.1 and some still do.

Read of them (big-endian; two's complement where signed; profiles in vedette.wire.asterix_records):

021/040   two octets: GBS 0x40, SIM 0x20, TST 0x10, RAB 0x08; address type (bits 5-7: 0 not unique, 1 ICAO, 2 surface
          vehicle, 3 anonymous)
021/030   time of day of applicability u24 x 1/128 s
021/130   latitude, longitude: i24 x 180/2^23 ° (0.23), i32 x 180/2^25 ° (0.24 and later)
021/140   geometric height i16 x 6.25 ft over the ellipsoid          021/145  flight level i16 x 1/4: pressure altitude
021/160   ground speed i16 x 2^-14 NM/s, never below 0; track u16 x 360/2^16 °
021/157   geometric vertical rate i16 x 6.25 ft/min                  021/155  barometric, alike
021/090   low 4 bits of its second octet: NUCp               021/200  emergency, 0 to 5
021/070   V, G, L, then Mode 3/A (0.26 alone)                021/080  address u24
021/020   emitter category                                   021/170  identification, 8 x 6 bits

A station of these editions says nothing of what it doubts.
"""

from __future__ import annotations

from typing import Final

from vedette.units import FLIGHT_LEVEL_M
from vedette.wire.adsb_quality import NUCP_RADIUS_M, UNKNOWN_SIGMA_ALTITUDE_M, sigma_position_m
from vedette.wire.asterix_records import AsterixRecord
from vedette.wire.asterix_tracks import (
    ALTITUDE_STEP_M,
    CLIMB_STEP_MPS,
    EMERGENCIES,
    EMITTER_CATEGORIES,
    AdsbTarget,
    degrees,
    ground_vector,
    hex_address,
    icao_text,
    octal,
    scaled,
)

_ADDRESS_TYPES: Final = ("not_unique", "icao", "surface", "anonymous")


def former_target(record: AsterixRecord, time_of_day_s: float | None) -> AdsbTarget:
    """What a CAT021 record of one of these editions says."""
    items = record.items
    descriptor = items.get("040", bytes(2))
    kind = descriptor[1] >> 5
    place, height, mode_3a = items.get("130", b""), items.get("140"), items.get("070", b"\xc0\0")
    latitude, longitude = degrees(place or None, 180.0 / (2**23 if len(place) == 6 else 2**25))
    east, north = ground_vector(items.get("160"))
    radius_m = NUCP_RADIUS_M.get(items.get("090", bytes(2))[1] & 0x0F)
    emergency = items.get("200", b"\0")[0]
    return AdsbTarget(
        sac=items["010"][0],
        sic=items["010"][1],
        time_of_day_s=time_of_day_s,
        address=hex_address(items.get("080")),
        address_type=_ADDRESS_TYPES[kind] if "040" in items and kind < len(_ADDRESS_TYPES) else None,
        test=bool(descriptor[0] & 0x38),
        on_ground=bool(descriptor[0] & 0x40) if "040" in items else None,
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigma_position_m=None if latitude is None else sigma_position_m(nacp=None, radius_m=radius_m, sil=None),
        altitude_ellipsoid_m=scaled(height, ALTITUDE_STEP_M),
        sigma_altitude_m=None if height is None else UNKNOWN_SIGMA_ALTITUDE_M,
        pressure_altitude_m=scaled(items.get("145"), FLIGHT_LEVEL_M / 4.0),
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=scaled(items.get("157") or items.get("155"), CLIMB_STEP_MPS),
        mode_3a=octal(mode_3a, valid=not mode_3a[0] & 0xC0),
        callsign=icao_text(items.get("170")),
        emitter_category=EMITTER_CATEGORIES.get(items.get("020", b"\0")[0]),
        emergency=EMERGENCIES[emergency] if emergency <= 5 else None,
    )
