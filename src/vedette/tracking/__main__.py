"""`python -m vedette.tracking`: compile the kernels into the cache, so that no watch waits for it."""

import sys

from vedette.tracking import warm_up


def _show(done: int, of: int, name: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r  {done} of {of} {name:<40}" + ("\n" if done == of else ""))


if __name__ == "__main__":
    warm_up(_show)
