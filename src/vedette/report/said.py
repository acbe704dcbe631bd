"""The report's sections on what people ordered, said and saw."""

from __future__ import annotations

from typing import Any

from vedette.report.decisions import FACT_WORDS, PROTECTED_WORDS, STATE_WORDS, against
from vedette.report.paper import Cell, Row, Section, Table
from vedette.report.sightings import called
from vedette.report.words import clock, joined


def decision_sections(document: dict[str, Any]) -> tuple[Section, ...]:
    """Who ordered what, what the mandate said, and what was done; none where nobody ordered or said anything."""
    rows = [_decision(one) for one in document["decisions"]] + [_fact(one) for one in document["facts"]]
    if not rows:
        return ()
    table = Table(("Local", "UTC", "What, and why", "By", "State", "Id"), (0, 0, 2, 1, 1, 0), tuple(rows))
    note = "by people; each order held against the mandate"
    return (Section(title="Decisions under the mandate, and facts", note=note, blocks=(table,)),)


def _decision(one: dict[str, Any]) -> Row:
    track = None if one["track"] is None else f"aircraft {one['track']}"
    whom = None if one["protects"] is None else f"for {PROTECTED_WORDS.get(one['protects'], one['protects'])}"
    about = " · ".join(filter(None, (track, whom, one["note"])))
    done = [_done(move) for move in one["moves"] if move["move"] in ("carry_out", "withdraw", "lapse")]
    tried = [
        f"{attempt['by']} ({attempt['role']}): {attempt['move'].replace('_', ' ')} refused, "
        f"{against(attempt['clauses'])}"
        for attempt in one["attempts"]
    ]
    said = against(one["clauses"]) or f"clauses {joined([each['clause'] for each in one['clauses']])} say yes"
    second = (f"seconded by {one['second_by']} ({one['second_role']})",) if one["second_by"] else ()
    return Row(
        (
            Cell(clock(one["ordered_local"]), style="time"),
            Cell(clock(one["ordered_utc"]), style="utc"),
            Cell(one["measure_name"] or one["measure"], tuple(line for line in (about, said, *done, *tried) if line)),
            Cell(f"{one['by']} ({one['role']})", second),
            Cell(STATE_WORDS[one["state"]], style="strong"),
            Cell("", ids=(one["id"],)),
        )
    )


def _done(move: dict[str, Any]) -> str:
    who = "" if move["by"] is None else f", {move['by']} ({move['role']})"
    return f"{move['state'].replace('_', ' ')} {clock(move['happened_utc'] or move['at_utc'])} UTC{who}"


def _fact(one: dict[str, Any]) -> Row:
    happened = "" if one["happened_utc"] is None else f"at {clock(one['happened_utc'])} UTC, as said"
    after = "" if one["decision"] is None else f"after {one['decision']}"
    return Row(
        (
            Cell(clock(one["at_local"]), style="time"),
            Cell(clock(one["at_utc"]), style="utc"),
            Cell(one["measure"] or one["track"] or "", tuple(filter(None, (happened, after, one["note"])))),
            Cell(f"{one['by']} ({one['role']})"),
            Cell(FACT_WORDS[one["fact"]], style="strong"),
            Cell("", ids=(one["id"],)),
        )
    )


def sighting_sections(document: dict[str, Any]) -> tuple[Section, ...]:
    """What people saw, and what could explain it; none where nobody entered any."""
    if not document["sightings"]:
        return ()
    head = ("Local", "UTC", "Seen, and by whom", "Most likely", "Grade", "Id")
    table = Table(head, (0, 0, 1.4, 1.4, 1, 0), tuple(_sighting(one) for one in document["sightings"]))
    note = "what people saw, entered by hand; the checker's answer at that time"
    return (Section(title="Sightings", note=note, blocks=(table,)),)


def _sighting(one: dict[str, Any]) -> Row:
    report, best = one["report"], one["candidates"][0]
    high = "" if report["elevation_deg"] is None else f", elevation {report['elevation_deg']:.0f}°"
    seen = f"azimuth {report['azimuth_true_deg']:.0f}°{high}, ± {report['time_sigma_s']:.0f} s; entered by {one['by']}"
    said = " · ".join(text for text in (report["seen_by"] or report["observer"], report["looked_like"]) if text)
    missing = tuple(f"not checked: {each}" for each in one["not_checked"])
    return Row(
        (
            Cell(clock(report["time_local"]), style="time"),
            Cell(clock(report["time_utc"]), style="utc"),
            Cell(said, (seen,)),
            Cell(f"{called(best)}, p {best['p']:.2f}", missing),
            Cell(str(one["grade"]), (one["grade_why"],)),
            Cell("", ids=(one["id"],)),
        )
    )
