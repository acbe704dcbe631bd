"""What the report says, section by section: the one source of its HTML and its PDF."""

from __future__ import annotations

from typing import Any, Final

from vedette.report.case import Case
from vedette.report.drawing.map import map_svg
from vedette.report.drawing.plan import line_distance_m, near_plan
from vedette.report.identity import held_words
from vedette.report.paper import (
    Block,
    Card,
    Cell,
    Drawing,
    Facts,
    Gallery,
    Items,
    Paper,
    Row,
    Section,
    Sentences,
    Table,
)
from vedette.report.people import deeds
from vedette.report.said import decision_sections, sighting_sections
from vedette.report.said_dossier import (
    claim_sections,
    effects_section,
    media_sections,
    sensor_section,
    statement_sections,
)
from vedette.report.timeline import timeline
from vedette.report.words import (
    CLASS_WORDS,
    EFFECT_WORDS,
    NOT_LIVE,
    came_down,
    clock,
    counted,
    date,
    headline,
    impacts_of,
    joined,
    offset,
    paths_made,
    position,
    probability,
    weekday,
)

_MARKS: Final = {
    "track": "○",
    "alert": "■",
    "cleared": "□",
    "person": "●",
    "impact": "✕",
    "incident": "◇",
    "health": "△",
}
_END: Final = (
    "Made by Vedette from the record of this incident alone. vedette verify --checkpoint with the head or the "
    "checkpoint above shows whether the record has been changed since, though it may have been written on."
)


def paper_of(case: Case) -> Paper:
    """The whole report."""
    document = case.document
    local, utc = document["opened_local"], document["opened_utc"]
    zone = f"{offset(local)}, {document['timezone']}"
    day = "" if date(local) == date(utc) else f" on {date(utc)}"
    mark, meaning = NOT_LIVE.get(document["origin"], (None, ""))
    return Paper(
        id=document["id"],
        site=document["site"]["name"],
        state=document["state"],
        origin=document["origin"],
        mark=mark,
        meaning=meaning,
        headline=headline(document),
        when=f"{weekday(local)} {date(local)}, opened {clock(local)} local ({zone}), {clock(utc)} UTC{day}",
        record=case.proof.head or "not given",
        checkpoint=case.proof.checkpoint,
        sections=(
            Section(blocks=(_facts(document), _drawing(case))),
            *_statement(case),
            _aircraft(document),
            *_places(case),
            _timeline(case),
            _alerts(document),
            *decision_sections(document),
            *sighting_sections(document),
            _people(case),
            effects_section(document),
            *claim_sections(document),
            *media_sections(document),
            sensor_section(document, list(case.sensors)),
            *statement_sections(document),
            _evidence(case),
            _limits(case),
        ),
        end=_END,
    )


def _facts(document: dict[str, Any]) -> Facts:
    places = [track["impact"]["place"] for track in document["tracks"] if came_down(track)]
    where = [f"{places.count(place)} {place}" for place in ("inside", "outside", "unsure") if place in places]
    missing = [
        word.lower() for name, word in EFFECT_WORDS.items() if document["effects"][name]["state"] == "not_yet_reported"
    ]
    count = document["count"]
    effects = Cell(f"{len(missing)} not yet reported", (", ".join(missing),), (), "unreported")
    return Facts(
        (
            ("Opened", Cell(f"{clock(document['opened_local'])} local", (f"{clock(document['opened_utc'])} UTC",))),
            ("How many", Cell(_capital(counted(document)), (f"least {count['least']}, most {count['most']}",))),
            ("Came down", Cell(", ".join(where) or "not seen", ("against the perimeter",))),
            ("Effects", effects if missing else Cell("all reported", ("see below",))),
        )
    )


def _drawing(case: Case) -> Drawing:
    caption = (
        f"{paths_made(case.document['tracks'])}, a dot each 15 s; dashed where no sensor saw them. Filled square: "
        "alert raised. Cross and dashed ellipse: where it came down, 95 %. Dash-dotted: warning zone. Triangles: "
        "sensors."
    )
    return Drawing(
        map_svg(case.document, case.site, case.points), caption, "Map: perimeter, tracks and places of impact"
    )


def _statement(case: Case) -> tuple[Section, Section]:
    said = case.statement
    told = [
        (one.text + (f" [Changed since. Now: {one.now or 'nothing can be said'}]" if one.changed else ""), one.ids)
        for one in said.sentences
    ]
    first, *more = said.standing
    blocks: list[Block] = [Sentences(said.marking, tuple(told))]
    blocks += [Items(tuple(more), small=True)] if more else []
    return (
        Section(title="What is confirmed", note=first, blocks=tuple(blocks)),
        Section(title="Not yet reported, or not said, and why", blocks=(Items(said.not_said, small=True),)),
    )


def _aircraft(document: dict[str, Any]) -> Section:
    names = {source["sensor"]: source["name"] for source in document["sources"]}
    return Section(title="Aircraft", blocks=tuple(_card(track, names) for track in document["tracks"]))


def _places(case: Case) -> tuple[Section, ...]:
    """A close-up for each aircraft that came down: on the whole map its ellipse is smaller than its cross."""
    found: dict[str, list[dict[str, Any]]] = {}
    for track, impact in impacts_of(case.document):
        found.setdefault(track["track"], []).append(impact)
    drawn = []
    for name, impacts in found.items():
        widest = max(impacts, key=lambda one: one["sigma_major_m"])
        svg = map_svg(case.document, case.site, case.points, near_plan(widest, case.site))
        line_m = line_distance_m(widest, case.site)
        far = "" if line_m is None else f", {line_m:.0f} m from the perimeter line"
        where = position(widest["latitude_deg"], widest["longitude_deg"])
        drawn.append(Drawing(svg, f"{name}: {where}{far}", f"Close-up of the place of impact of {name}"))
    note = "cross and 95 % ellipse; inside the perimeter the ground is darker"
    return (Section(title="Where they came down", note=note, blocks=(Gallery(tuple(drawn)),)),) if drawn else ()


def _card(track: dict[str, Any], names: dict[str, str]) -> Card:
    pairs = [
        ("Tracked, local", f"{clock(track['first_local'])} to {clock(track['last_local'])}"),
        ("UTC", f"{clock(track['first_utc'])} to {clock(track['last_utc'])}"),
        ("Seen by", joined([names.get(sensor, sensor) for sensor in track["sensors"]]) or "not recorded"),
        ("Identity", track["identity"] or "none heard"),
        *held_words(track["held"]),
    ]
    smoothed = track["smoothed"]
    after = None if smoothed is None else smoothed["impact"]
    if track["impact"] is not None:
        pairs += _place(track["impact"], "Place" if after is None else "Place, by the watch")
    if after is not None:
        pairs += _place(after, "Place, after the fact")
    if smoothed is not None:
        pairs += [
            ("Path, after the fact", f"smoothed, {clock(smoothed['first_local'])} to {clock(smoothed['last_local'])}"),
            ("From", f"{smoothed['detections']} detections"),
            ("1 sigma error, median", f"{smoothed['sigma_position_m']:.0f} m"),
        ]
    word = CLASS_WORDS.get(track["class"], track["class"])
    return Card(track["track"], f"{word}, p {track['p_class']:.2f}", _where(track), tuple(pairs))


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


def _timeline(case: Case) -> Section:
    rows = tuple(
        Row(
            (
                Cell(row.local, style="time"),
                Cell(row.utc, style="utc"),
                Cell(_MARKS[row.kind], style="mark"),
                Cell(row.what, (row.detail,) if row.detail else ()),
                Cell("", ids=(row.evidence,)),
            ),
            row.kind,
        )
        for row in timeline(case.document, case.site, case.events, case.points)
    )
    zone = offset(case.document["opened_local"])
    return Section(
        title="Timeline", blocks=(Table((f"Local {zone}", "UTC", "", "What", "Record"), (0, 0, 0, 1, 0), rows),)
    )


def _alerts(document: dict[str, Any]) -> Section:
    rows = []
    for alert in document["alert_details"]:
        time_to, distance = alert["raised_time_to_s"], alert["raised_distance_m"]
        far = "" if distance is None else f", {distance / 1000.0:.1f} km away"
        warning = "" if not time_to else f"{time_to:.0f} s before {alert['zone_name'] or 'the zone'}{far}"
        reasons = " · ".join(reason["text"] for reason in alert["reasons"])
        what = Cell(alert["title"], tuple(filter(None, (warning, reasons))))
        times = Cell(clock(alert["raised_local"]), style="time"), Cell(clock(alert["raised_utc"]), style="utc")
        rows.append(Row((*times, what, _acknowledged(alert), Cell("", ids=(alert["id"],)))))
    head = ("Local", "UTC", "Raised, and why", "Acknowledged", "Id")
    return Section(title="Alerts and acknowledgements", blocks=(Table(head, (0, 0, 1.6, 1, 0), tuple(rows)),))


def _acknowledged(alert: dict[str, Any]) -> Cell:
    if alert["acknowledged_by"] is None:
        return Cell("not acknowledged")
    times = f"{clock(alert['acknowledged_local'])} local, {clock(alert['acknowledged_utc'])} UTC"
    return Cell(alert["acknowledged_by"], tuple(filter(None, (times, alert["note"]))))


def _people(case: Case) -> Section:
    found = deeds(case.document, case.site, case.events)
    rows = tuple(
        Row(
            (
                Cell(one.local, style="time"),
                Cell(one.utc, style="utc"),
                Cell(one.who or "the watch itself"),
                Cell(one.what, (one.detail,) if one.detail else ()),
                Cell("", ids=(one.evidence,)),
            )
        )
        for one in found
    )
    table = Table(("Local", "UTC", "Who", "What", "Record"), (0, 0, 1, 2, 0), rows)
    none: Block = Items(("The record holds no act of a person in this incident.",))
    return Section(
        title="Acts of people",
        note="as entered, in the order of the record",
        blocks=(table if rows else none,),
    )


def _evidence(case: Case) -> Section:
    proof = case.proof
    rows = [
        ("Record, newest event and its hash", proof.head or "not given"),
        ("Newest checkpoint", proof.checkpoint or "the head above, or none written yet"),
        ("Site version, SHA-256", case.site.sha256),
    ]
    cells = [Row((Cell(name), Cell(value, style="mono"))) for name, value in rows]
    cells += [
        Row((Cell(one.file, (f"capture, {one.size_bytes} bytes, SHA-256",)), Cell(one.sha256, style="mono")))
        for one in case.captures
    ]
    note = "what the record and its files must come to"
    blocks: list[Block] = [Table(("What", "Value"), (1.1, 2), tuple(cells))]
    if not case.captures:
        blocks.append(
            Items(
                ("The record names no capture file of this time: none was kept, or none is complete yet.",), small=True
            )
        )
    return Section(title="Evidence", note=note, blocks=tuple(blocks))


def _limits(case: Case) -> Section:
    document = case.document
    limits = [
        "Who sent the aircraft, and why. Attribution is a decision that people sign, not a measurement.",
        "Make, payload and damage. No sensor of the site measures them; effects are what named people entered.",
        "The place of impact better than its error radius. It is computed from the last states that sensors updated "
        "and a fall with drag in still air onto level ground at the reference point's height: no terrain, no wind.",
        "That nothing else flew. The count is what the sensors' record supports; what none could see is not in it.",
        "An identity sent by Remote ID or ADS-B is the aircraft's own claim, unless another sensor is named beside it.",
        "Where an operator stood. Operators' positions are personal data and are left out of every report.",
    ]
    if any(track["smoothed"] is not None for track in document["tracks"]):
        limits.append(
            "What the watch knew when: smoothed paths use what was seen later. Alerts, times and places of impact are "
            "the watch's own unless they say otherwise. Errors follow from those the sensors state; one that stands or "
            "points wrong adds its own."
        )
    if document["origin"] != "live":
        limits.insert(0, f"Anything about a real event: its origin is {document['origin']}.")
    if not any(zone.role == "perimeter" for zone in case.site.zones):
        limits.append("Inside or outside: the site file has no perimeter.")
    return Section(title="What this report cannot say", blocks=(Items(tuple(limits)),))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
