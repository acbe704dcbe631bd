"""A small complete CAP message for the tests; each changes what it is about."""

from __future__ import annotations

from typing import Any

from vedette.wire.cap import CapAlert, CapArea, CapCircle, CapInfo

SENT_S = 1_631_392_000.0
RING = ((36.2, 43.9), (36.3, 43.9), (36.3, 44.0), (36.2, 43.9))


def alert(**changes: Any) -> CapAlert:
    info = CapInfo(
        categories=("Security",), event="Drone", urgency="Immediate", severity="Severe", certainty="Likely",
        areas=(CapArea(description="Fence", polygons=(RING,), circles=(CapCircle(36.2, 43.9, 120.0),)),),
    )  # fmt: skip
    values: dict[str, Any] = {
        "identifier": "erbil-A-0001", "sender": "watch@erbil.example", "sent_s": SENT_S, "status": "Actual",
        "message_type": "Alert", "scope": "Private", "addresses": ("Civil protection",), "infos": (info,),
    }  # fmt: skip
    return CapAlert(**{**values, **changes})
