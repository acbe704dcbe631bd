"""`vedette history`: past incidents of one or more folders, and a table's brought into a record."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, get_args

import msgspec
import typer

from vedette.clock import LiveClock, iso_local, parse_time
from vedette.console import OctantName, history_view
from vedette.errors import BadInput
from vedette.history import bring_in, history, read_mapping
from vedette.model import AnyPayload, Draft, History, Origin, PastIncident, Rhythm, Wanted
from vedette.record import Batch, Grouping, Record, drawn_salts, machine_signer
from vedette.watch.archive import Archive

OCTANTS: Final = get_args(OctantName)
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BAR: Final = 40
WIDTH: Final = 80
RARE: Final = 0.01
"""A rhythm is said to be one where chance gives as much less often than this."""


class Asked(msgspec.Struct, frozen=True):
    """The options as they were given."""

    since: str | None
    until: str | None
    kind: str | None
    zone: str | None
    serial: str | None
    direction: str | None
    origin: str | None


def run_list(folders: Sequence[Path], asked: Asked, *, as_json: bool) -> None:
    """One line an incident, newest first.

    Raises:
        BadInput: an option that says nothing. RecordError: a folder without a record.
    """
    found = _found(folders, asked)
    if as_json:
        for one in history_view(found).incidents:
            typer.echo(msgspec.json.encode(one))
        return
    for past in found.incidents:
        typer.echo(_line(past))
    if not found.incidents:
        typer.echo("no incidents")


def run_patterns(folders: Sequence[Path], asked: Asked, *, as_json: bool) -> None:
    """Counts and repeats: text of 80 columns, or one JSON object.

    Raises:
        BadInput: an option that says nothing. RecordError: a folder without a record.
    """
    found = _found(folders, asked)
    typer.echo(msgspec.json.encode(history_view(found)) if as_json else "\n".join(_text(found)))


def run_import(folder: Path, table: Path, mapping: Path, by: str) -> None:
    """Bring a table's incidents into the record, all or none.

    Raises:
        BadInput: a table or mapping that cannot be taken, or one that is in the record already.
        RecordBusy: the folder's watch is running. RecordError: no record.
    """
    if not by.strip():
        raise BadInput(folder, "must name a person", "--by", by)
    archive, now_s = Archive(folder), LiveClock().now_s()
    rows = bring_in(table, read_mapping(mapping), archive.site, by.strip(), now_s)
    known = {(one.past.site, one.past.incident) for one in archive.imported}
    for one in rows:
        if (one.past.site, one.past.incident) in known:
            raise BadInput(table, "was brought in already", f"row {one.row}", one.past.incident)
    signer = machine_signer()
    with Record.open(folder, archive.site.id, drawn_salts, Grouping(), signer=signer) as record:
        at_s = max(now_s, record.recovery.last_received_s or 0.0)
        payloads: tuple[AnyPayload, ...] = (*record.introduction(live=True), *rows)
        drafts = tuple(
            Draft(observed_s=at_s, received_s=at_s, origin=Origin.LIVE, payload=payload) for payload in payloads
        )
        record.writer.put(Batch(drafts=drafts, flush=True))
        record.writer.drain()
    typer.echo(f"{len(rows)} incidents from {table.name} in the record")


def _found(folders: Sequence[Path], asked: Asked) -> History:
    wanted = _wanted(folders[0], asked)
    past = {(one.site, one.source, one.incident): one for folder in folders for one in Archive(folder).past}
    return history(past.values(), wanted)


def _wanted(folder: Path, asked: Asked) -> Wanted:
    if asked.direction is not None and asked.direction not in OCTANTS:
        raise BadInput(folder, f"must be one of {', '.join(OCTANTS)}", "--from", asked.direction)
    if asked.origin is not None and asked.origin not in set(Origin):
        raise BadInput(folder, f"must be one of {', '.join(Origin)}", "--origin", asked.origin)
    return Wanted(
        from_s=_time(folder, "--since", asked.since),
        until_s=_time(folder, "--until", asked.until),
        kind=asked.kind,
        zone=asked.zone,
        serial=asked.serial,
        octant=None if asked.direction is None else OCTANTS.index(asked.direction),
        origins=frozenset(Origin) - {Origin.EXERCISE} if asked.origin is None else frozenset({Origin(asked.origin)}),
    )


def _time(folder: Path, option: str, text: str | None) -> float | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError as error:
        raise BadInput(folder, str(error), option, text or "") from None


def _line(one: PastIncident) -> str:
    count = "?" if one.aircraft is None else str(one.aircraft)
    azimuth = "   -" if one.azimuth_true_deg is None else f"{one.azimuth_true_deg:03.0f}°"
    words = " ".join(filter(None, (",".join(one.kinds), one.place)))
    return f"{one.incident:<16} {iso_local(one.opened_s, one.timezone)}  {count:>2}  {azimuth}  {words}"[:WIDTH]


def _text(found: History) -> list[str]:
    lines = [f"{len(found.incidents)} of {found.of} incidents"]
    if not found.incidents:
        return lines
    hours = {f"{hour:02d}": count for hour, count in enumerate(found.by_hour)}
    named = (
        ("by hour, local", hours),
        ("by weekday", dict(zip(DAYS, found.by_weekday, strict=True))),
        ("by direction", dict(zip((one.upper() for one in OCTANTS), found.by_octant, strict=True))),
        ("by kind", found.by_kind),
        ("by zone", found.by_zone),
        ("by serial", found.by_serial),
    )
    for title, counts in named:
        lines += _bars(title, counts)
    lines += ["", *(words for one in found.rhythms if (words := _rhythm(one)))]
    for alike in found.alike:
        lines.append(f"alike in {', '.join(alike.why)}:"[:WIDTH])
        lines += textwrap.wrap(" ".join(alike.incidents), WIDTH, initial_indent="  ", subsequent_indent="  ")
    lines.append(
        f"{found.pairs_alike} pairs alike in hour, direction and kind; chance gives {found.alike_by_chance:.1f}"
    )
    return lines


def _bars(title: str, counts: Mapping[str, int]) -> list[str]:
    most = max(counts.values(), default=0)
    if not most:
        return []
    wide = max(map(len, counts))
    return [
        "",
        title,
        *(f"  {name:<{wide}} {n:>3} {'#' * round(BAR * n / most)}".rstrip() for name, n in counts.items()),
    ]


def _rhythm(one: Rhythm) -> str:
    if one.p is None or one.mean is None:
        return ""
    said = "more than chance" if one.p < RARE else "no more than chance may give"
    return f"{_OF[one.of]} about {_mean(one.of, one.mean)}: {said} (n {one.count}, p {one.p:.2g})"


_OF: Final = {"day": "time of day", "week": "time of week", "direction": "direction"}


def _mean(of: str, mean: float) -> str:
    if of == "direction":
        return f"{mean:03.0f}°"
    minutes = round(mean * 60.0) % (24 * 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return clock if of == "day" else f"{DAYS[int(mean // 24.0) % 7]} {clock}"
