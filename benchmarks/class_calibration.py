"""How far the class posterior can be believed: Brier score, log loss, calibration error, confusion, reliability.

    python -m benchmarks.class_calibration [--scenes 400] [--data DIR] [--save FILE] [--before FILE] [--plot FILE]

On flights that had no part in setting it: drawn from seeds that were not fitted on, up to STRANGE outside the kinds'
ranges (class_flights.py), and real ones (class_recordings.py). Each flight counts once. Brier score: mean squared
distance of the posterior from the truth, 0 to 2. Calibration error: mean over tenths of probability, weighted by how
many fall there, of |what was said - how often it was so|; of every class's probability, and of the likeliest's alone.
`--save` keeps the numbers, `--before` draws an earlier version's beside: run this with its sources on the path.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.class_recordings import Followed, all_followed
from benchmarks.class_scenes import ALWAYS_NAMED, Sample, run
from benchmarks.field_shared import data_argument, found
from vedette.geo import Floats
from vedette.model import CLASSES
from vedette.tracking import warm_up

FIRST_SEED: Final = 900_000
STRANGE: Final = 0.3
TENTHS: Final = 10
PLAIN: Final = "cne"
"""What a sample may not have to count as flight and size alone: class reports, a name, emissions."""


class Judged(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Posteriors p (n, classes), true classes (n,) and weights (n,), which sum to 1."""

    p: Floats
    class_: np.ndarray[tuple[int], np.dtype[np.int64]]
    share: Floats

    def only(self, rows: Any) -> Judged:
        """Some of them."""
        share = self.share[rows]
        return Judged(p=self.p[rows], class_=self.class_[rows], share=share / share.sum())

    @property
    def truth(self) -> Floats:
        """1 for what it was, else 0 (n, classes)."""
        return np.eye(len(CLASSES))[self.class_]


def judged(p: Sequence[Floats], classes: Sequence[int], flights: Sequence[Any]) -> Judged:
    """Samples of which each flight counts once."""
    _, inverse, times = np.unique(np.array(flights), return_inverse=True, return_counts=True)
    return Judged(p=np.array(p), class_=np.array(classes), share=1.0 / times[inverse] / len(times))


def brier(one: Judged) -> float:
    """Mean squared distance of posterior and truth."""
    return float(one.share @ np.sum((one.p - one.truth) ** 2, axis=1))


def log_loss(one: Judged) -> float:
    """Mean of -ln p of the true class, nats."""
    return float(-one.share @ np.log(one.p[np.arange(len(one.p)), one.class_]))


def right(one: Judged) -> float:
    """How often the likeliest class was the true one."""
    return float(one.share @ (one.p.argmax(axis=1) == one.class_))


def reliability(said: Floats, true: Floats, share: Floats) -> Floats:
    """By tenth of probability (TENTHS, 3): share of the samples, mean said, how often it was so; NaN where none."""
    tenth = np.minimum((said * TENTHS).astype(int), TENTHS - 1)
    sums = [np.bincount(tenth, weights=share * one, minlength=TENTHS) for one in (np.ones_like(said), said, true)]
    with np.errstate(invalid="ignore"):
        return np.column_stack([sums[0], sums[1] / sums[0], sums[2] / sums[0]])


def of_all(one: Judged) -> Floats:
    """Reliability of every class's probability."""
    many = len(CLASSES)
    return reliability(one.p.ravel(), one.truth.ravel(), np.repeat(one.share / many, many))


def of_likeliest(one: Judged) -> Floats:
    """Reliability of the likeliest class's probability."""
    return reliability(one.p.max(axis=1), (one.p.argmax(axis=1) == one.class_) * 1.0, one.share)


def error(table: Floats) -> float:
    """Calibration error of a reliability."""
    return float(np.nansum(table[:, 0] * np.abs(table[:, 1] - table[:, 2])))


def confusion(one: Judged) -> Floats:
    """Where (classes, classes) the probability of what is of each class, rows, goes."""
    return np.array([one.only(one.class_ == c).share @ one.p[one.class_ == c] for c in range(len(CLASSES))])


SUBSETS: Final[dict[str, Callable[[Sample], bool]]] = {
    "all": lambda one: True,
    "flight alone, height known": lambda one: not set(PLAIN + "2s") & set(one.sees),
    "flight alone, no height": lambda one: not set(PLAIN + "s") & set(one.sees) and "2" in one.sees,
    "with a radar cross-section": lambda one: not set(PLAIN) & set(one.sees) and "s" in one.sees,
    "with class reports": lambda one: "c" in one.sees,
    "with a name": lambda one: "n" in one.sees,
    "named, on the ground": lambda one: one.kind in ALWAYS_NAMED,
    "with emissions": lambda one: "e" in one.sees,
}


def line(name: str, one: Judged) -> str:
    """One row of the table."""
    numbers = (brier(one), log_loss(one), error(of_all(one)), error(of_likeliest(one)), right(one))
    return f"{name:34}{len(one.p):8}" + "".join(f"{number:9.3f}" for number in numbers)


_WORDS: Final = ("Brier", "log loss", "calib.", "likeliest", "right")
HEAD: Final = f"{'':34}{'samples':>8}" + "".join(f"{word:>9}" for word in _WORDS)


def drawn(scenes: int) -> list[Sample]:
    """The samples of believed tracks that nothing was fitted to."""
    return [one for seed in range(FIRST_SEED, FIRST_SEED + scenes) for one in run(seed, STRANGE) if one.believed]


def print_drawn(samples: list[Sample]) -> Judged:
    """Table and confusion of the flights drawn."""
    whole = judged([one.p_classes for one in samples], [one.class_ for one in samples], [one.flight for one in samples])
    print(HEAD)
    for name, holds in SUBSETS.items():
        rows = np.array([holds(one) for one in samples])
        if rows.any():
            print(line(name, whole.only(rows)))
    print("\nwhere the probability of what it truly is goes:")
    print(f"{'':16}" + "".join(f"{name:>16}" for name in CLASSES))
    for name, row in zip(CLASSES, confusion(whole), strict=True):
        print(f"{name:16}" + "".join(f"{p:16.2f}" for p in row))
    return whole


def print_real(real: list[Followed]) -> Judged:
    """A row for each real flight and way of seeing it, and all of them together."""
    print(f"\n{'real flights':20}{'seen':32}{'samples':>8}{'Brier':>8}{'p at the end':>14}   likeliest at the end")
    for one in real:
        true = np.eye(len(CLASSES))[one.class_]
        score, last = np.mean(np.sum((one.p_classes - true) ** 2, axis=1)), one.p_classes[-1]
        numbers = f"{len(one.p_classes):8}{score:8.2f}{last[one.class_]:14.2f}"
        print(f"{one.flight:20}{one.seen:32}{numbers}   {CLASSES[last.argmax()]}")
    rows = [(p, one.class_, f"{one.flight} {one.seen}") for one in real for p in one.p_classes]
    whole = judged(*zip(*rows, strict=True))
    print(HEAD + "\n" + line("real, each way of seeing one", whole))
    return whole


def kept(one: Judged) -> dict[str, Any]:
    """What a later version is held against."""
    numbers = {"brier": brier(one), "log_loss": log_loss(one), "all": of_all(one), "likeliest": of_likeliest(one)}
    return {
        name: round(value, 4) if isinstance(value, float) else np.nan_to_num(value, nan=-1.0).round(4).tolist()
        for name, value in numbers.items()
    }


SIDE, EDGE, FOOT = 300.0, 56.0, 64.0
"""Of one panel: its side, its left and top margin, what lies under it."""
_STYLE: Final = (
    "text{font-family:'IBM Plex Sans',system-ui,sans-serif;font-size:12px;fill:#333}"
    ".title{font-size:14px;font-weight:600}.grid{stroke:#e2e2e2}.ideal{stroke:#999;stroke-dasharray:4 3}"
    "path{fill:none;stroke-width:1.8}"
)
_LINES: Final = (("before", "#d55e00"), ("now", "#0072b2"))


def plot_svg(before: dict[str, Any] | None, now: dict[str, Any]) -> str:
    """Reliability of every class's probability and of the likeliest's: said against so; discs by how many."""
    width, height = 2.0 * (SIDE + EDGE) + 24.0, SIDE + EDGE + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f'<style>{_STYLE}</style><rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
    ]
    panels = (("all", "every class's probability"), ("likeliest", "the likeliest class's"))
    for place, (key, title) in enumerate(panels):
        left = EDGE + place * (SIDE + EDGE)
        parts += _panel(left, title)
        for name, colour in _LINES:
            one = before if name == "before" else now
            if one is not None:
                parts += _course(left, one[key], colour)
                number = f"{name}: error {error(np.array(one[key])):.3f}, Brier {one['brier']:.3f}"
                y = EDGE + 18.0 + 16.0 * [each for each, _ in _LINES].index(name)
                parts.append(f'<text x="{left + 10:.0f}" y="{y:.0f}" style="fill:{colour}">{number}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(left: float, title: str) -> list[str]:
    floor, end = EDGE + SIDE, left + SIDE
    parts = [f'<text class="title" x="{left:.0f}" y="{EDGE - 22:.0f}">{title}</text>']
    for tenth in range(0, TENTHS + 1, 2):
        step = SIDE * tenth / TENTHS
        parts.append(f'<path class="grid" d="M{left} {floor - step}H{end}M{left + step} {EDGE}V{floor}"/>')
        parts.append(f'<text x="{left + step:.0f}" y="{floor + 18:.0f}" text-anchor="middle">{tenth / TENTHS:g}</text>')
        parts.append(f'<text x="{left - 8:.0f}" y="{floor - step + 4:.0f}" text-anchor="end">{tenth / TENTHS:g}</text>')
    parts.append(f'<path class="ideal" d="M{left} {floor}L{end} {EDGE}"/>')
    parts.append(f'<text x="{left + SIDE / 2:.0f}" y="{floor + 40:.0f}" text-anchor="middle">probability said</text>')
    parts.append(f'<text x="{left - 8:.0f}" y="{EDGE - 6:.0f}" text-anchor="end">so</text>')
    return parts


def _course(left: float, table: list[list[float]], colour: str) -> list[str]:
    shown = [row for row in table if row[0] > 1e-3]
    points = [(left + SIDE * said, EDGE + SIDE * (1.0 - so), 2.0 + 14.0 * share**0.5) for share, said, so in shown]
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points)
    fill = f'fill="{colour}" fill-opacity="0.35"'
    discs = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {fill}/>' for x, y, r in points]
    return [f'<path d="M{way}" stroke="{colour}"/>', *discs]


def main() -> None:
    """Draw, judge, print; keep and plot where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=400)
    data_argument(parser)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    warm_up()
    whole = print_drawn(drawn(args.scenes))
    if found(args.data):
        print_real(all_followed(args.data))
    if args.save is not None:
        args.save.write_text(json.dumps(kept(whole)) + "\n")
    if args.plot is not None:
        before = json.loads(args.before.read_text()) if args.before is not None else None
        args.plot.write_text(plot_svg(before, kept(whole)))


if __name__ == "__main__":
    main()
