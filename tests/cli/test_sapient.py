"""`vedette sapient`: files checked, with the contract's exit codes."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.watch.driving import vedette
from tests.wire import sapient_messages as sm
from vedette.wire.sapient.codec import Received, read_messages
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


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*args: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "vedette", *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", ["radar", "camera"])
def test_the_simulated_node_passes_the_examination(kind: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    check = start("sapient", "check", "--listen", address, "--seconds", "3", "--json")
    assert check.stderr is not None
    assert check.stderr.readline() == f"vedette: waiting for a node at {address}\n"
    node = start("sapient", "simulate", address, "--as", kind, "--seconds", "60")
    try:
        out, errors = check.communicate(timeout=60)
        assert (check.returncode, errors) == (0, ""), out
        report = json.loads(out)
        assert report["findings"] == []
        assert report["nodes"][0]["types"] == [kind.upper()]
        assert {"registration", "status_report", "detection_report", "task_ack"} <= report["by_kind"].keys()
        node.communicate(timeout=60)
        assert node.returncode == 2  # the other side closed the line
    finally:
        for process in (check, node):
            process.kill()
            process.communicate()


class Silent(threading.Thread):
    """A node that listens, registers with a fault, detects wrongly, and answers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]

    def run(self) -> None:
        line, _ = self.server.accept()
        flawed = sm.registration(at_s=time.time())
        flawed.registration.icd_version = "BSI Flex 335 v1.0"
        flawed.registration.status_definition.status_interval.value = 0.1
        line.sendall(frames(flawed, sm.detection(time.time() - 30.0, y=95.0)))
        with line, self.server:
            while line.recv(4096):
                pass


def test_a_node_that_is_not_conformant_is_1_with_its_faults() -> None:
    node = Silent()
    node.start()
    done = vedette("sapient", "check", f"127.0.0.1:{node.port}", "--seconds", "2", "--json")
    node.join()
    assert done.returncode == 1
    found = {(one["path"], one["rule"]) for one in json.loads(done.stdout)["findings"]}
    assert found >= {
        ("registration.icd_version", "version"),
        ("detection_report.location.y", "bad_position"),
        ("timestamp", "time"),
        ("status_report", "dialogue"),
        ("task_ack", "dialogue"),
    }


@pytest.mark.parametrize(
    "args",
    [
        ("check",),
        ("check", "node", "--listen", "127.0.0.1:5020"),
        ("check", "--listen", "nowhere"),
        ("check", "127.0.0.1:1", "--seconds", "1"),
        ("check", "127.0.0.1:1", "--tls-authority", "nothing.pem"),
        ("check", "127.0.0.1:70000"),
        ("simulate", "nowhere"),
        ("simulate", "127.0.0.1:1"),
        ("simulate", "127.0.0.1:1", "--as", "jammer"),
        ("simulate", "127.0.0.1:1", "--at", "95,0"),
    ],
)
def test_bad_usage_is_2_in_one_line(args: tuple[str, ...]) -> None:
    done = vedette("sapient", *args)
    assert (done.returncode, done.stdout.replace("radar", "").count("\n") <= 1) == (2, True)
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_the_simulated_node_says_goodbye_when_it_is_interrupted(tmp_path: Path) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    node = start("sapient", "simulate", f"127.0.0.1:{server.getsockname()[1]}")
    line, _ = server.accept()
    with server, line:
        heard = line.recv(65_536)
        line.sendall(frames(sm.registration_ack()))
        while b"UAV Rotary Wing" not in heard[2000:]:
            heard += line.recv(65_536)
        node.send_signal(signal.SIGTERM)
        while more := line.recv(65_536):
            heard += more
        out, errors = node.communicate(timeout=30)
    assert (node.returncode, errors) == (0, "")
    assert "1 registration" in out
    (tmp_path / "heard").write_bytes(heard)
    report = json.loads(vedette("sapient", "check", tmp_path / "heard", "--json").stdout)
    assert report["conformant"] is True
    last = list(read_messages(heard))[-1]
    assert isinstance(last, Received)
    assert last.message.status_report.system == last.message.status_report.SYSTEM_GOODBYE


def test_an_interrupted_examination_judges_what_it_heard() -> None:
    check = start("sapient", "check", "--listen", f"127.0.0.1:{(port := free_port())}", "--seconds", "600", "--json")
    assert check.stderr is not None
    check.stderr.readline()
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(frames(sm.registration(at_s=time.time()), sm.detection(time.time(), y=95.0)))
        line.recv(65_536)
        check.send_signal(signal.SIGINT)
        out, errors = check.communicate(timeout=60)
    assert (check.returncode, errors) == (1, "")
    report = json.loads(out)
    assert report["by_kind"] == {"registration": 1, "detection_report": 1}
    assert [one["path"] for one in report["findings"] if one["severity"] == "error"] == ["detection_report.location.y"]


def test_an_examination_that_nobody_came_to_is_2() -> None:
    check = start("sapient", "check", "--listen", f"127.0.0.1:{free_port()}")
    assert check.stderr is not None
    check.stderr.readline()
    check.send_signal(signal.SIGTERM)
    out, errors = check.communicate(timeout=60)
    assert (check.returncode, out, len(errors.splitlines())) == (2, "", 1)
