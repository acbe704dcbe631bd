"""The alert's states and their legal moves, and what is refused to a person.

The moves are drawn in docs/state-machines.md from this table. One cleared unseen stays listed until it is seen. Every
other move is illegal: an alert is acknowledged once, cleared once, and never raised again; the rule raises a new one.
"""

from __future__ import annotations

from typing import Final

from vedette.errors import VedetteError
from vedette.model import AlertState, Draft

ACKNOWLEDGE: Final = "acknowledge"
CLEAR: Final = "clear"

MOVES: Final[dict[tuple[AlertState, str], AlertState]] = {
    (AlertState.RAISED, ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.RAISED, CLEAR): AlertState.CLEARED,
    (AlertState.ACKNOWLEDGED, CLEAR): AlertState.CLEARED,
    (AlertState.CLEARED, ACKNOWLEDGE): AlertState.CLEARED,
}
"""(state, move) → next state. From cleared, `acknowledge` is legal only while nobody has acknowledged it."""


class Refused(VedetteError):
    """An action that cannot be done; nothing was changed, but that its refusal may be recorded.

    Attributes:
        code: not_found | already_acknowledged | already_closed | unacknowledged_alerts | bad_effect | bad_state |
            bad_verb | test_alarm_open | too_many | no_node | no_place | outside_mandate | second_refused |
            illegal_move | key_used | bad_fact | bad_time | no_mandate | already_withdrawn | bad_request | bad_claim |
            bad_sentence | already_proposed | already_approved | already_there | not_your_role | not_live.
            message: one sentence.
        details: the clauses that refuse. drafts: events of the refusal, in the books already, to be written.
    """

    def __init__(
        self, code: str, message: str, details: tuple[dict[str, str], ...] = (), drafts: tuple[Draft, ...] = ()
    ) -> None:
        self.code, self.message, self.details, self.drafts = code, message, details, drafts
        super().__init__(message)


class IllegalMove(VedetteError):
    """An event that the state does not allow: the events folded are not those of one record, in order."""

    def __init__(self, alert: str, state: str, move: str) -> None:
        self.alert, self.state, self.move = alert, state, move
        super().__init__(f"{alert} is {state}: it cannot {move}")


def next_state(alert: str, state: AlertState, acknowledged: bool, move: str) -> AlertState:
    """The state after a legal move.

    Raises:
        IllegalMove: not in the table, or a second acknowledgement.
    """
    after = MOVES.get((state, move))
    if after is None or (move == ACKNOWLEDGE and acknowledged):
        raise IllegalMove(alert, state.value, move)
    return after
