"""The desks of the response, and all that they show."""

from __future__ import annotations

from vedette.model import Responding
from vedette.post.books import Books
from vedette.post.clerk import Clerk
from vedette.post.clocks import ClosureClocks
from vedette.post.deciding import Deciding
from vedette.post.response.checklists import Checklists
from vedette.post.response.closures import Closures
from vedette.post.response.notices import Notices
from vedette.post.response.sheet import sheet_of
from vedette.post.response.shifts import Shifts
from vedette.site import Site


def response_clerks(site: Site, deciding: Deciding, clocks: ClosureClocks) -> tuple[Clerk, ...]:
    """They come after the clerk of decisions, whose events they follow."""
    return Checklists(site, deciding), Notices(site), Closures(site, clocks), Shifts(site)


def responding(books: Books, site: Site, at_s: float) -> Responding:
    """All checklists, notices, closures and hand-overs, and the sheet of `at_s` (received time)."""
    response = books.response
    return Responding(
        checklists=tuple(response.checklists.values()),
        notices=tuple(response.notices.values()),
        closures=tuple(response.closures.values()),
        hand_overs=tuple(response.hand_overs.values()),
        sheet=sheet_of(books, site, at_s),
    )
