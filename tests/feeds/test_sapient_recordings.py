"""SAPIENT recordings: inspected, and replayed as they would have been heard live."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.feeds.sapient_peers import SITE, sapient_site, site_text
from tests.wire import sapient_messages as sm
from vedette.cli.inspect import inspect_json, inspect_plain
from vedette.errors import BadInput
from vedette.feeds.arrival import Arrival
from vedette.feeds.recording import open_recording
from vedette.feeds.replay import assign, replay
from vedette.model import FeedHealth, FeedState, Look, Rejected, Scan, SensorStatus
from vedette.site import load_site
from vedette.wire.sapient.framing import encode_frame

STRANGER = sm.FUSION
MESSAGES = [
    sm.registration(),
    sm.registration_ack(sm.NOW_S),
    sm.status(sm.NOW_S),
    sm.detection(sm.NOW_S + 1.0),
    sm.detection(sm.NOW_S + 1.0, object_id=sm.REPORT),
    sm.detection(sm.NOW_S + 2.0, y=95.0),
    sm.detection(sm.NOW_S + 3.0, node=STRANGER),
    sm.alert(sm.NOW_S + 4.0),
    sm.goodbye(sm.NOW_S + 5.0),
]
FRAMES = b"".join(encode_frame(one.SerializeToString()) for one in MESSAGES)
LINES = b"\n".join(map(sm.as_json, MESSAGES))


@pytest.fixture(params=["frames", "lines"])
def recording(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / ("node.bin" if request.param == "frames" else "node.ndjson")
    path.write_bytes(FRAMES if request.param == "frames" else LINES)
    return path


def test_inspect_counts_every_message_once(recording: Path) -> None:
    *lines, summary = [json.loads(line) for line in inspect_json(recording, None, None)]
    assert summary == {
        "kind": "summary",
        "format": "sapient",
        "messages": 9,
        "rejected": 1,
        "by_kind": {"detection": 3, "rejected": 1, "status": 5},
        "rejected_by_reason": {"bad_position": 1},
    }
    assert [line["message"] for line in lines] == list(range(9))
    seen = lines[3]
    assert (seen["source"], seen["time_utc"]) == (sm.NODE, "2023-11-14T22:13:21.000Z")
    assert (seen["latitude_deg"], seen["longitude_deg"], seen["object"]) == (
        sm.LATITUDE_DEG,
        sm.LONGITUDE_DEG,
        sm.OBJECT,
    )
    assert lines[0] | {"says": "registration", "name": "R1", "types": "RADAR"} == lines[0]
    assert lines[2]["state"] == "ok"
    assert lines[6]["faults"] == 1  # it never registered


def test_inspect_reads_well_and_masks_nothing_it_need_not(recording: Path) -> None:
    page = "\n".join(inspect_plain(recording, None, None))
    assert f"{recording.name}: sapient, 9 messages, 1 rejected" in page
    assert "RADAR" in page
    assert max(map(len, page.splitlines())) <= 80


def test_a_cut_end_is_one_reject(tmp_path: Path) -> None:
    for name, octets in (("cut.bin", FRAMES[:-5]), ("cut.ndjson", LINES[:-5])):
        (tmp_path / name).write_bytes(octets)
        summary = json.loads(list(inspect_json(tmp_path / name, None, None))[-1])
        assert (summary["messages"], summary["rejected_by_reason"]["truncated"]) == (9, 1)


def arrivals(path: Path, folder: Path, sensor: str | None = None) -> list[Arrival]:
    site = sapient_site(folder, "tcp://127.0.0.1:5020")
    return list(replay(site, assign(site, [(sensor, path)])))


def scans(found: list[Arrival]) -> list[Scan]:
    return [one.body.scan for one in found if isinstance(one.body, Look)]


def test_replay_gives_the_looks_of_each_nodes_sensor(recording: Path, tmp_path: Path) -> None:
    found = arrivals(recording, tmp_path)
    assert [(one.sensor, len(one), one.observed_s) for one in scans(found)] == [
        ("radar-1", 2, sm.NOW_S + 1.0),
        ("others", 1, sm.NOW_S + 3.0),
    ]
    assert [one.body.reason for one in found if isinstance(one.body, Rejected)] == ["bad_position"]
    states = [one.body.state for one in found if isinstance(one.body, SensorStatus)]
    assert states == ["ok", "failed"]
    ended = [one.body for one in found if isinstance(one.body, FeedHealth) and one.body.state is FeedState.ENDED]
    assert {one.sensor for one in ended} >= {"radar-1", "others"}
    assert sum(one.messages for one in ended) == 9
    times = [one.received_s for one in found]
    assert times == sorted(times)


def test_with_a_sensor_named_all_of_it_is_that_sensors(recording: Path, tmp_path: Path) -> None:
    found = arrivals(recording, tmp_path, "radar-1")
    assert {one.sensor for one in scans(found)} == {"radar-1"}


def test_the_same_recording_gives_the_same_arrivals(recording: Path, tmp_path: Path) -> None:
    first, second = arrivals(recording, tmp_path), arrivals(recording, tmp_path)
    assert [(a.received_s, a.feed, type(a.body)) for a in first] == [
        (a.received_s, a.feed, type(a.body)) for a in second
    ]


def test_a_node_that_nobody_stands_for_is_rejected(recording: Path, tmp_path: Path) -> None:
    text = site_text("tcp://127.0.0.1:5020").replace('sensor = "others"', 'sensor = "radar-1"')
    (tmp_path / "strict.toml").write_text(text)
    site = load_site(tmp_path / "strict.toml")
    found = list(replay(site, assign(site, [(None, recording)])))
    assert [one.body.reason for one in found if isinstance(one.body, Rejected)] == ["bad_position", "unknown_node"]


def test_a_site_without_such_a_feed_needs_the_sensors_name(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "none.toml").write_text(SITE.split("[[feed]]", 1)[0].replace("NODE", sm.NODE))
    site = load_site(tmp_path / "none.toml")
    with pytest.raises(BadInput):
        assign(site, [(None, recording)])
    assert open_recording(recording).format == "sapient"


def test_the_site_file_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "feeds" / "sapient.md").read_text()
    whole, sensor, middleware, tls, told = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    for name in re.findall(r'= "(.*\.(?:pem|key))"', tls):
        (tmp_path / name).touch()
    for text in (
        whole,
        whole + sensor,
        whole + told,
        whole.partition("[[feed]]")[0] + middleware,
        (whole + tls).replace("tcp:", "tls:"),
    ):
        (tmp_path / "site.toml").write_text(text)
        assert load_site(tmp_path / "site.toml").feeds[0].source == "sapient"
