"""The wheel carries all it needs: installed into an empty environment, the demo runs and the console is there."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demo_runs_from_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "vedette/console/static/index.html" in names
    assert not [name for name in names if name.endswith((".ts", ".svelte", ".map"))]
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--require-hashes", "-r", str(ROOT / "requirements/run.txt")], check=True, capture_output=True
    )
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, capture_output=True)
    vedette = str(tmp_path / "venv" / "bin" / "vedette")
    command = [vedette, "demo", "--headless", "--speed", "max", "--data", "night"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert "OUTSIDE the perimeter" in done.stdout
    command = [vedette, "incident", "report", "night", "--format", "pdf", "--out", "night.pdf"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "night.pdf").read_bytes().startswith(b"%PDF-")
