"""The statement's states and their legal moves, drawn in docs/state-machines.md from this table.

`flag` and the two `restore` are the facts' own moves, the others people's. A statement whose facts are again what it
says goes back to draft, since who approved it did so on other facts; one that was out is out.
"""

from __future__ import annotations

from typing import Final

from vedette.model import StatementState

SUBMIT: Final = "submit"
APPROVE: Final = "approve"
APPROVE_LAST: Final = "approve_last"
RELEASE: Final = "release"
WITHDRAW_STATEMENT: Final = "withdraw"
FLAG: Final = "flag"
RESTORE: Final = "restore"
RESTORE_RELEASED: Final = "restore_released"

_S = StatementState
STATEMENT_MOVES: Final[dict[tuple[StatementState, str], StatementState]] = {
    (_S.DRAFT, SUBMIT): _S.AWAITING_APPROVAL,
    (_S.DRAFT, FLAG): _S.FLAGGED,
    (_S.DRAFT, WITHDRAW_STATEMENT): _S.WITHDRAWN,
    (_S.AWAITING_APPROVAL, APPROVE): _S.AWAITING_APPROVAL,
    (_S.AWAITING_APPROVAL, APPROVE_LAST): _S.APPROVED,
    (_S.AWAITING_APPROVAL, FLAG): _S.FLAGGED,
    (_S.AWAITING_APPROVAL, WITHDRAW_STATEMENT): _S.WITHDRAWN,
    (_S.APPROVED, RELEASE): _S.RELEASED,
    (_S.APPROVED, FLAG): _S.FLAGGED,
    (_S.APPROVED, WITHDRAW_STATEMENT): _S.WITHDRAWN,
    (_S.FLAGGED, FLAG): _S.FLAGGED,
    (_S.FLAGGED, RESTORE): _S.DRAFT,
    (_S.FLAGGED, RESTORE_RELEASED): _S.RELEASED,
    (_S.FLAGGED, WITHDRAW_STATEMENT): _S.WITHDRAWN,
    (_S.RELEASED, FLAG): _S.FLAGGED,
    (_S.RELEASED, WITHDRAW_STATEMENT): _S.WITHDRAWN,
}
"""(state, move) → next state. Nothing is released that was not approved by every role, on the facts as they are."""
