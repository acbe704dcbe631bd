"""What the tracker says: Tracks from a state, those known by direction alone among them."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.model import Status, Tracks
from vedette.sensing.compiled import kernel
from vedette.sensing.view import View
from vedette.tracking import bearings, classes
from vedette.tracking.motion import merge_modes
from vedette.tracking.state import BELIEVED, ROWS, SCHEMES, Rows, State

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
Array = TypeVar("Array", bound=np.ndarray[Any, Any])

LATE: Final = 1.5
"""Periods of its last sensor after which a confirmed track is coasting."""


@kernel(
    types.void, ROWS, types.int64, types.float64, types.float64[::1], types.float64[:, ::1], types.float64[:, ::1],
    types.float64[:, ::1], types.float64[:, :, ::1], types.int8[::1], types.boolean[::1], direct=True,
)  # fmt: skip
def present(
    rows: Rows, count: int, now_s: float, period_s: Floats, mean: Floats, position: Floats, velocity: Floats,
    covariance: Floats, status: Bytes, altitude_known: Bools,
) -> None:  # fmt: skip
    """Moments (n, 6), (n, 6, 6), status and whether altitude is known, of each track; period_s (S,) of the sensors."""
    for i in range(count):
        merge_modes(rows.mean, rows.covariance, rows.mode, i, mean, covariance, i)
        for k in range(3):
            position[i, k], velocity[i, k] = mean[i, k], mean[i, 3 + k]
        late = now_s - rows.updated_s[i] > LATE * period_s[rows.last_sensor[i]]
        status[i] = 0
        if rows.confirmed[i] == BELIEVED:
            status[i] = 2 if late or rows.missed[i] > 0 else 1
        altitude_known[i] = rows.blind_up_m2[i] == 0.0


def shown(
    state: State, now_s: float, period_s: Floats, identity: tuple[str | None, ...], sensors: tuple[str, ...]
) -> Tracks:
    """The tracks of a state that stands at now_s; period_s (S,) of the sensors."""
    n = state.count
    mean, position, velocity, covariance = np.empty((n, 6)), np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 6, 6))
    status, altitude_known = np.empty(n, dtype=np.int8), np.empty(n, dtype=np.bool_)
    present(state.rows, n, now_s, period_s, mean, position, velocity, covariance, status, altitude_known)
    classes.classify(state.features, state.names, n, state.unclassed, state.p_classes)
    return Tracks(
        observed_s=now_s,
        id=_frozen(state.id[:n].copy()),
        position_enu_m=_frozen(position),
        velocity_enu_mps=_frozen(velocity),
        covariance=_frozen(covariance),
        p_exists=_frozen(state.p_exists[:n].copy()),
        status=_frozen(status),
        p_classes=_frozen(state.p_classes[:n].copy()),
        identity=identity,
        altitude_known=_frozen(altitude_known),
        range_known=_frozen(np.ones(n, dtype=np.bool_)),
        sensors=sensors,
        last_seen_s=_frozen(state.seen_s[:n].copy()),
    )


def with_bearings(tracks: Tracks, table: Floats, period_s: Floats, views: tuple[View, ...]) -> Tracks:
    """The tracks and, in order of id among them, the directions (·, BEARING)."""
    n = len(table)
    if not n:
        return tracks
    table = bearings.predict(table, tracks.observed_s)
    position, covariance = bearings.places(table, views)
    sensor = table[:, bearings.SENSOR].astype(np.int64)
    seen = np.full((n, len(views)), np.nan)
    seen[np.arange(n), sensor] = table[:, bearings.UPDATED_S]
    late = tracks.observed_s - table[:, bearings.UPDATED_S] > LATE * period_s[sensor]
    coasting = np.where(late | (table[:, bearings.MISSED] > 0.0), Status.COASTING, Status.CONFIRMED)
    features = np.ascontiguousarray(table[:, bearings.FEATURES_FROM :])
    added: dict[str, Any] = {
        "id": table[:, bearings.NUMBER].astype(np.int64),
        "position_enu_m": position,
        "velocity_enu_mps": np.zeros((n, 3)),
        "covariance": covariance,
        "p_exists": table[:, bearings.P_EXISTS],
        "status": np.where(table[:, bearings.CONFIRMED] > 0.0, coasting, 0).astype(np.int8),
        "p_classes": classes.posterior(features, len(SCHEMES)),
        "altitude_known": np.zeros(n, dtype=np.bool_),
        "range_known": np.zeros(n, dtype=np.bool_),
        "last_seen_s": seen,
    }
    joined = {name: np.concatenate([getattr(tracks, name), array]) for name, array in added.items()}
    order = np.argsort(joined["id"], kind="stable")
    identity = (*tracks.identity, *(None,) * n)
    return msgspec.structs.replace(
        tracks,
        identity=tuple(identity[row] for row in order.tolist()),
        **{name: _frozen(array[order]) for name, array in joined.items()},
    )


def unclassed(tracks: Tracks) -> Tracks:
    """The tracks with nothing known of what they are."""
    prior = np.repeat(classes.unseen(len(SCHEMES))[:1], len(tracks), axis=0)
    return msgspec.structs.replace(tracks, p_classes=_frozen(prior))


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
