"""One step of post: what it writes is entered into the books at once, so the books are the fold of what it wrote."""

from __future__ import annotations

from vedette.model import AnyPayload, Draft, Origin
from vedette.post.books import Books


class Step:
    """Drafts of one call, in order, all with the same times and origin. `now_s` is observed time."""

    def __init__(self, books: Books, now_s: float, received_s: float, origin: Origin) -> None:
        self.books, self.now_s = books, now_s
        self.drafts: list[Draft] = []
        self.received_s, self.origin = received_s, origin

    def enter(self, payload: AnyPayload) -> None:
        """Draft an event and enter it into the books."""
        draft = Draft(observed_s=self.now_s, received_s=self.received_s, origin=self.origin, payload=payload)
        self.books.apply(draft)
        self.drafts.append(draft)
