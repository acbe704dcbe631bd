"""Another system's track: its number names ours, and says nothing of what it is or who speaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vedette.assessment.identity import cooperation_of
from vedette.model import Cooperation, Scan
from vedette.site import load_site
from vedette.tracking import Tracker

NAME = "track:0c2f7a9e/01HF7YAT00BBBBBBBBBBBBBBBB"


def test_a_systems_number_is_no_claim_of_the_aircraft() -> None:
    kinds = {"others": "external", "radar-1": "radar"}
    assert cooperation_of(NAME, {"others": 1.0, "radar-1": 1.0}, kinds, 1.0) is Cooperation.UNKNOWN
    assert cooperation_of("icao:3C6444", {"others": 1.0}, kinds, 1.0) is Cooperation.CLAIMED


def test_it_names_one_track_and_leaves_its_class_open(site_file: Path) -> None:
    site_file.write_text(site_file.read_text() + '\n[[sensor]]\nid = "others"\nkind = "external"\n')
    named, unnamed = Tracker(load_site(site_file)), Tracker(load_site(site_file))
    for second in range(8):
        where = Scan(
            sensor="others",
            observed_s=1.7e9 + second,
            latitude_deg=np.array([36.24 + 2e-4 * second]),
            longitude_deg=np.array([43.97]),
            altitude_ellipsoid_m=np.array([600.0]),
            sigma_position_m=np.array([10.0]),
            sigma_altitude_ellipsoid_m=np.array([10.0]),
            covers=False,
        )
        fields = {name: getattr(where, name) for name in where.__struct_fields__}
        tracks, others = named.observe(Scan(**{**fields, "identity": (NAME,)})), unnamed.observe(where)
    assert tracks.identity == (NAME,)
    assert tracks.p_classes[0] == pytest.approx(others.p_classes[0], abs=0.02)
