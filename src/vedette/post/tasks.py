"""What a person asks of a sensor: to look somewhere. The event says who asked which node to look where.

Only a sensor that the site file ties to a SAPIENT node can be asked. Whether the node is here and a sensor by its own
word, the feed decides when it is to be sent.
"""

from __future__ import annotations

from vedette.model import Action, Picture, SensorAsked
from vedette.post.books import Books
from vedette.post.machine import Refused
from vedette.site import Site
from vedette.wire.sapient.ids import ulid_of

Place = tuple[float, float, float | None]


def ask(action: Action, site: Site, picture: Picture | None, books: Books, at_s: float) -> SensorAsked:
    """The event of a look_at at `at_s` (received time).

    Raises:
        Refused: no such sensor, none that can be asked, or no place to look at.
    """
    sensor = next((one for one in site.sensors if one.id == action.target), None)
    if sensor is None:
        raise Refused("not_found", f"the site has no sensor {action.target}")
    if sensor.node_id is None:
        raise Refused("no_node", f"the site file ties {sensor.id} to no SAPIENT node (node_id)")
    latitude_deg, longitude_deg, altitude_m = _place(action, picture)
    return SensorAsked(
        sensor=sensor.id,
        node=sensor.node_id,
        task=ulid_of(f"task {site.id} {len(books.asked) + 1}", at_s),
        by=action.by,
        at_s=at_s,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_ellipsoid_m=altitude_m,
        track=action.track,
    )


def _place(action: Action, picture: Picture | None) -> Place:
    if action.track is None:
        if action.latitude_deg is None or action.longitude_deg is None:
            raise Refused("no_place", "neither a track nor a place is named")
        return action.latitude_deg, action.longitude_deg, action.altitude_ellipsoid_m
    shown = () if picture is None else picture.tracks
    track = next((one for one in shown if one.track == action.track), None)
    if track is None:
        raise Refused("no_place", f"{action.track} is not in the picture")
    if track.latitude_deg is None or track.longitude_deg is None:
        raise Refused("no_place", f"where {action.track} is, is not known")
    return track.latitude_deg, track.longitude_deg, track.altitude_ellipsoid_m
