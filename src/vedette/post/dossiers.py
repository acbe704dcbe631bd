"""What people added to incidents, in post's books: the fold over its events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from vedette.model import (
    Attribution,
    AttributionProposed,
    AttributionSigned,
    AttributionWithdrawn,
    Claim,
    ClaimEntered,
    ClaimWithdrawn,
    CustodyMoved,
    Dossier,
    Draft,
    Effect,
    EffectEntered,
    EffectEntry,
    EffectWithdrawn,
    Event,
    Media,
    MediaAdded,
    Payload,
    Statement,
    StatementDrafted,
    StatementMoved,
    StatementState,
)
from vedette.post.machine import IllegalMove, next_of
from vedette.post.statement_machine import APPROVE, APPROVE_LAST, FLAG, RELEASE, STATEMENT_MOVES, SUBMIT
from vedette.statement import folded


class DossierBook(msgspec.Struct, kw_only=True):
    """One incident's: each by its id, in the order it came."""

    entries: dict[str, EffectEntry] = msgspec.field(default_factory=dict)
    claims: dict[str, Claim] = msgspec.field(default_factory=dict)
    attributions: dict[str, Attribution] = msgspec.field(default_factory=dict)
    media: dict[str, Media] = msgspec.field(default_factory=dict)
    statements: dict[str, Statement] = msgspec.field(default_factory=dict)
    revision: int = 0

    def shown(self) -> Dossier:
        """As it stands."""
        return Dossier(
            entries=tuple(self.entries.values()),
            claims=tuple(self.claims.values()),
            attributions=tuple(self.attributions.values()),
            media=tuple(self.media.values()),
            statements=tuple(self.statements.values()),
            revision=self.revision,
        )


class DossierBooks(msgspec.Struct, kw_only=True):
    """By incident, from its opening on; made counts what was numbered, by the letters of its ids."""

    by_incident: dict[str, DossierBook] = msgspec.field(default_factory=dict)
    made: dict[str, int] = msgspec.field(default_factory=dict)

    def of(self, incident: str) -> DossierBook:
        """An incident's."""
        return self.by_incident[incident]

    def apply(self, event: Draft | Event) -> None:
        """Enter one event.

        Raises:
            IllegalMove, KeyError: the events are not those of one record in order.
        """
        payload: Any = event.payload
        if payload is not None:
            book = self.by_incident[payload.incident]
            DOSSIER_ENTRIES[type(payload)](self, book, payload)
            book.revision += 1

    def open(self, incident: str) -> None:
        """Begin an incident's."""
        self.by_incident[incident] = DossierBook()

    def count(self, letters: str) -> int:
        """Number one more of a kind."""
        self.made[letters] = self.made.get(letters, 0) + 1
        return self.made[letters]

    def effect_of(self, incident: str, effect: str) -> Effect:
        """What is said of an effect now."""
        return effect_now([one for one in self.of(incident).entries.values() if one.effect == effect])


def effect_now(entries: list[EffectEntry]) -> Effect:
    """The newest that stands; with others that say something else it is a conflict, and reported if one says so."""
    standing = [one for one in entries if one.ended is None]
    if not standing:
        return Effect()
    conflict = len({(one.state, folded(one.value or "")) for one in standing}) > 1
    told = [one for one in standing if one.state == "reported"] if conflict else standing
    newest = (told or standing)[-1]
    return Effect(
        state=newest.state,
        value=newest.value,
        by=newest.by,
        at_s=newest.at_s,
        role=newest.role,
        source=newest.source,
        conflict=conflict,
        entries=tuple(one.entry for one in standing),
    )


def _effect_entered(books: DossierBooks, book: DossierBook, payload: EffectEntered) -> None:
    number = books.count("EF")
    entry = payload.entry or f"{payload.incident}-EF-{number:04d}"
    if payload.corrects is not None or not payload.entry:
        corrected = [payload.corrects] if payload.corrects is not None else _all_of(book, payload.effect)
        for one in corrected:
            _end_entry(book, one, "corrected", entry, payload.at_s)
    book.entries[entry] = EffectEntry(
        entry=entry,
        effect=payload.effect,
        state=payload.state,
        value=payload.value,
        by=payload.by,
        role=payload.role,
        source=payload.source,
        how=payload.how,
        at_s=payload.at_s,
    )


def _all_of(book: DossierBook, effect: str) -> list[str]:
    """Those that an entry without an id takes the place of: before entries had ids the newest alone stood."""
    return [one.entry for one in book.entries.values() if one.effect == effect and one.ended is None]


def _end_entry(book: DossierBook, entry: str, ended: str, by: str, at_s: float) -> None:
    book.entries[entry] = msgspec.structs.replace(book.entries[entry], ended=ended, ended_by=by, ended_s=at_s)


def _effect_withdrawn(books: DossierBooks, book: DossierBook, payload: EffectWithdrawn) -> None:
    del books
    _end_entry(book, payload.entry, "withdrawn", payload.by, payload.at_s)


def _claim_entered(books: DossierBooks, book: DossierBook, payload: ClaimEntered) -> None:
    books.count("CL")
    book.claims[payload.claim] = Claim(entered=payload)


def _claim_withdrawn(books: DossierBooks, book: DossierBook, payload: ClaimWithdrawn) -> None:
    del books
    book.claims[payload.claim] = msgspec.structs.replace(book.claims[payload.claim], withdrawn=payload)


def _attribution_proposed(books: DossierBooks, book: DossierBook, payload: AttributionProposed) -> None:
    books.count("AT")
    book.attributions[payload.attribution] = Attribution(proposed=payload)


def _attribution_signed(books: DossierBooks, book: DossierBook, payload: AttributionSigned) -> None:
    del books
    one = book.attributions.pop(payload.attribution)
    if one.signed is not None or one.withdrawn is not None:
        raise IllegalMove(payload.attribution, "settled", "sign")
    book.attributions[payload.attribution] = msgspec.structs.replace(one, signed=payload)


def _attribution_withdrawn(books: DossierBooks, book: DossierBook, payload: AttributionWithdrawn) -> None:
    del books
    one = book.attributions[payload.attribution]
    if one.signed is not None or one.withdrawn is not None:
        raise IllegalMove(payload.attribution, "settled", "withdraw")
    book.attributions[payload.attribution] = msgspec.structs.replace(one, withdrawn=payload)


def _media_added(books: DossierBooks, book: DossierBook, payload: MediaAdded) -> None:
    books.count("ME")
    book.media[payload.media] = Media(added=payload)


def _custody_moved(books: DossierBooks, book: DossierBook, payload: CustodyMoved) -> None:
    del books
    one = book.media[payload.media]
    book.media[payload.media] = msgspec.structs.replace(one, moves=(*one.moves, payload))


def _statement_drafted(books: DossierBooks, book: DossierBook, payload: StatementDrafted) -> None:
    books.count("ST")
    book.statements[payload.statement] = Statement(drafted=payload, state=StatementState.DRAFT)


def _statement_moved(books: DossierBooks, book: DossierBook, payload: StatementMoved) -> None:
    del books
    one = book.statements[payload.statement]
    after = next_of(STATEMENT_MOVES, one.id, one.state, payload.move)
    if after is not payload.state:
        raise IllegalMove(one.id, one.state.value, f"{payload.move} to {payload.state.value}")
    changes: dict[str, Any] = {"state": after, "moves": (*one.moves, payload), "changes": payload.changes}
    if payload.move in (APPROVE, APPROVE_LAST):
        changes["approvals"] = (*one.approvals, payload)
    elif payload.move in (SUBMIT, FLAG) and one.released_s is None:
        changes["approvals"] = ()
    if payload.move == RELEASE:
        changes["released_s"] = payload.at_s
    book.statements[payload.statement] = msgspec.structs.replace(one, **changes)


DOSSIER_ENTRIES: Final[dict[type[Payload], Callable[[DossierBooks, DossierBook, Any], None]]] = {
    EffectEntered: _effect_entered,
    EffectWithdrawn: _effect_withdrawn,
    ClaimEntered: _claim_entered,
    ClaimWithdrawn: _claim_withdrawn,
    AttributionProposed: _attribution_proposed,
    AttributionSigned: _attribution_signed,
    AttributionWithdrawn: _attribution_withdrawn,
    MediaAdded: _media_added,
    CustodyMoved: _custody_moved,
    StatementDrafted: _statement_drafted,
    StatementMoved: _statement_moved,
}
