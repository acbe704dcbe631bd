"""Track a table of detections and draw the tracks.

python examples/track_a_table.py DETECTIONS SITE.toml OUT.svg
"""

import sys
from pathlib import Path

import vedette
from vedette.tables import read_looks

detections, site, out = Path(sys.argv[1]), vedette.load_site(sys.argv[2]), Path(sys.argv[3])
tracker, paths = vedette.Tracker(site), {}
for look in read_looks(detections, sensors=[sensor.id for sensor in site.sensors]):
    tracks = tracker.observe(look)
    for number, place, status in zip(tracks.id, tracks.position_enu_m, tracks.status, strict=True):
        if status == vedette.Status.CONFIRMED:
            paths.setdefault(int(number), []).append(f"{place[0]:.0f},{-place[1]:.0f}")
lines = "".join(f'<polyline points="{" ".join(path)}"><title>{n}</title></polyline>' for n, path in paths.items())
frame = 'viewBox="-4500 -4500 9000 9000" fill="none" stroke="#0072b2" stroke-width="20"'
out.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{lines}<circle r="40" fill="#d55e00"/></svg>\n')
