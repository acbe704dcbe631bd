"""`vedette inspect`: what a recording is, and what it says, unit by unit.

One mapping a line: kind (detection, identity, status or rejected), message (the unit's number in the file, from 0),
time_utc, source or sensor, then the detection table's names for what is known. A radio address is nobody's source: a
Remote ID transmitter is `transmitter-1`, `transmitter-2` … in the order heard, and its lines carry whatever it says of
itself anywhere in the file.
"""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vedette.cli.inspect_aircraft import aircraft_line, aircraft_lines
from vedette.cli.inspect_cot import cot_lines
from vedette.cli.inspect_remote_id import remote_id_lines
from vedette.cli.inspect_sapient import sapient_lines
from vedette.cli.inspect_telemetry import telemetry_lines
from vedette.cli.lines import Line, Timed
from vedette.cli.lines import line_of as _line
from vedette.cli.lines import rejected_line as _rejected
from vedette.clock import parse_time
from vedette.errors import BadInput
from vedette.feeds.recording import AIRCRAFT, MODE_S, TELEMETRY, Recording, Unit, open_recording
from vedette.model import Rejected
from vedette.tables import BadRow, Row, read_rows
from vedette.wire.adsb import ModeSDecoder, ModeSReport
from vedette.wire.asterix import AsterixMessage, Plot, ServiceMessage, decode_asterix, seat_time_of_day
from vedette.wire.asterix_records import FORMER_EDITIONS, Editions
from vedette.wire.asterix_tracks import identity_of
from vedette.wire.beast import ModeSFrame
from vedette.wire.datagrams import Datagram

_PLAIN_WIDTH = 80
_PLAIN_ROWS = 20


def run_inspect(path: Path, format: str | None, start: str | None, *, as_json: bool, cat021: str | None = None) -> None:
    """Print what the recording says: JSON lines, or a page for reading.

    Raises:
        BadInput: missing, empty, of no known kind; a format, a start or an edition that is none.
    """
    lines = (inspect_json if as_json else inspect_plain)(path, format, start, cat021)
    for line in lines:
        typer.echo(line)


def inspect_json(path: Path, format: str | None, start: str | None, cat021: str | None = None) -> Iterator[str]:
    """One JSON object a line, the summary last.

    Raises:
        BadInput: as run_inspect, before the first line.
    """
    for line in inspect_lines(path, format, _start_s(path, start), cat021):
        yield json.dumps(line, allow_nan=False)


def inspect_lines(path: Path, format: str | None, start_s: float | None, cat021: str | None = None) -> Iterator[Line]:
    """One mapping a line of `inspect --json`, the summary last. `cat021`: its edition, where that is one before 2.1.

    Raises:
        BadInput: as run_inspect, before the first line.
    """
    if cat021 is not None and cat021 not in FORMER_EDITIONS:
        raise BadInput(path, f"must be one of {', '.join(FORMER_EDITIONS)}", "--cat021", cat021)
    editions: Editions = {} if cat021 is None else {None: cat021}
    recording = open_recording(path, format=format, start_s=start_s, editions=editions)
    if not recording.format:
        raise BadInput(path, "a capture whose format cannot be recognised: name it", "--format")
    by_kind, by_reason, messages = Counter[str](), Counter[str](), 0
    for line in _lines(recording):
        by_kind[line["kind"]] += 1
        if line["kind"] == "rejected":
            by_reason[line["reason"]] += 1
        messages = max(messages, line["message"] + 1)
        yield line if "sensor" in line or "source" in line else line | {"source": None}
    yield {
        "kind": "summary",
        "format": recording.format,
        **({"feed": recording.capture.feed} if recording.capture is not None else {}),
        "messages": messages,
        "rejected": by_kind["rejected"],
        "by_kind": dict(sorted(by_kind.items())),
        "rejected_by_reason": dict(sorted(by_reason.items())),
    }


def _start_s(path: Path, start: str | None) -> float | None:
    try:
        return None if start is None else parse_time(start)
    except ValueError as error:
        raise BadInput(path, str(error), "--start", start) from None


def _lines(recording: Recording) -> Iterator[Line]:
    if recording.format == "table":
        return (_row_line(row) for row in read_rows(recording.path))
    if recording.format in ("json", "mqtt"):
        return _live_row_lines(recording.units())
    if recording.format == "asterix":
        return _asterix_lines(recording.units(), recording.editions)
    if recording.format == "sapient":
        return sapient_lines(recording.units(), _line)
    if recording.format in MODE_S:
        dated = recording.dated or recording.start_s is not None
        return _mode_s_lines(recording.units(None if dated else 0.0), dated=dated)
    if recording.format in AIRCRAFT:
        return aircraft_lines(recording.units())
    if recording.format == "cot":
        return cot_lines(list(recording.units()))
    if recording.format in TELEMETRY:
        return telemetry_lines(list(recording.units()))
    return remote_id_lines(list(recording.units()))


def _row_line(row: Row | BadRow) -> Line:
    message = row.place - 1
    if isinstance(row, BadRow):
        return _line("rejected", message, None, {"reason": row.reason, "offset": row.place, "why": row.why})
    texts = {"sensor": row.sensor, "scan": row.scan, "class": row.class_, "identity": row.identity}
    return _line("detection" if row.measures else "status", message, row.observed_s, texts | row.numbers)


def _live_row_lines(units: Iterable[Timed]) -> Iterator[Line]:
    for number, (at_s, unit) in enumerate(units):
        if isinstance(unit, Rejected):
            yield _rejected(number, at_s, unit)
        elif isinstance(unit, Row):
            yield _row_line(unit) | {"message": number}


def _asterix_lines(units: Iterable[Timed], editions: Editions) -> Iterator[Line]:
    number = 0
    for at_s, unit in units:
        if isinstance(unit, Datagram):
            records = decode_asterix(unit.payload, unit.offset, editions)
        else:
            records = _only_rejected(unit)
        for record in records:
            if isinstance(record, Rejected):
                yield _rejected(number, at_s, record)
            else:
                time_s = record.time_of_day_s
                seated_s = None if at_s is None or time_s is None else seat_time_of_day(time_s, at_s)
                yield _line(_asterix_kind(record), number, seated_s, _asterix_said(record))
            number += 1


def _asterix_kind(record: AsterixMessage) -> str:
    if isinstance(record, ServiceMessage):
        return "status"
    if isinstance(record, Plot):
        return "detection"
    return "identity" if record.latitude_deg is None else "detection"


def _asterix_said(record: AsterixMessage) -> Line:
    if isinstance(record, ServiceMessage):
        return _service(record)
    if isinstance(record, Plot):
        return _plot(record)
    known = msgspec.structs.asdict(record)
    source = f"{known.pop('sac')}/{known.pop('sic')}"
    del known["time_of_day_s"]
    flags = {name: known.pop(name) or None for name in _FLAGS if name in known}
    return {"source": source, "identity": identity_of(record)} | known | flags


_FLAGS = ("test", "suspect", "ended", "coasted")
"""Said only where they are set."""


def _only_rejected(unit: Unit) -> Iterator[Rejected]:
    if isinstance(unit, Rejected):
        yield unit


def _plot(plot: Plot) -> Line:
    return {
        "source": f"{plot.sac}/{plot.sic}",
        "range_m": plot.range_m,
        "azimuth_true_deg": None if plot.azimuth_true_rad is None else math.degrees(plot.azimuth_true_rad),
        "range_rate_mps": plot.doppler_mps,
        "raw_doppler": msgspec.to_builtins(plot.raw_doppler) or None,
        "altitude_msl_m": plot.altitude_msl_m,
        "pressure_altitude_m": plot.pressure_altitude_m,
        "identity": None if plot.address is None else f"icao:{plot.address}",
        "callsign": plot.callsign,
        "mode_3a": plot.mode_3a,
        "track_number": plot.track_number,
        "sensed_by": plot.sensed_by,
        "test": plot.test or None,
    }


def _service(message: ServiceMessage) -> Line:
    azimuth = message.sector_azimuth_rad
    return {
        "source": f"{message.sac}/{message.sic}",
        "mark": message.mark,
        "sector_azimuth_true_deg": None if azimuth is None else math.degrees(azimuth),
        "turn_period_s": message.turn_period_s,
        "state": message.state,
        "detail": message.detail or None,
        "latitude_deg": message.latitude_deg,
        "longitude_deg": message.longitude_deg,
        "altitude_msl_m": message.altitude_msl_m,
    }


def _mode_s_lines(units: Iterable[Timed], *, dated: bool) -> Iterator[Line]:
    decoder = ModeSDecoder()
    for number, (heard_s, unit) in enumerate(units):
        at_s = heard_s if dated else None
        heard = decoder.hear(unit.message, heard_s or 0.0, unit.stated_place) if isinstance(unit, ModeSFrame) else unit
        if isinstance(heard, Rejected):
            offset = unit.offset if heard.offset is None and isinstance(unit, ModeSFrame) else heard.offset
            yield _rejected(number, at_s, msgspec.structs.replace(heard, offset=offset))
        elif heard is None:
            yield _line("identity", number, at_s, {"confirmed": False})
        elif isinstance(heard, ModeSReport):
            yield aircraft_line(number, at_s, heard)


class _Heard(msgspec.Struct):
    """One source's line on the page for reading."""

    lines: int = 0
    first: str | None = None
    last: str | None = None
    names: dict[str, str] = msgspec.field(default_factory=dict)


def inspect_plain(path: Path, format: str | None, start: str | None, cat021: str | None = None) -> Iterator[str]:
    """A page for reading, 80 columns wide. An operator's position is masked, and all but the head of the operator's id.

    Raises:
        BadInput: as run_inspect, before the first line.
    """
    heard: dict[str, _Heard] = {}
    summary: Line = {}
    for line in inspect_lines(path, format, _start_s(path, start), cat021):
        if line["kind"] == "summary":
            summary = line
        elif line["kind"] != "rejected":
            _hear(heard, line)
    of = f", captured from the feed {summary['feed']}" if "feed" in summary else ""
    yield f"{path.name}: {summary['format']}{of}, {summary['messages']} messages, {summary['rejected']} rejected"
    kinds = []
    for kind, count in summary["by_kind"].items():
        reasons = summary["rejected_by_reason"].items() if kind == "rejected" else ()
        kinds += [(kind, str(count)), *((f"  {why}", str(some)) for why, some in reasons)]
    yield from _rendered(_table(("kind", "lines"), kinds))
    shown = sorted(heard.items(), key=lambda one: (-one[1].lines, one[0]))
    rows = [(name, str(one.lines), _span(one), ", ".join(one.names.values())) for name, one in shown[:_PLAIN_ROWS]]
    if rows:
        yield from _rendered(_table(("source", "lines", "time (UTC)", "says of itself"), rows))
    if len(shown) > _PLAIN_ROWS:
        yield f"and {len(shown) - _PLAIN_ROWS} more sources"


def _hear(heard: dict[str, _Heard], line: Line) -> None:
    one = heard.setdefault(str(line.get("source") or line.get("sensor") or "unconfirmed"), _Heard())
    one.lines += 1
    if line["time_utc"] is not None:
        one.first = min(one.first or line["time_utc"], line["time_utc"])
        one.last = max(one.last or line["time_utc"], line["time_utc"])
    for name in ("name", "types"):
        if name in line:
            one.names[name] = str(line[name])
    if not str(line.get("source", "")).startswith(("icao:", "transmitter-", "system-")):
        return
    for name in ("identity", "callsign", "ua_type", "self_id"):
        if name in line and line[name] != line.get("source"):
            one.names[name] = str(line[name])
    if "operator_id" in line:
        one.names["operator_id"] = f"operator {line['operator_id'][:3]}…"
    if "operator_latitude_deg" in line:
        one.names["operator_place"] = "operator's position given (masked)"


def _span(one: _Heard) -> str:
    if one.first is None or one.last is None:
        return "no date"
    return f"{one.first[:19]}\n{one.last[:19]}" if one.last[:19] != one.first[:19] else one.first[:19]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for head in heads:
        table.add_column(head, justify="right" if head == "lines" else "left", overflow="fold")
    for row in rows:
        # Text, not markup: these are other people's words
        table.add_row(*(Text(cell) for cell in row))
    return table


def _rendered(table: Table) -> Iterator[str]:
    page = io.StringIO()
    Console(file=page, width=_PLAIN_WIDTH, color_system=None).print(table)
    yield from (line.rstrip() for line in page.getvalue().splitlines())
