"""Detection, track and truth tables (CSV, Parquet or NDJSON, by ending)."""

from vedette.tables.detections import BadRow, Row, read_looks, read_rows
from vedette.tables.files import KINDS, kind_of
from vedette.tables.tracks import TrackTable

__all__ = ["KINDS", "BadRow", "Row", "TrackTable", "kind_of", "read_looks", "read_rows"]
