"""MAVLink's OPEN_DRONE_ID_* messages → the bytes that Remote ID has on air.

12900 BASIC_ID        id_type, ua_type, uas_id 20 B
12901 LOCATION        status, direction c°, speed_horizontal speed_vertical cm/s, latitude longitude 1e-7 °,
                      altitude_barometric altitude_geodetic height m, height_reference 1: over ground, accuracies,
                      timestamp s after the hour
12902 AUTHENTICATION  authentication_type, data_page, last_page_index, length, timestamp s since 2019, data 23 B
12903 SELF_ID         description_type, description        12905 OPERATOR_ID  operator_id_type, operator_id
12904 SYSTEM          operator_location_type, classification_type, operator_latitude operator_longitude 1e-7 °,
                      area_count, area_radius m, area_ceiling area_floor operator_altitude_geo m, category_eu, class_eu,
                      timestamp s since 2019             12919 SYSTEM_UPDATE  the operator's place and time alone
12915 MESSAGE_PACK    msg_pack_size messages of single_message_size, as on air

Kinds, states and accuracies are the standard's own numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from vedette.wire import remote_id_pack as on_air

_OVER_GROUND: Final = 1
_LIVE_PLACE: Final = 1


def _basic_id(message: Any) -> bytes:
    return on_air.basic_id(message.id_type, message.ua_type, bytes(message.uas_id))


def _location(message: Any) -> bytes:
    return on_air.location(
        message.latitude / 1e7,
        message.longitude / 1e7,
        status=message.status,
        track_deg=message.direction / 100.0,
        speed_mps=message.speed_horizontal / 100.0,
        climb_mps=message.speed_vertical / 100.0,
        pressure_altitude_m=message.altitude_barometric,
        altitude_ellipsoid_m=message.altitude_geodetic,
        height_m=message.height,
        over_ground=message.height_reference == _OVER_GROUND,
        accuracies=(
            message.horizontal_accuracy,
            message.vertical_accuracy,
            message.barometer_accuracy,
            message.speed_accuracy,
        ),
        after_hour_s=message.timestamp,
    )


def _authentication(message: Any) -> bytes:
    return on_air.authentication(
        message.authentication_type,
        message.data_page,
        message.last_page_index,
        message.length,
        message.timestamp,
        bytes(message.authentication_data),
    )


def _self_id(message: Any) -> bytes:
    return on_air.self_id(message.description_type, message._description_raw)


def _operator_id(message: Any) -> bytes:
    return on_air.operator_id(message.operator_id_type, message._operator_id_raw)


def _system(message: Any) -> bytes:
    return on_air.system(
        message.operator_latitude / 1e7,
        message.operator_longitude / 1e7,
        place_kind=message.operator_location_type,
        classification=message.classification_type,
        altitude_ellipsoid_m=message.operator_altitude_geo,
        group=(message.area_count, float(message.area_radius), message.area_ceiling, message.area_floor),
        category=message.category_eu,
        class_=message.class_eu,
        seconds=message.timestamp,
    )


def _system_update(message: Any) -> bytes:
    return on_air.system(
        message.operator_latitude / 1e7,
        message.operator_longitude / 1e7,
        place_kind=_LIVE_PLACE,
        altitude_ellipsoid_m=message.operator_altitude_geo,
        seconds=message.timestamp,
    )


def _pack(message: Any) -> bytes:
    size = message.single_message_size * message.msg_pack_size
    return bytes([0xF2, message.single_message_size, message.msg_pack_size]) + bytes(message.messages)[:size]


PAYLOADS: Final[Mapping[int, Callable[[Any], bytes]]] = {
    12900: _basic_id,
    12901: _location,
    12902: _authentication,
    12903: _self_id,
    12904: _system,
    12905: _operator_id,
    12915: _pack,
    12919: _system_update,
}
"""By message number. Raises ValueError, struct.error or OverflowError where a value fits no field."""
