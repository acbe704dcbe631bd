"""Random numbers: one independent stream for each purpose, named, so that no draw of one moves another."""

from __future__ import annotations

import hashlib

import numpy as np

from vedette.geo import Floats


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator of `seed` for the purpose that `names` spell: Philox, its 128-bit key a digest of both."""
    digest = hashlib.blake2b("\0".join((str(seed), *names)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8").astype(np.uint64)))


def wander(rng: np.random.Generator, count: int, step_s: float, sigma: float, tau_s: float) -> Floats:
    """`count` samples of an Ornstein-Uhlenbeck process: standard deviation `sigma`, correlation time `tau_s`."""
    keep = float(np.exp(-step_s / tau_s))
    draws = rng.standard_normal(count) * sigma
    kick = float(np.sqrt(1.0 - keep * keep))
    out = np.empty(count)
    value = 0.0
    for index in range(count):
        value = keep * value + kick * draws[index] if index else draws[0]
        out[index] = value
    return out
