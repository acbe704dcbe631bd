"""Draw the state machines from their tables into the documentation: python -m tests.post.drawings."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from pathlib import Path

from vedette.model import (
    AlertState,
    ChecklistState,
    ClosureState,
    DecisionState,
    FlightState,
    HandOverState,
    NoticeState,
    OverrideState,
    StatementState,
    StepState,
)
from vedette.post import MOVES
from vedette.post.decision_machine import DECISION_MOVES
from vedette.post.identity.flight_machine import FLIGHT_MOVES
from vedette.post.identity.machine import OVERRIDE_MOVES
from vedette.post.response.machines import (
    CHECKLIST_MOVES,
    CLOSURE_MOVES,
    HAND_OVER_MOVES,
    NOTICE_MOVES,
    STEP_MOVES,
)
from vedette.post.statement_machine import STATEMENT_MOVES

TARGET = Path(__file__).parents[2] / "docs" / "state-machines.md"
MACHINES: dict[str, tuple[enum.StrEnum, Mapping[tuple[enum.StrEnum, str], enum.StrEnum]]] = {
    "alert": (AlertState.RAISED, MOVES),
    "decision": (DecisionState.PROPOSED, DECISION_MOVES),
    "checklist": (ChecklistState.OPEN, CHECKLIST_MOVES),
    "step": (StepState.OPEN, STEP_MOVES),
    "notice": (NoticeState.WRITTEN, NOTICE_MOVES),
    "closure": (ClosureState.CLOSED, CLOSURE_MOVES),
    "hand-over": (HandOverState.OFFERED, HAND_OVER_MOVES),
    "override": (OverrideState.BY_EVIDENCE, OVERRIDE_MOVES),
    "flight": (FlightState.PLANNED, FLIGHT_MOVES),
    "statement": (StatementState.DRAFT, STATEMENT_MOVES),
}


def drawing(name: str) -> str:
    """A machine as a Mermaid state diagram, between its marks."""
    first, moves = MACHINES[name]
    sources = {state for state, _ in moves}
    ends = [state for state in type(first) if state not in sources]
    lines = [f"    [*] --> {first.value}"]
    lines += [f"    {state.value} --> {after.value}: {move}" for (state, move), after in moves.items()]
    lines += [f"    {state.value} --> [*]" for state in ends]
    body = "\n".join(lines)
    return f"<!-- {name} -->\n```mermaid\nstateDiagram-v2\n{body}\n```\n<!-- end -->"


def drawn(text: str) -> str:
    """The document with every drawing made anew."""
    for name in MACHINES:
        text = re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _, n=name: drawing(n), text, flags=re.DOTALL)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    TARGET.write_text(drawn(TARGET.read_text()))
