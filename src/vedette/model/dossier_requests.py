"""What people ask to be added to an incident. by, role, note and the incident itself stand in the action."""

from __future__ import annotations

from vedette.model.dossier import Subject
from vedette.model.requests import Request


class EffectWords(Request, frozen=True, kw_only=True):
    """More of an effect than its state: whose word it is, how it is known, which entry it corrects."""

    source: str | None = None
    how: str = ""
    corrects: str | None = None


class ClaimWords(Request, frozen=True, kw_only=True):
    """A claim; fields as in ClaimEntered."""

    subject: Subject
    value: str
    source: str
    where: str
    published_s: float | None
    grade: str


class AttributionWords(Request, frozen=True, kw_only=True):
    """A proposed attribution; fields as in AttributionProposed."""

    state: str
    to: str | None
    grounds: str
    evidence: tuple[str, ...] = ()


class MediaFile(Request, frozen=True, kw_only=True):
    """A file that has been copied into the data folder; fields as in MediaAdded."""

    name: str
    sha256: str
    size_bytes: int
    taken_by: str
    taken_s: float | None
    source: str


class Piece(Request, frozen=True, kw_only=True):
    """One thing of an incident that something is done to: an entry, a claim, a medium, a statement.

    holder: of a medium, who holds it from now on.
    """

    id: str
    holder: str = ""


class DraftWords(Request, frozen=True, kw_only=True):
    """A statement to be drafted: keys of sentences to leave out, and which earlier one it is to follow."""

    leave_out: tuple[str, ...] = ()
    replaces: str | None = None


class StatementMove(Request, frozen=True, kw_only=True):
    """A move of a statement by a person: submit, approve, release or withdraw."""

    id: str
    move: str
