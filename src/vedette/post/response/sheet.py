"""The sheet of a shift's hand-over: what is open in the books, in words that do not change while nothing does. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from vedette.clock import iso_local
from vedette.model import (
    Alert,
    AlertState,
    Checklist,
    ExerciseState,
    FeedState,
    Sheet,
    SheetItem,
    SheetSection,
    StepState,
)
from vedette.post.books import Books
from vedette.post.dismissal import WORDS
from vedette.post.mandate import standing
from vedette.site import Site

ENDING_S: Final = 86_400.0
"""A mandate that ends within a day is said to be ending."""
NOTICES_S: Final = 86_400.0
"""Notices of the last day that nobody has read are handed over."""
EXERCISES: Final = "exercises"
MANY: Final = 200
"""Items of one section at most; what is left out is counted in its last line."""


def sheet_of(books: Books, site: Site, at_s: float) -> Sheet:
    """What there is to hand over at `at_s` (received time)."""
    sections = tuple(
        SheetSection(topic=topic, items=_bounded(list(items(books, site, at_s)))) for topic, items in _TOPICS.items()
    )
    return with_exercises(Sheet(site=site.id, sections=sections), ())


def with_exercises(sheet: Sheet, items: tuple[SheetItem, ...]) -> Sheet:
    """The sheet with what there is to say of exercises: the record that the books are of holds no word of them."""
    others = (one for one in sheet.sections if one.topic != EXERCISES)
    sections = (*others, SheetSection(topic=EXERCISES, items=items))
    return Sheet(site=sheet.site, sections=sections, digest=digest_of(sheet.site, sections))


def exercise_items(exercises: Iterable[ExerciseState], since_s: float | None, site: Site) -> tuple[SheetItem, ...]:
    """What a sheet says of exercises: the one that runs, and those that a restart has cut off.

    since_s: the last hand-over (received time); what was cut off before it was handed over then.
    """
    return tuple(_exercise(one, site) for one in exercises if one.running or since_s is None or _end_s(one) > since_s)


def _end_s(one: ExerciseState) -> float:
    return one.started_s if one.ended_s is None else one.ended_s


def _exercise(one: ExerciseState, site: Site) -> SheetItem:
    begun = f"begun by {one.by}, {_local(one.started_s, site)}"
    if one.running:
        detail = f"{begun}, until {_local(one.until_s, site)} at the latest"
        return SheetItem(about=one.exercise, text=f"An exercise runs: {one.title}", detail=detail)
    judged = "" if one.right is None else f"; {one.right} right and {one.wrong} wrong by then"
    detail = f"{begun}, cut off {_local(_end_s(one), site)}{judged}"
    return SheetItem(about=one.exercise, text=f"An exercise was cut off by a restart: {one.title}", detail=detail)


def digest_of(site: str, sections: tuple[SheetSection, ...]) -> str:
    """SHA-256 (hex) of the site's id and the sections as JSON in the fields' order."""
    return hashlib.sha256(msgspec.json.encode((site, sections))).hexdigest()


def _bounded(items: list[SheetItem]) -> tuple[SheetItem, ...]:
    left = len(items) - MANY
    if left <= 0:
        return tuple(items)
    return (*items[:MANY], SheetItem(about="", text=f"and {left} more"))


def _alerts(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del at_s
    for alert in books.alerts.values():
        if _is_open(alert):
            seen = f"acknowledged by {alert.acknowledged_by}" if alert.acknowledged_by else "seen by nobody"
            about = ", ".join(filter(None, (alert.track, alert.incident)))
            state = alert.state.value.replace("_", " ")
            detail = f"{state}, raised {_local(alert.raised_s, site)}, {seen}; {about}"
            yield SheetItem(about=alert.alert, text=f"Priority {alert.priority}: {alert.title}", detail=detail)


def _is_open(alert: Alert) -> bool:
    """Whether anything is left to be seen or said of it; in old records what is cleared and seen is over."""
    if alert.state is AlertState.CLEARED:
        return alert.acknowledged_s is None
    return alert.state not in (AlertState.DISMISSED, AlertState.CLOSED)


def _dismissed(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del at_s
    for alert in books.alerts.values():
        said = alert.dismissal
        if alert.state is AlertState.DISMISSED and said is not None:
            note = f": {said.note}" if said.note else ""
            detail = f"by {said.by}, {_local(said.at_s, site)}, until {_local(said.until_s, site)}{note}"
            text = f"{alert.track or alert.title} dismissed as {WORDS.get(said.reason, said.reason)}"
            yield SheetItem(about=alert.alert, text=text, detail=detail)


def _sensors(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del at_s
    for feed in site.feeds:
        if feed.id not in books.feeds:
            yield SheetItem(about=feed.id, text=f"{feed.id} was never heard")
    for name, state in books.feeds.items():
        if state is not FeedState.LIVE:
            yield SheetItem(about=name, text=f"{name} is {state.value}")


def _mandate(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    stands, mandate = standing(site.response, books.decided.withdrawn, at_s), site.response.mandate
    ending = stands.in_force and mandate is not None and mandate.until_s - at_s <= ENDING_S
    state = "ending within a day" if ending else stands.state.replace("_", " ")
    yield SheetItem(about="", text=f"Mandate: {state}", detail=stands.says)


def _decisions(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del at_s
    for one in books.decided.standing():
        order = one.order
        text = f"{order.measure_name or order.measure}: {one.state.value.replace('_', ' ')}"
        against = f" against {order.track}" if order.track else ""
        detail = f"ordered by {order.by} ({order.role}){against}, {_local(order.at_s, site)}"
        yield SheetItem(about=one.id, text=text, detail=detail)


def _closures(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del at_s
    for one in books.response.open_closures():
        began = one.began
        unmet = ", ".join(each.text for each in one.unmet)
        yield SheetItem(
            about=one.id,
            text=f"{began.name} closed since {_local(began.closed_s, site)}",
            detail=f"by {began.by} ({began.role}). {began.evidence.says}. Not met: {unmet or 'none'}",
        )


def _checklists(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del site, at_s
    for one in books.response.open_checklists():
        left = [step.line.text for step in one.steps if step.state is StepState.OPEN]
        detail = f"open: {'; '.join(left)}" if left else "all steps done or skipped"
        yield SheetItem(about=one.id, text=f"{one.opened.incident}: {_progress(one)}", detail=detail)


def _progress(checklist: Checklist) -> str:
    left = sum(step.state is StepState.OPEN for step in checklist.steps)
    return f"{len(checklist.steps) - left} of {len(checklist.steps)} steps"


def _notices(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    for one in books.response.notices.values():
        if one.read is None and at_s - one.written.at_s <= NOTICES_S:
            detail = f"{one.state.value}, {_local(one.written.at_s, site)}: {one.written.text}"
            yield SheetItem(about=one.id, text=f"{one.written.partner} has not confirmed", detail=detail)


def _test_alarm(books: Books, site: Site, at_s: float) -> Iterator[SheetItem]:
    del at_s
    last = books.last_test
    if last is not None:
        yield SheetItem(about=last.alert, text=f"Last test alarm {_local(last.at_s, site)}", detail=f"by {last.by}")


def _local(at_s: float, site: Site) -> str:
    return iso_local(at_s, site.timezone).replace("T", " ")[:19]


_TOPICS: Final[dict[str, Callable[[Books, Site, float], Iterator[SheetItem]]]] = {
    "alerts": _alerts,
    "dismissed": _dismissed,
    "sensors": _sensors,
    "mandate": _mandate,
    "decisions": _decisions,
    "closures": _closures,
    "checklists": _checklists,
    "notices": _notices,
    "test_alarm": _test_alarm,
}
