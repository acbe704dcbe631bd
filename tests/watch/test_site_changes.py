"""The site changes while it is watched: each kind of change keeps the tracks, is recorded, repeats, outlives a kill."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MANDATE_TOML, SITE_GEOJSON, SITE_TOML
from tests.site.test_flights import collection, feature
from tests.watch.driving import running
from tests.watch.one_drone import SECOND_RADAR, change, end, fly, names, opened
from tests.watch.test_live import Sender, detection, free_port
from vedette.console import ActionRefused
from vedette.model import Action, Origin, SiteCandidate, SiteChanged, SiteVersion
from vedette.record import log_lines, read_events, verify
from vedette.site import Site, load_site
from vedette.watch.site_files import begin_change, finish_change

CHANGE_AT = 12
END_AT = 30


def zones(change: Callable[[dict[str, object]], None]) -> str:
    document = json.loads(SITE_GEOJSON)
    for one in document["features"]:
        change(one)
    return json.dumps(document)


def farther(feature: dict[str, object]) -> None:
    properties, geometry = feature["properties"], feature["geometry"]
    if isinstance(properties, dict) and isinstance(geometry, dict) and properties["id"] == "fence":
        geometry["coordinates"] = [[[43.90, 36.20], [44.00, 36.20], [44.00, 36.26], [43.90, 36.26], [43.90, 36.20]]]


RULE = '\n[[rule]]\nid = "any"\nclass = "any"\nwithin_s = 120.0\n'
CHANGES: dict[str, tuple[str, str]] = {
    "name": (SITE_TOML.replace("Test Field", "Test Field North"), SITE_GEOJSON),
    "a comment": ("# measured in May\n" + SITE_TOML, SITE_GEOJSON),
    "time zone": (SITE_TOML.replace("Asia/Baghdad", "UTC"), SITE_GEOJSON),
    "a zone moved": (SITE_TOML, zones(farther)),
    "no zones": (SITE_TOML.replace('geometry = "test.geojson"', ""), ""),
    "rules": (SITE_TOML + RULE, SITE_GEOJSON),
    "mandate, measures and plan": (SITE_TOML + MANDATE_TOML, SITE_GEOJSON),
    "privacy, record and alarm": (
        SITE_TOML + "\n[privacy]\nkeep_days = 30\n[record]\nkeep_days = 10\n[alarm]\ntest_every_h = 0\n", SITE_GEOJSON
    ),
    "own drones": (SITE_TOML + '\n[[own_drone]]\nname = "Kite"\nmavlink_system = 3\n', SITE_GEOJSON),
    "late_s": (SITE_TOML + "\n[tracking]\nlate_s = 4.0\n", SITE_GEOJSON),
    "a sensor's parameters": (SITE_TOML.replace("clutter_per_scan = 5.0", "p_detect = 0.7"), SITE_GEOJSON),
    "a sensor's place": (SITE_TOML.replace("altitude_msl_m = 420.0", "altitude_msl_m = 425.0"), SITE_GEOJSON),
    "one more sensor, in front": (SITE_TOML.replace("[[sensor]]", SECOND_RADAR + "[[sensor]]", 1), SITE_GEOJSON),
    "feeds": (SITE_TOML.replace("127.0.0.1:8600", "127.0.0.1:8601"), SITE_GEOJSON),
    "a release": (SITE_TOML + '\n[[release]]\nid = "all"\nwhat = ["tracks"]\n', SITE_GEOJSON),
}  # fmt: skip


@pytest.fixture
def site(site_file: Path) -> Site:
    return load_site(site_file)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_keeps_tracks_and_alerts_and_repeats(name: str, site: Site, tmp_path: Path) -> None:
    logs = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        watch = opened(site, folder)
        fly(watch, 0, CHANGE_AT)
        watch.settle()
        before, alerts = names(watch), [alert.alert for alert in watch.board.alerts()]
        assert len(before) == 1
        assert alerts
        payloads = change(watch, *CHANGES[name])
        assert [type(one) for one in payloads[:2]] == [SiteChanged, SiteVersion]
        assert watch.board.site.sha256 == payloads[0].after == watch.plan.site.sha256  # type: ignore[union-attr]
        fly(watch, CHANGE_AT, END_AT)
        watch.settle()
        assert names(watch) == before
        assert [alert.alert for alert in watch.board.alerts()][: len(alerts)] == alerts
        end(watch)
        assert verify(folder).intact
        logs.append(list(log_lines(folder)))
    assert logs[0] == logs[1]


@pytest.mark.parametrize("name", CHANGES)
def test_a_kill_right_after_the_change_costs_no_track(name: str, site: Site, tmp_path: Path) -> None:
    watch = opened(site, tmp_path / "data")
    fly(watch, 0, CHANGE_AT)
    watch.settle()
    before = names(watch)
    change(watch, *CHANGES[name])
    fly(watch, CHANGE_AT, CHANGE_AT + 2)
    watch.settle()
    points = [event.payload for event in read_events(tmp_path / "data", kind="track_point")]
    watch.record.close()  # no orderly end: what was not committed is lost

    again = opened(site, tmp_path / "data")
    assert again.plan.site.toml == CHANGES[name][0]
    assert names(again) == before
    assert points
    fly(again, CHANGE_AT + 2, END_AT)
    again.settle()
    assert names(again) == before
    end(again)
    assert verify(tmp_path / "data").intact


def test_of_two_editors_the_second_is_refused_and_nothing_is_lost(site: Site, tmp_path: Path) -> None:
    watch = opened(site, tmp_path / "data")
    change(watch, *CHANGES["rules"], base=site.sha256)
    with pytest.raises(ActionRefused) as refused:
        change(watch, *CHANGES["name"], base=site.sha256)
    assert refused.value.code == "site_changed"
    assert watch.plan.site.toml == CHANGES["rules"][0]
    end(watch)


@pytest.mark.parametrize(
    ("toml", "code", "key"),
    [
        (SITE_TOML.replace("36.2376", "36.3000", 1), "held_fast", "latitude_deg"),
        (SITE_TOML.replace('id = "test"', 'id = "other"'), "held_fast", "id"),
        (SITE_TOML.replace("period_s = 1.0", "period_s = -1.0"), "bad_site", "sensor[0].period_s"),
        (SITE_TOML, "no_change", None),
        ("name =", "bad_site", None),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(
    toml: str, code: str, key: str | None, site: Site, tmp_path: Path
) -> None:
    watch = opened(site, tmp_path / "data")
    with pytest.raises(ActionRefused) as refused:
        change(watch, toml, SITE_GEOJSON)
    assert refused.value.code == code
    if key is not None:
        assert refused.value.details[0]["key"] == key
    end(watch)
    assert not list(read_events(tmp_path / "data", kind="site_changed"))


def test_the_alert_of_a_rule_that_is_gone_is_cleared(site: Site, tmp_path: Path) -> None:
    watch = opened(site, tmp_path / "data")
    fly(watch, 0, CHANGE_AT)
    watch.settle()
    change(watch, *CHANGES["rules"])  # the default rule holds only while the file has none
    fly(watch, CHANGE_AT, END_AT)
    watch.settle()
    first = watch.board.alerts()[0]
    assert first.cleared_why == "the site file has no rule uav-near-zone any more"
    assert {alert.rule for alert in watch.board.alerts()} == {"uav-near-zone", "any"}
    end(watch)


def test_a_live_change_is_written_and_the_files_before_are_kept(site: Site, site_file: Path, tmp_path: Path) -> None:
    site_file.chmod(0o640)
    watch = opened(site, tmp_path / "data", site_file, Origin.LIVE)
    change(watch, *CHANGES["a zone moved"])
    toml, geometry = CHANGES["name"]
    change(watch, toml, CHANGES["a zone moved"][1])
    assert load_site(site_file).sha256 == watch.plan.site.sha256
    assert site_file.read_text() == toml
    assert site_file.with_name("test.toml.previous").read_text() == SITE_TOML
    assert site_file.with_name("test.geojson.previous").read_text() == geometry
    assert site_file.stat().st_mode & 0o777 == 0o640
    assert not list(site_file.parent.glob(".*"))
    end(watch)


def test_an_edit_on_the_disk_is_not_written_over(site: Site, site_file: Path, tmp_path: Path) -> None:
    watch = opened(site, tmp_path / "data", site_file, Origin.LIVE)
    edited = SITE_TOML.replace("Test Field", "Edited by hand")
    site_file.write_text(edited)
    with pytest.raises(ActionRefused) as refused:
        change(watch, *CHANGES["rules"])
    assert refused.value.code == "file_edited"
    assert site_file.read_text() == edited
    change(watch, edited, SITE_GEOJSON)  # taken in: what lies there is what is asked for
    assert watch.plan.site.name == "Edited by hand"
    end(watch)


@pytest.mark.parametrize("name", ["../out.geojson", "/out.geojson", "test.toml", "notes.txt", "other.geojson"])
def test_no_other_file_is_written(name: str, site: Site, site_file: Path, tmp_path: Path) -> None:
    site_file.with_name("other.geojson").write_text("somebody's")
    watch = opened(site, tmp_path / "data", site_file, Origin.LIVE)
    with pytest.raises(ActionRefused) as refused:
        change(watch, SITE_TOML.replace("test.geojson", name), SITE_GEOJSON)
    assert refused.value.code == "bad_site"
    assert refused.value.details[0]["key"] == "geometry"
    end(watch)


def test_an_alert_still_runs_its_time_across_a_change(site: Site, tmp_path: Path) -> None:
    """A rule's clock goes on: the alert comes no later than without the change."""
    raised = []
    for number, second in enumerate((None, 4)):
        watch = opened(site, tmp_path / f"{number}")
        for at in range(12):
            if at == second:
                watch.settle()
                change(watch, *CHANGES["name"])
            fly(watch, at, at + 1)
        watch.settle()
        raised.append(watch.board.alerts()[0].raised_s)
        end(watch)
    assert raised[0] == raised[1]


@pytest.fixture
def killed(site: Site, site_file: Path, tmp_path: Path) -> Path:
    """The folder of a watch whose change is recorded, and that was killed before it was written."""
    folder = tmp_path / "data"
    watch = opened(site, folder)  # it has no site file of its own: nothing is written
    payloads = change(watch, *CHANGES["a zone moved"])
    end(watch)
    changed = payloads[0]
    assert isinstance(changed, SiteChanged)
    begin_change(site_file, folder, changed.after)
    return folder


def test_a_change_that_was_recorded_and_not_written_is_written_at_the_next_start(
    killed: Path, site: Site, site_file: Path
) -> None:
    assert load_site(site_file).sha256 == site.sha256
    assert finish_change(site_file)
    assert site_file.with_name("test.geojson").read_text() == CHANGES["a zone moved"][1]
    assert site_file.with_name("test.geojson.previous").read_text() == SITE_GEOJSON
    assert not finish_change(site_file), "once is enough"
    assert killed.is_dir()


def test_a_change_that_was_never_recorded_is_forgotten(killed: Path, site: Site, site_file: Path) -> None:
    begin_change(site_file, killed, "0" * 64)
    assert not finish_change(site_file)
    assert load_site(site_file).sha256 == site.sha256
    assert not list(site_file.parent.glob(".*"))


@pytest.mark.parametrize("note", [b"", b"{}", b'{"sha256": "0", "folder": "/nowhere"}', b"\xff"])
def test_a_note_that_says_nothing_is_forgotten(note: bytes, site: Site, site_file: Path) -> None:
    site_file.with_name(f".{site_file.name}.change").write_bytes(note)
    assert not finish_change(site_file)
    assert load_site(site_file).sha256 == site.sha256
    assert not list(site_file.parent.glob(".*"))


def test_who_asked_may_be_gone_the_change_is_made_all_the_same(site: Site, site_file: Path, tmp_path: Path) -> None:
    watch = opened(site, tmp_path / "data", site_file, Origin.LIVE)

    async def leave() -> None:
        wanted = SiteCandidate(toml=CHANGES["name"][0], geometry=SITE_GEOJSON, base_sha256=site.sha256)
        asking = asyncio.create_task(watch.act(Action(verb="change_site", target="", by="A. Rahman", request=wanted)))
        await asyncio.sleep(0)  # it has begun
        asking.cancel()
        await watch.changing.done()

    asyncio.run(leave())
    assert site_file.read_text() == CHANGES["name"][0]
    assert not list(site_file.parent.glob(".*"))
    end(watch)


def test_an_incident_keeps_the_site_it_opened_under(site: Site, tmp_path: Path) -> None:
    watch = opened(site, tmp_path / "data")
    fly(watch, 0, CHANGE_AT)
    watch.settle()
    change(watch, SITE_TOML.replace("Test Field", "Renamed").replace("Asia/Baghdad", "UTC"), SITE_GEOJSON)
    fly(watch, CHANGE_AT, END_AT)
    watch.settle()
    (incident,) = watch.board.incidents()
    document = watch.incident_document(incident.incident)
    assert document is not None
    assert document["timezone"] == "Asia/Baghdad"
    report = watch.incident_paper(incident.incident, "html")
    assert report is not None
    assert b"Site changed" in report
    end(watch)


@pytest.mark.slow
def test_killed_right_after_a_change_a_live_watch_goes_on_under_it(site_file: Path, tmp_path: Path) -> None:
    port = free_port()
    feed = SITE_TOML.replace('source = "asterix"', 'source = "json"').replace("8600", str(port))
    site_file.write_text(feed)
    arguments = ("watch", site_file, "--data", tmp_path / "data")
    with Sender(port, lambda number: detection(number).replace(b"radar-2", b"radar-1")):
        with running(*arguments, folder=tmp_path) as watch:
            watch.until("/api/v1/alerts", lambda answer: answer["alerts"])  # by then it is well believed
            before = {one["track"] for one in watch.get("/api/v1/tracks")["tracks"]}
            file = watch.get("/api/v1/site/file")
            body = {"geometry": file["geometry"], "base_sha256": file["sha256"], "by": "A. Rahman"}
            toml = file["toml"].replace("clutter_per_scan = 5.0", "clutter_per_scan = 2.0") + SECOND_RADAR
            status, answer = watch.post("/api/v1/site/apply", body | {"toml": toml})
            assert status == 200, answer
            assert watch.end(signal.SIGKILL) == -signal.SIGKILL
        assert site_file.read_text() == toml
        with running(*arguments, folder=tmp_path) as watch:
            assert [one["id"] for one in watch.get("/api/v1/site")["sensors"]] == ["radar-1", "radar-0"]
            after = {one["track"] for one in watch.until("/api/v1/tracks", lambda a: a["tracks"])["tracks"]}
            assert before & after
            versions = watch.get("/api/v1/site/versions")["versions"]
            assert [one["by"] for one in versions] == ["A. Rahman", None]
            assert watch.end(signal.SIGTERM) == 0
    assert verify(tmp_path / "data").intact


def test_own_flights_of_the_site_s_file_go_on(site_file: Path, tmp_path: Path) -> None:
    hours = {"from": "2023-11-14T22:00:00Z", "until": "2023-11-14T23:30:00Z"}
    site_file.with_name("flights.geojson").write_text(json.dumps(collection(feature(**hours))))
    toml = 'flights = "flights.geojson"\n' + SITE_TOML
    site_file.write_text(toml)
    watch = opened(load_site(site_file), tmp_path / "data", site_file, Origin.LIVE)
    fly(watch, 0, 2)
    change(watch, toml.replace("Test Field", "Renamed"), SITE_GEOJSON)
    watch.settle()
    assert [one.state for one in watch.board.shown.identities.flights] == ["expected"]
    change(watch, SITE_TOML, SITE_GEOJSON)
    watch.settle()
    assert [one.state for one in watch.board.shown.identities.flights] == ["withdrawn"]
    end(watch)


OUTPUT = """
[[release]]
id = "all"
what = ["alerts"]

[[output]]
id = "siren"
partner = "Civil protection"
kind = "cap"
url = "file:{folder}"
release = "all"
sender = "watch@example.org"
"""


@pytest.mark.slow
def test_partners_and_feeds_follow_a_running_watch(site_file: Path, tmp_path: Path) -> None:
    warnings, port = tmp_path / "warnings", free_port()
    warnings.mkdir()
    with running("watch", site_file, "--data", tmp_path / "data", folder=tmp_path) as watch:
        base = watch.get("/api/v1/site/file")["sha256"]
        feed = f'\n[[feed]]\nid = "rows"\nsensor = "radar-2"\nsource = "json"\nurl = "udp://127.0.0.1:{port}"\n'
        more = SECOND_RADAR.replace("radar-0", "radar-2") + feed + OUTPUT.format(folder=warnings)
        body = {"geometry": SITE_GEOJSON, "by": "A. Rahman"}
        status, answer = watch.post("/api/v1/site/apply", body | {"toml": SITE_TOML + more, "base_sha256": base})
        assert status == 200, answer
        with Sender(port, detection):
            watch.until("/api/v1/health", lambda a: any(one["state"] == "live" for one in a["feeds"]))
            watch.until("/api/v1/tracks", lambda answer: answer["tracks"])
        assert watch.post("/api/v1/test-alarm", {"note": ""})[0] == 200
        watch.until("/api/v1/health", lambda a: [one["sent"] for one in a["outputs"]] not in ([], [0]))
        assert list(warnings.glob("*.xml"))
        status, answer = watch.post("/api/v1/site/apply", body | {"toml": SITE_TOML, "base_sha256": answer["sha256"]})
        assert status == 200, answer
        watch.until("/api/v1/health", lambda a: a["outputs"] == [] and len(a["feeds"]) == 1)
        assert watch.end(signal.SIGTERM) == 0
    assert verify(tmp_path / "data").intact
