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
import numpy as np
from numba.core import config, types

_PACKAGE = Path(__file__).resolve().parent.parent
_Record = TypeVar("_Record", bound=tuple[Any, ...])
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
_njit: Any = numba.njit
_named_tuple: Any = types.NamedTuple
_tuple_of: Any = types.UniTuple
_SETTINGS.CACHE_DIR = str(cache_folder())


class Direct:
    """A kernel that is called at its compiled entry, past Numba's dispatcher.

    The dispatcher asks each array for its type at each call: a tenth of a microsecond, where a kernel takes a hundred.
    It is given the first call of a process, and refuses what the kernel was not compiled for. The entry checks no more
    than how many arrays there are and the size of their items, so what comes after must be of the same types: it is
    for arrays of our own making, never for a user's.
    """

    def __init__(self, dispatcher: Any) -> None:
        self.dispatcher = dispatcher
        self._entry: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """What the kernel answers."""
        if self._entry is not None:
            return self._entry(*arguments)
        answer = self.dispatcher(*arguments)
        (compiled,) = self.dispatcher.overloads.values()
        self._entry = compiled.entry_point
        return answer


def kernel(
    *signature: Any, inner: bool = False, allocates: bool = False, direct: bool = False
) -> Callable[[_Kernel], _Kernel]:
    """Mark a function as a kernel of one signature; `compile_kernels` compiles it, or loads it from the cache.

    A kernel cannot allocate (Numba's allocator is not linked, which also spares it the counting of references): room to
    work is handed in. Division by zero gives an infinity or NaN, as in NumPy, so that loops can become vectors.

    Args:
        signature: a signature string, or what is returned and then each argument, as Numba types.
        inner: only other kernels call it: it is compiled into each of them, and needs no signature.
        allocates: it makes arrays of its own all the same.
        direct: only Python code calls it, with arrays of our own making: see Direct.
    """
    wanted = signature if not signature or isinstance(signature[0], str) else (signature[0](*signature[1:]),)

    def mark(function: _Kernel) -> _Kernel:
        dispatcher = _njit(
            nogil=True, cache=True, fastmath=False, error_model="numpy", forceinline=inner, _nrt=allocates
        )(function)
        if not inner and not _SETTINGS.DISABLE_JIT:
            _WAITING.append((dispatcher, wanted[0]))
        return cast("_Kernel", Direct(dispatcher) if direct and not _SETTINGS.DISABLE_JIT else dispatcher)

    return mark


def arrays_type(record: type[tuple[Any, ...]], kinds: str) -> Any:
    """The Numba type of a NamedTuple of C-contiguous arrays and numbers.

    Args:
        record: the NamedTuple.
        kinds: for each field a letter and its dimensions, as in "f2 i1 b0": f float64, i int64, t int8, b boolean;
            0: a number.
    """
    of = {"f": types.float64, "i": types.int64, "t": types.int8, "b": types.boolean}
    fields = [
        of[kind[0]] if kind[1:] == "0" else types.Array(of[kind[0]], int(kind[1:]), "C") for kind in kinds.split()
    ]
    return _named_tuple(fields, record)


def whole_numbers(many: int) -> Any:
    """The Numba type of a tuple of so many int64."""
    return _tuple_of(types.int64, many)


def blank(record: type[_Record], kind: Any, *sizes: int) -> _Record:
    """A NamedTuple of zeros: an array of r dimensions has the first r of these sizes. kind: of `arrays_type`."""
    arrays = [
        np.zeros(sizes[: array.ndim], dtype=np.int64 if array.dtype == types.int64 else np.float64) for array in kind
    ]
    return record(*arrays)


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
