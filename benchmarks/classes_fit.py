"""Fit the weights of evidence of the class posterior to flights drawn at random, and print them as they are kept.

    python -m benchmarks.classes_fit [--scenes 2000] [--first-seed 0]

Each scene's flights go through sensors and the tracker (class_scenes.py); what it knows of a track every 5 to 15 s is
a sample, each flight counting once. Fitted are, by the log loss alone, the additive model of vedette.tracking.classes
with its prior and trusts held: the weights at the knots, smooth by penalties on their differences. The problem is
convex, so that what is found does not hang on where it began. Names, emissions and class reports have stated
likelihoods and no part in this. Flights lie up to STRANGE outside the kinds' ranges, so that the weights do not hang on
those. About 5 minutes of one core.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.class_scenes import ALWAYS_NAMED, Sample, run
from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.tracking import classes as model
from vedette.tracking import features as column
from vedette.tracking import warm_up

STRANGE: Final = 0.15
SMOOTH, FLAT = 1e-4, 2e-5
"""Penalties on squared second and first differences along a feature, beside the mean log loss: where there are no
flights the weights stay as at the last that there are."""
STEPS, RATE = 1200, 0.03
"""Of Adam (Kingma & Ba 2015) over all samples at once."""
KNOTS: Final = {
    "speed": model.AT_SPEED,
    "height": model.AT_HEIGHT,
    "turn": model.AT_TURN,
    "spread": model.AT_SPREAD,
    "rcs": model.AT_RCS,
    "climb": model.AT_CLIMB,
}
TRUST: Final = {
    "speed": (column.WATCHED_S, model.FLOWN_S),
    "height": (column.WATCHED_S, model.FLOWN_S),
    "turn": (column.WATCHED_S, model.FLOWN_S),
    "spread": (column.WATCHED_S, model.SPREAD_S),
    "rcs": (column.RCS_COUNT, model.RCS_N),
    "climb": (column.CLIMBED_S, model.CLIMB_S),
}
"""What a feature's trust grows with, and where it is a half."""


def usable(one: Sample) -> bool:
    """Whether a sample is one of a track that the tracker kept whole, and of a flight that more than a name tells."""
    if not len(one.features) or one.kind in ALWAYS_NAMED:
        return False
    return bool(np.isfinite(np.delete(one.features, column.HEIGHT)).all())


def samples_of(seeds: Sequence[int], strange: float) -> list[Sample]:
    """All samples of these scenes but of flights that only a name tells."""
    return [one for seed in seeds for one in run(seed, strange) if usable(one)]


def values_of(features: Floats) -> dict[str, Floats]:
    """Each feature (n,) on its scale, NaN where it is not known."""
    n = len(features)
    watched, sized = features[:, column.WATCHED_S] > 0.0, features[:, column.RCS_COUNT] > 0.0
    found = {
        "speed": [model.of_speed(one) for one in features[:, column.SPEED]],
        "height": [model.of_height(one) for one in features[:, column.HEIGHT]],
        "turn": features[:, column.TURN],
        "spread": [model.of_spread(one) for one in features[:, column.SPREAD]],
        "rcs": features[:, column.RCS],
        "climb": [model.of_speed(one) for one in features[:, column.CLIMB]],
    }
    known = {name: sized if name == "rcs" else watched for name in found}
    known["height"] = known["climb"] = watched & ~np.isnan(features[:, column.HEIGHT])
    return {name: np.where(known[name], np.array(found[name]).reshape(n), np.nan) for name in found}


def basis(value: Floats, knots: tuple[int, int, float, float]) -> Floats:
    """Shares (n, knots) of the knots between which each value lies; none where it is not known."""
    _, steps, least, density = knots
    at = np.clip((value - least) * density, 0.0, steps - 1e-9)
    below = np.nan_to_num(at).astype(int)
    rows, shares = np.arange(len(value)), np.zeros((len(value), steps + 1))
    shares[rows, below], shares[rows, below + 1] = 1.0 - (at - below), at - below
    return np.nan_to_num(shares)


class Fit:
    """The additive model and its samples; its parameters are `weights` (knots, classes) by feature. Convex.

    With `hides` each sample stands a second time without its vertical rate: that is known wherever height is, and the
    two would share what they say in any proportion, so that a height alone would say something else than it should.
    Height and cross-section are missing often enough by themselves.
    """

    def __init__(self, samples: list[Sample], *, hides: bool = True) -> None:
        times = 2 if hides else 1
        samples = samples * times
        features = np.array([one.features for one in samples])
        self.class_ = np.array([one.class_ for one in samples])
        flights, inverse, many = np.unique([one.flight for one in samples], return_inverse=True, return_counts=True)
        self.share = 1.0 / many[inverse] / len(flights)
        self.basis = {}
        for name, value in values_of(features).items():
            at, half = TRUST[name]
            self.basis[name] = basis(value, KNOTS[name]) * (features[:, at] / (features[:, at] + half))[:, None]
        self.basis["climb"][len(samples) // times :] = 0.0
        self.weights = {name: np.zeros((knots[1] + 1, len(CLASSES))) for name, knots in KNOTS.items()}

    def posterior(self) -> Floats:
        """Probabilities (n, classes)."""
        total = model.LOG_PRIOR + sum(self.basis[name] @ weights for name, weights in self.weights.items())
        p = np.exp(total - total.max(axis=1, keepdims=True))
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def loss(self) -> float:
        """Mean of -ln p of the true class, each flight counting once."""
        return -float(self.share @ np.log(self.posterior()[np.arange(len(self.class_)), self.class_]))

    def slopes(self) -> list[Floats]:
        """Slope of the log loss and its penalties by the weights of each feature."""
        off = (self.posterior() - np.eye(len(CLASSES))[self.class_]) * self.share[:, None]
        found = []
        for name, weights in self.weights.items():
            slope = self.basis[name].T @ off
            for penalty, stencil in ((SMOOTH, (1.0, -2.0, 1.0)), (FLAT, (-1.0, 1.0))):
                bend = np.diff(weights, len(stencil) - 1, axis=0)
                for row, factor in enumerate(stencil):
                    slope[row : row + len(bend)] += 2.0 * penalty * factor * bend
            found.append(slope)
        return found

    def run(self, steps: int = STEPS) -> None:
        """Descend."""
        parameters = list(self.weights.values())
        first, second = [np.zeros_like(one) for one in parameters], [np.zeros_like(one) for one in parameters]
        for step in range(1, steps + 1):
            rate = RATE * 0.5 * (1.0 + math.cos(math.pi * step / steps))
            for k, (one, slope) in enumerate(zip(parameters, self.slopes(), strict=True)):
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope * slope
                one -= rate * (first[k] / (1.0 - 0.9**step)) / (np.sqrt(second[k] / (1.0 - 0.999**step)) + 1e-10)
            if step % 300 == 0:
                print(f"step {step}: log loss {self.loss():.4f}", flush=True)

    def text(self) -> str:
        """The weights as vedette.tracking.classes keeps them; each row's mean is taken off: it cancels."""
        lines = []
        for name, (_, steps, least, density) in KNOTS.items():
            lines.append(f"# {name}")
            for row in range(steps + 1):
                numbers = self.weights[name][row] - self.weights[name][row].mean()
                lines.append(f"{least + row / density:7.2f} " + " ".join(f"{number:6.2f}" for number in numbers))
        return "\n".join(lines)


def main() -> None:
    """Draw, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=0)
    args = parser.parse_args()
    warm_up()
    samples = samples_of(range(args.first_seed, args.first_seed + args.scenes), STRANGE)
    print(
        f"{len(samples)} samples of {len({one.flight for one in samples})} flights in {args.scenes} scenes", flush=True
    )
    fit = Fit(samples)
    fit.run()
    print(fit.text())


if __name__ == "__main__":
    main()
