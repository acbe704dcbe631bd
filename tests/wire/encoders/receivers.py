"""What receivers' own software says: SBS lines, aircraft.json, rs1090's lines."""

from __future__ import annotations

import json


def sbs_line(
    kind: int = 3,
    *,
    address: str = "4840D6",
    at: str = "2023/11/14,22:13:20.000",
    callsign: str = "",
    altitude_ft: str = "",
    speed_kt: str = "",
    track_deg: str = "",
    place: str = ",",
    climb: str = "",
    squawk: str = "",
    emergency: str = "",
    ground: str = "",
    type: str = "MSG",
) -> bytes:
    """One line with its end; `at`: date and time, `place`: latitude and longitude, each divided by a comma."""
    head = f"{type},{kind},1,1,{address},1,{at},{at},{callsign},{altitude_ft},{speed_kt},{track_deg},{place},{climb}"
    return f"{head},{squawk},0,{emergency},0,{ground}\r\n".encode()


def aircraft_json(now_s: float | None, *aircraft: dict[str, object] | object) -> bytes:
    """The whole file."""
    document: dict[str, object] = {"messages": 1234, "aircraft": list(aircraft)}
    return json.dumps(document if now_s is None else {"now": now_s} | document).encode()


def aircraft(latitude_deg: float | None = 47.21, longitude_deg: float = 8.7, **said: object) -> dict[str, object]:
    """One object of the list."""
    place = {} if latitude_deg is None else {"lat": latitude_deg, "lon": longitude_deg, "seen_pos": 0.5}
    return {"hex": "4840d6", "type": "adsb_icao", "seen": 0.1} | place | said


def rs1090_line(message: bytes, at_s: float) -> bytes:
    """One line with its end."""
    return json.dumps({"timestamp": at_s, "frame": message.hex()}).encode() + b"\n"
