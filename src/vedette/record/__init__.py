"""The record: an append-only log of events under a hash chain, and the capture of bytes as received."""

from vedette.record.capture import Capture
from vedette.record.chain import derived_salts, drawn_salts
from vedette.record.reading import Recovery, log_lines, read_events, recover
from vedette.record.storage import StorageWatch
from vedette.record.transaction import Batch, Thinning
from vedette.record.verify import Verdict, verify
from vedette.record.writer import Grouping, Record, Writer

__all__ = [
    "Batch",
    "Capture",
    "Grouping",
    "Record",
    "Recovery",
    "StorageWatch",
    "Thinning",
    "Verdict",
    "Writer",
    "derived_salts",
    "drawn_salts",
    "log_lines",
    "read_events",
    "recover",
    "verify",
]
