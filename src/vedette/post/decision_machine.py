"""The decision's states and their legal moves, drawn in docs/state-machines.md from this table.

A decision is proposed by an order, and leaves that state in the same step by the check's answer. `carry_out` from
withdrawn and lapsed says afterwards what was done while it was authorised.
"""

from __future__ import annotations

from typing import Final

from vedette.model import DecisionState

AUTHORISE: Final = "authorise"
AWAIT_SECOND: Final = "await_second"
REFUSE: Final = "refuse"
SECOND: Final = "second"
WITHDRAW: Final = "withdraw"
LAPSE: Final = "lapse"
CARRY_OUT: Final = "carry_out"

_S = DecisionState
DECISION_MOVES: Final[dict[tuple[DecisionState, str], DecisionState]] = {
    (_S.PROPOSED, AUTHORISE): _S.AUTHORISED,
    (_S.PROPOSED, AWAIT_SECOND): _S.AWAITING_SECOND,
    (_S.PROPOSED, REFUSE): _S.REFUSED,
    (_S.AWAITING_SECOND, SECOND): _S.AUTHORISED,
    (_S.AWAITING_SECOND, REFUSE): _S.REFUSED,
    (_S.AWAITING_SECOND, WITHDRAW): _S.WITHDRAWN,
    (_S.AWAITING_SECOND, LAPSE): _S.LAPSED,
    (_S.AUTHORISED, CARRY_OUT): _S.CARRIED_OUT,
    (_S.AUTHORISED, WITHDRAW): _S.WITHDRAWN,
    (_S.AUTHORISED, LAPSE): _S.LAPSED,
    (_S.WITHDRAWN, CARRY_OUT): _S.CARRIED_OUT,
    (_S.LAPSED, CARRY_OUT): _S.CARRIED_OUT,
}
"""(state, move) → next state. A decision that was never authorised has no window in which it could be carried out."""
