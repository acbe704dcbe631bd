"""Counting false alarms: what people said that alerts were, against the time that the watch ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from vedette.model import Alert, Counted, FalseAlarms, Span
from vedette.post.dismissal import REASONS

WINDOW_S: Final = 86_400.0
FALSE: Final = frozenset(REASONS) - {"test"}
"""Reasons that make a false alarm. A test was asked for."""


def count_false_alarms(alerts: Iterable[Alert], spans: Sequence[Span], at_s: float) -> FalseAlarms:
    """Over the WINDOW_S until `at_s`. Test alarms count nowhere. The last word on an alert holds.

    spans: when the watch ran, the last of them until `at_s`.
    """
    since_s = at_s - WINDOW_S
    counted = [alert for alert in alerts if alert.raised_s > since_s and not alert.test]
    said = {alert.alert: reason_of(alert) for alert in counted}
    false = [alert for alert in counted if said[alert.alert] in FALSE]
    return FalseAlarms(
        at_s=at_s,
        window_s=WINDOW_S,
        watched_s=_watched_s(spans, since_s, at_s),
        alerts=len(counted),
        false=len(false),
        unsaid=sum(reason is None for reason in said.values()),
        by_rule=_by(Counter(alert.rule for alert in counted), Counter(alert.rule for alert in false)),
        by_sensor=_by(
            Counter(sensor for alert in counted for sensor in _sensors(alert)),
            Counter(sensor for alert in false for sensor in _sensors(alert)),
        ),
        by_reason=dict(sorted(Counter(str(said[alert.alert]) for alert in false).items())),
    )


def reason_of(alert: Alert) -> str | None:
    """What the alert was, as last said; one that came back is not what it was dismissed as."""
    if alert.closing is not None:
        return alert.closing.reason
    return None if alert.dismissal is None else alert.dismissal.reason


def _sensors(alert: Alert) -> tuple[str, ...]:
    about = (alert.target or "").removeprefix("sensor:")
    return (about,) if about != (alert.target or "") else alert.sensors


def _by(alerts: Counter[str], false: Counter[str]) -> tuple[Counted, ...]:
    names = sorted(alerts, key=lambda name: (-false[name], -alerts[name], name))
    return tuple(Counted(name=name, alerts=alerts[name], false=false[name]) for name in names)


def _watched_s(spans: Sequence[Span], since_s: float, at_s: float) -> float:
    ends = [*(span.last_s for span in spans[:-1]), at_s]
    return sum(max(0.0, end_s - max(span.began_s, since_s)) for span, end_s in zip(spans, ends, strict=False))
