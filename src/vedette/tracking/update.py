"""What a look does to the tracks: existence, mode probabilities and kinematics, over all pairs in the gate.

For track i with existence-conditional weights β_j (β_0: missed) and mode likelihoods L_jm, mixture L_j:

    r' = Σ_j p_ij + p_i0 r (1 - q) / (1 - r q),   β_j = p_ij / r'
    w'_m = w_m (β_0 + Σ_j β_j L_jm / L_j),        β_jm = β_j w_m L_jm / (L_j w'_m)
    x'_m = x_m + Σ_j β_jm K_jm ν_jm,              P'_m = β_0m P_m + Σ_j β_jm (P_m - K S Kᵀ) + spread of the means

With S = L Lᵀ, W = P Hᵀ L⁻ᵀ and white ν̃ = L⁻¹ ν, K ν = W ν̃ and K S Kᵀ = W Wᵀ, so that a group of detections that share
H and R adds W (Σ β ν̃) to the mean and W (Σ β ν̃ ν̃ᵀ - Σ β I) Wᵀ to the covariance. Bar-Shalom, Daum & Huang (2009) for
PDA; β_m per mode as in IMM-JPDA. EKF, so the Jacobian's curvature is neglected.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from vedette.geo import Floats
from vedette.sensing.compiled import arrays_type, kernel
from vedette.sensing.projection import NUMBERS, Detections, Innovation, expect
from vedette.tracking.association import Chances, Pairs
from vedette.tracking.motion import MODES
from vedette.tracking.state import Rows

SUREST: Final = 1.0 - 1e-5
"""Existence is never more certain, so that misses can end a track in time."""
_LEAST_MODE: Final = 1e-4
_LEAST_WEIGHT: Final = 1e-7
_LEAST_SEEN: Final = 1e-5
"""Probability of any detection under which a track is not updated: it would move by less than as
many standard deviations."""


class Sums(NamedTuple):
    """Room for one track and mode.

    share (M,) of the modes; of a group pull (4,): Σ β ν̃, spread (4, 4): Σ β ν̃ ν̃ᵀ - Σ β I, gain (6, 4): W, bent (6, 4):
    W times spread; shift (6,) and change (6, 6) of the mode.
    """

    share: Floats
    pull: Floats
    spread: Floats
    gain: Floats
    bent: Floats
    shift: Floats
    change: Floats


SUMS: Final = arrays_type(Sums, "f1 f1 f2 f2 f2 f1 f2")


def sums_room() -> Sums:
    """Blank room for an update."""
    shapes = ((MODES,), (NUMBERS,), (NUMBERS, NUMBERS), (6, NUMBERS), (6, NUMBERS), (6,), (6, 6))
    return Sums(*(np.zeros(shape) for shape in shapes))


@kernel(inner=True)
def update(
    detections: Detections, rows: Rows, count: int, chances: Chances, innovation: Innovation, pairs: Pairs, sums: Sums
) -> None:
    """Update every track in place."""
    first = pairs.first
    for i in range(count):
        r, q = rows.p_exists[i], chances.q[i]
        still = chances.p_missed[i] * r * (1.0 - q) / (1.0 - r * q)
        seen = 0.0
        for k in range(first[i], first[i + 1]):
            seen += pairs.p_pair[k]
        rows.p_exists[i] = min(seen + still, SUREST)
        if seen <= _LEAST_SEEN:
            continue
        spread_modes(i, pairs, rows.mode, still / (seen + still), seen + still, sums.share)
        for m in range(MODES):
            if rows.mode[i, m] > 0.0:
                gather(detections, rows, i, m, chances, innovation, pairs, (seen + still) * sums.share[m], sums)
        for m in range(MODES):
            rows.mode[i, m] = sums.share[m]


@kernel(inner=True)
def mixture(pairs: Pairs, k: int, mode: Floats, i: int) -> float:
    """L_j of a pair: its likelihood under the modes of track i together."""
    total = 0.0
    for m in range(MODES):
        total += mode[i, m] * pairs.likelihood[k, m]
    return total


@kernel(inner=True)
def spread_modes(i: int, pairs: Pairs, mode: Floats, missed: float, exists: float, share: Floats) -> None:
    """Mode probabilities (M,) of track i after the look, none that was possible below a ten-thousandth."""
    for m in range(MODES):
        share[m] = missed
    for k in range(pairs.first[i], pairs.first[i + 1]):
        scale = pairs.p_pair[k] / (exists * mixture(pairs, k, mode, i))
        for m in range(MODES):
            share[m] += scale * pairs.likelihood[k, m]
    total = 0.0
    for m in range(MODES):
        share[m] = max(share[m] * mode[i, m], _LEAST_MODE) if mode[i, m] > 0.0 else 0.0
        total += share[m]
    for m in range(MODES):
        share[m] /= total


@kernel(inner=True)
def gather(
    detections: Detections, rows: Rows, i: int, m: int, chances: Chances, innovation: Innovation, pairs: Pairs,
    scale: float, sums: Sums,
) -> None:  # fmt: skip
    """Sum over the detections of track i, mode m, and apply: x ← x + s, P ← P + C - s sᵀ, symmetric by construction.

    Where up was never measured and a detection does not measure it, up is considered and not estimated (Schmidt 1966):
    range alone would make the EKF believe that it sees height.
    """
    for c in range(6):
        sums.shift[c] = 0.0
        for d in range(6):
            sums.change[c, d] = 0.0
    ready, weight, blind = chances.ready[i], 0.0, False
    clear(sums)
    for k in range(pairs.first[i], pairs.first[i + 1]):
        j = pairs.detection[k]
        beta = pairs.p_pair[k] * rows.mode[i, m] * pairs.likelihood[k, m]
        beta /= mixture(pairs, k, rows.mode, i) * scale
        if beta < _LEAST_WEIGHT:
            continue
        if detections.group[j] != ready:
            add(innovation, i, m, weight, blind, sums)
            clear(sums)
            weight = 0.0
            ready = detections.group[j]
            expect(detections, j, rows.mean, rows.covariance, i, m, innovation)
        blind = rows.blind_up_m2[i] > 0.0 and detections.variance[j, 2] <= 0.0
        weight += beta
        for a in range(NUMBERS):
            scaled = beta * pairs.white[k, m, a]
            sums.pull[a] += scaled
            for b in range(NUMBERS):
                sums.spread[a, b] += scaled * pairs.white[k, m, b]
    add(innovation, i, m, weight, blind, sums)
    for c in range(6):
        rows.mean[i, m, c] += sums.shift[c]
        for d in range(c + 1):
            value = rows.covariance[i, m, c, d] + sums.change[c, d] - sums.shift[c] * sums.shift[d]
            rows.covariance[i, m, c, d] = rows.covariance[i, m, d, c] = value


@kernel(inner=True)
def clear(sums: Sums) -> None:
    """Begin a group."""
    for a in range(NUMBERS):
        sums.pull[a] = 0.0
        for b in range(NUMBERS):
            sums.spread[a, b] = 0.0


@kernel(inner=True)
def whiten(innovation: Innovation, i: int, m: int, gain: Floats) -> None:
    """W = P Hᵀ L⁻ᵀ (6, 4)."""
    for b in range(NUMBERS):
        for c in range(6):
            total = innovation.crossed[i, m, b, c]
            for d in range(b):
                total -= innovation.root[i, m, b, d] * gain[c, d]
            gain[c, b] = total * innovation.root[i, m, b, b]


@kernel(inner=True)
def add(innovation: Innovation, i: int, m: int, weight: float, blind: bool, sums: Sums) -> None:
    """Add a group of total weight Σ β to shift and change; blind: up and its rate stay, and so do their variances."""
    if weight <= 0.0:
        return
    gain, bent = sums.gain, sums.bent
    whiten(innovation, i, m, gain)
    if blind:
        consider(weight, sums)
        return
    for b in range(NUMBERS):
        sums.spread[b, b] -= weight
    for c in range(6):
        for b in range(NUMBERS):
            sums.shift[c] += gain[c, b] * sums.pull[b]
            total = 0.0
            for a in range(NUMBERS):
                total += gain[c, a] * sums.spread[a, b]
            bent[c, b] = total
        for d in range(c + 1):
            total = 0.0
            for b in range(NUMBERS):
                total += bent[c, b] * gain[d, b]
            sums.change[c, d] += total


@kernel(inner=True)
def consider(weight: float, sums: Sums) -> None:
    """The same where up and its rate are considered: they do not move, nor does their own covariance block."""
    gain, bent = sums.gain, sums.bent
    for c in range(6):
        for b in range(NUMBERS):
            bent[c, b] = 0.0
            for a in range(NUMBERS):
                bent[c, b] += gain[c, a] * sums.spread[a, b]
            if c % 3 != 2:
                sums.shift[c] += gain[c, b] * sums.pull[b]
    for c in range(6):
        for d in range(c + 1):
            for b in range(NUMBERS):
                if c % 3 != 2 and d % 3 != 2:
                    sums.change[c, d] += bent[c, b] * gain[d, b]
                if c % 3 != 2 or d % 3 != 2:
                    sums.change[c, d] -= weight * gain[c, b] * gain[d, b]
