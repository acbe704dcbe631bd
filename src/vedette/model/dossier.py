"""What people add to an incident: effects, claims of others, attribution, media, statements; events and as they stand.

Whatever is taken back stays: an entry that is corrected or withdrawn is history, not gone.
"""

from __future__ import annotations

import enum

import msgspec

from vedette.model.payload import Payload


class Subject(enum.StrEnum):
    """What a claim is about. AIRPORT: open or closed. PLACE: where they came down."""

    COUNT = "count"
    PLACE = "place"
    AIRPORT = "airport"
    INJURIES = "injuries"
    DAMAGE = "damage"
    RESPONSIBILITY = "responsibility"
    OTHER = "other"


class StatementState(enum.StrEnum):
    """Life of a statement (moves: vedette.post.statement_machine). FLAGGED: a fact is no longer what it says."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    FLAGGED = "flagged"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a statement and the ids of what it rests on: incident, tracks, alerts, decisions, entries.

    key: which of the sentences it is, so that what is said now can be held against what was.

    Raises:
        ValueError: no evidence.
    """

    key: str
    text: str
    evidence: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a sentence without evidence: {self.text}")


class Unsaid(msgspec.Struct, frozen=True, kw_only=True):
    """What a statement leaves out, and why."""

    about: str
    why: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that is no longer what the facts give: what it was, and what it is now; None: nothing can be said."""

    key: str
    was: str
    now: str | None


class ClaimEntered(Payload, frozen=True, kw_only=True, tag="claim_entered"):
    """Somebody outside the watch said something, and a person wrote it down.

    value: of count a number, of place inside | outside | both, of airport open | closed, of the others words.
    source: who said it; where: where it was published; published_s: when. grade: how sure, a letter A to F for the
    source and a figure 1 to 6 for what it says (6, F: cannot be judged).
    """

    incident: str
    claim: str
    subject: Subject
    value: str
    source: str
    where: str
    published_s: float | None
    grade: str
    by: str
    role: str | None
    note: str
    at_s: float


class ClaimWithdrawn(Payload, frozen=True, kw_only=True, tag="claim_withdrawn"):
    """The source took it back, or it was entered in error; it stays in the ledger as such."""

    incident: str
    claim: str
    by: str
    role: str | None
    note: str
    at_s: float


class EffectWithdrawn(Payload, frozen=True, kw_only=True, tag="effect_withdrawn"):
    """An entry of an effect no longer stands; it is kept."""

    incident: str
    entry: str
    by: str
    role: str | None
    note: str
    at_s: float


class AttributionProposed(Payload, frozen=True, kw_only=True, tag="attribution_proposed"):
    """A person signed that an incident's attribution be another. It changes nothing before a second person signs.

    state: claimed (`to` says that it was them, and that is confirmed) | attributed (it was `to`) | unclaimed (back).
    grounds: why. evidence: ids of claims and other things it rests on.
    """

    incident: str
    attribution: str
    state: str
    to: str | None
    grounds: str
    evidence: tuple[str, ...]
    by: str
    role: str
    at_s: float


class AttributionSigned(Payload, frozen=True, kw_only=True, tag="attribution_signed"):
    """A second person in another role signed it: from here on it holds."""

    incident: str
    attribution: str
    by: str
    role: str
    note: str
    at_s: float


class AttributionWithdrawn(Payload, frozen=True, kw_only=True, tag="attribution_withdrawn"):
    """A proposal that nobody else had signed was taken back."""

    incident: str
    attribution: str
    by: str
    role: str | None
    note: str
    at_s: float


class MediaAdded(Payload, frozen=True, kw_only=True, tag="media_added"):
    """A picture, film or other file was given to the incident; DIR/media/SHA256 holds its bytes.

    name: its file name, as given. taken_by, taken_s: who made it and when, as said. source: from whom it was received.
    """

    incident: str
    media: str
    name: str
    sha256: str
    size_bytes: int
    taken_by: str
    taken_s: float | None
    source: str
    by: str
    role: str | None
    note: str
    at_s: float


class CustodyMoved(Payload, frozen=True, kw_only=True, tag="custody_moved"):
    """Who holds the original of a medium from now on. by: the person who says so."""

    incident: str
    media: str
    holder: str
    by: str
    role: str | None
    note: str
    at_s: float


class StatementDrafted(Payload, frozen=True, kw_only=True, tag="statement_drafted"):
    """A person had a statement drafted from what is confirmed. Its words never change; another draft takes its place.

    left_out: keys of sentences that could be said and are not. replaces: the statement it is to follow.
    """

    incident: str
    statement: str
    sentences: tuple[Sentence, ...]
    not_said: tuple[Unsaid, ...]
    left_out: tuple[str, ...]
    replaces: str | None
    by: str
    role: str | None
    note: str
    at_s: float


class StatementMoved(Payload, frozen=True, kw_only=True, tag="statement_moved"):
    """A statement changed its state by a legal move: a person's, or (`by` None) the facts' own.

    changes: with `flag`, all sentences that no longer hold.
    """

    incident: str
    statement: str
    move: str
    state: StatementState
    by: str | None
    role: str | None
    note: str
    changes: tuple[Change, ...]
    at_s: float


class EffectEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an effect. ended: None while it stands, else `corrected` or `withdrawn`, ended_by whom or by which.

    by: who entered it. source: whose word it is, where that is another; how: how that is known.
    """

    entry: str
    effect: str
    state: str
    value: str | None
    by: str
    role: str | None
    source: str | None
    how: str
    at_s: float
    ended: str | None = None
    ended_by: str | None = None
    ended_s: float | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim in the ledger."""

    entered: ClaimEntered
    withdrawn: ClaimWithdrawn | None = None


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on who did it: proposed, and perhaps signed by a second person."""

    proposed: AttributionProposed
    signed: AttributionSigned | None = None
    withdrawn: AttributionWithdrawn | None = None


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A medium with the moves of its custody in order."""

    added: MediaAdded
    moves: tuple[CustodyMoved, ...] = ()


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it stands. approvals: those that count now. changes: sentences that no longer hold."""

    drafted: StatementDrafted
    state: StatementState
    moves: tuple[StatementMoved, ...] = ()
    approvals: tuple[StatementMoved, ...] = ()
    changes: tuple[Change, ...] = ()
    released_s: float | None = None

    @property
    def id(self) -> str:
        """Its id, such as erbil-ST-0001."""
        return self.drafted.statement


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """All that people added to an incident, each in the order it came. revision: how many events made it."""

    entries: tuple[EffectEntry, ...] = ()
    claims: tuple[Claim, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    media: tuple[Media, ...] = ()
    statements: tuple[Statement, ...] = ()
    revision: int = 0
