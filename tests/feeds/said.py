"""What a source said, by kind; and when it is in these tests."""

from __future__ import annotations

from vedette.feeds.arrival import FeedBody
from vedette.model import CooperativeReport, Look, Scan

NOW_S = 1_700_000_000.0


TIME_OF_DAY_S = NOW_S % 86_400.0


def scans(bodies: list[FeedBody]) -> list[Scan]:
    return [body.scan for body in bodies if isinstance(body, Look)]


def reports(bodies: list[FeedBody]) -> list[CooperativeReport]:
    return [body for body in bodies if isinstance(body, CooperativeReport)]
