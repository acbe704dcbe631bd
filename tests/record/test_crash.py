"""A watch that is killed leaves a record that holds, and nothing that was told as safe is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.record.ledger import begin
from vedette.errors import RecordBusy
from vedette.record import recover, verify

WATCH = """
import sys
from pathlib import Path
from tests.record.ledger import batch, begin
from vedette.record import Batch, Grouping
import msgspec

def tell(events):
    print(events[-1].seq, flush=True)

with begin(Path(sys.argv[1]), Grouping(group_s=0.0005, every_events=7)) as record:
    for number in range(record.recovery.last_seq + 1, 10**7):
        snapshot = b"state" * 1000 if number % 20 == 0 else None
        record.writer.put(msgspec.structs.replace(batch(number, snapshot), on_commit=tell))
"""


def test_kill_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(20210911)
    told = 0
    for _ in range(4):
        lines = rng.randrange(1, 120)
        watch = subprocess.Popen(
            [sys.executable, "-c", WATCH, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert watch.stdout is not None
        for _ in range(lines):
            told = int(watch.stdout.readline())
        with pytest.raises(RecordBusy):
            begin(tmp_path)
        watch.send_signal(signal.SIGKILL)
        told = max([told, *(int(line) for line in watch.stdout.read().split(b"\n")[:-1])])
        watch.stdout.close()
        watch.wait()
        verdict = verify(tmp_path)
        assert verdict.intact, verdict
        kept = recover(tmp_path)
        assert kept.last_seq == verdict.events >= told
        assert kept.last_input_seq == kept.last_seq
        assert len(kept.journal) == kept.last_seq % 20
    begin(tmp_path).close()
    assert verify(tmp_path).intact
