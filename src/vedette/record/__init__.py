"""The record: an append-only log of events under a hash chain, and the capture of bytes as received."""

from vedette.record.capture import Capture
from vedette.record.chain import derived_salts, drawn_salts
from vedette.record.media import Incoming, Kept, MediaFolder
from vedette.record.playback import read_piece, read_track, recorded_span
from vedette.record.proof.checkpoints import FILE as CHECKPOINTS
from vedette.record.proof.checkpoints import read_checkpoints
from vedette.record.proof.excerpt import NAME as EXCERPT
from vedette.record.proof.excerpt import Head as Excerpt
from vedette.record.proof.excerpt import Named, is_excerpt, verify_excerpt, write_excerpt, write_incident
from vedette.record.proof.keys import Signer, fingerprint, machine_signer
from vedette.record.proof.verify import Verdict, verify
from vedette.record.reading import Recovery, head_text, log_lines, log_page, read_events, recover, shown
from vedette.record.searching import kinds_of, newest_events
from vedette.record.storage import StorageWatch
from vedette.record.transaction import Batch, Thinning
from vedette.record.writer import Grouping, Record, Writer

__all__ = [
    "CHECKPOINTS",
    "EXCERPT",
    "Batch",
    "Capture",
    "Excerpt",
    "Grouping",
    "Incoming",
    "Kept",
    "MediaFolder",
    "Named",
    "Record",
    "Recovery",
    "Signer",
    "StorageWatch",
    "Thinning",
    "Verdict",
    "Writer",
    "derived_salts",
    "drawn_salts",
    "fingerprint",
    "head_text",
    "is_excerpt",
    "kinds_of",
    "log_lines",
    "log_page",
    "machine_signer",
    "newest_events",
    "read_checkpoints",
    "read_events",
    "read_piece",
    "read_track",
    "recorded_span",
    "recover",
    "shown",
    "verify",
    "verify_excerpt",
    "write_excerpt",
    "write_incident",
]
