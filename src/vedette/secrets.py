"""Secrets come from files that the site file names, never from the site file itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MIN_LETTERS: Final = 8


def read_secret(path: str) -> str:
    """The first line of a file.

    Raises:
        ValueError: it cannot be read, or what it holds is too short to be a secret. The words never hold the secret.
    """
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'not text'}") from None
    secret = lines[0].strip() if lines else ""
    if len(secret) < MIN_LETTERS:
        raise ValueError(f"{path}: its first line must hold a secret of at least {MIN_LETTERS} letters")
    return secret
