from __future__ import annotations

import math

import pytest

from vedette.wire.adsb_quality import (
    LATENCY_SIGMA_M,
    NACP_95_M,
    NIC_RADIUS_M,
    containment_m,
    sigma_altitude_m,
    sigma_position_m,
)


@pytest.mark.parametrize(
    ("type_code", "version", "supplements", "radius_m"),
    [
        (5, 2, "", 7.5), (6, 2, "", 25.0), (7, 2, "a", 75.0), (7, 2, "", 185.2), (7, 1, "a", 75.0), (7, 0, "", 185.2),
        (8, 2, "ac", 370.4), (8, 2, "a", 555.6), (8, 2, "c", 1111.2), (8, 2, "", None), (8, 1, "a", None),
        (8, 0, "", None),
        (9, 2, "", 7.5), (10, 1, "", 25.0), (11, 2, "ab", 75.0), (11, 2, "", 185.2), (11, 2, "b", 185.2),
        (11, 1, "a", 75.0),
        (12, 2, "", 370.4), (13, 2, "b", 555.6), (13, 2, "", 926.0), (13, 2, "ab", 1111.2), (13, 1, "a", 1111.2),
        (13, 1, "", 926.0), (14, 2, "", 1852.0), (15, 2, "", 3704.0), (16, 2, "ab", 7408.0), (16, 2, "", 14816.0),
        (16, 1, "a", 7408.0), (16, 0, "", 18520.0), (17, 2, "", 37040.0), (18, 2, "", None), (20, 2, "", 7.5),
        (21, 0, "", 25.0), (22, 2, "", None), (0, 2, "", None),
    ],
)  # fmt: skip
def test_containment(type_code: int, version: int, supplements: str, radius_m: float | None) -> None:
    given = {letter: letter in supplements for letter in "abc"}
    assert containment_m(type_code, version, **given) == radius_m


@pytest.mark.parametrize(
    ("sil", "outside"),
    [(1, 1e-3), (2, 1e-5), (3, 1e-7)],
)
def test_sil_says_how_often_the_radius_is_passed(sil: int, outside: float) -> None:
    sigma_m = sigma_position_m(nacp=None, radius_m=10_000.0, sil=sil)
    assert math.exp(-(10_000.0**2) / (2.0 * sigma_m**2)) == pytest.approx(outside, rel=1e-2)


@pytest.mark.parametrize("nacp", NACP_95_M)
def test_accuracy_holds_before_containment(nacp: int) -> None:
    sigma_m = sigma_position_m(nacp=nacp, radius_m=7.5, sil=3)
    own_m = math.sqrt(sigma_m**2 - LATENCY_SIGMA_M**2)
    assert math.exp(-(NACP_95_M[nacp] ** 2) / (2.0 * own_m**2)) == pytest.approx(0.05, rel=1e-3)


def test_better_codes_never_give_a_larger_sigma() -> None:
    by_nacp = [sigma_position_m(nacp=nacp, radius_m=None, sil=None) for nacp in range(1, 12)]
    by_nic = [sigma_position_m(nacp=0, radius_m=NIC_RADIUS_M[nic], sil=2) for nic in range(1, 12)]
    assert by_nacp == sorted(by_nacp, reverse=True)
    assert by_nic == sorted(by_nic, reverse=True)
    assert sigma_position_m(nacp=None, radius_m=None, sil=3) == pytest.approx(1000.2, abs=0.1)


def test_heights() -> None:
    assert sigma_altitude_m(gva=2, nacp=11) == pytest.approx(45.0 / 1.96)
    assert sigma_altitude_m(gva=0, nacp=11) == pytest.approx(4.0 / 1.96)
    assert sigma_altitude_m(gva=None, nacp=8) == 45.0
