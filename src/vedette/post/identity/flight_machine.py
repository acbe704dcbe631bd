"""The own flight's states and their legal moves; drawn in docs/state-machines.md from this table.

`withdraw` and `close` are a person's; `close` says that it is down. `withdraw` is also the site file's, when the flight
no longer stands in it. The others follow from picture and time; `disprove`: what was taken for it was another.
"""

from __future__ import annotations

from typing import Final

from vedette.model import FlightState

EXPECT: Final = "expect"
SEE: Final = "see"
STRAY: Final = "stray"
LAND: Final = "land"
LOSE: Final = "lose"
OVERRUN: Final = "overrun"
DISPROVE: Final = "disprove"
END: Final = "end"
CLOSE: Final = "close"
WITHDRAW: Final = "withdraw"

_S = FlightState
FLIGHT_MOVES: Final[dict[tuple[FlightState, str], FlightState]] = {
    (_S.PLANNED, EXPECT): _S.EXPECTED,
    (_S.PLANNED, STRAY): _S.OUTSIDE,
    (_S.PLANNED, END): _S.ENDED,
    (_S.PLANNED, WITHDRAW): _S.WITHDRAWN,
    (_S.EXPECTED, SEE): _S.FLYING,
    (_S.EXPECTED, STRAY): _S.OUTSIDE,
    (_S.EXPECTED, END): _S.ENDED,
    (_S.EXPECTED, CLOSE): _S.ENDED,
    (_S.EXPECTED, WITHDRAW): _S.WITHDRAWN,
    (_S.FLYING, SEE): _S.FLYING,
    (_S.FLYING, STRAY): _S.OUTSIDE,
    (_S.FLYING, DISPROVE): _S.EXPECTED,
    (_S.FLYING, LAND): _S.EXPECTED,
    (_S.FLYING, LOSE): _S.OVERDUE,
    (_S.FLYING, OVERRUN): _S.OVERDUE,
    (_S.FLYING, CLOSE): _S.ENDED,
    (_S.FLYING, WITHDRAW): _S.WITHDRAWN,
    (_S.OUTSIDE, SEE): _S.FLYING,
    (_S.OUTSIDE, STRAY): _S.OUTSIDE,
    (_S.OUTSIDE, DISPROVE): _S.EXPECTED,
    (_S.OUTSIDE, LAND): _S.EXPECTED,
    (_S.OUTSIDE, LOSE): _S.OVERDUE,
    (_S.OUTSIDE, OVERRUN): _S.OVERDUE,
    (_S.OUTSIDE, CLOSE): _S.ENDED,
    (_S.OUTSIDE, WITHDRAW): _S.WITHDRAWN,
    (_S.OVERDUE, SEE): _S.FLYING,
    (_S.OVERDUE, STRAY): _S.OUTSIDE,
    (_S.OVERDUE, LAND): _S.EXPECTED,
    (_S.OVERDUE, CLOSE): _S.ENDED,
    (_S.OVERDUE, WITHDRAW): _S.WITHDRAWN,
}
"""(state, move) → next state; a move into the same state names another track.

An overdue flight does not end by itself: somebody says that it is down.
"""
