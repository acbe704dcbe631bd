"""A shift's hand-overs and their sheets, as the API gives them."""

from __future__ import annotations

from typing import Literal

from vedette.clock import iso_local, iso_utc
from vedette.console.views.base import OriginName, View, local, utc
from vedette.model import HandOver, Responding, Sheet
from vedette.site import Site

HandOverStateName = Literal["offered", "accepted", "withdrawn"]


class SheetItemView(View, frozen=True, kw_only=True):
    """One thing to hand over."""

    about: str
    text: str
    detail: str


class SheetSectionView(View, frozen=True, kw_only=True):
    """All of one sort; none is an empty list."""

    topic: str
    items: list[SheetItemView]


class SheetView(View, frozen=True, kw_only=True):
    """What is to hand over, and its SHA-256."""

    site: str
    digest: str
    sections: list[SheetSectionView]


class HandOverView(View, frozen=True, kw_only=True):
    """A hand-over: `by` goes, `taken_by` comes. checkpoint: the record's newest when it was signed."""

    id: str
    origin: OriginName
    state: HandOverStateName
    sheet: SheetView
    checkpoint: str | None
    by: str
    role: str
    note: str
    offered_utc: str
    offered_local: str
    taken_by: str | None
    taken_role: str | None
    taken_note: str | None
    taken_utc: str | None
    taken_local: str | None


class HandOversView(View, frozen=True, kw_only=True):
    """The sheet as it stands, and all hand-overs, oldest first."""

    sheet: SheetView
    hand_overs: list[HandOverView]


def hand_overs(one: Responding, site: Site) -> HandOversView:
    """The hand-overs."""
    return HandOversView(sheet=sheet(one.sheet), hand_overs=[hand_over(each, site) for each in one.hand_overs])


def hand_over(one: HandOver, site: Site) -> HandOverView:
    """A hand-over as it stands."""
    offered, moved = one.offered, one.moved
    taken = moved if moved is not None and moved.move == "accept" else None
    return HandOverView(
        id=one.id,
        origin=one.origin.value,
        state=one.state.value,
        sheet=sheet(offered.sheet),
        checkpoint=offered.checkpoint,
        by=offered.by,
        role=offered.role,
        note=offered.note,
        offered_utc=iso_utc(offered.at_s),
        offered_local=iso_local(offered.at_s, site.timezone),
        taken_by=taken.by if taken else None,
        taken_role=taken.role if taken else None,
        taken_note=taken.note if taken else None,
        taken_utc=utc(taken.at_s) if taken else None,
        taken_local=local(taken.at_s, site) if taken else None,
    )


def sheet(one: Sheet) -> SheetView:
    """A sheet."""
    return SheetView(
        site=one.site,
        digest=one.digest,
        sections=[
            SheetSectionView(
                topic=section.topic,
                items=[SheetItemView(about=item.about, text=item.text, detail=item.detail) for item in section.items],
            )
            for section in one.sections
        ],
    )
