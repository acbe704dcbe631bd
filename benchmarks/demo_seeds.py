"""The reconstruction over many seeds: alerted before the perimeter, inside and outside right, false alarms.

    python -m benchmarks.demo_seeds [FIRST] [LAST]

In-process, without a record. Truth is used here alone, to say afterwards which aircraft an alert was about.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter

from vedette.clock import TICK_S
from vedette.feeds.arrival import Arrival
from vedette.geo import distance_azimuth
from vedette.model import AlertRaised, Origin, Picture, TrackPicture
from vedette.sim import Simulation, load_scenario, simulate
from vedette.watch.pipeline import Pipeline
from vedette.watch.play import metered, played
from vedette.watch.sequence import Sequencer

NEAR_M = 250.0
"""An alert is about the aircraft that flew nearest to its track, if it was this near; otherwise about clutter."""


class Night:
    """One seed played through the pipeline, and what came of it."""

    def __init__(self, seed: int) -> None:
        self.simulation = simulate(load_scenario("erbil-2021-09-11"), seed)
        self.truth = {
            (round(row.time_s), row.truth): (row.latitude_deg, row.longitude_deg)
            for row in self.simulation.truth_rows(1.0)
        }
        self.alerts: list[tuple[AlertRaised, str]] = []
        self.seconds = 0.0
        self.pipeline = Pipeline(self.simulation.site)

    def play(self) -> None:
        """Run the whole night."""
        began = time.perf_counter()
        sequencer = Sequencer(Origin.SIMULATED)
        arrivals = (Arrival(a.received_s, a.feed, a.body) for a in self.simulation.arrivals)
        picture: Picture | None = None
        for received_s, body in played(metered(self.simulation.site, arrivals)):
            step = self.pipeline.step(sequencer.stamp(body, received_s))
            picture = step.picture or picture
            for draft in step.drafts:
                if isinstance(draft.payload, AlertRaised) and picture is not None:
                    track = next(t for t in picture.tracks if t.track == draft.payload.track)
                    self.alerts.append((draft.payload, self.about(track)))
        self.seconds = time.perf_counter() - began

    def about(self, track: TrackPicture) -> str:
        """The true aircraft nearest to a track, or `clutter`."""
        if track.latitude_deg is None or track.longitude_deg is None:
            return "bearing"
        best, name = NEAR_M, "clutter"
        for (second, truth), place in self.truth.items():
            if abs(second - track.observed_s) <= TICK_S:
                off_m, _ = distance_azimuth(*place, track.latitude_deg, track.longitude_deg)
                if off_m < best:
                    best, name = off_m, truth
        return name

    def impacts(self) -> dict[str, tuple[str, float]]:
        """For each drone: where the watch says that it came down, and how far that is from where it did."""
        said = [t.impact for i in self.pipeline.post.incidents for t in i.tracks if t.impact is not None]
        found = {}
        for fall in self.simulation.falls:
            off = [
                (distance_azimuth(fall.latitude_deg, fall.longitude_deg, one.latitude_deg, one.longitude_deg)[0], one)
                for one in said
            ]
            if off:
                off_m, one = min(off, key=lambda pair: pair[0])
                right = "right" if one.place == fall.place else f"WRONG ({one.place})"
                found[fall.drone] = (right, off_m)
        return found


def leads(night: Night, simulation: Simulation) -> dict[str, float]:
    """For each drone: seconds between its first alert and the perimeter, or its fall if it came down before."""
    out = {}
    for fall in simulation.falls:
        first = [alert.observed_s for alert, about in night.alerts if about == fall.drone]
        out[fall.drone] = fall.impact_s - min(first) if first else math.nan
    return out


def main() -> None:
    """Print one line a seed, and the sums."""
    first, last = (int(word) for word in [*sys.argv[1:], "1", "20"][:2])
    false: Counter[str] = Counter()
    print("seed  lead drone-1  lead drone-2  impact drone-1   impact drone-2   other alerts      raised again   s")
    for seed in range(first, last + 1):
        night = Night(seed)
        night.play()
        lead, impacts = leads(night, night.simulation), night.impacts()
        others = Counter(about for _, about in night.alerts if not about.startswith("drone"))
        again = sum(about.startswith("drone") for _, about in night.alerts) - len(night.simulation.falls)
        false.update(others)
        places = "  ".join(
            f"{impacts[d][0]} {impacts[d][1]:4.0f} m".ljust(15) if d in impacts else "NONE".ljust(15)
            for d in sorted(lead)
        )
        words = ", ".join(f"{count} {name}" for name, count in sorted(others.items())) or "none"
        print(
            f"{seed:4}  {lead['drone-1']:9.1f} s  {lead['drone-2']:10.1f} s  {places}  {words:16}"
            f"  {again:12}  {night.seconds:4.1f}",
            flush=True,
        )
    print(f"false alarms in all: {dict(sorted(false.items())) or 'none'}")


if __name__ == "__main__":
    main()
