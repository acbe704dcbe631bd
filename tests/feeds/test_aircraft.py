"""SBS lines and aircraft.json as a feed's source; what is polled."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.wire import encoders as enc
from vedette.feeds.aircraft import AircraftSource
from vedette.feeds.arrival import FeedBody
from vedette.feeds.polling import poll
from vedette.model import CooperativeReport, Look, Rejected, Scan
from vedette.wire.aircraft_json import decode_aircraft_json
from vedette.wire.sbs import decode_sbs

NOW_S = 1_700_000_000.0


def scans(bodies: list[FeedBody]) -> list[Scan]:
    return [body.scan for body in bodies if isinstance(body, Look)]


def reports(bodies: list[FeedBody]) -> list[CooperativeReport]:
    return [body for body in bodies if isinstance(body, CooperativeReport)]


def lines(source: AircraftSource, received_s: float, *texts: bytes) -> list[FeedBody]:
    return [body for text in texts for body in source.line(decode_sbs(text.strip()), received_s)]


def reading(source: AircraftSource, received_s: float, now_s: float, *aircraft: object) -> list[FeedBody]:
    return list(source.snapshot(decode_aircraft_json(enc.aircraft_json(now_s, *aircraft)), received_s))


# SBS


def test_lines_of_one_aircraft() -> None:
    source = AircraftSource("adsb")
    out = lines(
        source,
        NOW_S + 0.2,
        enc.sbs_line(1, callsign="KLM1023"),
        enc.sbs_line(3, place="47.21,8.7", altitude_ft="5000"),
        enc.sbs_line(type="STA"),
    )
    (scan,) = scans(out)
    assert (scan.sensor, scan.identity, scan.covers, scan.observed_s) == ("adsb", ("icao:4840D6",), False, NOW_S)
    assert scan.altitude_ellipsoid_m is None
    (report,) = reports(out)
    assert (report.callsign, report.source) == ("KLM1023", "adsb")
    assert source.messages == 3


@pytest.mark.parametrize("zone", ["2023/11/15,01:13:20.000", "2023/11/15,03:58:20.000", "2023/11/14,12:13:20.000"])
def test_a_time_in_any_zone_is_put_near_its_reception(zone: str) -> None:
    """Baghdad, Nepal (a zone of 5:45), Hawaii."""
    (scan,) = scans(lines(AircraftSource("adsb"), NOW_S + 0.7, enc.sbs_line(place="47.21,8.7", at=zone)))
    assert scan.observed_s == NOW_S


def test_a_clock_that_is_no_zone_away_is_not_believed() -> None:
    out = lines(AircraftSource("adsb"), NOW_S, enc.sbs_line(place="47.21,8.7", at="2023/11/14,22:07:00.000"))
    assert [scan.observed_s for scan in scans(out)] == [NOW_S]


def test_bad_lines_are_counted() -> None:
    source = AircraftSource("adsb")
    assert [one.reason for one in lines(source, NOW_S, b"nonsense") if isinstance(one, Rejected)] == ["bad_line"]
    assert source.messages == 0


# aircraft.json


def test_a_reading_is_one_look_at_each_position_s_own_time() -> None:
    other = enc.aircraft(47.3, hex="abcdef", seen_pos=1.5, flight="TEST1", category="B6")
    (scan,) = scans(reading(AircraftSource("adsb"), NOW_S + 0.1, NOW_S, enc.aircraft(nac_p=9), other))
    assert scan.identity == ("icao:4840D6", "icao:ABCDEF")
    assert scan.time_offset_s is not None
    assert scan.sigma_position_m is not None
    assert scan.p_classes is not None
    assert (scan.observed_s + scan.time_offset_s).tolist() == [NOW_S - 0.5, NOW_S - 1.5]
    assert scan.sigma_position_m[0] < scan.sigma_position_m[1]
    assert scan.p_classes[1, :2].sum() == pytest.approx(0.8)


def test_a_position_is_passed_on_once() -> None:
    source = AircraftSource("adsb")
    first = reading(source, NOW_S, NOW_S, enc.aircraft(seen_pos=0.5))
    again = reading(source, NOW_S + 1.0, NOW_S + 1.0, enc.aircraft(seen_pos=1.5))
    rounded = reading(source, NOW_S + 2.0, NOW_S + 2.0, enc.aircraft(seen_pos=2.4))
    moved = reading(source, NOW_S + 3.0, NOW_S + 3.0, enc.aircraft(47.22, seen_pos=0.2))
    standing = reading(source, NOW_S + 5.0, NOW_S + 5.0, enc.aircraft(47.22, seen_pos=0.2))
    assert [len(scans(out)) for out in (first, again, rounded, moved, standing)] == [1, 0, 0, 1, 1]


def test_history_says_nothing() -> None:
    assert reading(AircraftSource("adsb"), NOW_S, NOW_S, enc.aircraft(seen_pos=30.0, flight="KLM1023")) == []


def test_an_anonymous_aircraft_goes_under_its_callsign_or_none() -> None:
    source = AircraftSource("adsb")
    unnamed = reading(source, NOW_S, NOW_S, enc.aircraft(hex="~2abcde"))
    assert [scan.identity for scan in scans(unnamed)] == [(None,)]
    assert reports(unnamed) == []
    named = reading(source, NOW_S + 1.0, NOW_S + 1.0, enc.aircraft(47.22, hex="~2abcde", flight="TRUCK7"))
    assert [scan.identity for scan in scans(named)] == [("callsign:TRUCK7",)]
    assert [report.identity for report in reports(named)] == ["callsign:TRUCK7"]


def test_surveillance_without_a_position_is_reported_when_it_has_a_name() -> None:
    source = AircraftSource("adsb")
    silent = enc.aircraft(None, type="mode_s", alt_baro=5000)
    assert reading(source, NOW_S, NOW_S, silent) == []
    (report,) = reports(reading(source, NOW_S + 1.0, NOW_S + 1.0, silent | {"flight": "KLM1023", "squawk": "7600"}))
    assert (report.source, report.emergency) == ("mode_s", "no_communication")


def test_what_makes_no_sense_is_counted() -> None:
    source = AircraftSource("adsb")
    assert [one.reason for one in source.snapshot(decode_aircraft_json(b"{"), NOW_S) if isinstance(one, Rejected)] == [
        "bad_json"
    ]
    out = reading(source, NOW_S, NOW_S, {"hex": "?"}, enc.aircraft())
    assert [one.reason for one in out if isinstance(one, Rejected)] == ["bad_aircraft"]
    assert source.messages == 1


# polling


class _Server(http.server.ThreadingHTTPServer):
    """Answers each GET with the next of `answers`; the last stays."""

    answers: list[tuple[int, bytes]]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        status, body = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def polled(url: str, until: int) -> tuple[list[bytes], int]:
    """What is brought until so many readings, and how often the line was opened."""
    brought: list[bytes] = []
    opened: list[None] = []

    async def run() -> None:
        enough = asyncio.Event()

        def take(octets: bytes) -> None:
            brought.append(octets)
            if len(brought) >= until:
                enough.set()

        task = asyncio.create_task(poll(url, take, lambda: opened.append(None), 0.01))
        waiting = asyncio.create_task(enough.wait())
        done, _ = await asyncio.wait((task, waiting), timeout=20.0, return_when=asyncio.FIRST_COMPLETED)
        for one in (task, waiting):
            one.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        if task in done:
            task.result()

    asyncio.run(run())
    return brought, len(opened)


def test_each_new_reading_is_brought_once(server: _Server) -> None:
    server.answers = [(200, b"one"), (200, b"one"), (200, b"two"), (200, b"one")]
    assert polled(f"http://127.0.0.1:{server.server_port}/data/aircraft.json", 3) == ([b"one", b"two", b"one"], 1)


@pytest.mark.parametrize(("status", "words"), [(404, "answered 404"), (500, "answered 500"), (302, "answered 302")])
def test_a_refusal_ends_the_line(server: _Server, status: int, words: str) -> None:
    server.answers = [(status, b"")]
    with pytest.raises(OSError, match=words):
        polled(f"http://127.0.0.1:{server.server_port}/", 1)


def test_a_file_is_read_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "aircraft.json"
    path.write_bytes(b"{}")
    for form in (f"file:{path}", f"file://{path}"):
        assert polled(form, 1) == ([b"{}"], 1)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("file:/nowhere/aircraft.json", FileNotFoundError),
        ("http://127.0.0.1:1/", ConnectionError),
        ("https://127.0.0.1:1/", ValueError),
        ("http://", ValueError),
    ],
)
def test_what_cannot_be_read(url: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        polled(url, 1)
