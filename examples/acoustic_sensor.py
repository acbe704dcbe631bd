"""A home-made sensor that pushes a bearing each second to the URL it is given (docs/feeds/home-made-sensor.md)."""

import json
import os
import sys
import time
import urllib.request
from datetime import UTC, datetime

url, rows, pause_s = (sys.argv[1:] + ["", "60", "1.0"][len(sys.argv) - 1 :])[:3]
headers = {"Content-Type": "application/json"}
if token := os.environ.get("VEDETTE_TOKEN"):
    headers["Authorization"] = f"Bearer {token}"
for number in range(int(rows)):
    bearing_deg = 90.0 + number % 30  # here your microphones speak
    row = {"time_utc": datetime.now(UTC).isoformat(), "azimuth_true_deg": bearing_deg, "class": "uav", "p_class": 0.8}
    request = urllib.request.Request(url, json.dumps(row).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(answer.read().decode())
    time.sleep(float(pause_s))
