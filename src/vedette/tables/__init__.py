"""Detection, track and truth tables (CSV, Parquet or NDJSON, by ending)."""

from vedette.tables.detections import BadRow, Row, parse_row, read_looks, read_rows, scan_of
from vedette.tables.files import KINDS, kind_of
from vedette.tables.scored import TrackRow, read_tracks
from vedette.tables.tracks import TrackTable
from vedette.tables.truth import TruthRow, read_truth

__all__ = [
    "KINDS",
    "BadRow",
    "Row",
    "TrackRow",
    "TrackTable",
    "TruthRow",
    "kind_of",
    "parse_row",
    "read_looks",
    "read_rows",
    "read_tracks",
    "read_truth",
    "scan_of",
]
