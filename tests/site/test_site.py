from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SITE_GEOJSON, SITE_TOML
from vedette.errors import BadInput, BadSite
from vedette.site import load_site, zone_shape


def test_altitudes_are_resolved_to_the_ellipsoid(site_file: Path) -> None:
    site = load_site(site_file)
    assert site.altitude_ellipsoid_m == pytest.approx(424.27, abs=0.02)
    assert site.altitude_msl_m == pytest.approx(409.0)
    assert site.sensor("radar-1").altitude_ellipsoid_m == pytest.approx(435.27, abs=0.02)
    with pytest.raises(KeyError):
        site.sensor("radar-2")


def test_without_rules_there_is_the_default_one(site_file: Path) -> None:
    (rule,) = load_site(site_file).rules
    assert (rule.within_s, rule.class_, rule.p_class_min, rule.unclassed) == (60.0, "uav", 0.5, True)
    assert set(rule.zones) == {"warning", "perimeter", "keep_out"}


def test_shapes_are_in_metres_about_the_reference(site_file: Path) -> None:
    site = load_site(site_file)
    fence, tower = (zone_shape(zone, site.frame()) for zone in site.zones)
    assert fence.area == pytest.approx(2696.0 * 3329.0, rel=0.01)
    assert tower.area == pytest.approx(3.1416 * 50.0**2, rel=0.01)


EAST, WEST = 179.99, -179.99
ACROSS = {
    "as drawn": ("Polygon", [[[EAST, 10.0], [WEST, 10.0], [WEST, 10.02], [EAST, 10.02], [EAST, 10.0]],
                             [[179.999, 10.01], [-179.999, 10.01], [-179.999, 10.011], [179.999, 10.01]]]),
    "cut as GeoJSON asks": ("MultiPolygon", [
        [[[EAST, 10.0], [180.0, 10.0], [180.0, 10.02], [EAST, 10.02], [EAST, 10.0]]],
        [[[-180.0, 10.0], [WEST, 10.0], [WEST, 10.02], [-180.0, 10.02], [-180.0, 10.0]]]]),
}  # fmt: skip


@pytest.mark.parametrize("name", ACROSS)
@pytest.mark.parametrize("longitude_deg", ["179.995", "-179.995"])
def test_a_fence_across_the_antimeridian_is_one_small_area(site_file: Path, name: str, longitude_deg: str) -> None:
    kind, coordinates = ACROSS[name]
    fence = {"properties": {"id": "fence", "role": "perimeter"}, "geometry": {"type": kind, "coordinates": coordinates}}
    (site_file.parent / "test.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [fence]}))
    site_file.write_text(site_file.read_text().replace("36.2376", "10.01").replace("43.9632", longitude_deg))
    site = load_site(site_file)
    shape = zone_shape(site.zones[0], site.frame())
    assert shape.geom_type == "Polygon"  # no seam inside it for a distance to be taken from
    assert shape.area == pytest.approx(2192.0 * 2212.0, rel=0.01)


BAD = {
    "latitude 95": ("latitude_deg = 36.2376\nlongitude_deg = 43.9632\naltitude_msl_m = 409.0",
                    "latitude_deg = 95.0\nlongitude_deg = 43.9632\naltitude_msl_m = 409.0", "latitude_deg"),
    "unknown key": ('id = "test"', 'id = "test"\ncolour = "red"', "colour"),
    "wrong type": ('name = "Test Field"', "name = 7", "name"),
    "not finite": ("period_s = 1.0", "period_s = nan", "sensor[0].period_s"),
    "missing": ('name = "Test Field"\n', "", "name"),
    "time zone": ("Asia/Baghdad", "Asia/Atlantis", "timezone"),
    "unknown sensor": ('sensor = "radar-1"', 'sensor = "radar-2"', "feed[0].sensor"),
    "url": ("udp://127.0.0.1:8600", "127.0.0.1:8600", "feed[0].url"),
    "range": ("range_m = [300.0, 4500.0]", "range_m = [4500.0, 300.0]", "sensor[0].range_m"),
    "both altitudes": ("altitude_msl_m = 420.0", "altitude_msl_m = 420.0\naltitude_ellipsoid_m = 435.0",
                       "sensor[0].altitude_msl_m"),
    "no altitude": ("altitude_msl_m = 420.0\n", "", "sensor[0].altitude_msl_m"),
    "no place": ("latitude_deg = 36.2376\nlongitude_deg = 43.9632\naltitude_msl_m = 420.0\n", "",
                 "sensor[0].latitude_deg"),
    "geometry": ("test.geojson", "other.geojson", "geometry"),
    "node id": ("clutter_per_scan = 5.0", 'node_id = "radar-1"', "sensor[0].node_id"),
    "listen": ('source = "asterix"', 'source = "asterix"\nlisten = true', "feed[0].listen"),
    "tls without tls": ('source = "asterix"', 'source = "asterix"\ntls_key = "test.toml"', "feed[0].tls_key"),
    "no certificate": ('source = "asterix"\nurl = "udp', 'source = "sapient"\nurl = "tls', "feed[0].tls_certificate"),
    "no such key": (
        'source = "asterix"\nurl = "udp',
        'source = "sapient"\ntls_certificate = "test.toml"\ntls_key = "nothing"\nurl = "tls',
        "feed[0].tls_key",
    ),
    "one of two": ("clutter_per_scan = 5.0", "sac = 1", "sensor[0].sac"),
    "worse than blind": ("clutter_per_scan = 5.0", "class_accuracy = 0.1", "sensor[0].class_accuracy"),
    "four rows": ("clutter_per_scan = 5.0", "class_confusion = [[1.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0], "
                  "[1.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]", "sensor[0].class_confusion"),
    "no distribution": ("clutter_per_scan = 5.0", "class_confusion = [[1.0, 0.0, 0.0, 0.0, 0.0], "
                        "[0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.9, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0], "
                        "[0.0, 0.0, 0.0, 0.0, 1.0]]", "sensor[0].class_confusion[2]"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_named_with_its_key(site_file: Path, name: str) -> None:
    before, after, key = BAD[name]
    text = site_file.read_text()
    assert before in text
    site_file.write_text(text.replace(before, after))
    with pytest.raises(BadSite) as caught:
        load_site(site_file)
    assert key in [fault.key for fault in caught.value.faults]
    assert "\n" not in str(caught.value)


def test_a_sapient_feed_listens_on_loopback_unless_it_is_told_otherwise(site_file: Path) -> None:
    text = site_file.read_text().replace('"asterix"', '"sapient"')
    for url, more, listens, resolved in (
        ("tcp://:5020", "", True, "tcp://127.0.0.1:5020"),
        ("tcp://0.0.0.0:5020", "", True, "tcp://0.0.0.0:5020"),
        ("tcp://apex.example:5001", "listen = false", False, "tcp://apex.example:5001"),
    ):
        site_file.write_text(text.replace("udp://127.0.0.1:8600", url) + more)
        (feed,) = load_site(site_file).feeds
        assert (feed.listens, feed.url) == (listens, resolved)
    site_file.write_text(text.replace("udp://127.0.0.1:8600", "tcp://:5001") + "listen = false")
    with pytest.raises(BadSite):
        load_site(site_file)


def test_all_faults_are_found_at_once(site_file: Path) -> None:
    site_file.write_text(site_file.read_text().replace('"radar"', '"sonar"').replace("409.0", '"high"'))
    with pytest.raises(BadSite) as caught:
        load_site(site_file)
    assert {fault.key for fault in caught.value.faults} >= {"altitude_msl_m", "sensor[0].kind"}


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", '{"type": "FeatureCollection", "features": [{}]}',
     '{"type": "FeatureCollection", "features": [{"properties": {"id": "a", "role": "asset"},'
     ' "geometry": {"type": "Point", "coordinates": [36.0, 95.0]}}]}',
     '{"type": "FeatureCollection", "features": [{"properties": {"id": "a", "role": "asset"},'
     ' "geometry": {"type": "Polygon", "coordinates": [[[0,0],[1,1],[0,1],[1,0],[0,0]]]}}]}',
     '{"type": "FeatureCollection", "features": [{"properties": {"id": "a", "role": "asset"},'
     ' "geometry": {"type": "Point", "coordinates": [NaN, 1]}}]}'],
)  # fmt: skip
def test_bad_geometry_is_a_fault(site_file: Path, text: str) -> None:
    (site_file.parent / "test.geojson").write_text(text)
    with pytest.raises(BadSite):
        load_site(site_file)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"name = "])
def test_an_unreadable_file_is_bad_input(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "s.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        load_site(path)
    assert not isinstance(caught.value, BadSite)


@settings(max_examples=200)
@given(at=st.integers(0, len(SITE_TOML)), insert=st.sampled_from(["", "nan", "[[", "= 3", '"', "-1e400", "\x00"]))
def test_no_cut_or_changed_site_file_escapes_as_another_error(at: int, insert: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test.geojson").write_text(SITE_GEOJSON)
        path = Path(folder) / "s.toml"
        path.write_text(SITE_TOML[:at] + insert + SITE_TOML[at + 1 :])
        with contextlib.suppress(BadInput):
            load_site(path)


def test_operators_data_is_kept_as_long_as_the_site_says(site_file: Path) -> None:
    assert load_site(site_file).limits.personal_keep_s is None
    text = site_file.read_text()
    site_file.write_text(text + "\n[privacy]\nkeep_days = 30\n")
    assert load_site(site_file).limits.personal_keep_s == 30 * 86_400.0
    for wrong in ("keep_days = 0", "keep_days = -1", 'keep_days = "30"', "days = 30"):
        site_file.write_text(f"{text}\n[privacy]\n{wrong}\n")
        with pytest.raises(BadSite, match="privacy"):
            load_site(site_file)
