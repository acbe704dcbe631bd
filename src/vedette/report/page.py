"""The printed report: one HTML page that needs nothing but itself, for screen and for A4.

Everything that comes from outside (names, notes, callsigns, feeds' words) is escaped; the page holds no script, no
address and nothing to fetch, and forbids itself both by its own policy. It holds no time of its making: the same
record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import Any

from vedette.model import Event, TrackPoint
from vedette.report.decisions import FACT_WORDS, PROTECTED_WORDS, STATE_WORDS, against
from vedette.report.map import map_svg
from vedette.report.sightings import sightings_html
from vedette.report.statement import Statement
from vedette.report.timeline import Row, timeline
from vedette.report.words import (
    CLASS_WORDS,
    EFFECT_WORDS,
    NOT_LIVE,
    came_down,
    clock,
    counted,
    date,
    headline,
    joined,
    offset,
    position,
    probability,
    weekday,
)
from vedette.site import Site

_MARKS = {"track": "○", "alert": "■", "cleared": "□", "person": "●", "impact": "✕", "incident": "◇", "health": "△"}


def render_html(
    document: dict[str, Any],
    site: Site,
    track_points: Sequence[TrackPoint],
    events: Sequence[Event],
    statement: Statement,
    head: str | None,
) -> str:
    """The whole page.

    Args:
        document: from `incident_document`.
        track_points: for the map; those of other tracks are passed over.
        events: of the record; the timeline takes what belongs to the incident.
        statement: the first statement, from the same document.
        head: the record's head as text, and on a second line its newest checkpoint where that is another; None where
            there is none.
    """
    sections = [
        _band(document["origin"]),
        _top(document, head),
        _facts(document),
        _figure(document, site, track_points),
        _statement(statement),
        _tracks(document),
        _timeline(timeline(document, site, events, track_points), document),
        _alerts(document),
        _decisions(document),
        sightings_html(document),
        _effects(document),
        _sensors(document),
        _limits(document, site),
        _end(),
    ]
    css = resources.files("vedette.report").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document['id'])} · {escape(headline(document))}</title>"
        f"<style>{_page_rule(document, head)}\n{css}</style></head>\n<body>\n"
        + "\n".join(section for section in sections if section)
        + "\n</body></html>\n"
    )


def _page_rule(document: dict[str, Any], head: str | None) -> str:
    """Head and foot of each printed page: incident and state, record, page of pages."""
    mark = NOT_LIVE.get(document["origin"], ("",))[0]
    left = " · ".join(filter(None, (mark, document["id"], document["site"]["name"])))
    record = f"record {head}" if head else "record head not given"
    font = "font: 8pt sans-serif; color: #3d4954;"
    return (
        "@page { size: A4; margin: 20mm 16mm 18mm; "
        f"@top-left {{ content: {_css_text(left)}; {font} }} "
        f"@top-right {{ content: {_css_text(document['state'])}; {font} }} "
        f"@bottom-left {{ content: {_css_text(record[:70])}; {font} }} "
        f'@bottom-right {{ content: counter(page) " of " counter(pages); {font} }} }}'
    )


def _css_text(text: str) -> str:
    """A CSS string; all but letters, digits and spaces are written by number, so nothing in it can end the sheet."""
    return (
        '"'
        + "".join(one if one.isascii() and (one.isalnum() or one == " ") else f"\\{ord(one):06x} " for one in text)
        + '"'
    )


def _band(origin: str) -> str:
    if origin not in NOT_LIVE:
        return ""
    mark, meaning = NOT_LIVE[origin]
    return f'<div class="band {origin}"><b>{mark}</b>{meaning}</div>'


def _top(document: dict[str, Any], head: str | None) -> str:
    local, utc = document["opened_local"], document["opened_utc"]
    zone = f"{offset(local)}, {document['timezone']}"
    when = f"{weekday(local)} {date(local)}, opened {clock(local)} local ({zone}), {clock(utc)} UTC"
    record, *checkpoint = escape(head).splitlines() if head else ("not given",)
    return (
        f'<div class="kicker"><span><b>Incident report</b> · {_text(document["site"]["name"])}</span>'
        f"<span>{_text(document['id'])} · {_text(document['state'])}</span></div>"
        f"<h1>{escape(headline(document))}</h1>"
        f'<p class="lede">{escape(when)}</p><div class="head-hash">Record head: {record}</div>'
        + "".join(f'<div class="head-hash">Newest checkpoint: {each}</div>' for each in checkpoint)
    )


def _facts(document: dict[str, Any]) -> str:
    local = document["opened_local"]
    down = [track for track in document["tracks"] if came_down(track)]
    places = [track["impact"]["place"] for track in down]
    where = [f"{places.count(place)} {place}" for place in ("inside", "outside", "unsure") if place in places]
    reported = [word for name, word in EFFECT_WORDS.items() if document["effects"][name]["state"] != "not_yet_reported"]
    missing = [word.lower() for name, word in EFFECT_WORDS.items() if word not in reported]
    effects = f'<span class="unreported">{len(missing)} not yet reported</span>' if missing else "all reported"
    cells = [
        ("Opened", f"{clock(local)} local", f"{clock(document['opened_utc'])} UTC"),
        (
            "How many",
            escape(counted(document)).capitalize(),
            f"least {document['count']['least']}, most {document['count']['most']}",
        ),
        ("Came down", escape(", ".join(where) or "not seen"), "against the perimeter"),
        ("Effects", effects, escape(", ".join(missing)) or "see below"),
    ]
    body = "".join(f"<div><dt>{term}</dt><dd>{value}<small>{more}</small></dd></div>" for term, value, more in cells)
    return f'<dl class="facts">{body}</dl>'


def _figure(document: dict[str, Any], site: Site, points: Sequence[TrackPoint]) -> str:
    smoothed = [track["track"] for track in document["tracks"] if track["smoothed"] is not None]
    if len(smoothed) == len(document["tracks"]) and smoothed:
        made = "Tracks smoothed after the fact"
    else:
        made = f"{escape(joined(smoothed))} smoothed after the fact, others" if smoothed else "Tracks"
        made += " as recorded"
    caption = (
        f"{made}, a dot each 15 s; dashed where no sensor saw them. Filled square: alert raised. "
        "Cross and dashed ellipse: where it came down, 95 %. Dash-dotted: warning zone. Triangles: sensors."
    )
    return f"<figure>{map_svg(document, site, points)}<figcaption>{caption}</figcaption></figure>"


def _statement(statement: Statement) -> str:
    marking = f'<p class="detail marking"><b>{escape(statement.marking)}</b></p>' if statement.marking else ""
    said = "".join(f"<li><p>{_text(one.text)}</p>{_chips(one.evidence)}</li>" for one in statement.sentences)
    unsaid = "".join(f"<li>{_text(one)}</li>" for one in statement.not_said)
    return (
        "<section><h2>First statement <small>draft; each sentence with its evidence</small></h2>"
        f'{marking}<ol class="statement">{said}</ol>'
        f'<h2>Not said, and why</h2><ul class="detail">{unsaid}</ul></section>'
    )


def _tracks(document: dict[str, Any]) -> str:
    names = {source["sensor"]: source["name"] for source in document["sources"]}
    cards = "".join(_track(track, names) for track in document["tracks"])
    return f"<section><h2>Aircraft</h2>{cards}</section>"


def _track(track: dict[str, Any], names: dict[str, str]) -> str:
    word = CLASS_WORDS.get(track["class"], track["class"])
    sensors = joined([names.get(sensor, sensor) for sensor in track["sensors"]]) or "not recorded"
    cells = [
        ("Tracked, local", f"{clock(track['first_local'])} to {clock(track['last_local'])}"),
        ("UTC", f"{clock(track['first_utc'])} to {clock(track['last_utc'])}"),
        ("Seen by", _text(sensors)),
        ("Identity", _text(track["identity"] or "none heard")),
    ]
    smoothed = track["smoothed"]
    after = None if smoothed is None else smoothed["impact"]
    if track["impact"] is not None:
        cells += _place(track["impact"], "Place" if after is None else "Place, by the watch")
    if after is not None:
        cells += _place(after, "Place, after the fact")
    if smoothed is not None:
        span = f"{clock(smoothed['first_local'])} to {clock(smoothed['last_local'])}"
        cells += [
            ("Path, after the fact", f"smoothed, {span}"),
            ("From", f"{smoothed['detections']} detections"),
            ("1 sigma error, median", f"{smoothed['sigma_position_m']:.0f} m"),
        ]
    body = "".join(f'<div><dt class="label">{term}</dt><dd>{value}</dd></div>' for term, value in cells)
    title = f"{_text(track['track'])} <span>{_text(word)}, p {track['p_class']:.2f}</span>"
    return (
        f'<article class="card"><header><h3>{title}</h3><span class="where">{_where(track)}</span></header>'
        f'<dl class="grid">{body}</dl></article>'
    )


def _place(impact: dict[str, Any], name: str) -> list[tuple[str, str]]:
    sure = "no perimeter" if impact["p_inside"] is None else probability(impact["p_inside"])
    return [
        (name, position(impact["latitude_deg"], impact["longitude_deg"])),
        ("Error radius, 95 %", f"{impact['error_radius_m']:.0f} m"),
        ("1 sigma ellipse", f"{impact['sigma_major_m']:.0f} × {impact['sigma_minor_m']:.0f} m"),
        ("p inside the perimeter", sure),
    ]


def _where(track: dict[str, Any]) -> str:
    if track["impact"] is None:
        return "Not seen to come down"
    verb = "Came down" if came_down(track) else "Was coming down"
    words = {"inside": "inside the perimeter", "outside": "outside the perimeter"}
    return f"{verb} {words.get(track['impact']['place'], 'near the line, side not certain')}"


def _timeline(rows: list[Row], document: dict[str, Any]) -> str:
    zone = offset(document["opened_local"])
    body = "".join(
        f'<tr class="{row.kind}"><td class="time">{row.local}</td><td class="utc">{row.utc}</td>'
        f'<td class="mark">{_MARKS[row.kind]}</td><td><span class="what">{_text(row.what)}</span> '
        f'<span class="detail">{_text(row.detail)}</span></td><td class="num">{_chips((row.evidence,))}</td></tr>'
        for row in rows
    )
    return (
        f"<section><h2>Timeline</h2><table><thead><tr><th>Local {zone}</th><th>UTC</th><th></th><th>What</th>"
        f"<th>Record</th></tr></thead><tbody>{body}</tbody></table></section>"
    )


def _alerts(document: dict[str, Any]) -> str:
    rows = []
    for alert in document["alert_details"]:
        time_to, distance = alert["raised_time_to_s"], alert["raised_distance_m"]
        far = "" if distance is None else f", {distance / 1000.0:.1f} km away"
        warning = "" if not time_to else f"{time_to:.0f} s before {alert['zone_name'] or 'the zone'}{far}"
        reasons = " · ".join(reason["text"] for reason in alert["reasons"])
        rows.append(
            f'<tr><td class="time">{clock(alert["raised_local"])}</td><td class="utc">{clock(alert["raised_utc"])}</td>'
            f"<td>{_text(alert['title'])}<br><small>{_text(warning)}</small><br><small>{_text(reasons)}</small></td>"
            f"<td>{_acknowledged(alert)}</td><td>{_chips((alert['id'],))}</td></tr>"
        )
    head = "<th>Local</th><th>UTC</th><th>What, and why</th><th>By</th><th>State</th><th>Id</th>"
    return (
        f"<section><h2>Alerts and acknowledgements</h2><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _acknowledged(alert: dict[str, Any]) -> str:
    if alert["acknowledged_by"] is None:
        return "not acknowledged"
    times = f"{clock(alert['acknowledged_local'])} local, {clock(alert['acknowledged_utc'])} UTC"
    note = f"<br><small>{_text(alert['note'])}</small>" if alert["note"] else ""
    return f"{_text(alert['acknowledged_by'])}<br><small>{times}</small>{note}"


def _decisions(document: dict[str, Any]) -> str:
    """Who ordered what, what the mandate said, and what was done; empty where nobody ordered or said anything."""
    rows = [_decision(one) for one in document["decisions"]] + [_fact(one) for one in document["facts"]]
    if not rows:
        return ""
    head = "<th>Local</th><th>UTC</th><th>What, and why</th><th>By</th><th>State</th><th>Id</th>"
    return (
        "<section><h2>Decisions under the mandate, and facts <small>by people; each order held against "
        f"the mandate</small></h2><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></section>"
    )


def _decision(one: dict[str, Any]) -> str:
    track = None if one["track"] is None else f"aircraft {one['track']}"
    whom = None if one["protects"] is None else f"for {PROTECTED_WORDS.get(one['protects'], one['protects'])}"
    about = " · ".join(filter(None, (track, whom, one["note"])))
    done = [_done(move) for move in one["moves"] if move["move"] in ("carry_out", "withdraw", "lapse")]
    tried = [f"{attempt['by']} ({attempt['role']}): {attempt['move'].replace('_', ' ')} refused, "
             f"{against(attempt['clauses'])}" for attempt in one["attempts"]]  # fmt: skip
    said = against(one["clauses"]) or f"clauses {joined([each['clause'] for each in one['clauses']])} say yes"
    lines = "".join(f"<br><small>{_text(line)}</small>" for line in (about, said, *done, *tried) if line)
    seconded = f"seconded by {one['second_by']} ({one['second_role']})" if one["second_by"] else ""
    second = f"<br><small>{_text(seconded)}</small>" if seconded else ""
    return (
        f'<tr><td class="time">{clock(one["ordered_local"])}</td><td class="utc">{clock(one["ordered_utc"])}</td>'
        f"<td>{_text(one['measure_name'] or one['measure'])}{lines}</td>"
        f"<td>{_text(one['by'])} ({_text(one['role'])}){second}</td>"
        f"<td><b>{STATE_WORDS[one['state']]}</b></td><td>{_chips((one['id'],))}</td></tr>"
    )


def _done(move: dict[str, Any]) -> str:
    who = "" if move["by"] is None else f", {move['by']} ({move['role']})"
    return f"{move['state'].replace('_', ' ')} {clock(move['happened_utc'] or move['at_utc'])} UTC{who}"


def _fact(one: dict[str, Any]) -> str:
    happened = "" if one["happened_utc"] is None else f"at {clock(one['happened_utc'])} UTC, as said"
    after = "" if one["decision"] is None else f"after {one['decision']}"
    lines = "".join(f"<br><small>{_text(line)}</small>" for line in (happened, after, one["note"]) if line)
    return (
        f'<tr><td class="time">{clock(one["at_local"])}</td><td class="utc">{clock(one["at_utc"])}</td>'
        f"<td>{_text(one['measure'] or one['track'] or '')}{lines}</td>"
        f"<td>{_text(one['by'])} ({_text(one['role'])})</td>"
        f"<td><b>{FACT_WORDS[one['fact']]}</b></td><td>{_chips((one['id'],))}</td></tr>"
    )


def _effects(document: dict[str, Any]) -> str:
    rows = []
    for name, word in EFFECT_WORDS.items():
        effect = document["effects"][name]
        if effect["state"] == "not_yet_reported":
            rows.append(
                f'<tr><td>{word}</td><td colspan="3"><span class="unreported">not yet reported</span></td></tr>'
            )
            continue
        said = "none reported" if effect["state"] == "none_reported" else effect["value"] or "reported, no detail given"
        when = f"{clock(effect['at_local'])} local, {clock(effect['at_utc'])} UTC" if effect["at_utc"] else ""
        rows.append(
            f"<tr><td>{word}</td><td>{_text(said)}</td><td>{_text(effect['by'] or '')}</td><td>{when}</td></tr>"
        )
    rows.append(f'<tr><td>Attribution</td><td colspan="3"><b>{_text(document["attribution"]["state"])}</b></td></tr>')
    return (
        "<section><h2>Effects and attribution <small>entered by people, never inferred</small></h2><table><thead><tr>"
        "<th>What</th><th>State</th><th>Said by</th><th>When</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _sensors(document: dict[str, Any]) -> str:
    body = "".join(
        f"<tr><td>{_text(source['name'])}</td><td>{_text(source['kind'] or 'not in the site file')}</td>"
        f"<td>{_chips(source['tracks'])}</td></tr>"
        for source in document["sources"]
    )
    return (
        "<section><h2>Sensors that contributed</h2><table><thead><tr><th>Sensor</th><th>Kind</th><th>Tracks</th></tr>"
        f"</thead><tbody>{body}</tbody></table></section>"
    )


def _limits(document: dict[str, Any], site: Site) -> str:
    limits = [
        "Who sent the aircraft, and why. Attribution is a decision that people sign, not a measurement.",
        "Make, payload and damage. No sensor of the site measures them; effects are what named people entered.",
        "The place of impact better than its error radius. It is computed from the last states that sensors updated "
        "and a fall with drag in still air onto level ground at the reference point's height: no terrain, no wind.",
        "That nothing else flew. The count is what the sensors' record supports; what none could see is not in it.",
        "An identity sent by Remote ID or ADS-B is the aircraft's own claim, unless another sensor is named beside it.",
    ]
    if any(track["smoothed"] is not None for track in document["tracks"]):
        limits.append(
            "What the watch knew when: smoothed paths use what was seen later. Alerts, times and places of impact are "
            "the watch's own unless they say otherwise. Errors follow from those the sensors state; one that stands or "
            "points wrong adds its own."
        )
    if document["origin"] != "live":
        limits.insert(0, f"Anything about a real event: its origin is {document['origin']}.")
    if not any(zone.role == "perimeter" for zone in site.zones):
        limits.append("Inside or outside: the site file has no perimeter.")
    items = "".join(f"<li>{_text(one)}</li>" for one in limits)
    return f"<section><h2>What this report cannot say</h2><ul>{items}</ul></section>"


def _end() -> str:
    return (
        '<div class="end">Made by Vedette from the record of this incident alone. <code>vedette verify</code> on the '
        "record shows whether it has been changed since.</div>"
    )


def _text(text: str) -> str:
    """Escaped, and set apart so that a name written right to left cannot turn what stands beside it."""
    return f"<bdi>{escape(text)}</bdi>" if any(ord(one) > 0x2FF and one not in "·×–…" for one in text) else escape(text)


def _chips(ids: Iterable[str]) -> str:
    return "".join(f'<span class="chip">{escape(one)}</span>' for one in ids)
