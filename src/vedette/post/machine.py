"""The alert's states and their legal moves, and what is refused to a person.

    raised       --acknowledge--> acknowledged
    raised       --clear-------> cleared         and still listed: nobody has seen it
    acknowledged --clear-------> cleared
    cleared      --acknowledge--> cleared        once, if it was cleared unseen

Every other move is illegal: an alert is acknowledged once, cleared once, and never raised again; the rule raises a new
one.
"""

from __future__ import annotations

from typing import Final

from vedette.errors import VedetteError
from vedette.model import AlertState

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
    """An action that cannot be done; nothing was changed.

    Attributes:
        code: not_found | already_acknowledged | already_closed | unacknowledged_alerts | bad_effect | bad_state |
            bad_verb | test_alarm_open | too_many | no_node | no_place. message: one sentence for a person.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
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
