"""The desk of statements: drafted from what is confirmed, approved by people, held against the facts as they change.

A statement's words never change. When a sentence is no longer what the facts give, the statement is flagged, with what
it was and what it is now, and whoever approved it has approved something else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vedette.model import (
    Action,
    Change,
    Incident,
    Origin,
    Picture,
    Statement,
    StatementDrafted,
    StatementMoved,
    StatementState,
)
from vedette.model.dossier_requests import DraftWords, StatementMove
from vedette.post.books import IncidentBook
from vedette.post.clerk import Clerk
from vedette.post.dossier_clerk import asked, incident_of, new_id, role_in
from vedette.post.gathering import Gathering
from vedette.post.machine import Refused, next_of
from vedette.post.statement_machine import (
    APPROVE,
    APPROVE_LAST,
    FLAG,
    RELEASE,
    RESTORE,
    RESTORE_RELEASED,
    STATEMENT_MOVES,
    SUBMIT,
    WITHDRAW_STATEMENT,
)
from vedette.post.step import Step
from vedette.site import Site
from vedette.statement import KEYS, Said, folded, what_can_be_said

PEOPLE: Final = (SUBMIT, APPROVE, RELEASE, WITHDRAW_STATEMENT)
"""Moves that people ask for."""


class Stating(Clerk):
    """The statements of one site."""

    def __init__(self, site: Site, gathering: Gathering) -> None:
        self._site, self._gathering = site, gathering
        self._verbs: dict[str, Callable[[Step, Action, IncidentBook], None]] = {
            "draft_statement": self._draft,
            "move_statement": self._move_by_person,
        }

    def act(self, step: Step, action: Action, picture: Picture | None) -> Refused | None:
        """Enter it, on the facts as they are by now. The action's target is the incident.

        Raises:
            Refused: it cannot be done.
        """
        del picture
        self.hold(step)
        try:
            self._verbs[action.verb](step, action, incident_of(step, action))
        except Refused as refused:
            if not step.drafts:
                raise
            return refused
        return None

    def see(self, step: Step, picture: Picture) -> None:
        """Hold what was said against what is known by now."""
        del picture
        self.hold(step)

    def take_up(self, step: Step, picture: Picture | None) -> None:
        """The same after a restart."""
        del picture
        self.hold(step)

    def hold(self, step: Step) -> None:
        """Flag each statement of which a sentence no longer holds; take the flag back where all hold again."""
        for incident, dossier in step.books.dossiers.by_incident.items():
            live = [one for one in dossier.statements.values() if one.state is not StatementState.WITHDRAWN]
            if live:
                said = what_can_be_said(self._incident(step, incident), self._site)
                for one in live:
                    self._hold(step, one, said)

    def _hold(self, step: Step, one: Statement, said: Said) -> None:
        changes = changes_of(one, said)
        if changes == one.changes:
            return
        if changes:
            self._move(step, one, FLAG, None, changes)
        else:
            self._move(step, one, RESTORE if one.released_s is None else RESTORE_RELEASED, None)

    def _incident(self, step: Step, incident: str) -> Incident:
        return self._gathering.incident(step.books, step.books.incidents[incident])

    def _draft(self, step: Step, action: Action, book: IncidentBook) -> None:
        words = asked(action, DraftWords)
        unknown = [key for key in words.leave_out if key not in KEYS]
        if unknown:
            raise Refused("bad_sentence", f"'{unknown[0]}' is not one of {', '.join(KEYS)}")
        if words.replaces is not None and words.replaces not in step.books.dossiers.of(book.incident).statements:
            raise Refused("not_found", f"there is no statement {words.replaces}")
        said = what_can_be_said(self._incident(step, book.incident), self._site)
        sentences = tuple(one for one in said.sentences if one.key not in words.leave_out)
        if not sentences:
            raise Refused("bad_sentence", "a statement says something")
        step.enter(
            StatementDrafted(
                incident=book.incident,
                statement=new_id(step, self._site, "ST"),
                sentences=sentences,
                not_said=said.not_said,
                left_out=tuple(one.key for one in said.sentences if one.key in words.leave_out),
                replaces=words.replaces,
                by=action.by,
                role=action.role or None,
                note=action.note,
                at_s=step.received_s,
            )
        )

    def _move_by_person(self, step: Step, action: Action, book: IncidentBook) -> None:
        asks = asked(action, StatementMove)
        one = step.books.dossiers.of(book.incident).statements.get(asks.id)
        if one is None:
            raise Refused("not_found", f"there is no statement {asks.id}")
        if asks.move not in PEOPLE or (one.state, asks.move) not in STATEMENT_MOVES:
            raise Refused("illegal_move", f"{one.id} is {one.state.value.replace('_', ' ')}: it cannot {asks.move}")
        move = self._approval(one, action) if asks.move == APPROVE else asks.move
        if move == RELEASE:
            self._check_release(action, book)
        self._move(step, one, move, action)

    def _approval(self, one: Statement, action: Action) -> str:
        """Which move an approval is: the last one approves the statement.

        Raises:
            Refused: not in a role that approves, one that has approved already, or a person who has.
        """
        role = role_in(self._site.statements.approve, action, "approve a statement")
        for given in one.approvals:
            if given.role == role:
                raise Refused("already_approved", f"{given.by} has approved it as {role}")
            if folded(given.by or "") == folded(action.by):
                raise Refused("second_refused", f"{given.by} has approved it as {given.role}: it takes another person")
        missing = set(self._site.statements.approve) - {given.role for given in one.approvals} - {role}
        return APPROVE if missing else APPROVE_LAST

    def _check_release(self, action: Action, book: IncidentBook) -> None:
        if book.origin is not Origin.LIVE:
            raise Refused("not_live", f"it is {book.origin.value}: nothing of it happened so, and nothing is released")
        role_in(self._site.statements.approve, action, "release a statement")

    def _move(
        self, step: Step, one: Statement, move: str, action: Action | None, changes: tuple[Change, ...] = ()
    ) -> None:
        step.enter(
            StatementMoved(
                incident=one.drafted.incident,
                statement=one.id,
                move=move,
                state=next_of(STATEMENT_MOVES, one.id, one.state, move),
                by=None if action is None else action.by,
                role=None if action is None else action.role or None,
                note="" if action is None else action.note,
                changes=changes,
                at_s=step.received_s,
            )
        )


def changes_of(one: Statement, said: Said) -> tuple[Change, ...]:
    """Its sentences that are not what can be said now."""
    return tuple(
        Change(key=sentence.key, was=sentence.text, now=said.text_of(sentence.key))
        for sentence in one.drafted.sentences
        if said.text_of(sentence.key) != sentence.text
    )
