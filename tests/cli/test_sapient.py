"""`vedette sapient`: files checked, with the contract's exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.watch.driving import vedette
from tests.wire import sapient_messages as sm
from vedette.wire.sapient.framing import encode_frame

GOOD = [sm.registration(), sm.status(), sm.detection(), sm.alert(), sm.task_ack(), sm.goodbye()]


def frames(*messages: sm.SapientMessage) -> bytes:
    return b"".join(encode_frame(one.SerializeToString()) for one in messages)


@pytest.mark.parametrize("octets", [frames(*GOOD), b"\n".join(map(sm.as_json, GOOD))])
def test_a_conformant_file_is_0(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "node").write_bytes(octets)
    done = vedette("sapient", "check", tmp_path / "node", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["conformant"] is True
    assert report["messages"] == len(GOOD)
    assert report["by_kind"]["detection_report"] == 1
    assert [node["types"] for node in report["nodes"]] == [["RADAR"]]
    assert report["findings"] == []


def test_faults_are_named_with_path_and_clause_at_80_columns(tmp_path: Path) -> None:
    bad = sm.detection(y=95.0)
    bad.detection_report.detection_confidence = 7.0
    (tmp_path / "node.sapient").write_bytes(frames(sm.registration(), bad, bad) + b"\x09\0\0\0cut")
    done = vedette("sapient", "check", tmp_path / "node.sapient")
    assert done.returncode == 1
    assert "not conformant" in done.stdout
    assert "detection_report.location.y [bad_position, message 1] (2 times)" in done.stdout
    assert "location.proto: Location.y" in done.stdout
    assert "detection_report.detection_confidence [range, message 1]" in done.stdout
    assert "1 truncated" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    report = json.loads(vedette("sapient", "check", tmp_path / "node.sapient", "--json").stdout)
    assert report["rejected_by_reason"] == {"truncated": 1}
    assert {one["count"] for one in report["findings"]} == {2}


@pytest.mark.parametrize("octets", [None, b"", b"neither frames nor JSON", b"{}"])
def test_what_is_no_sapient_is_2(tmp_path: Path, octets: bytes | None) -> None:
    if octets is not None:
        (tmp_path / "node").write_bytes(octets)
    done = vedette("sapient", "check", tmp_path / "node")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
