"""A real marine radar on a moving boat: how well each tracker follows the one boat whose way is known.

    python -m benchmarks.field_radar [--data ../shared/data]

The recording (Hem et al., VIMMJIPDA data set, CC0) has 238 looks of 2.5 s with 432 detections, positions without
altitude, and the GNSS truth of one boat that turns hard at up to 11 m/s; it is detected in about 80 % of the looks, and
misses come in runs of up to six. A second vessel, steady at 3.5 m/s from look 120 on, is in the detections and not in
the truth: following it makes 0.48 other tracks a look, and no tracker should do with less.

A look is missed if no believed track is within 60 m of the boat; switches are changes of the track that is; other
tracks are all the rest, a look. Ours reads the detections as `vedette track` does, with field_radar.toml for its site
and no parameter of its own. Stone Soup's GNN and JPDA are put together as its tutorials 8 and 9 do (a track from two
points on), and are given what ours does not get: process noise, deletion threshold and fewest points searched on this
very recording. Shown, for each number of points, is the setting with the fewest missed looks and other tracks together.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.field_shared import HERE, data_argument, found, moment, print_table
from vedette import Tracker, load_site
from vedette.model import Floats
from vedette.scoring import Moment, score_moments
from vedette.tables import read_looks, read_truth

NEAR_M = 60.0
SITE = HERE / "field_radar.toml"
COLUMNS = (("tracker", 42), ("looks missed", 14), ("switches", 10), ("other tracks a look", 21), ("GOSPA m", 9))


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """How one tracker followed the boat."""

    looks: int
    missed: int
    switches: int
    others: float
    gospa_m: float


class Recording(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The boat's way and the detections, in metres about the site's reference point.

    time_s (n,), boat_m (n, 3) with up unknown, looks: (d, 2) of each.
    """

    time_s: Floats
    boat_m: Floats
    looks: tuple[Floats, ...]


def followed(moments: list[Moment]) -> Followed:
    """The score of one tracker."""
    score, course = score_moments(moments, c_m=NEAR_M)
    return Followed(
        looks=len(course),
        missed=sum(one.missed for one in course),
        switches=score.id_switches,
        others=score.false,
        gospa_m=score.gospa_m,
    )


def recording(folder: Path) -> Recording:
    """The recording in the site's frame."""
    frame = load_site(SITE).frame()
    truth = read_truth(folder / "joyride_truth.csv")
    place = frame.to_enu_m([row.latitude_deg for row in truth], [row.longitude_deg for row in truth], 0.0)
    place[:, 2] = np.nan
    looks = [
        frame.to_enu_m(look.latitude_deg, look.longitude_deg, 0.0)[:, :2]
        for look in read_looks(folder / "joyride_detections.csv")
        if look.latitude_deg is not None and look.longitude_deg is not None
    ]
    return Recording(time_s=np.array([row.time_s for row in truth]), boat_m=place, looks=tuple(looks))


def ours(folder: Path, truth: Recording) -> Followed:
    """Our tracker, through the public table and Tracker.observe."""
    tracker = Tracker(load_site(SITE))
    moments = []
    looks = read_looks(folder / "joyride_detections.csv")
    for time_s, boat, look in zip(truth.time_s, truth.boat_m, looks, strict=True):
        moments.append(moment(tracker.observe(look), float(time_s), ("boat",), boat[None]))
    return followed(moments)


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data_argument(parser)
    args = parser.parse_args()
    folder = args.data / "radar"
    if not found(folder / "joyride_detections.csv"):
        return
    truth = recording(folder)
    own = ours(folder, truth)
    print(f"one boat in {own.looks} looks of a marine radar; followed within {NEAR_M:.0f} m")
    if importlib.util.find_spec("stonesoup") is None:
        print_table(COLUMNS, [row("Vedette", own)])
        print("Stone Soup is not installed: its lines are left out")
        return
    peers = searched(truth)
    print_table(COLUMNS, [row("Vedette", own), *best(peers)])
    better = sum(
        one.missed <= own.missed and one.switches <= own.switches and one.others <= own.others for _, one in peers
    )
    print(f"of {len(peers)} settings of Stone Soup, {better} are as good as ours or better in all three")


def searched(truth: Recording) -> list[tuple[str, Followed]]:
    """Every setting of Stone Soup's, by its name."""
    from benchmarks import field_peers

    grid = itertools.product(("GNN", "JPDA"), *field_peers.SEARCHED)
    return [
        (
            f"Stone Soup {kind}, q {q:g}, trace {trace:g}, {points} points",
            followed(field_peers.follow(kind, truth, q, trace, points)),
        )
        for kind, q, trace, points in grid
    ]


def best(peers: list[tuple[str, Followed]]) -> list[tuple[str, ...]]:
    """Of each kind and number of points, the line with the least missed and other tracks a look."""
    groups: dict[tuple[str, str], list[tuple[str, Followed]]] = {}
    for name, one in peers:
        groups.setdefault((name.split(",")[0], name.split(",")[-1]), []).append((name, one))
    return [
        row(*min(group, key=lambda pair: pair[1].missed / pair[1].looks + pair[1].others)) for group in groups.values()
    ]


def row(name: str, one: Followed) -> tuple[str, ...]:
    """One line of the table."""
    return (name, f"{one.missed} of {one.looks}", str(one.switches), f"{one.others:.2f}", f"{one.gospa_m:.1f}")


if __name__ == "__main__":
    main()
