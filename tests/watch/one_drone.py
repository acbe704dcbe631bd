"""A watch in this process before which one drone flies, and whose site somebody changes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np

from tests.conftest import SITE_TOML
from vedette.model import Action, AnyPayload, Look, Origin, Scan, SiteCandidate, Tick
from vedette.site import Site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

START_S = 1_700_000_000.0
SECOND_RADAR = SITE_TOML[SITE_TOML.index("[[sensor]]") : SITE_TOML.index("[[feed]]")].replace("radar-1", "radar-0")


def look(second: float) -> Look:
    return Look(
        scan=Scan(
            sensor="radar-1",
            observed_s=START_S + second,
            range_m=np.array([1500.0 - 20.0 * second]),
            azimuth_true_rad=np.array([1.5]),
            elevation_rad=np.array([0.1]),
            look=f"{second}",
        )
    )


def fly(watch: Watch, first: int, last: int) -> None:
    for second in range(first, last):
        watch.submit(look(float(second)), START_S + second)
        watch.submit(Tick(), START_S + second)


def change(watch: Watch, toml: str, geometry: str, base: str | None = None) -> tuple[AnyPayload, ...]:
    wanted = SiteCandidate(toml=toml, geometry=geometry or None, base_sha256=base or watch.plan.site.sha256)
    return asyncio.run(
        watch.act(
            Action(verb="change_site", target="", by="A. Rahman", role="administrator", note="new", request=wanted)
        )
    )


def opened(site: Site, folder: Path, site_file: Path | None = None, origin: Origin = Origin.SIMULATED) -> Watch:
    watch = Watch.open(Plan(site=site, origin=origin, folder=folder, site_file=site_file), START_S)
    watch.begin()
    watch.submit(Tick(), START_S)
    return watch


def end(watch: Watch) -> None:
    watch.finish()
    assert watch.failed is None
    watch.close("ended")


def names(watch: Watch) -> set[str]:
    return {track.track for track in watch.board.tracks().tracks}
