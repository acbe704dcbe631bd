"""Remote ID alone is kept: other people's addresses are in no byte that a watch writes or prints."""

from __future__ import annotations

import signal
import struct
from pathlib import Path

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.feeds import receivers as rx
from tests.watch.driving import running, vedette
from tests.watch.test_live import Sender, free_port
from tests.wire import encoders as enc
from vedette.record import read_events
from vedette.wire import pcap

NOW_S = 1_700_000_000.0
NETWORK = b"HomeNet-7F3A"
SECRETS = (
    *(address for octets in (enc.OURS, enc.THEIRS) for address in (octets, octets[::-1])),
    *(spelt for octets in (enc.OURS, enc.THEIRS) for spelt in (octets.hex(), octets.hex().upper(), octets.hex(":"))),
    NETWORK,
)
"""The radio addresses of a drone and of a telephone, as octets both ways and as text, and somebody's network."""


def remote_id_site(tmp_path: Path, url: str) -> Path:
    (tmp_path / "test.geojson").write_text(SITE_GEOJSON)
    head = SITE_TOML[: SITE_TOML.index("[[feed]]")]
    feed = (
        f'[[sensor]]\nid = "rid"\nkind = "remote_id"\n\n[[feed]]\nsensor = "rid"\nsource = "remote_id"\nurl = "{url}"\n'
    )
    path = tmp_path / "privacy.toml"
    path.write_text(head + feed)
    return path


def everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def assert_private(octets: bytes) -> None:
    assert b"rid:1588TEST0001" in octets
    for secret in SECRETS:
        found = secret if isinstance(secret, bytes) else secret.encode()
        assert found not in octets, secret


def their_beacon() -> bytes:
    return enc.beacon(bytes([0, len(NETWORK)]) + NETWORK, enc.THEIRS)


def their_data() -> bytes:
    return b"\x08\x02\0\0" + enc.THEIRS + enc.OURS + enc.THEIRS + b"\0\0" + NETWORK


@pytest.fixture
def captures(tmp_path: Path) -> list[Path]:
    """Wi-Fi and Bluetooth as an antenna hears them: a drone among other people's devices, some frames damaged."""
    wifi, bluetooth = [], []
    for step in range(20):
        at_s = NOW_S + step
        place = enc.pack(enc.basic_id(), enc.location(36.2376 + step / 1e4, 43.9632), enc.system(36.23, 43.96))
        ours = enc.radiotap(enc.beacon(enc.element(place)))
        wifi += [(at_s, ours), (at_s + 0.1, enc.radiotap(their_beacon())), (at_s + 0.2, enc.radiotap(their_data()))]
        wifi += [(at_s + 0.3, ours[:-1] + b"\0")]
        theirs = enc.advertisement(b"\x02\x01\x06\x05\x09Mine", extended=False, address=enc.THEIRS)
        drone = enc.advertisement(enc.service_data(enc.location(36.2376, 43.9632)), extended=False)
        bluetooth += [
            (at_s, enc.phdr(theirs)),
            (at_s + 0.1, enc.phdr(drone)),
            (at_s + 0.2, enc.phdr(drone[:-1] + b"\0")),
        ]
    for name, link, frames in (
        ("wifi.pcap", pcap.LINK_WIFI_RADIOTAP, wifi),
        ("bluetooth.pcap", pcap.LINK_BLE_PHDR, bluetooth),
    ):
        (tmp_path / name).write_bytes(enc.pcap(link, frames))
    return [tmp_path / "wifi.pcap", tmp_path / "bluetooth.pcap"]


def test_a_mixed_capture_replayed_and_inspected(tmp_path: Path, captures: list[Path]) -> None:
    site = remote_id_site(tmp_path, "file:none.pcap")
    data = tmp_path / "data"
    done = vedette(
        "watch", site, "--headless", "--speed", "max", "--data", data, "--replay", *captures, folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout + done.stderr
    for capture in captures:
        for options in ((), ("--json",)):
            printed += vedette("inspect", capture, *options).stdout
    printed += vedette("log", data, "--json").stdout
    assert_private(everything_written(data) + printed.encode())


def test_a_receiver_that_passes_on_everything(tmp_path: Path) -> None:
    port = free_port()
    site = remote_id_site(tmp_path, f"udp://127.0.0.1:{port}")
    messages = [
        rx.named(),
        rx.flat(),
        rx.SOMEBODYS,
        b'{"ssid": "' + NETWORK + b'", "bssid": "' + rx.PHONE.encode() + b'"}',
        rx.PHONE.encode() + b" is no JSON",
        rx.structure(),
    ]
    data = tmp_path / "data"
    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        with Sender(port, lambda number: messages[number % len(messages)]):
            watch.until("/api/v1/tracks", lambda answer: answer["tracks"])
            health = watch.until("/api/v1/health", lambda a: any(one["rejected"] for one in a["feeds"]))
        shown = repr([health, watch.get("/api/v1/tracks"), watch.get("/api/v1/snapshot")])
        assert watch.end(signal.SIGTERM) == 0
    assert list(data.glob("capture/rid/*.bin"))
    log = vedette("log", data, "--json").stdout + (tmp_path / "stderr.txt").read_text()
    assert_private(everything_written(data) + (shown + log).encode())
    assert vedette("verify", data).stdout.startswith("intact, ")


def test_an_operators_data_is_gone_when_its_time_is_over(tmp_path: Path) -> None:
    """From the database with its snapshots and journal; the hour's captured file goes when its hour is that old."""
    port = free_port()
    site = remote_id_site(tmp_path, f"udp://127.0.0.1:{port}")
    site.write_text(site.read_text() + "\n[privacy]\nkeep_days = 0.0001\n")
    said = rx.named()
    said = said.replace(b'"Survey"', b'"Orchard-4711"').replace(b"47.19", b"47.190123")
    secrets = (b"Orchard-4711", b"47.190123", struct.pack(">d", 47.190123), struct.pack("<d", 47.190123))
    data = tmp_path / "data"

    def held() -> set[bytes]:
        octets = b"".join(path.read_bytes() for path in data.glob("record.sqlite*"))
        return {secret for secret in secrets if secret in octets}

    with running("watch", site, "--data", data, folder=tmp_path) as watch:
        with Sender(port, lambda number: said):
            watch.until("/api/v1/tracks", lambda answer: answer["tracks"])
        assert held() >= set(secrets[:2])
        watch.until("/api/v1/health", lambda _: any(read_events(data, kind="personal_erased")))
        watch.until("/api/v1/health", lambda _: not held())
        assert watch.end(signal.SIGTERM) == 0
    assert held() == set()
    assert vedette("verify", data).stdout.startswith("intact, ")
