"""Whose word holds of a track, and the legal moves; drawn in docs/state-machines.md from this table."""

from __future__ import annotations

from typing import Final

from vedette.model import Disposition, OverrideState

OVERRIDE: Final = "override"
WITHDRAW: Final = "withdraw"
CONTRADICT: Final = "contradict"
AGREE: Final = "agree"

_S = OverrideState
OVERRIDE_MOVES: Final[dict[tuple[OverrideState, str], OverrideState]] = {
    (_S.BY_EVIDENCE, OVERRIDE): _S.OVERRIDDEN,
    (_S.OVERRIDDEN, OVERRIDE): _S.OVERRIDDEN,
    (_S.OVERRIDDEN, CONTRADICT): _S.CONTRADICTED,
    (_S.OVERRIDDEN, WITHDRAW): _S.BY_EVIDENCE,
    (_S.CONTRADICTED, OVERRIDE): _S.OVERRIDDEN,
    (_S.CONTRADICTED, AGREE): _S.OVERRIDDEN,
    (_S.CONTRADICTED, WITHDRAW): _S.BY_EVIDENCE,
}
"""(state, move) → next state. `contradict` and `agree` are the evidence's; only `override` and `withdraw`, a person's,
change the disposition that is shown."""

SAID: Final = frozenset(Disposition) - {Disposition.PENDING}
"""What a person may say. Pending is no word: who withdraws gives the track back to its evidence."""

_FRIENDS: Final = frozenset({Disposition.FRIENDLY, Disposition.ASSUMED_FRIENDLY, Disposition.NEUTRAL})
_FOES: Final = frozenset({Disposition.SUSPICIOUS, Disposition.HOSTILE})


def opposes(said: Disposition, evidence: Disposition) -> bool:
    """Whether evidence and a person's word stand on different sides; unknown and pending stand on none."""
    return (said in _FRIENDS and evidence in _FOES) or (said in _FOES and evidence in _FRIENDS)
