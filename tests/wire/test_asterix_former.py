"""CAT021 of editions 0.23 to 0.26: values written by libasterix, another's encoder, read back by ours."""

from __future__ import annotations

import math
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import asterix_forms as forms
from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.site.schema import SensorTable
from vedette.wire.adsb_quality import LATENCY_SIGMA_M
from vedette.wire.asterix import decode_asterix
from vedette.wire.asterix_records import FORMER_EDITIONS
from vedette.wire.asterix_tracks import AdsbTarget, identity_of

FOOT_M = 0.3048
PLACE = (("LAT", (36.25, "°")), ("LON", (-43.5, "°")))


def target(edition: str = "0.26", **items: Any) -> AdsbTarget:
    named = {name.removeprefix("i"): value for name, value in items.items()}
    record = forms.library_record(21, edition.replace(".", "_")).create({"010": (("SAC", 25), ("SIC", 7))} | named)
    block = enc.asterix_block(21, record.unparse().to_bytes())
    (message,) = decode_asterix(block, editions={(25, 7): edition})
    assert isinstance(message, AdsbTarget), message
    return message


@pytest.mark.parametrize(
    ("edition", "unit_deg"), [(e, 180.0 / 2 ** (23 if e == "0.23" else 25)) for e in FORMER_EDITIONS]
)
@given(st.floats(-90.0, 90.0), st.floats(-179.9, 179.9), st.integers(-240, 24000), st.integers(0, 86400 * 128 - 1))
def test_a_target_report(
    edition: str, unit_deg: float, latitude_deg: float, longitude_deg: float, height: int, ticks: int
) -> None:
    one = target(
        edition,
        i130=(("LAT", (latitude_deg, "°")), ("LON", (longitude_deg, "°"))),
        i140=(height * 6.25, "ft"),
        i145=(height * 0.25, "FL"),
        i030=(ticks / 128.0, "s"),
        i080=0x4840D6,
        i170="KLM1023",
        i020=13,
    )
    assert one.latitude_deg == pytest.approx(latitude_deg, abs=unit_deg)
    assert one.longitude_deg == pytest.approx(longitude_deg, abs=unit_deg)
    assert one.altitude_ellipsoid_m == pytest.approx(height * 6.25 * FOOT_M)
    assert one.pressure_altitude_m == pytest.approx(height * 25.0 * FOOT_M)
    assert (one.time_of_day_s, one.address, one.callsign) == (ticks / 128.0, "4840D6", "KLM1023")
    assert (one.sac, one.sic, one.emitter_category, one.suspect) == (25, 7, "B6", False)


def descriptor(**said: int) -> Any:
    values = dict.fromkeys(("DCR", "GBS", "SIM", "TST", "RAB", "SAA", "SPI", "ATP", "ARC"), 0) | {"ATP": 1} | said
    fields = list(values.items())
    return (*fields[:7], 0, *fields[7:], 0)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {"address_type": "icao", "test": False, "on_ground": False}),
        ({"ATP": 0}, {"address_type": "not_unique"}),
        ({"ATP": 2, "GBS": 1}, {"address_type": "surface", "on_ground": True}),
        ({"ATP": 3}, {"address_type": "anonymous"}),
        ({"ATP": 7}, {"address_type": None}),
        ({"SIM": 1}, {"test": True}),
        ({"TST": 1}, {"test": True}),
        ({"RAB": 1}, {"test": True}),
        ({"DCR": 1, "SPI": 1, "SAA": 1, "ARC": 2}, {"test": False, "address_type": "icao"}),
    ],
)
def test_what_a_report_is(said: dict[str, int], found: dict[str, Any]) -> None:
    one = target(i040=descriptor(**said))
    assert {name: getattr(one, name) for name in found} == found


def test_only_an_address_of_icaos_names_an_aircraft() -> None:
    named = [identity_of(target(i080=0x4840D6, i040=descriptor(ATP=kind))) for kind in range(4)]
    assert named == [None, "icao:4840D6", None, None]


@pytest.mark.parametrize(("nucp", "radius_m"), [(5, 926.0), (7, 185.2), (8, 25.0), (9, 7.5), (0, None), (15, None)])
def test_the_figure_of_merit_becomes_a_sigma(nucp: int, radius_m: float | None) -> None:
    own_m = 1000.0 if radius_m is None else radius_m / 2.0 / math.sqrt(-2.0 * math.log(0.05))
    one = target(i130=PLACE, i090=(("AC", 1), ("MN", 2), ("DC", 1), 0, ("PA", nucp)))
    assert one.sigma_position_m == pytest.approx(math.hypot(own_m, LATENCY_SIGMA_M))
    assert (one.sigma_altitude_m, target(i130=PLACE, i140=(25.0, "ft")).sigma_altitude_m) == (None, 45.0)


def test_speeds_have_sixteen_bits() -> None:
    one = target(i160=(("GS", (0.05, "NM/s")), ("TA", (270.0, "°"))), i157=(-200_000.0, "ft/min"))
    assert one.velocity_east_mps == pytest.approx(-92.6, abs=0.1)
    assert one.velocity_north_mps == pytest.approx(0.0, abs=0.1)
    assert one.velocity_up_mps == pytest.approx(-200_000.0 * FOOT_M / 60.0)
    assert target(i155=(625.0, "ft/min")).velocity_up_mps == pytest.approx(625.0 * FOOT_M / 60.0)


def test_codes_and_emergencies() -> None:
    code = (("V", 0), ("G", 0), ("L", 0), 0, ("MODE3A", "7500"))
    assert target(i070=code).mode_3a == "7500"
    assert target(i070=(("V", 1), *code[1:])).mode_3a is None
    assert [target(i200=said).emergency for said in (0, 1, 5, 6, 255)] == [
        None, "general", "unlawful_interference", None, None,
    ]  # fmt: skip


def test_an_empty_report_says_nothing() -> None:
    one = target()
    known = {name: getattr(one, name) for name in one.__struct_fields__ if getattr(one, name) not in (None, False)}
    assert known == {"sac": 25, "sic": 7}


def test_rejects() -> None:
    late = (86_400 * 128).to_bytes(3, "big")
    for body, reason in ((b"\xa0\x19\x07" + late, "bad_time"), (b"\x08\x48\x40\xd6", "no_source")):
        (rejected,) = decode_asterix(enc.asterix_block(21, body), editions={None: "0.26"})
        assert isinstance(rejected, Rejected)
        assert rejected.reason == reason


def test_the_site_file_takes_these_editions() -> None:
    literal, nothing = get_args(get_type_hints(SensorTable)["cat021_edition"])
    assert (get_args(literal), nothing) == (FORMER_EDITIONS, type(None))
