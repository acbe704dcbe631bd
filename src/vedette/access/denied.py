"""What is not given, with the short fixed word the console answers by."""

from __future__ import annotations

from vedette.errors import VedetteError


class AccessDenied(VedetteError):
    """Not allowed, or not as asked; nothing changed.

    Attributes:
        code: a short fixed word. message: fit for a screen. retry_s: after which it may be tried again, where it may.
    """

    def __init__(self, code: str, message: str, retry_s: float | None = None) -> None:
        self.code, self.message, self.retry_s = code, message, retry_s
        super().__init__(message)
