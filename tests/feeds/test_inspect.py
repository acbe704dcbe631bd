from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.test_replay import FILES, NOW_S, drone, wifi_capture
from tests.wire import encoders as enc
from vedette.cli.inspect import inspect_json, inspect_plain, run_inspect
from vedette.errors import BadInput

EVERYTHING = enc.pack(enc.basic_id(), enc.location(speed_mps=10.0, track_deg=90), enc.system(), enc.operator_id())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, (_, octets) in FILES.items():
        (tmp_path / name).write_bytes(octets)
    return tmp_path


def lines(path: Path, format: str | None = None, start: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in inspect_json(path, format, start)]


@pytest.mark.parametrize("name", FILES)
def test_every_kind_ends_with_its_summary(folder: Path, name: str) -> None:
    *body, summary = lines(folder / name)
    assert summary["kind"] == "summary"
    assert summary["format"] == FILES[name][0]
    assert summary["messages"] == len({line["message"] for line in body})
    assert sum(summary["by_kind"].values()) == len(body)
    assert summary["rejected"] == sum(summary["rejected_by_reason"].values())
    for line in body:
        assert line["kind"] in ("detection", "identity", "status", "rejected")
        assert "time_utc" in line
        assert "sensor" in line or "source" in line
        assert None not in [value for key, value in line.items() if key not in ("time_utc", "source")]


def test_other_systems_reports_have_their_own_identity(tmp_path: Path) -> None:
    path = tmp_path / "others.ast"
    targets = enc.target_record(47.2, 8.7, 60.0), enc.target_record(47.2, 8.7, 60.0, descriptor=b"\x60")
    tracks = enc.track_record(47.2, 8.7, 61.0, number=77, sigma_m=50.0), enc.track_record(47.2, 8.7, 61.0, address=1)
    path.write_bytes(enc.asterix_block(21, *targets) + enc.asterix_block(62, *tracks))
    *body, summary = lines(path)
    assert summary["by_kind"] == {"detection": 4}
    assert [line.get("identity") for line in body] == ["icao:4840D6", None, "track:1/2/77", "icao:000001"]
    assert [line.get("address_type") for line in body[:2]] == ["icao", "anonymous"]
    assert (body[2]["track_number"], body[2]["sigma_position_m"]) == (77, 50.0)
    assert all(line["source"] == "1/2" and "test" not in line for line in body)


def test_a_former_edition_is_read_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "station.ast"
    path.write_bytes(enc.asterix_block(21, enc.former_target_record(47.2, 8.7, 60.0)))
    body, summary = [json.loads(line) for line in inspect_json(path, None, "2023-11-14T00:00:00Z", "0.26")]
    assert (summary["messages"], summary["rejected"]) == (1, 0)
    assert (body["identity"], body["time_utc"]) == ("icao:4840D6", "2023-11-14T00:01:00.000Z")
    assert body["latitude_deg"] == pytest.approx(47.2, abs=1e-5)
    assert lines(path)[-1]["rejected"] > 0
    with pytest.raises(BadInput, match=r"one of 0\.23, 0\.24, 0\.25, 0\.26"):
        list(inspect_json(path, None, None, "2.1"))


def test_what_a_receivers_software_says(folder: Path) -> None:
    *body, summary = lines(folder / "aircraft.log")
    assert summary["by_kind"] == {"detection": 3, "status": 1}
    assert body[0]["time_utc"] == "2023-11-14T22:13:20.000Z"
    *body, summary = lines(folder / "aircraft.json")
    assert summary["by_kind"] == {"detection": 1, "identity": 1}
    assert (body[0]["source"], body[0]["time_utc"]) == ("icao:4840D6", "2023-11-14T22:13:19.500Z")
    (folder / "bad.json").write_bytes(enc.aircraft_json(NOW_S, {"hex": "?"}, enc.aircraft(hex="~2abcde")))
    *body, summary = lines(folder / "bad.json")
    assert (summary["messages"], summary["rejected_by_reason"]) == (2, {"bad_aircraft": 1})
    assert (body[1]["source"], body[1].get("identity")) == ("anonymous:2ABCDE", None)


def test_a_transmitter_is_joined_over_the_whole_file(tmp_path: Path) -> None:
    first = NOW_S, enc.beacon(enc.element(enc.location()))
    second = NOW_S + 1.0, enc.beacon(enc.element(EVERYTHING))
    path = tmp_path / "rid.pcap"
    path.write_bytes(wifi_capture(first, second, (NOW_S + 2.0, enc.beacon(b"", enc.THEIRS))))
    *body, summary = lines(path)
    assert summary["messages"] == 2
    assert summary["by_kind"] == {"detection": 2, "identity": 1}
    for line in body:
        assert (line["source"], line["identity"]) == ("transmitter-1", "rid:1588TEST0001")
        assert (line["operator_id"], line["operator_latitude_deg"]) == ("CHE87astrdge12k8", 47.19)
    assert body[0]["time_utc"] == "2023-11-14T22:13:20.000Z"
    assert body[1]["velocity_east_mps"] == pytest.approx(10.0)
    text = json.dumps([*body, summary]).replace(":", "")
    assert enc.OURS.hex() not in text
    assert enc.THEIRS.hex() not in text


def test_the_page_masks_the_operator(tmp_path: Path) -> None:
    path = tmp_path / "rid.pcap"
    path.write_bytes(wifi_capture((NOW_S, enc.beacon(enc.element(EVERYTHING)))))
    page = list(inspect_plain(path, None, None))
    text = "\n".join(page)
    assert all(len(line) <= 80 for line in page)
    assert "rid:1588TEST0001" in text
    assert "masked" in text
    for secret in ("47.19", "8.72", "87astrdge"):
        assert secret not in text


def test_other_peoples_words_are_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "rid.pcap"
    path.write_bytes(wifi_capture((NOW_S, enc.beacon(enc.element(enc.pack(enc.basic_id("[red]X[/]")))))))
    assert "rid:[red]X[/]" in "\n".join(inspect_plain(path, None, None))


def test_a_crowd_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "rid.pcap"
    frames = [(NOW_S + n, enc.beacon(enc.element(enc.basic_id(f"S{n}")), n.to_bytes(6, "big"))) for n in range(25)]
    path.write_bytes(wifi_capture(*frames))
    assert list(inspect_plain(path, None, None))[-1] == "and 5 more sources"


def test_undated_recordings_have_no_time_unless_told(folder: Path) -> None:
    for name in ("adsb.bin", "radar.ast"):
        *undated, _ = lines(folder / name)
        assert all(line["time_utc"] is None for line in undated)
        *dated, _ = lines(folder / name, start="2023-11-14T00:00:00Z")
        assert all(line["time_utc"].startswith("2023-11-14T00:0") for line in dated)
        assert [line["kind"] for line in dated] == [line["kind"] for line in undated]
    assert "no date" in "\n".join(inspect_plain(folder / "adsb.bin", None, None))


def test_rejects_have_reason_and_place(folder: Path) -> None:
    (folder / "cut.pcap").write_bytes(wifi_capture(drone(NOW_S), drone(NOW_S, 95.0))[:-3] + b"")
    *_, rejected, summary = lines(folder / "cut.pcap")
    assert (rejected["kind"], rejected["reason"], rejected["message"]) == ("rejected", "truncated", 1)
    assert rejected["offset"] > 24
    assert rejected["source"] is None
    page = [line.split()[0] for line in inspect_plain(folder / "cut.pcap", None, None)]
    assert page[page.index("rejected") + 1] == "truncated"
    assert summary["rejected_by_reason"] == {"truncated": 1}
    (folder / "bad.csv").write_text("time_utc,sensor,azimuth_true_deg\nnever,mic,1\n2023-11-14T22:13:20Z,mic,\n")
    bad, empty, summary = lines(folder / "bad.csv")
    assert (bad["reason"], bad["offset"], empty["kind"]) == ("bad_time", 1, "status")
    (folder / "bad.bin").write_bytes(FILES["adsb.bin"][1] + b"\x1a\x33" + bytes(21) + b"\x1a")
    *_, summary = lines(folder / "bad.bin")
    assert set(summary["rejected_by_reason"]) == {"truncated"} or summary["rejected"] >= 1


DAMAGE = {
    "zeros": lambda blocks: [*blocks[:4], bytes(20), *blocks[4:]],
    "a length of the rest": lambda blocks: [*blocks[:4], b"\x30\xff\xff", *blocks[4:]],
    "half a block": lambda blocks: [*blocks[:4], blocks[4][:9], *blocks[5:]],
    "cut short": lambda blocks: [*blocks[:-1], blocks[-1][:-2]],
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_raw_asterix_goes_on_behind_damage(tmp_path: Path, name: str) -> None:
    blocks = [enc.asterix_block(48, enc.plot_record(2.0, 90.0, 60.0 + second)) for second in range(12)]
    (tmp_path / "radar.ast").write_bytes(b"".join(DAMAGE[name](blocks)))
    *body, summary = lines(tmp_path / "radar.ast", start="2023-11-14T00:00:00Z")
    seconds = [line["time_utc"][17:19] for line in body if line["kind"] == "detection"]
    assert {f"{second:02d}" for second in (0, 1, 2, 3, 8, 9, 10)} <= set(seconds)
    assert 1 <= summary["rejected"] <= 2
    assert ("truncated" in summary["rejected_by_reason"]) == (name == "cut short")


def test_bad_input(folder: Path) -> None:
    for start in ("yesterday", "2023-11-14T00:00:00"):
        with pytest.raises(BadInput, match="--start"):
            lines(folder / "adsb.bin", start=start)
    with pytest.raises(BadInput, match="format"):
        lines(folder / "adsb.bin", format="tape")


def test_it_prints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_inspect(folder / "radar.pcap", None, None, as_json=True)
    *body, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert summary["messages"] == 2
    assert {line["source"] for line in body} == {"1/2"}
    run_inspect(folder / "radar.pcap", None, None, as_json=False)
    assert capsys.readouterr().out.startswith("radar.pcap: asterix, 2 messages, 0 rejected")


@pytest.mark.parametrize(
    ("name", "messages", "rejected"),
    [
        ("asterix/cat_034_048.pcap", 162, {}),
        ("asterix/cat21_re.ast", 2, {}),
        ("adsb/sample_dump1090.bin", 239, {}),
        ("adsb/rs1090_full_flight_head.jsonl", 1814, {}),
        ("remote_id/parrot_anafi4_real.pcapng", 1140, {}),
        ("remote_id/odid_bt5_lr_sample.pcapng", 274, {"bad_crc": 30}),
        ("remote_id/odid_wifi_bcn_sample.pcap", 21, {}),
    ],
)
def test_real_recordings(recordings: Path, name: str, messages: int, rejected: dict[str, int]) -> None:
    *body, summary = lines(recordings / name)
    assert (summary["messages"], summary["rejected_by_reason"]) == (messages, rejected)
    if "anafi" in name:
        placed = [line for line in body if line["kind"] == "detection"]
        assert len(placed) == 1140
        assert {line["identity"] for line in placed} == {"rid:1588E040445AC004418"}
        assert all("operator_latitude_deg" in line and "latitude_deg" in line for line in placed)
    if "cat21" in name:
        assert summary["by_kind"] == {"detection": 2}
        assert [line["identity"] for line in body] == ["icao:000001", "icao:000002"]
    if "rs1090" in name:
        assert {line["source"] for line in body} == {"icao:393322"}
        told = [json.loads(line) for line in (recordings / name).read_text().splitlines()]
        places = [(n, one["latitude"], one["longitude"]) for n, one in enumerate(told) if "latitude" in one]
        found = [
            (line["message"], line["latitude_deg"], line["longitude_deg"]) for line in body if "latitude_deg" in line
        ]
        assert len(places) == 1240
        assert found == [
            pytest.approx(place, abs=1e-5) for place in places
        ]  # on the ground all the while, with no site
    if "cat_034" in name:
        assert summary["by_kind"] == {"detection": 128, "status": 34}
        assert {line["time_utc"][:10] for line in body} == {"2016-05-05"}
