"""What people added to an incident, in its document: effects, claims, attribution, media, statements.

effect_entries [{id, effect, state, value, by, role, source, how, at_…, ended null|corrected|withdrawn, ended_by,
ended_…}], claims [{id, subject, value, source, where, published_…, grade, by, role, note, entered_…, conflict,
agrees null|true|false: with what the record itself says, withdrawn null|{by, role, note, at_…}}], record {subject:
null or what the record says of it}, closures: as vedette.report.closed has them,
attributions [{id, state, to, grounds, evidence, by, role, at_…, signed
null|{by, role, note, at_…}, withdrawn[, seal: the checkpoint that
signs it]}], media [{id, name, sha256, size_bytes, taken_by, taken_…, source, by, role,
note, added_…, custody [{holder, by, role, note, at_…}]}], statement {marking, sentences [{key, text, evidence}],
not_said [{about, why}]}: what can be said now, statements [{id, state, sentences, not_said, left_out, replaces, by,
role, note, drafted_…, approvals [{by, role, at_…}], awaits [role, …], changes [{key, was, now}], released_…, moves
[{move, state, by, role, note, at_…, changes}]}], approvers, attributors: the roles that the
site file names, revision: how many events made all this
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from vedette.model import (
    Attribution,
    AttributionSigned,
    AttributionWithdrawn,
    Claim,
    ClaimEntered,
    ClaimWithdrawn,
    CustodyMoved,
    EffectEntry,
    Incident,
    Media,
    Sentence,
    Statement,
    StatementMoved,
    StatementState,
    Subject,
    Unsaid,
)
from vedette.report.closed import airport_agrees, airport_of, closures_part
from vedette.report.decisions import times
from vedette.site import Site
from vedette.statement import came_down, differing, folded, standing_in, what_can_be_said
from vedette.wording import NOT_LIVE

Part = dict[str, Any]


def dossier_part(incident: Incident, site: Site) -> Part:
    """The keys above."""
    zone, dossier = site.timezone, incident.dossier
    conflicts = differing(dossier.claims)
    said = what_can_be_said(incident, site)
    return {
        "effect_entries": [_entry(one, zone) for one in dossier.entries],
        "claims": [_claim(one, incident, conflicts, zone) for one in dossier.claims],
        "record": {subject.value: value for subject, value in record_of(incident).items()},
        "closures": closures_part(incident, zone),
        "attributions": [_attribution(one, zone) for one in dossier.attributions],
        "media": [_media(one, zone) for one in dossier.media],
        "statement": {
            "marking": marking(incident.origin.value),
            "sentences": _sentences(said.sentences),
            "not_said": _not_said(said.not_said),
        },
        "statements": [_statement(one, site) for one in dossier.statements],
        "approvers": list(site.statements.approve),
        "attributors": list(site.statements.attribute),
        "revision": dossier.revision,
    }


def attribution_part(incident: Incident) -> Part:
    """The state; and who is named by which decision, where one is signed."""
    decided = standing_in(incident.dossier)
    if decided is None:
        return {"state": incident.attribution}
    return {"state": incident.attribution, "to": decided.proposed.to, "decision": decided.proposed.attribution}


def marking(origin: str) -> str | None:
    """What stands above every statement that is not of something live."""
    mark = NOT_LIVE.get(origin)
    return None if mark is None else f"{mark[0]}: {mark[1]}. Not for release."


def record_of(incident: Incident) -> dict[Subject, str | None]:
    """What the record itself says of each subject of claims, in a claim's words; None: nothing for sure."""
    count = incident.count
    effects = {name: incident.effects.get(name) for name in ("injuries", "damage")}
    told = {
        name: None
        if one is None or one.conflict or one.state == "not_yet_reported"
        else "none"
        if one.state == "none_reported"
        else one.value or "some"
        for name, one in effects.items()
    }
    return {
        Subject.COUNT: str(count.most_likely) if count.least == count.most else None,
        Subject.PLACE: _place(incident),
        Subject.AIRPORT: airport_of(incident.closures),
        Subject.INJURIES: told["injuries"],
        Subject.DAMAGE: told["damage"],
        Subject.RESPONSIBILITY: (attribution_part(incident).get("to") or "unclaimed"),
        Subject.OTHER: None,
    }


def _place(incident: Incident) -> str | None:
    places = {one.impact.place for one in incident.tracks if one.impact is not None and came_down(one)}
    if not places or not places <= {"inside", "outside"}:
        return None
    return "both" if len(places) == 2 else places.pop()


def _entry(one: EffectEntry, zone: str) -> Part:
    return {
        "id": one.entry,
        "effect": one.effect,
        "state": one.state,
        "value": one.value,
        "by": one.by,
        "role": one.role,
        "source": one.source,
        "how": one.how,
        **times("at", one.at_s, zone),
        "ended": one.ended,
        "ended_by": one.ended_by,
        **times("ended", one.ended_s, zone),
    }


def _agrees(incident: Incident, one: ClaimEntered) -> bool | None:
    """Whether a claim is what the record says; None: that says nothing."""
    if one.subject is Subject.AIRPORT:
        return airport_agrees(incident.closures, one.value, one.published_s)
    ours = record_of(incident)[one.subject]
    if ours is None or (one.subject is Subject.RESPONSIBILITY and ours == "unclaimed"):
        return None
    return folded(ours) == folded(one.value)


def _claim(one: Claim, incident: Incident, conflicts: Mapping[Subject, Sequence[Claim]], zone: str) -> Part:
    entered = one.entered
    return {
        "id": entered.claim,
        "subject": entered.subject.value,
        "value": entered.value,
        "source": entered.source,
        "where": entered.where,
        **times("published", entered.published_s, zone),
        "grade": entered.grade,
        "by": entered.by,
        "role": entered.role,
        "note": entered.note,
        **times("entered", entered.at_s, zone),
        "conflict": one in conflicts.get(entered.subject, ()),
        "agrees": _agrees(incident, entered),
        "withdrawn": None if one.withdrawn is None else _word(one.withdrawn, zone),
    }


def _word(
    one: ClaimWithdrawn | AttributionSigned | AttributionWithdrawn | CustodyMoved | StatementMoved, zone: str
) -> Part:
    return {"by": one.by, "role": one.role, "note": one.note, **times("at", one.at_s, zone)}


def _attribution(one: Attribution, zone: str) -> Part:
    proposed = one.proposed
    return {
        "id": proposed.attribution,
        "state": proposed.state,
        "to": proposed.to,
        "grounds": proposed.grounds,
        "evidence": list(proposed.evidence),
        "by": proposed.by,
        "role": proposed.role,
        **times("at", proposed.at_s, zone),
        "signed": None if one.signed is None else _word(one.signed, zone),
        "withdrawn": None if one.withdrawn is None else _word(one.withdrawn, zone),
    }


def _media(one: Media, zone: str) -> Part:
    added = one.added
    return {
        "id": added.media,
        "name": added.name,
        "sha256": added.sha256,
        "size_bytes": added.size_bytes,
        "taken_by": added.taken_by,
        **times("taken", added.taken_s, zone),
        "source": added.source,
        "by": added.by,
        "role": added.role,
        "note": added.note,
        **times("added", added.at_s, zone),
        "custody": [{"holder": move.holder, **_word(move, zone)} for move in one.moves],
    }


def _sentences(sentences: Sequence[Sentence]) -> list[Part]:
    return [{"key": one.key, "text": one.text, "evidence": list(one.evidence)} for one in sentences]


def _not_said(unsaid: Sequence[Unsaid]) -> list[Part]:
    return [{"about": one.about, "why": one.why} for one in unsaid]


def _statement(one: Statement, site: Site) -> Part:
    zone, drafted = site.timezone, one.drafted
    given = {move.role for move in one.approvals}
    open_ = one.state in (StatementState.DRAFT, StatementState.AWAITING_APPROVAL)
    return {
        "id": one.id,
        "state": one.state.value,
        "sentences": _sentences(drafted.sentences),
        "not_said": _not_said(drafted.not_said),
        "left_out": list(drafted.left_out),
        "replaces": drafted.replaces,
        "by": drafted.by,
        "role": drafted.role,
        "note": drafted.note,
        **times("drafted", drafted.at_s, zone),
        "approvals": [_word(move, zone) for move in one.approvals],
        "awaits": [role for role in site.statements.approve if role not in given] if open_ else [],
        "changes": [msgspec.structs.asdict(change) for change in one.changes],
        **times("released", one.released_s, zone),
        "moves": [
            {
                "move": move.move,
                "state": move.state.value,
                **_word(move, zone),
                "changes": [msgspec.structs.asdict(change) for change in move.changes],
            }
            for move in one.moves
        ],
    }
