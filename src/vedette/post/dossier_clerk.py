"""The desk that takes what people add to incidents: effects, claims, attribution, media and its custody.

Nothing is judged here but whether it can be understood: an effect and a claim are what people say. Only attribution
asks for more: two persons, in two of the roles that the site file names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

from vedette.model import (
    Action,
    AttributionProposed,
    AttributionSigned,
    AttributionWithdrawn,
    ClaimEntered,
    ClaimWithdrawn,
    CustodyMoved,
    EffectEntered,
    EffectWithdrawn,
    MediaAdded,
    Origin,
    Picture,
    Subject,
)
from vedette.model.dossier_requests import AttributionWords, ClaimWords, EffectWords, MediaFile, Piece
from vedette.model.requests import Request
from vedette.post.books import IncidentBook
from vedette.post.clerk import Clerk
from vedette.post.dossiers import DossierBook
from vedette.post.gathering import EFFECTS
from vedette.post.machine import Refused
from vedette.post.step import Step
from vedette.site import Site
from vedette.statement import folded

GRADE: Final = re.compile(r"[A-F][1-6]")
PLACES: Final = ("inside", "outside", "both")
AIRPORT: Final = ("open", "closed")
STATES: Final = ("claimed", "attributed", "unclaimed")
AHEAD_S: Final = 60.0
"""What is further in the future than this is a mistake of the clock."""
Asked = TypeVar("Asked", bound=Request)


class DossierClerk(Clerk):
    """Effects, claims, attribution and media of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._verbs: dict[str, Callable[[Step, Action, IncidentBook, DossierBook], None]] = {
            "enter_effect": self._enter_effect,
            "withdraw_effect": self._withdraw_effect,
            "enter_claim": self._enter_claim,
            "withdraw_claim": self._withdraw_claim,
            "propose_attribution": self._propose,
            "sign_attribution": self._sign,
            "withdraw_attribution": self._withdraw_attribution,
            "add_media": self._add_media,
            "move_custody": self._move_custody,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> None:
        """Enter it. The action's target is the incident.

        Raises:
            Refused: it cannot be understood, or is not there.
        """
        del picture
        book = incident_of(step, action)
        self._verbs[action.verb](step, action, book, step.books.dossiers.of(book.incident))

    def _id(self, step: Step, letters: str) -> str:
        return new_id(step, self._site, letters)

    def _enter_effect(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        if action.effect not in EFFECTS:
            raise Refused("bad_effect", f"'{action.effect}' is not one of {', '.join(EFFECTS)}")
        if action.state not in ("none_reported", "reported"):
            raise Refused("bad_state", f"'{action.state}' is neither none_reported nor reported")
        if action.state == "none_reported" and action.value:
            raise Refused("bad_state", "none_reported goes without a value")
        words = action.request if isinstance(action.request, EffectWords) else EffectWords()
        step.enter(
            EffectEntered(
                incident=book.incident,
                effect=action.effect,
                state=action.state,
                value=action.value or None,
                by=action.by,
                at_s=step.received_s,
                entry=self._id(step, "EF"),
                role=action.role or None,
                source=words.source or None,
                how=words.how,
                corrects=_corrected(action, words, dossier),
            )
        )

    def _withdraw_effect(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        piece = asked(action, Piece)
        entry = dossier.entries.get(piece.id)
        if entry is None:
            raise Refused("not_found", f"there is no entry {piece.id}")
        if entry.ended is not None:
            raise Refused("already_withdrawn", f"{piece.id} was {entry.ended} by {entry.ended_by}")
        step.enter(EffectWithdrawn(incident=book.incident, entry=piece.id, **_said(step, action)))

    def _enter_claim(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        del dossier
        words = asked(action, ClaimWords)
        step.enter(
            ClaimEntered(
                incident=book.incident,
                claim=self._id(step, "CL"),
                subject=words.subject,
                value=_checked(words, step),
                source=words.source,
                where=words.where,
                published_s=words.published_s,
                grade=words.grade,
                **_said(step, action),
            )
        )

    def _withdraw_claim(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        piece = asked(action, Piece)
        claim = dossier.claims.get(piece.id)
        if claim is None:
            raise Refused("not_found", f"there is no claim {piece.id}")
        if claim.withdrawn is not None:
            raise Refused("already_withdrawn", f"{piece.id} was withdrawn by {claim.withdrawn.by}")
        step.enter(ClaimWithdrawn(incident=book.incident, claim=piece.id, **_said(step, action)))

    def _propose(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        words = asked(action, AttributionWords)
        if words.state not in STATES:
            raise Refused("bad_state", f"'{words.state}' is not one of {', '.join(STATES)}")
        if (words.state == "unclaimed") != (not (words.to or "").strip()):
            raise Refused("bad_state", "say to whom; of unclaimed there is nobody to name")
        if not words.grounds.strip():
            raise Refused("bad_state", "say on what grounds")
        waiting = [one for one in dossier.attributions.values() if one.signed is None and one.withdrawn is None]
        if waiting:
            raise Refused("already_proposed", f"{waiting[0].proposed.attribution} waits for a second person")
        step.enter(
            AttributionProposed(
                incident=book.incident,
                attribution=self._id(step, "AT"),
                state=words.state,
                to=(words.to or "").strip() or None,
                grounds=words.grounds,
                evidence=words.evidence,
                by=action.by,
                role=self._attributing(action),
                at_s=step.received_s,
            )
        )

    def _sign(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        first = self._waiting(asked(action, Piece), dossier)
        role = self._attributing(action)
        if folded(action.by) == folded(first.by):
            raise Refused("second_refused", f"{first.by} has signed it: it takes a second person")
        if role == first.role:
            raise Refused("second_refused", f"the {role} has signed it: it takes another role")
        step.enter(
            AttributionSigned(
                incident=book.incident,
                attribution=first.attribution,
                by=action.by,
                role=role,
                note=action.note,
                at_s=step.received_s,
            )
        )

    def _withdraw_attribution(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        first = self._waiting(asked(action, Piece), dossier)
        said = _said(step, action)
        step.enter(AttributionWithdrawn(incident=book.incident, attribution=first.attribution, **said))

    def _waiting(self, piece: Piece, dossier: DossierBook) -> AttributionProposed:
        one = dossier.attributions.get(piece.id)
        if one is None:
            raise Refused("not_found", f"there is no decision {piece.id} on who did it")
        if one.signed is not None or one.withdrawn is not None:
            raise Refused("illegal_move", f"{piece.id} is {'signed' if one.signed else 'withdrawn'} already")
        return one.proposed

    def _attributing(self, action: Action) -> str:
        return role_in(self._site.statements.attribute, action, "attribute")

    def _add_media(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        file = asked(action, MediaFile)
        known = next((one for one in dossier.media.values() if one.added.sha256 == file.sha256), None)
        if known is not None:
            raise Refused("already_there", f"the same bytes are {known.added.media} ({known.added.name})")
        _check_past(file.taken_s, step)
        step.enter(
            MediaAdded(
                incident=book.incident,
                media=self._id(step, "ME"),
                name=file.name,
                sha256=file.sha256,
                size_bytes=file.size_bytes,
                taken_by=file.taken_by,
                taken_s=file.taken_s,
                source=file.source,
                **_said(step, action),
            )
        )

    def _move_custody(self, step: Step, action: Action, book: IncidentBook, dossier: DossierBook) -> None:
        piece = asked(action, Piece)
        if piece.id not in dossier.media:
            raise Refused("not_found", f"there is no medium {piece.id}")
        if not piece.holder.strip():
            raise Refused("bad_state", "say who holds it now")
        said = _said(step, action)
        step.enter(CustodyMoved(incident=book.incident, media=piece.id, holder=piece.holder.strip(), **said))


def incident_of(step: Step, action: Action) -> IncidentBook:
    """The incident that an action is about.

    Raises:
        Refused: there is none.
    """
    book = step.books.incidents.get(action.target)
    if book is None:
        raise Refused("not_found", f"there is no incident {action.target}")
    return book


def asked(action: Action, kind: type[Asked]) -> Asked:
    """The action's request.

    Raises:
        Refused: it has none of this kind.
    """
    if not isinstance(action.request, kind):
        raise Refused("bad_request", f"{action.verb} goes with a {kind.__name__}")
    return action.request


def new_id(step: Step, site: Site, letters: str) -> str:
    """The next id of a kind, such as erbil-CL-0001."""
    return f"{site.id}-{letters}-{step.books.dossiers.made.get(letters, 0) + 1:04d}"


def role_in(roles: Collection[str], action: Action, what: str) -> str:
    """The role in which a person acts.

    Raises:
        Refused: not one of those that the site file names for it.
    """
    role = action.role or ""
    if role not in roles:
        raise Refused("not_your_role", f"the role '{role}' may not {what}: {', '.join(roles)} may")
    return role


def _said(step: Step, action: Action) -> dict[str, Any]:
    return {"by": action.by, "role": action.role or None, "note": action.note, "at_s": step.received_s}


def _corrected(action: Action, words: EffectWords, dossier: DossierBook) -> str | None:
    """The entry that this one takes the place of: the one named, else the same word by the same person."""
    if words.corrects is not None:
        before = dossier.entries.get(words.corrects)
        if before is None or before.effect != action.effect:
            raise Refused("not_found", f"there is no entry {words.corrects} on {action.effect}")
        if before.ended is not None:
            raise Refused("already_withdrawn", f"{words.corrects} was {before.ended} by {before.ended_by}")
        return before.entry
    own = (action.effect, folded(action.by), folded(words.source or ""))
    for one in dossier.entries.values():
        if one.ended is None and (one.effect, folded(one.by), folded(one.source or "")) == own:
            return one.entry
    return None


def _checked(words: ClaimWords, step: Step) -> str:
    """A claim's value in the one form that its subject has, so that claims can be held against each other."""
    if not GRADE.fullmatch(words.grade):
        raise Refused("bad_claim", f"the grade '{words.grade}' is no letter A to F and figure 1 to 6")
    _check_past(words.published_s, step)
    value = " ".join(words.value.split())
    if words.subject is Subject.COUNT and not (value.isascii() and value.isdigit() and int(value) < 1000):
        raise Refused("bad_claim", f"'{value}' is no number of aircraft")
    for subject, known in ((Subject.PLACE, PLACES), (Subject.AIRPORT, AIRPORT)):
        if words.subject is subject and value not in known:
            raise Refused("bad_claim", f"'{value}' is not one of {', '.join(known)}")
    if not value or not words.source.strip():
        raise Refused("bad_claim", "say what was said, and by whom")
    return str(int(value)) if words.subject is Subject.COUNT else value


def _check_past(at_s: float | None, step: Step) -> None:
    """In a replay the clock is the recording's, and what was published later is entered all the same."""
    if at_s is not None and step.origin is Origin.LIVE and at_s > step.received_s + AHEAD_S:
        raise Refused("bad_time", "its time has not come yet")
