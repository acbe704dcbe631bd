"""Decisions, facts and the mandate's standing: what people ordered and said, as events and as they stand.

No field says where an aircraft is or is going: whoever owns an effector has his own picture.
"""

from __future__ import annotations

import enum

import msgspec

from vedette.model.messages import Origin
from vedette.model.payload import Payload


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one clause says of one order. answer: yes | no | needs; text: the clause; detail: this case.

    remedy: what a person can record that answers it, if it is so; None: nothing, or nothing is asked.
    """

    clause: str
    answer: str
    text: str
    detail: str
    remedy: str | None = None


class DecisionState(enum.StrEnum):
    """Life of a decision (moves: vedette.post.decision_machine). LAPSED: the mandate no longer allows it."""

    PROPOSED = "proposed"
    AWAITING_SECOND = "awaiting_second"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    CARRIED_OUT = "carried_out"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class DecisionOrdered(Payload, frozen=True, kw_only=True, tag="decision_ordered"):
    """A person ordered a measure; the check's answer follows as the next event.

    key: the sender's own name for the order. measure_kind, measure_name, owner: the site file's, None where it has no
    such measure. track: the aircraft it is about. protects: for whose protection.
    """

    decision: str
    key: str
    measure: str
    measure_kind: str | None
    measure_name: str | None
    owner: str | None
    by: str
    role: str
    note: str
    track: str | None
    protects: str | None
    incident: str | None
    at_s: float


class DecisionMoved(Payload, frozen=True, kw_only=True, tag="decision_moved"):
    """A decision changed its state by a legal move: a person's, or (`by` None) the check's own.

    hand_over: words to whoever owns the effector, of an authorised request to defeat. happened_s: when it was carried
    out, as said.
    """

    decision: str
    move: str
    state: DecisionState
    by: str | None
    role: str | None
    note: str
    findings: tuple[Finding, ...]
    at_s: float
    hand_over: str | None = None
    happened_s: float | None = None


class DecisionAttempted(Payload, frozen=True, kw_only=True, tag="decision_attempted"):
    """A person tried to move a decision, and it was refused: its state is as before."""

    decision: str
    move: str
    by: str
    role: str
    note: str
    findings: tuple[Finding, ...]
    at_s: float


class FactRecorded(Payload, frozen=True, kw_only=True, tag="fact_recorded"):
    """What a person says is so. fact: not_manned | manned (of a track) | measure_taken (outside the mandate).

    note: why, or how known. identity: what the track called itself when it was said. happened_s: when the measure was
    taken, as said. decision: the order that was refused, or never authorised, if there was one.
    """

    id: str
    fact: str
    by: str
    role: str
    note: str
    at_s: float
    track: str | None = None
    identity: str | None = None
    measure: str | None = None
    decision: str | None = None
    happened_s: float | None = None
    incident: str | None = None


class MandateWithdrawn(Payload, frozen=True, kw_only=True, tag="mandate_withdrawn"):
    """A person recorded that the grantor withdrew the mandate: it ends every mandate that begins no later."""

    granted_by: str
    from_s: float
    by: str
    role: str
    note: str
    at_s: float


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it stands; moves and attempts in order. authorised_s to ended_s: while it was authorised."""

    order: DecisionOrdered
    state: DecisionState
    origin: Origin
    moves: tuple[DecisionMoved, ...] = ()
    attempts: tuple[DecisionAttempted, ...] = ()
    second_by: str | None = None
    second_role: str | None = None
    authorised_s: float | None = None
    ended_s: float | None = None

    @property
    def id(self) -> str:
        """Its id, such as erbil-D-0001."""
        return self.order.decision

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the last check said."""
        return next((move.findings for move in reversed(self.moves) if move.findings), ())

    @property
    def hand_over(self) -> str | None:
        """Words to the effector's owner, only while it is authorised or was carried out."""
        if self.state not in (DecisionState.AUTHORISED, DecisionState.CARRIED_OUT):
            return None
        return next((move.hand_over for move in reversed(self.moves) if move.hand_over), None)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a mandate is in force: none | not_begun | in_force | run_out | withdrawn. says: in one sentence."""

    state: str
    says: str
    at_s: float
    withdrawn: MandateWithdrawn | None = None

    @property
    def in_force(self) -> bool:
        """Whether more may be decided than to warn and report."""
        return self.state == "in_force"


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """All decisions and facts in order, and the mandate's standing."""

    standing: Standing
    decisions: tuple[Decision, ...] = ()
    facts: tuple[FactRecorded, ...] = ()
