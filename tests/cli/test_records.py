"""`verify`, `export` and the key as a user meets them: exit codes, one clear line, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.record.ledger import BEGIN_S, fill
from tests.record.test_keys import made
from tests.record.test_signed import watch
from tests.watch.driving import vedette
from vedette.clock import iso_utc
from vedette.record import fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A signed record of 41 events."""
    return watch(tmp_path / "data", 1, 40, made(tmp_path / "record.key"))


def test_verify_answers_in_one_line_and_says_who_signed_beside_it(folder: Path, tmp_path: Path) -> None:
    name = fingerprint(made(tmp_path / "record.key").public_key)
    done = vedette("verify", folder, "--signer", name)
    assert (done.returncode, done.stdout) == (0, "intact, 41 events\n")
    assert f"signed by {name}" in done.stderr
    other = vedette("verify", folder, "--signer", "0000")
    assert (other.returncode, other.stderr) == (1, "")
    assert other.stdout.startswith("broken: the newest checkpoint is signed by")
    old = vedette("verify", fill(tmp_path / "old", 10))
    assert (old.returncode, old.stdout) == (0, "intact, 10 events\n")
    assert "no signature" in old.stderr


def test_verify_takes_a_checkpoint_as_file_line_or_print(folder: Path, tmp_path: Path) -> None:
    log = folder / "checkpoints.log"
    line = log.read_text().splitlines()[-1]
    parts = msgspec.json.decode(line)
    text = f"Record head: {parts['seq']} {parts['hash']} signed by {parts['public_key']} {parts['signature']}"
    kept = tmp_path / "kept.txt"
    kept.write_text(text + "\n")
    for good in (log, line, text, kept, f"{parts['seq']} {parts['hash']}"):
        assert vedette("verify", folder, "--checkpoint", good).returncode == 0
    for wrong in (text[:-1] + "x", "x" * 5000, tmp_path / "absent", f"{parts['seq']} {parts['hash'][:-1]}"):
        done = vedette("verify", folder, "--checkpoint", wrong)
        assert done.returncode == 2, wrong
        assert len(done.stderr.strip().splitlines()) == 1
    other = vedette("verify", folder, "--checkpoint", f"{parts['seq']} {'0' * 64}")
    assert (other.returncode, other.stdout[:18]) == (1, "broken at event 41")


def test_an_export_is_a_new_folder_that_verify_takes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    done = vedette("export", folder, "--since", iso_utc(BEGIN_S + 20.0), "--out", out)
    assert done.returncode == 0, done.stderr
    for path in (out, out / "events.ndjson"):
        checked = vedette("verify", path)
        assert (checked.returncode, checked.stdout) == (0, "intact, 21 events\n")
    again = vedette("export", folder, "--out", out)
    assert (again.returncode, "already" in again.stderr) == (2, True)
    text = (out / "events.ndjson").read_text()
    (out / "events.ndjson").write_text(text.replace("rid:1", "rid:2"))
    assert vedette("verify", out).returncode == 1


@pytest.mark.parametrize("since", ["yesterday", "2021-09-11T20:00:00", "2099-01-01T00:00:00Z"])
def test_a_failed_export_leaves_nothing(folder: Path, tmp_path: Path, since: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = vedette("export", folder, "--since", since, "--out", tmp_path / "copy")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_no_excerpt_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("hello\n")
    assert vedette("verify", tmp_path / "file").returncode == 2


def test_a_watch_with_an_open_key_is_refused(site_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "record.key"
    made(key)
    key.chmod(0o644)
    monkeypatch.setenv("VEDETTE_KEY", str(key))
    done = vedette("watch", site_file, "--headless", "--data", tmp_path / "data")
    assert done.returncode == 2
    assert done.stderr.strip().endswith(f"{key}: the signing key is open to others (mode 0644, not 0600)")
    assert not (tmp_path / "data").exists()
