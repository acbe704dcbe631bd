"""Our own encoders of flight logs: DataFlash by hand, MAVLink by pymavlink itself."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v10 import ardupilotmega as mavlink1
from pymavlink.dialects.v20 import ardupilotmega as mavlink2

LAYOUTS = {
    "PARM": (32, "QNff", "TimeUS,Name,Value,Default", "<Q16sff"),
    "MSG": (59, "QZ", "TimeUS,Message", "<Q64s"),
    "GPS": (
        87,
        "QBBIHBcLLeffffB",
        "TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,GCrs,VZ,Yaw,U",
        "<QBBIHBhiiiffffB",
    ),
    "GPA": (88, "QBCCCCfBIHf", "TimeUS,I,VDop,HAcc,VAcc,SAcc,YAcc,VV,SMS,Delta,Und", "<QBHHHHfBIHf"),
    "POS": (70, "QLLfff", "TimeUS,Lat,Lng,Alt,RelHomeAlt,RelOriginAlt", "<Qiifff"),
}
WEEK, MILLIS = 2269, 378_756_400
GPS_UNIX_S = 315_964_800.0 + WEEK * 604_800.0 + MILLIS / 1000.0 - 18.0
"""UTC of that week and millisecond."""


def fmt(name: str) -> bytes:
    kind, letters, columns, layout = LAYOUTS[name]
    length = 3 + struct.calcsize(layout)
    head = struct.pack("<BB4s16s64s", kind, length, name.encode(), letters.encode(), columns.encode())
    return b"\xa3\x95\x80" + head


def message(name: str, *values: Any) -> bytes:
    kind, _, _, layout = LAYOUTS[name]
    return b"\xa3\x95" + bytes([kind]) + struct.pack(layout, *values)


def gps(boot_us: int, latitude: int = 472_000_000, *, status: int = 3, millis: int = MILLIS, week: int = WEEK) -> bytes:
    fields = (boot_us, 0, status, millis, week, 12, 80, latitude, 87_300_000, 45_000, 1.0, 90.0, 0.0, 0.0, 1)
    return message("GPS", *fields)


def pos(boot_us: int, latitude: int = 472_000_100) -> bytes:
    return message("POS", boot_us, latitude, 87_300_000, 451.5, 20.5, 20.0)


def dataflash() -> bytes:
    """A small log: system 7, a copter, positions before and after the first fix."""
    return b"".join(
        (
            *map(fmt, LAYOUTS),
            message("PARM", 900_000, b"SYSID_THISMAV", 7.0, 1.0),
            message("MSG", 900_000, b"ArduCopter V4.3.6 (0c5e999c)"),
            gps(950_000, 0, status=1, week=0),
            pos(1_000_000),
            message("GPA", 1_990_000, 0, 120, 80, 150, 30, 0.0, 1, 1, 200, 47.5),
            gps(2_000_000),
            pos(2_100_000, 472_000_200),
        )
    )


class _Kept:
    """A file for pymavlink to write to."""

    def __init__(self) -> None:
        self.octets = b""

    def write(self, octets: bytes) -> None:
        self.octets += bytes(octets)


def frames(send: Callable[[Any], None], *, system: int = 7, component: int = 1, version: int = 2) -> bytes:
    """The octets that `send(mavlink)` makes pymavlink send."""
    kept = _Kept()
    library = mavlink2 if version == 2 else mavlink1
    send(library.MAVLink(kept, srcSystem=system, srcComponent=component))
    return kept.octets


def heartbeat(mav: Any) -> None:
    mav.heartbeat_send(2, 3, 0, 0, 4)


def clock(unix_s: float, boot_ms: int) -> Callable[[Any], None]:
    return lambda mav: mav.system_time_send(round(unix_s * 1e6), boot_ms)


def position(latitude_deg: float = 47.2, longitude_deg: float = 8.73, boot_ms: int = 5000) -> Callable[[Any], None]:
    place = round(latitude_deg * 1e7), round(longitude_deg * 1e7)
    return lambda mav: mav.global_position_int_send(boot_ms, *place, 500_000, 20_000, 300, 400, -100, 9000)


def gps_raw(latitude_deg: float = 47.2, fix: int = 3) -> Callable[[Any], None]:
    place = round(latitude_deg * 1e7), 87_300_000
    return lambda mav: mav.gps_raw_int_send(
        0, fix, *place, 500_000, 100, 100, 0, 0, 12, alt_ellipsoid=547_000, h_acc=4800, v_acc=7200
    )


MAC = list(b"60601F0A0B0C") + [0] * 8
OWN = [0] * 20


def basic_id(mav: Any, who: list[int] = MAC, serial: bytes = b"1588TEST0001") -> None:
    mav.open_drone_id_basic_id_send(0, 0, who, 1, 2, list(serial.ljust(20, b"\0")))


def remote_id_location(mav: Any, who: list[int] = MAC) -> None:
    mav.open_drone_id_location_send(
        0, 0, who, 2, 27050, 1234, -150, 472_000_000, 87_300_000, 480.0, 540.5, 1, 30.0, 11, 5, 4, 3, 1234.5, 1
    )


def unknown_location(mav: Any) -> None:
    mav.open_drone_id_location_send(
        0, 0, MAC, 0, 36100, 25500, 6300, 0, 0, -1000.0, -1000.0, 0, -1000.0, 0, 0, 0, 0, 65535.0, 0
    )


def everything(mav: Any) -> None:
    """All the Remote ID messages of one transmitter."""
    basic_id(mav)
    remote_id_location(mav)
    mav.open_drone_id_authentication_send(0, 0, MAC, 1, 0, 1, 30, 1234, list(range(23)))
    mav.open_drone_id_authentication_send(0, 0, MAC, 1, 1, 0, 0, 0, list(range(100, 123)))
    mav.open_drone_id_self_id_send(0, 0, MAC, 0, b"Survey")
    mav.open_drone_id_system_send(0, 0, MAC, 1, 1, 471_900_000, 87_200_000, 1, 0, -1000.0, -1000.0, 1, 2, 500.0, 1000)
    mav.open_drone_id_operator_id_send(0, 0, MAC, 0, b"CHE87astrdge12k8")


def tlog(*records: tuple[float, bytes]) -> bytes:
    return b"".join(struct.pack(">Q", round(at_s * 1e6)) + frame for at_s, frame in records)
