"""The legal moves of a checklist, its steps, a notice, a closure and a hand-over; drawn in docs/state-machines.md.

Every other move is illegal: refused to people, and an event that would make one stops the fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vedette.model import ChecklistState, ClosureState, HandOverState, NoticeState, StepState

DO: Final = "do"
SKIP: Final = "skip"
UNDO: Final = "undo"
CLOSE: Final = "close"
REOPEN: Final = "reopen"
SEND: Final = "send"
FAIL: Final = "fail"
READ: Final = "read"
ACCEPT: Final = "accept"
WITHDRAW: Final = "withdraw"

STEP_MOVES: Final[Mapping[tuple[StepState, str], StepState]] = {
    (StepState.OPEN, DO): StepState.DONE,
    (StepState.OPEN, SKIP): StepState.SKIPPED,
    (StepState.DONE, UNDO): StepState.OPEN,
    (StepState.SKIPPED, UNDO): StepState.OPEN,
}
CHECKLIST_MOVES: Final[Mapping[tuple[ChecklistState, str], ChecklistState]] = {
    (ChecklistState.OPEN, CLOSE): ChecklistState.CLOSED,
    (ChecklistState.CLOSED, REOPEN): ChecklistState.OPEN,
}
NOTICE_MOVES: Final[Mapping[tuple[NoticeState, str], NoticeState]] = {
    (NoticeState.WRITTEN, SEND): NoticeState.SENT,
    (NoticeState.WRITTEN, FAIL): NoticeState.FAILED,
    (NoticeState.WRITTEN, READ): NoticeState.READ,
    (NoticeState.SENT, READ): NoticeState.READ,
    (NoticeState.FAILED, READ): NoticeState.READ,
    (NoticeState.READ, SEND): NoticeState.READ,
    (NoticeState.READ, FAIL): NoticeState.READ,
}
"""Who was told by telephone has read what an output failed to send; an output's word may come after the reading."""
CLOSURE_MOVES: Final[Mapping[tuple[ClosureState, str], ClosureState]] = {
    (ClosureState.CLOSED, REOPEN): ClosureState.REOPENED,
}
HAND_OVER_MOVES: Final[Mapping[tuple[HandOverState, str], HandOverState]] = {
    (HandOverState.OFFERED, ACCEPT): HandOverState.ACCEPTED,
    (HandOverState.OFFERED, WITHDRAW): HandOverState.WITHDRAWN,
}
