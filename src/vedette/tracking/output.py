"""What the tracker says: Tracks from a state, those known by direction alone among them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
from numba import types

from vedette.geo import Floats
from vedette.model import Status, Tracks
from vedette.sensing.compiled import arrays_type, kernel
from vedette.sensing.view import View
from vedette.tracking import bearings, classes
from vedette.tracking.identity import Names
from vedette.tracking.motion import is_named, merge_modes
from vedette.tracking.state import BELIEVED, ROWS, SCHEMES, Rows, State

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
Array = TypeVar("Array", bound=np.ndarray[Any, Any])

LATE: Final = 1.5
"""Periods of its last sensor after which a confirmed track is coasting."""


class Shown(NamedTuple):
    """What is said of n tracks: the arrays of Tracks under their names, as kernels fill them."""

    id: Ints
    position_enu_m: Floats
    velocity_enu_mps: Floats
    covariance: Floats
    p_exists: Floats
    status: Bytes
    p_classes: Floats
    altitude_known: Bools
    range_known: Bools
    last_seen_s: Floats


SHOWN: Final = arrays_type(Shown, "i1 f2 f2 f3 f1 t1 f2 b1 b1 f2")


@kernel(types.boolean, ROWS, types.int64, types.float64, types.float64[::1], types.float64[:, ::1], SHOWN, direct=True)
def present(rows: Rows, count: int, now_s: float, period_s: Floats, mean: Floats, said: Shown) -> bool:
    """Say of each track what Tracks says; period_s (S,) of the sensors, mean (n, 6): room. Whether any has a name."""
    classes.classify(rows.features, rows.names, count, rows.unclassed, rows.p_classes)
    any_named = False
    for i in range(count):
        said.id[i], said.p_exists[i] = rows.id[i], rows.p_exists[i]
        merge_modes(rows.mean, rows.covariance, rows.mode, i, mean, said.covariance, i)
        for k in range(3):
            said.position_enu_m[i, k], said.velocity_enu_mps[i, k] = mean[i, k], mean[i, 3 + k]
        late = now_s - rows.updated_s[i] > LATE * period_s[rows.last_sensor[i]]
        said.status[i] = 0
        if rows.confirmed[i] == BELIEVED:
            said.status[i] = 2 if late or rows.missed[i] > 0 else 1
        said.altitude_known[i], said.range_known[i] = rows.blind_up_m2[i] == 0.0, True
        for c in range(rows.p_classes.shape[1]):
            said.p_classes[i, c] = rows.p_classes[i, c]
        for s in range(rows.seen_s.shape[1]):
            said.last_seen_s[i, s] = rows.seen_s[i, s]
        any_named = any_named or is_named(rows.names, i)
    return any_named


def shown(state: State, now_s: float, period_s: Floats, names: Names, sensors: tuple[str, ...]) -> Tracks:
    """The tracks of a state that stands at now_s; period_s (S,) of the sensors."""
    n = state.count
    said = Shown(
        np.empty(n, dtype=np.int64), np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 6, 6)), np.empty(n),
        np.empty(n, dtype=np.int8), np.empty((n, state.p_classes.shape[1])), np.empty(n, dtype=np.bool_),
        np.empty(n, dtype=np.bool_), np.empty((n, state.sensors)),
    )  # fmt: skip
    named = present(state.rows, n, now_s, period_s, np.empty((n, 6)), said)
    for array in said:
        array.setflags(write=False)
    return Tracks(
        observed_s=now_s, identity=names.of_tracks(state) if named else (None,) * n, sensors=sensors, **said._asdict()
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
    array.setflags(write=False)
    return array
