"""Mutated inputs for every decoder of `tests.wire.test_any_bytes`: `make fuzz`, or a short run among the tests.

Inputs are made from the decoders' own corpora by a seeded generator: the same seed gives the same inputs. A decoder
fails by any exception, and by taking more than HANG_S over one input. What failed is printed with its bytes.

    python -m tests.wire.fuzzing [--inputs N] [--seed N] [--decoder NAME …] [--jobs N]
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

HANG_S = 2.0
"""Longest that one input may take of the processor, whatever else the machine does; the slowest seen: 0.07 s."""
_WATCHED = 500
"""Inputs between two turns of the watchdog that ends a process which hangs in compiled code."""
_MOST_BYTES = 4096
_EDGES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF, 0x1A, 0x0A, 0x2C, 0x22, 0x7B)

Decode = Callable[[bytes], object]


class Failed(Exception):
    """A decoder failed; the message says how, and on which bytes."""


def mutated(rng: random.Random, corpus: Sequence[bytes]) -> bytes:
    """One input: an entry of the corpus, changed one to eight times."""
    octets = bytearray(rng.choice(corpus))
    for _ in range(1 << rng.randrange(4)):
        rng.choice(_CHANGES)(rng, octets, corpus)
    return bytes(octets[:_MOST_BYTES])


def _place(rng: random.Random, octets: bytearray) -> int:
    return rng.randrange(len(octets) + 1)


def _flip(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    if octets:
        octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)


def _set(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    if octets:
        octets[rng.randrange(len(octets))] = rng.choice(_EDGES) if rng.random() < 0.5 else rng.randrange(256)


def _insert(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    at = _place(rng, octets)
    octets[at:at] = rng.randbytes(1 << rng.randrange(6))


def _remove(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    at = _place(rng, octets)
    del octets[at : at + (1 << rng.randrange(6))]


def _repeat(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    at = _place(rng, octets)
    octets[at:at] = octets[at : at + (1 << rng.randrange(6))] * rng.randrange(1, 5)


def _cut(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    del octets[_place(rng, octets) :]


def _splice(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    other = rng.choice(corpus)
    octets[_place(rng, octets) :] = other[rng.randrange(len(other) + 1) :]


def _number(rng: random.Random, octets: bytearray, corpus: Sequence[bytes]) -> None:
    """A length or a count made as large, or as small, as it can be."""
    width = rng.choice((2, 3, 4, 8))
    at = _place(rng, octets)
    octets[at : at + width] = rng.choice((bytes(width), b"\xff" * width, b"\x7f" + b"\xff" * (width - 1)))


_CHANGES = (_flip, _flip, _set, _set, _insert, _remove, _repeat, _cut, _splice, _number)


def fuzz(decode: Decode, corpus: Sequence[bytes], inputs: int, seed: int) -> float:
    """Feed so many inputs; the longest that one took, in seconds.

    Raises:
        Failed: with the reason and the bytes.
    """
    rng, slowest_s = random.Random(seed), 0.0
    for count in range(inputs):
        if count % _WATCHED == 0:
            faulthandler.dump_traceback_later(_WATCHED * HANG_S, exit=True)
        octets = mutated(rng, corpus)
        began_s = time.thread_time()
        try:
            decode(octets)
        except BaseException as error:  # a panic of compiled code is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Failed(f"input {count} of seed {seed}: {octets.hex()}\n{traceback.format_exc()}") from error
        took_s = time.thread_time() - began_s
        slowest_s = max(slowest_s, took_s)
        if took_s > HANG_S:
            raise Failed(f"input {count} of seed {seed} took {took_s:.1f} s: {octets.hex()}")
    faulthandler.cancel_dump_traceback_later()
    return slowest_s


def _one(name: str, inputs: int, seed: int) -> tuple[str, str | None, float, float]:
    from tests.wire.test_any_bytes import DECODERS

    decode, corpus = DECODERS[name]
    began_s = time.perf_counter()
    try:
        slowest_s = fuzz(decode, corpus, inputs, seed)
    except Failed as failed:
        return name, str(failed), 0.0, 0.0
    return name, None, slowest_s, time.perf_counter() - began_s


def main() -> int:
    """0: every decoder took every input."""
    from tests.wire.test_any_bytes import DECODERS

    parser = argparse.ArgumentParser(description="mutated inputs for every decoder")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each decoder (1,000,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--decoder", action="append", choices=sorted(DECODERS), help="only this one; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    names = given.decoder or list(DECODERS)
    failures = 0
    with ProcessPoolExecutor(given.jobs) as pool:
        runs = [pool.submit(_one, name, given.inputs, given.seed) for name in names]
        for run in runs:
            name, failure, slowest_s, took_s = run.result()
            if failure is None:
                rate = given.inputs / took_s
                line = f"{name:18} {given.inputs:>9,} inputs, {rate:>9,.0f} a second, slowest {slowest_s * 1e3:.1f} ms"
            else:
                failures += 1
                line = f"{name:18} FAILED on {failure}"
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
