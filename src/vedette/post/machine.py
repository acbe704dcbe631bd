"""The alert's states and their legal moves, and what is refused to a person.

The moves are drawn in docs/state-machines.md from this table. One cleared unseen stays listed until it is seen; seen,
it awaits a note or closes. Every other move is illegal: an alert is acknowledged once as it stands, and cleared once;
over, it is never raised again: the rule raises a new one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, TypeVar

from vedette.errors import VedetteError
from vedette.model import AlertState, Draft

ACKNOWLEDGE: Final = "acknowledge"
ESCALATE: Final = "escalate"
DISMISS: Final = "dismiss"
BRING_BACK: Final = "bring_back"
CLEAR: Final = "clear"
AWAIT_NOTE: Final = "await_note"
CLOSE: Final = "close"

State = TypeVar("State", bound=enum.StrEnum)

_S = AlertState
MOVES: Final[dict[tuple[AlertState, str], AlertState]] = {
    (_S.RAISED, ACKNOWLEDGE): _S.ACKNOWLEDGED,
    (_S.RAISED, DISMISS): _S.DISMISSED,
    (_S.RAISED, CLEAR): _S.CLEARED,
    (_S.ACKNOWLEDGED, ESCALATE): _S.RAISED,
    (_S.ACKNOWLEDGED, DISMISS): _S.DISMISSED,
    (_S.ACKNOWLEDGED, CLEAR): _S.CLEARED,
    (_S.DISMISSED, BRING_BACK): _S.RAISED,
    (_S.DISMISSED, CLEAR): _S.CLEARED,
    (_S.CLEARED, ACKNOWLEDGE): _S.CLEARED,
    (_S.CLEARED, AWAIT_NOTE): _S.AWAITING_NOTE,
    (_S.CLEARED, CLOSE): _S.CLOSED,
    (_S.AWAITING_NOTE, CLOSE): _S.CLOSED,
}
"""(state, move) → next state. From cleared, `acknowledge` is legal only while nobody has seen it, the others after."""


class Refused(VedetteError):
    """An action that cannot be done; nothing was changed, but that its refusal may be recorded.

    Attributes:
        code: not_found | already_acknowledged | already_closed | unacknowledged_alerts | bad_effect | bad_state |
            bad_verb | test_alarm_open | too_many | no_node | no_place | outside_mandate | second_refused |
            illegal_move | key_used | bad_fact | bad_time | no_mandate | already_withdrawn | bad_reason | note_missing |
            needs_confirmation | bad_request | bad_claim | bad_sentence | already_proposed | already_approved |
            already_there | not_your_role | not_live. message: one sentence.
        details: the clauses that refuse. drafts: events of the refusal, in the books already, to be written.
    """

    def __init__(
        self, code: str, message: str, details: tuple[dict[str, str], ...] = (), drafts: tuple[Draft, ...] = ()
    ) -> None:
        self.code, self.message, self.details, self.drafts = code, message, details, drafts
        super().__init__(message)


class IllegalMove(VedetteError):
    """An event that the state does not allow: the events folded are not those of one record, in order."""

    def __init__(self, about: str, state: str, move: str) -> None:
        self.about, self.state, self.move = about, state, move
        super().__init__(f"{about} is {state}: it cannot {move}")


def next_of(moves: Mapping[tuple[State, str], State], about: str, state: State, move: str) -> State:
    """The state after a legal move of `about`, an id, by a machine's table.

    Raises:
        IllegalMove: not in the table.
    """
    after = moves.get((state, move))
    if after is None:
        raise IllegalMove(about, state.value, move)
    return after


def may_move(state: AlertState, acknowledged: bool, move: str) -> bool:
    """Whether the table has the move, and it fits whether somebody has seen the alert."""
    if (state, move) not in MOVES:
        return False
    if move == ACKNOWLEDGE:
        return not acknowledged
    return state is not AlertState.CLEARED or acknowledged


def next_state(alert: str, state: AlertState, acknowledged: bool, move: str) -> AlertState:
    """The state after a legal move.

    Raises:
        IllegalMove: not in the table, a second acknowledgement, or an end that nobody has seen.
    """
    if not may_move(state, acknowledged, move):
        raise IllegalMove(alert, state.value, move)
    return MOVES[state, move]
