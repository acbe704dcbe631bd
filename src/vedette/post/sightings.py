"""What people saw, as the books keep it: each report with the checker's answer, a grade, and the incident it is of.

Grades, by who saw it and what stands beside it:

    D   something harmless explains it (p of all such candidates >= 0.5), and no other track is left with p >= 0.1
    A   a trained observer, and a track that is not harmless agrees (p >= 0.5)
    B   anyone else, and such a track agrees; or a trained observer, nothing explains it, and all was checked
    C   the rest: not borne out, and not explained or not for sure

A grade says what a report is worth as evidence that something was there, not how dangerous it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vedette.model import Action, AnyPayload, Grade, Origin, SightingAnswer, SightingEntered
from vedette.post.books import Books
from vedette.post.machine import Refused

ENTER_SIGHTING: Final = "enter_sighting"
AGREES_P: Final = 0.5
LEFT_P: Final = 0.1
"""A track that is not harmless and this likely keeps a sighting from being explained away: our judgement."""
BEFORE_S: Final = 300.0
"""A sighting up to so long before an incident opened is of it: people see, and report, before an alarm."""
AHEAD_S: Final = 60.0
"""A report of what is further in the future is a mistake of the clock."""


def grade(observer: str, answer: SightingAnswer) -> tuple[Grade, str]:
    """The grade, and what it rests on."""
    harmless = [one for one in answer.candidates if one.harmless]
    tracks = [one for one in answer.candidates if one.kind == "track"]
    p_harmless, p_track = sum(one.p for one in harmless), sum(one.p for one in tracks)
    who = {"trained": "a trained observer", "staff": "staff of the site"}.get(observer, "a member of the public")
    if p_harmless >= AGREES_P and p_track >= LEFT_P:
        return (
            "C",
            f"{who}; {harmless[0].title} or the like explains it, p {p_harmless:.2f}, or a track, p {p_track:.2f}",
        )
    if p_harmless >= AGREES_P:
        return "D", f"{who}; explained by {harmless[0].title} or the like, p {p_harmless:.2f}"
    if p_track >= AGREES_P:
        return ("A" if observer == "trained" else "B"), f"{who}; {tracks[0].name} agrees, p {p_track:.2f}"
    if observer == "trained" and not answer.not_checked:
        return "B", f"{who}; no track agrees (p {p_track:.2f}), nothing harmless explains it (p {p_harmless:.2f})"
    unsaid = "; not all was checked" if answer.not_checked else ""
    return "C", f"{who}; no track agrees (p {p_track:.2f}), nothing harmless explains it (p {p_harmless:.2f}){unsaid}"


def enter(action: Action, books: Books, at_s: float, site_id: str, origin: Origin) -> Iterator[AnyPayload]:
    """The event of a sighting that a person entered.

    Raises:
        Refused: it has no report or no answer, or is of a time yet to come.
    """
    report, answer = action.sighting, action.answer
    if report is None or answer is None:
        raise Refused("bad_sighting", "a sighting goes with its report and the checker's answer")
    if report.at_s > at_s + AHEAD_S:
        raise Refused("in_the_future", "its time has not come yet: a wrong zone or date?")
    worth, why = grade(report.observer, answer)
    yield SightingEntered(
        sighting=f"{site_id}-S-{len(books.sightings) + 1:04d}",
        incident=incident_of(report.at_s, books, origin),
        report=report,
        answer=answer,
        grade=worth,
        grade_why=why,
        by=action.by,
        note=action.note,
        at_s=at_s,
    )


def incident_of(seen_s: float, books: Books, origin: Origin) -> str | None:
    """The newest incident of this origin that was open when it was seen, or opened within BEFORE_S after."""
    for book in reversed(books.incidents.values()):
        over = book.closed_s is not None and seen_s > book.closed_s
        if book.origin == origin and seen_s >= book.opened_s - BEFORE_S and not over:
            return book.incident
    return None
