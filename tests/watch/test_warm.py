"""First use holds nothing up: what was warmed compiles nothing more in a whole night."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NIGHT = """
import sys
from numba.core import event
from vedette.tracking import warm_up
from vedette.cli.main import main

warm_up()
sys.argv = ["vedette", "demo", "--headless", "--speed", "max", "--data", sys.argv[1]]
with event.install_recorder("numba:compile") as compiled:
    try:
        main()
    except SystemExit as done:
        print("ended with", done.code, "after compiling", len(compiled.buffer))
"""


@pytest.mark.slow
def test_a_whole_night_compiles_nothing_after_the_warm_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NIGHT, str(tmp_path / "night")], capture_output=True, text=True, timeout=110, check=False
    )
    assert "ended with 0 after compiling 0" in done.stdout, done.stdout[-500:] + done.stderr[-2000:]
