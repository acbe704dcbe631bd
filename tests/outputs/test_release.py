"""The release rule: nothing else leaves, nothing too young, nobody keeps a track that he may no longer know."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outputs.scene import ALL_FIELDS, NOW_S, alert, approach, cleared, output, released, site_of, track
from vedette.errors import BadSite
from vedette.model import Alert, AlertState, Origin, Package, Picture, Reason, ReleasedAlert, ReleasedTrack
from vedette.outputs.release import _ALWAYS, _GROUPS, MOMENTS, PAST_S, WITHDRAWN, Release
from vedette.site import ReleaseRule, Site, schema

SECRETS = {
    "altitude": ("485.25", "76.25"),
    "velocity": ("143.13",),
    "class": ("uav", "Drone"),
    "identity": ("1588TEST7", "TESTER", "claimed"),
    "disposition": ("hostile", "by person", "a person's word"),
    "sensors": ("rid-secret",),
    "impact": ("36.2301", "descending"),
    "reasons": ("Classed", "Seen by", "now classed"),
}
"""What the scene's track and alert say, by the one group of fields that may let it out."""
GROUPS = tuple(group for group in ALL_FIELDS if group not in ("reasons", "history", "place"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return site_of(tmp_path_factory.mktemp("site"), released() + output("cot", "tcp://127.0.0.1:8087"))


def rule(
    what: tuple[str, ...] = ("tracks", "alerts"),
    fields: tuple[str, ...] = ALL_FIELDS,
    *,
    fence: bool = False,
    delay_s: float = 0.0,
) -> ReleaseRule:
    zones = frozenset({"fence"}) if fence else None
    return ReleaseRule(id="r", what=frozenset(what), fields=frozenset(fields), zones=zones, delay_s=delay_s)


class Step(msgspec.Struct, frozen=True):
    """One moment of a random night: tracks and where they are, alerts on tracks and whether they are over."""

    dt_s: float
    tracks: dict[int, str]
    alerts: dict[int, tuple[int | None, bool]]


WHERE = st.sampled_from(["inside", "outside", "nowhere"])
NIGHTS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0.5, 1.0, 7.0]),
        st.dictionaries(st.integers(1, 4), WHERE, max_size=4),
        st.dictionaries(st.integers(1, 4), st.tuples(st.sampled_from([None, 1, 2, 3, 4]), st.booleans()), max_size=3),
    ),
    min_size=1,
    max_size=12,
)
RULES = st.builds(
    lambda what, fields, fence, delay_s: rule(what, fields, fence=fence, delay_s=delay_s),
    st.sampled_from([("tracks",), ("alerts",), ("tracks", "alerts")]),
    st.lists(st.sampled_from((*GROUPS, "history", "place")), unique=True).map(tuple),
    st.booleans(),
    st.sampled_from([0.0, 3.0, 600.0]),
)


class Night(msgspec.Struct):
    """What happened: by time, where each track was and which alerts there were; and what the partner was told when."""

    where: dict[float, dict[str, str]]
    told: list[tuple[float, Package]]
    on: dict[str, str | None]


def lived(by: ReleaseRule, site: Site, steps: list[Step]) -> Night:
    release, night = Release(by, site, Origin.LIVE), Night({}, [], {})
    alerts: dict[str, Alert] = {}
    at_s = NOW_S
    for step in [*steps, *(Step(dt_s=by.delay_s + 1.0, tracks={}, alerts={}) for _ in range(2))]:
        at_s += step.dt_s
        tracks, night.where[at_s] = [], {}
        for number, where in sorted(step.tracks.items()):
            night.where[at_s][f"test-T-{number:04d}"] = where
            one = track(number, at_s, inside=where == "inside")
            tracks.append(one if where != "nowhere" else msgspec.structs.replace(one, latitude_deg=None))
        for number, (on, over) in sorted(step.alerts.items()):
            name = f"test-A-{number:04d}"
            new = alert(number, track=None if on is None else f"test-T-{on:04d}", raised_s=at_s)
            alerts.setdefault(name, new)
            if over and alerts[name].cleared_s is None:
                alerts[name] = cleared(alerts[name], at_s)
        night.on = {name: one.track for name, one in alerts.items()}
        picture = Picture(observed_s=at_s, tracks=tuple(tracks))
        night.told += [(at_s, package) for package in release.see(picture, tuple(alerts.values()), at_s)]
    return night


@given(RULES, NIGHTS)
def test_nothing_else_leaves(site: Site, by: ReleaseRule, steps: list[Step]) -> None:
    secret = {text for group, texts in SECRETS.items() if group not in by.fields for text in texts}
    for _, package in lived(by, site, steps).told:
        assert "tracks" in by.what or (package.tracks, package.ended) == ((), ())
        assert "alerts" in by.what or package.alerts == ()
        for one in package.tracks:
            for group, names in _GROUPS.items():
                assert group in by.fields or {getattr(one, name) for name in names} == {None}, group
            assert "history" in by.fields or one.past is None
            assert one.sigma_altitude_m is None or {"altitude", "accuracy"} <= by.fields
            assert all(point.altitude_ellipsoid_m is None for point in one.past or ()) or "altitude" in by.fields
        for other in package.alerts:
            placed = "tracks" in by.what or "place" in by.fields
            assert placed or (other.track, other.latitude_deg, other.longitude_deg) == (None, None, None)
            assert "timing" in by.fields or (other.time_to_s, other.distance_m) == (None, None)
        text = msgspec.json.encode((package.tracks, package.alerts)).decode().replace('"uav-near-zone"', "")
        for words in secret:
            assert words not in text, words


@given(RULES, NIGHTS)
def test_nothing_too_young_is_told(site: Site, by: ReleaseRule, steps: list[Step]) -> None:
    for now_s, package in lived(by, site, steps).told:
        due_s = now_s - by.delay_s
        assert package.at_s <= due_s
        for one in package.tracks:
            assert one.observed_s <= due_s
            assert all(point.observed_s <= due_s for point in one.past or ())
        for other in package.alerts:
            assert max(other.raised_s, other.changed_s) <= due_s


@given(RULES, NIGHTS)
def test_nobody_keeps_a_track_that_he_may_no_longer_know(site: Site, by: ReleaseRule, steps: list[Step]) -> None:
    night, known = lived(by, site, steps), set[str]()
    for _, package in night.told:
        now = {one.track for one in package.tracks}
        assert set(package.ended) == known - now
        for name in now:
            where = night.where[package.at_s][name]
            assert where == "inside" or (where == "outside" and by.zones is None)
        for one in package.tracks:
            for point in one.past or ():
                assert night.where[point.observed_s][one.track] != "nowhere"
                assert by.zones is None or night.where[point.observed_s][one.track] == "inside"
                assert 0.0 < one.observed_s - point.observed_s <= PAST_S
        known = now
    assert known == set()


@given(RULES, NIGHTS)
def test_an_alert_is_told_from_its_raising_to_its_end(site: Site, by: ReleaseRule, steps: list[Step]) -> None:
    night, open_ = lived(by, site, steps), set[str]()
    for _, package in night.told:
        for one in package.alerts:
            on = night.on[one.alert]
            if one.state is AlertState.CLEARED:
                assert one.alert in open_, "the end of what was never told"
                open_.discard(one.alert)
            elif one.alert not in open_:
                open_.add(one.alert)
                assert by.zones is None or on is None or night.where[package.at_s].get(on) == "inside"
            if one.cleared_why == WITHDRAWN:
                assert on is not None
                assert night.where[package.at_s][on] != "inside"
            if one.latitude_deg is not None:
                assert on is not None
                assert night.where[package.at_s][on] == "inside" or by.zones is None


@given(NIGHTS)
def test_without_zones_and_delay_no_alert_is_missed(site: Site, steps: list[Step]) -> None:
    night = lived(rule(), site, steps)
    told = {one.alert for _, package in night.told for one in package.alerts}
    raised, seen = set[str](), set[str]()
    for step in steps:
        for number, (_, over) in step.alerts.items():
            if number not in {int(name[-1]) for name in seen} and not over:
                raised.add(f"test-A-{number:04d}")
            seen.add(f"test-A-{number:04d}")
    assert told == raised


def only(release: Release, at_s: float, *tracks: Any, alerts: tuple[Alert, ...] = ()) -> Package:
    (package,) = release.see(Picture(observed_s=at_s, tracks=tracks), alerts, at_s)
    return package


def test_a_track_that_leaves_the_zones_is_gone_and_so_is_its_alert(site: Site) -> None:
    release, one = Release(rule(fence=True), site, Origin.LIVE), alert()
    package = only(release, NOW_S, track(), track(2, inside=False), alerts=(one, alert(2, track="test-T-0002")))
    assert [t.track for t in package.tracks] == ["test-T-0001"]
    assert [a.alert for a in package.alerts] == ["test-A-0001"]
    package = only(release, NOW_S + 1.0, track(1, NOW_S + 1.0, inside=False), alerts=(one,))
    assert (package.tracks, package.ended) == ((), ("test-T-0001",))
    (gone,) = package.alerts
    assert (gone.state, gone.cleared_why, gone.latitude_deg) == (AlertState.CLEARED, WITHDRAWN, None)
    package = only(release, NOW_S + 2.0, track(1, NOW_S + 2.0), alerts=(one,))
    assert [a.state for a in package.alerts] == [AlertState.RAISED]
    assert package.tracks[0].past == (), "what was outside is in no history"


def test_a_change_of_time_and_distance_alone_is_nothing_new(site: Site) -> None:
    release, one = Release(rule(), site, Origin.LIVE), alert()
    assert len(only(release, NOW_S, track(), alerts=(one,)).alerts) == 1
    nearer = msgspec.structs.replace(one, time_to_s=1.0, distance_m=9.0)
    assert list(release.see(Picture(observed_s=NOW_S, tracks=()), (nearer,), NOW_S + 0.5)) == []
    seen = msgspec.structs.replace(nearer, state=AlertState.ACKNOWLEDGED, acknowledged_s=NOW_S + 0.6)
    (told,) = only(release, NOW_S + 0.7, track(), alerts=(seen,)).alerts
    assert (told.state, told.changed_s, told.time_to_s) == (AlertState.ACKNOWLEDGED, NOW_S + 0.6, 1.0)


def test_a_long_delay_holds_a_bounded_number_of_moments(site: Site) -> None:
    release = Release(rule(delay_s=3600.0), site, Origin.LIVE)
    told = []
    for step in range(2 * 3600 * 2):
        at_s = NOW_S + step / 2
        told += [(at_s, p) for p in release.see(Picture(observed_s=at_s, tracks=(track(1, at_s),)), (), at_s)]
    assert MOMENTS - 2 <= len(told) <= MOMENTS + 2
    assert all(now_s - 3600.0 - 12.0 <= package.at_s <= now_s - 3600.0 for now_s, package in told)


def test_an_alert_that_a_watch_before_told_is_told_to_be_over(site: Site) -> None:
    over = cleared(alert(), NOW_S)
    release = Release(rule(), site, Origin.LIVE, known=("test-A-0001",))
    (told,) = only(release, NOW_S, alerts=(over, cleared(alert(2), NOW_S))).alerts
    assert (told.alert, told.state) == ("test-A-0001", AlertState.CLEARED)


def test_what_stands_is_told_again_and_then_all_ends(site: Site) -> None:
    release = Release(rule(), site, Origin.LIVE)
    first = only(release, NOW_S, track(), alerts=(alert(), alert(2)))
    only(release, NOW_S + 1.0, track(1, NOW_S + 1.0), alerts=(alert(), cleared(alert(2), NOW_S)))
    standing = release.standing()
    assert standing.alerts == first.alerts[:1]
    assert [one.track for one in standing.tracks] == ["test-T-0001"]
    assert release.farewell(NOW_S + 2.0).ended == ("test-T-0001",)
    assert release.farewell(NOW_S + 3.0).ended == ()


def test_a_test_alarm_passes_every_zone_and_says_what_it_is(site: Site) -> None:
    release = Release(rule(fields=(), fence=True), site, Origin.LIVE)
    one = alert(track=None, zone=None, title="TEST alarm: nothing is there", test=True)
    (told,) = only(release, NOW_S, alerts=(one,)).alerts
    assert (told.test, told.title) == (True, "TEST alarm: nothing is there")


def test_every_field_is_in_a_group_and_no_group_is_an_operators() -> None:
    grouped = {name for names in _GROUPS.values() for name in names} | {"sigma_altitude_m", "past"}
    assert grouped | set(_ALWAYS) == set(ReleasedTrack.__struct_fields__)
    assert set(get_args(schema.FieldGroup)) == set(ALL_FIELDS) == set(_GROUPS) | {"history", "place", "timing"}
    names = [*ReleasedTrack.__struct_fields__, *ReleasedAlert.__struct_fields__, *get_args(schema.FieldGroup)]
    assert not [name for name in names if "operator" in name or "pilot" in name]


def test_reasons_are_told_where_they_are_released(site: Site) -> None:
    package = only(Release(rule(), site, Origin.LIVE), NOW_S, track(), alerts=(alert(),))
    assert package.tracks[0].reasons == (Reason(text="Seen by rid-secret"),)
    assert package.alerts[0].reasons == alert().reasons
    assert approach(inside=True).inside


def faults_of(folder: Path, tables: str) -> list[str]:
    try:
        site_of(folder, tables)
    except BadSite as bad:
        return [fault.key for fault in bad.faults]
    return []


OUT = output("cot", "tcp://127.0.0.1:8087")


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        (OUT, "output[0].release"),
        (released() + released() + OUT, "release[1].id"),
        (released() + OUT + OUT, "output[1].id"),
        (released(what="[]") + OUT, "release[0].what"),
        (released(what='["operators"]') + OUT, "release[0].what"),
        (released(("operator",)) + OUT, "release[0].fields"),
        (released(("reasons", "class")) + OUT, "release[0].fields"),
        (released(more='zones = ["moat"]') + OUT, "release[0].zones"),
        (released(more="zones = []") + OUT, "release[0].zones"),
        (released(more="delay_s = -1.0") + OUT, "release[0].delay_s"),
        (released() + output("pigeon", "tcp://127.0.0.1:1"), "output[0].kind"),
        (released() + output("cot", "mqtt://127.0.0.1/x"), "output[0].url"),
        (released() + output("cot", "tcp://127.0.0.1:99999"), "output[0].url"),
        (released() + output("cot", "tcp://user@host:1:2"), "output[0].url"),
        (released() + output("mqtt", "mqtt://127.0.0.1:1883/a/%23"), "output[0].url"),
        (released() + output("mqtt", "mqtt://user:word@127.0.0.1:1883/a"), "output[0].url"),
        (released() + output("cot", "tcp://127.0.0.1:8087", 'user = "me"'), "output[0].user"),
        (released() + output("cot", "tcp://127.0.0.1:8087", "private = true"), "output[0].private"),
        (released() + output("cot", "tls://127.0.0.1:8089", 'tls_authority = "no.pem"'), "output[0].tls_authority"),
        (released() + output("cot", "tcp://127.0.0.1:8087", 'colour = "red"'), "output[0].colour"),
        (released() + output("webhook", "https://partner.test/"), "output[0].secret_file"),
        (released() + output("webhook", "http://partner.test/", 'secret_file = "s"'), "output[0].url"),
        (released() + output("webhook", "https://user@partner.test/", 'secret_file = "s"'), "output[0].url"),
        (released() + output("webhook", "https://partner.test:99999/", 'secret_file = "s"'), "output[0].url"),
        (released() + output("webhook", "https://pärtner.test/", 'secret_file = "s"'), "output[0].url"),
        (released() + output("webhook", "file:/tmp", 'secret_file = "s"'), "output[0].url"),
        (
            released() + output("webhook", "https://partner.test/", 'secret_file = "s"\nsender = "x"'),
            "output[0].sender",
        ),
        (released() + output("cap", "https://partner.test/"), "output[0].sender"),
        (released() + output("cap", "file:folder", 'sender = "x"'), "output[0].url"),
        (released() + output("cap", "file:/folder", 'sender = "x"\nprivate = true'), "output[0].private"),
        (released() + output("cap", "https://partner.test/", 'sender = "a b"'), "output[0].sender"),
        (released() + output("cap", "https://partner.test/", 'sender = "x"\nlanguage = "e n"'), "output[0].language"),
    ],
)
def test_each_fault_of_the_site_file_is_named(tmp_path: Path, tables: str, key: str) -> None:
    assert faults_of(tmp_path, tables) == [key]


def test_zones_are_named_by_role_or_id(tmp_path: Path) -> None:
    for name in ("perimeter", "fence"):
        (out,) = site_of(tmp_path, released(more=f'zones = ["{name}"]') + OUT).outputs
        assert out.release.zones == {"fence"}
    (out,) = site_of(tmp_path, released() + OUT).outputs
    assert (out.release.zones, out.partner, out.release.delay_s) == (None, "Tower", 0.0)
