"""What the tracker says: Tracks from a state, those known by direction alone among them."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from vedette.geo import Floats
from vedette.model import CLASSES, Status, Tracks
from vedette.sensing.view import View
from vedette.tracking import bearings, classes, motion
from vedette.tracking.state import SCHEMES, State

Ints = npt.NDArray[np.int64]
Array = TypeVar("Array", bound=np.ndarray[Any, Any])

_PRIOR, _BY_NAME, _EMISSION = np.log(classes.PRIOR), np.log(classes.BY_NAME), np.log(classes.EMISSION)
LATE: Final = 1.5
"""Periods of its last sensor after which a confirmed track is coasting."""


def shown(
    state: State, now_s: float, period_s: Floats, identity: tuple[str | None, ...], sensors: tuple[str, ...]
) -> Tracks:
    """The tracks of a state that stands at now_s; period_s (S,) of the sensors."""
    n = state.count
    mean, covariance = np.empty((n, 6)), np.empty((n, 6, 6))
    motion.collapse(state.mean, state.covariance, state.mode, n, mean, covariance)
    late = now_s - state.updated_s[:n] > LATE * period_s[state.last_sensor[:n]]
    coasting = late | (state.missed[:n] > 0)
    status = np.where(state.confirmed[:n] > 0, np.where(coasting, Status.COASTING, Status.CONFIRMED), 0)
    return Tracks(
        observed_s=now_s,
        id=_frozen(state.id[:n].copy()),
        position_enu_m=_frozen(mean[:, :3].copy()),
        velocity_enu_mps=_frozen(mean[:, 3:].copy()),
        covariance=_frozen(covariance),
        p_exists=_frozen(state.p_exists[:n].copy()),
        status=_frozen(status.astype(np.int8)),
        p_classes=_frozen(_posterior(state.features, state.names, n)),
        identity=identity,
        altitude_known=_frozen(state.blind_up_m2[:n] == 0.0),
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
        "p_classes": _posterior(features, np.full((n, len(SCHEMES)), -1), n),
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


def _posterior(features: Floats, names: Ints, n: int) -> Floats:
    p_classes = np.empty((n, len(CLASSES)))
    classes.classify(
        features, names, n, _PRIOR, classes.LOG_SPEEDS, classes.LOG_HEIGHTS, classes.SECTIONS_DBSM, _BY_NAME,
        _EMISSION, classes.GROUND, p_classes,
    )  # fmt: skip
    return p_classes


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
