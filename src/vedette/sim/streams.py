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


def sway(rng: np.random.Generator, times_s: Floats, sigma: float, period_s: float) -> Floats:
    """A smooth coming and going at `times_s`: three sines of about `period_s`, standard deviation `sigma` over time.

    For heights and offsets, whose rates must stay those of a body; a `wander` has no rate.
    """
    periods_s = period_s * rng.uniform(0.7, 1.5, 3)
    phases = rng.uniform(0.0, 2.0 * np.pi, 3)
    waves = np.sin(2.0 * np.pi * times_s[:, None] / periods_s + phases)
    return np.asarray(sigma * np.sqrt(2.0 / 3.0) * waves.sum(axis=1))
