"""Passwords: argon2id, a least length, no rules of composition.

A name without an account is checked against a decoy of the same cost, so that an answer takes as long either way.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

import argon2

from vedette.access.denied import AccessDenied

PASSWORD_LETTERS: Final = 12
"""Least length. With log-in slowed to some two thousand tries a day, length is what makes guessing hopeless."""
MOST_LETTERS: Final = 256
"""Enough for any sentence, and too little to keep the machine busy with."""


class Passwords:
    """Makes and checks what is stored of a password. Slow by design, tens of ms: call it off the loop.

    Args:
        hasher: its parameters; default argon2-cffi's own, RFC_9106_LOW_MEMORY: 64 MiB, 3 passes, 4 lanes.
    """

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What is stored: algorithm, parameters, salt and hash in one line.

        Raises:
            AccessDenied: too short, or longer than anyone types.
        """
        password = _normal(password)
        if len(password) < PASSWORD_LETTERS:
            raise AccessDenied("bad_password", f"a password has at least {PASSWORD_LETTERS} letters")
        if len(password) > MOST_LETTERS:
            raise AccessDenied("bad_password", f"a password has at most {MOST_LETTERS} letters")
        return self._hasher.hash(password)

    def holds(self, stored: str | None, password: str) -> bool:
        """Whether it is the stored one's; where there is none it never is, after the same work."""
        try:
            held = self._hasher.verify(stored or self._decoy, _normal(password[: MOST_LETTERS + 1]))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return held and stored is not None

    def is_dated(self, stored: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """One form for the same letters, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)
