"""The report's sections on what people added: effects, claims, who did it, media, sensors, statements."""

from __future__ import annotations

from typing import Any, Final

from vedette.report.paper import Block, Cell, Items, Row, Section, Table
from vedette.report.words import EFFECT_WORDS, clock, date

SUBJECT_WORDS: Final = {
    "count": "How many",
    "place": "Where they came down",
    "airport": "Airport",
    "injuries": "Injuries",
    "damage": "Damage",
    "responsibility": "Who did it",
    "other": "Other",
}
PLACE_WORDS: Final = {"both": "one inside, one outside", "inside": "inside", "outside": "outside"}
KEY_WORDS: Final = {
    "what": "what happened",
    "countermeasures": "countermeasures",
    "protection": "protective measures",
    "where": "where they came down",
    "claim": "who claims it",
    "ongoing": "whether it is over",
}
MOVE_WORDS: Final = {
    "submit": "submitted for approval",
    "approve": "approved",
    "approve_last": "approved",
    "release": "released",
    "withdraw": "withdrawn",
    "flag": "flagged",
    "restore": "back to draft: the facts are again what it says",
    "restore_released": "no longer flagged: the facts are again what it says",
}


def effects_section(document: dict[str, Any]) -> Section:
    """What people say was done, each entry by itself, and who is said to have done it."""
    rows = []
    for name, word in EFFECT_WORDS.items():
        entries = [one for one in document["effect_entries"] if one["effect"] == name]
        conflict = document["effects"][name]["conflict"]
        rows += [_effect(word if at == 0 else "", one, conflict) for at, one in enumerate(entries)]
        if not any(one["ended"] is None for one in entries):
            said = Cell("not yet reported", style="unreported")
            rows.append(Row((Cell("" if entries else word), said, Cell(""), Cell(""), Cell(""))))
    rows.append(_attributed(document))
    rows += [_decided(one) for one in document["attributions"]]
    table = Table(("What", "State", "Said by", "When", "Id"), (0.7, 1.6, 1.2, 1.1, 0), tuple(rows))
    return Section(title="Effects and attribution", note="entered by people, never inferred", blocks=(table,))


def _effect(word: str, one: dict[str, Any], conflict: bool) -> Row:
    said = "none reported" if one["state"] == "none_reported" else one["value"] or "reported, no detail given"
    notes = [one["how"]] if one["how"] else []
    if one["ended"] is not None:
        notes.append(f"no longer stands: {one['ended']} by {one['ended_by']}, {clock(one['ended_utc'])} UTC")
    elif conflict:
        notes.append("others say differently: no statement says either")
    whom = one["source"] or one["by"]
    who = ", ".join(dict.fromkeys(filter(None, (one["by"], one["role"]))))
    small = (f"entered by {who}",) if one["source"] else ((one["role"],) if one["role"] else ())
    style = "ended" if one["ended"] is not None else ""
    return Row((Cell(word), Cell(said, tuple(notes), style=style), Cell(whom, small), _when(one, "at"), _id(one)))


def _attributed(document: dict[str, Any]) -> Row:
    attribution = document["attribution"]
    to = attribution.get("to")
    said = Cell(": ".join(filter(None, (attribution["state"], to))), style="strong")
    ids = (attribution["decision"],) if "decision" in attribution else ()
    return Row((Cell("Attribution"), said, Cell(""), Cell(""), Cell("", ids=ids)))


def _decided(one: dict[str, Any]) -> Row:
    said = ": ".join(filter(None, (f"to be {one['state']}", one["to"])))
    notes = [one["grounds"], "waits for a second person"]
    if one["signed"] is not None:
        notes[1] = f"signed by {one['signed']['by']} ({one['signed']['role']}), {clock(one['signed']['at_utc'])} UTC"
    elif one["withdrawn"] is not None:
        notes[1] = f"taken back by {one['withdrawn']['by']}, {clock(one['withdrawn']['at_utc'])} UTC"
    notes += [f"rests on {', '.join(one['evidence'])}"] if one["evidence"] else []
    if one.get("seal"):
        notes.append(f"and by the machine: checkpoint {one['seal'].rsplit(' ', 1)[0]}")
    who = Cell(one["by"], (one["role"],))
    return Row((Cell("", ("a decision on it",)), Cell(said, tuple(notes)), who, _when(one, "at"), _id(one)))


def _when(one: dict[str, Any], name: str) -> Cell:
    return Cell(f"{clock(one[f'{name}_local'])} local, {clock(one[f'{name}_utc'])} UTC")


def _id(one: dict[str, Any]) -> Cell:
    return Cell("", ids=(one["id"],))


def claim_sections(document: dict[str, Any]) -> tuple[Section, ...]:
    """What others say, side by side, held against each other and the record; none where there is none."""
    if not document["claims"]:
        return ()
    rows = []
    for subject, word in SUBJECT_WORDS.items():
        claims = [one for one in document["claims"] if one["subject"] == subject]
        ours = document["record"][subject]
        if claims and subject != "other":
            small = tuple(map(closure_words, document["closures"])) if subject == "airport" else ()
            said = Cell("nothing for sure" if ours is None else claim_words(subject, ours), small, style="strong")
            rows.append(Row((Cell(word), Cell("The record"), said, Cell(""), Cell(""), Cell(""))))
        rows += [_claim("" if subject != "other" or at else word, one) for at, one in enumerate(claims)]
    standing = [one for one in document["claims"] if one["withdrawn"] is None]
    questions = {one["subject"] for one in standing if one["conflict"]}
    many = "1 question" if len(questions) == 1 else f"{len(questions)} questions"
    note = f"{len(standing)} standing, in conflict on {many}; no claim is evidence of what it says"
    head = ("Question", "Who said it", "What", "Against the record", "Grade", "Id")
    table = Table(head, (0.8, 1.2, 1.2, 1.1, 0, 0), tuple(rows))
    legend = (
        "Grade: of the source, A reliable to E not, F cannot be judged; of what it says, 1 confirmed to 5 improbable, "
        "6 cannot be judged."
    )
    return (Section(title="Claims ledger", note=note, blocks=(table, Items((legend,), small=True))),)


def closure_words(one: dict[str, Any]) -> str:
    """A closure in one line: what, from when until when, by whom and on what."""
    who = f"{one['by']} ({one['role']})" if one["role"] else str(one["by"])
    until = "still closed"
    if one["reopened_utc"] is not None:
        unmet = ", not all criteria met" if one["unmet"] else ""
        until = f"until {_day(one, 'reopened')} by {one['reopened_by']}{unmet}"
    return f"{one['name']} ({one['id']}), from {_day(one, 'closed')} local by {who}, {until}. {one['on']}"


def claim_words(subject: str, value: str) -> str:
    """A claim's value for people."""
    return PLACE_WORDS.get(value, value) if subject == "place" else value


def _claim(word: str, one: dict[str, Any]) -> Row:
    published = "" if one["published_utc"] is None else f"{_day(one, 'published')} local"
    where = ", ".join(filter(None, (one["where"], published)))
    against = {None: "the record says nothing", True: "agrees", False: "differs"}[one["agrees"]]
    notes = ["other claims contradict it"] if one["conflict"] else []
    if one["withdrawn"] is not None:
        notes = [f"withdrawn {clock(one['withdrawn']['at_utc'])} UTC, by {one['withdrawn']['by']}"]
        notes += [one["withdrawn"]["note"]] if one["withdrawn"]["note"] else []
    value = Cell(claim_words(one["subject"], one["value"]), (one["note"],) if one["note"] else ())
    source = Cell(one["source"], tuple(filter(None, (where, f"entered by {one['by']}"))))
    return Row((Cell(word), source, value, Cell(against, tuple(notes)), Cell(one["grade"]), _id(one)))


def _day(one: dict[str, Any], name: str) -> str:
    local = one[f"{name}_local"]
    return f"{date(local)} {clock(local)}"


def media_sections(document: dict[str, Any]) -> tuple[Section, ...]:
    """Pictures and films, their digests, and through whose hands they went; none where there is none."""
    if not document["media"]:
        return ()
    rows = []
    for one in document["media"]:
        taken = "at a time not known" if one["taken_utc"] is None else f"{_day(one, 'taken')} local"
        custody = [f"received from {one['source']}, by {one['by']}, {clock(one['added_utc'])} UTC"]
        custody += [f"then {move['holder']}, says {move['by']}, {clock(move['at_utc'])} UTC" for move in one["custody"]]
        what = Cell(one["name"], (f"taken by {one['taken_by']}, {taken}", f"{one['size_bytes']} bytes", *custody))
        rows.append(Row((what, Cell(one["sha256"], style="mono"), _id(one))))
    note = "as given; the file is kept in the data folder under its SHA-256"
    table = Table(("What, from whom, in whose hands", "SHA-256", "Id"), (1, 1.75, 0), tuple(rows))
    return (Section(title="Media", note=note, blocks=(table,)),)


def sensor_section(document: dict[str, Any], sensors: list[dict[str, Any]]) -> Section:
    """Which sensors saw each aircraft, which should have, and why the others could not."""
    blocks: list[Block] = []
    if sensors:
        rows = [_watching(one) for one in sensors]
        blocks.append(Table(("Sensor", "Kind", "Saw", "Did not see, and why"), (1.1, 0.7, 1, 2.2), tuple(rows)))
    else:
        known = [
            Row((Cell(one["name"]), Cell(one["kind"] or "not in the site file"), Cell("", ids=tuple(one["tracks"]))))
            for one in document["sources"]
        ]
        blocks.append(Table(("Sensor", "Kind", "Tracks"), (1.2, 0.8, 1.6), tuple(known)))
    note = "by the fields of view in the site file, over even ground"
    return Section(title="Sensors that saw, and that should have seen", note=note, blocks=tuple(blocks))


def _watching(one: dict[str, Any]) -> Row:
    saw = tuple(each["track"] for each in one["tracks"] if each["state"] == "saw")
    not_seen = [each for each in one["tracks"] if each["state"] != "saw"]
    missed = tuple(f"{each['track']} {each['words']}" for each in not_seen)
    alarming = any(each["state"] == "should_have_seen" for each in not_seen)
    word = "should have seen" if alarming else "could not" if missed else ""
    first = Cell(word, missed, style="strong" if alarming else "")
    return Row((Cell(one["name"]), Cell(one["kind"]), Cell("" if saw else "none", ids=saw), first))


def statement_sections(document: dict[str, Any]) -> tuple[Section, ...]:
    """The life of every statement: who drafted, approved and released it, and what was flagged."""
    if not document["statements"]:
        return ()
    rows = []
    for one in document["statements"]:
        state = Cell(one["state"].replace("_", " "), style="strong")
        rows.append(Row((_when(one, "drafted"), Cell("drafted", _left_out(one)), _by(one), state, _id(one))))
        rows += [
            Row((_when(move, "at"), Cell(MOVE_WORDS[move["move"]], _changes(move)), _by(move), Cell(""), Cell("")))
            for move in one["moves"]
        ]
    table = Table(("When", "What", "By", "Stands", "Id"), (1, 2, 1, 0.8, 0), tuple(rows))
    return (Section(title="Statements", note="in the order of the record", blocks=(table,)),)


def _left_out(one: dict[str, Any]) -> tuple[str, ...]:
    left = [KEY_WORDS.get(key, key) for key in one["left_out"]]
    found = [f"left out: {', '.join(left)}"] if left else []
    found += [f"in place of {one['replaces']}"] if one["replaces"] else []
    return tuple(found + ([one["note"]] if one["note"] else []))


def _changes(move: dict[str, Any]) -> tuple[str, ...]:
    told = [f"was: {one['was']} Now: {one['now'] or 'nothing can be said.'}" for one in move["changes"]]
    return (*told, *([move["note"]] if move["note"] else []))


def _by(one: dict[str, Any]) -> Cell:
    if one["by"] is None:
        return Cell("the facts")
    return Cell(one["by"], (one["role"],) if one["role"] else ())
