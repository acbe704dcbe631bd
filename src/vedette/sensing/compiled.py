"""How kernels are compiled: ahead of use, for explicit signatures, without the GIL, into a cache folder we choose.

No fastmath: results must be the same on every run. The folder is NUMBA_CACHE_DIR if set, else `vedette/numba-…` under
XDG_CACHE_HOME or ~/.cache, else a temporary one. Its name carries the digest of all kernel sources, because Numba
itself does not notice when a kernel that another one calls has changed. With NUMBA_DISABLE_JIT=1 kernels are plain
Python.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

_PACKAGE = Path(__file__).resolve().parent.parent
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

Progress = Callable[[int, int, str], None]

_WAITING: list[tuple[Any, str]] = []


def cache_folder() -> Path:
    """Where compiled kernels are kept; made if it is not there."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    name = f"numba-{_sources_digest()}"
    wanted = Path(home) / "vedette" / name
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError:
        return Path(tempfile.mkdtemp(prefix="vedette-"))


def _sources_digest() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in ("sensing", "tracking"):
        for path in sorted((_PACKAGE / folder).rglob("*.py")):
            text = path.read_bytes()
            if b"@kernel" in text:
                digest.update(text)
    return digest.hexdigest()[:12]


_SETTINGS: Any = config
_SETTINGS.CACHE_DIR = str(cache_folder())


def kernel(signature: str, *, inner: bool = False) -> Callable[[_Kernel], _Kernel]:
    """Mark a function as a kernel of one signature; `compile_kernels` compiles it, or loads it from the cache.

    `inner`: only other kernels call it, so it is compiled as part of them.
    """

    def mark(function: _Kernel) -> _Kernel:
        dispatcher = numba.njit(nogil=True, cache=True, fastmath=False)(function)
        if not inner and not _SETTINGS.DISABLE_JIT:
            _WAITING.append((dispatcher, signature))
        return cast("_Kernel", dispatcher)

    return mark


def compile_kernels(progress: Progress | None = None) -> None:
    """Compile or load every kernel whose module has been imported; a second call does nothing.

    Afterwards a kernel refuses other types instead of compiling for them, so that a live watch is never held up.

    Args:
        progress: called with (done, of, name) after each kernel.
    """
    of = len(_WAITING)
    for done in range(1, of + 1):
        dispatcher, signature = _WAITING[0]
        dispatcher.compile(signature)
        dispatcher.disable_compile()
        _WAITING.pop(0)
        if progress is not None:
            progress(done, of, dispatcher.__name__)
