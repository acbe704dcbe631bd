"""The signing key: where it lies, who may read it, what it signs."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from vedette.errors import RecordError
from vedette.record import Signer, fingerprint, machine_signer
from vedette.record.proof.keys import key_path, signature_holds

HEAD = (7, "ab" * 32)


def made(path: Path) -> Signer:
    signer = machine_signer(path)
    assert signer is not None
    return signer


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "vedette" / "record.key"
    first = made(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["record.key"]
    again = made(path)
    assert again.public_key == first.public_key
    assert again.sign(*HEAD) == first.sign(*HEAD)
    assert made(tmp_path / "other.key").public_key != first.public_key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o644, 0o666])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "record.key"
    made(path)
    path.chmod(mode)
    with pytest.raises(RecordError, match=f"open to others.*{mode:04o}"):
        machine_signer(path)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "real.key"
    made(key)
    (tmp_path / "link.key").symlink_to(key)
    (tmp_path / "nowhere.key").symlink_to(tmp_path / "none")
    (tmp_path / "folder.key").mkdir(mode=0o700)
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("text.key", b"hello"), ("empty.key", b""), ("x25519.key", other)):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o600)
    os.mkfifo(tmp_path / "pipe.key", 0o600)
    for path in sorted(set(tmp_path.glob("*.key")) - {key}):
        with pytest.raises(RecordError, match=path.name):
            machine_signer(path)


def test_where_no_key_can_be_made_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert machine_signer(tmp_path / "file" / "record.key") is None


def test_the_place_is_the_users_own_or_named(tmp_path: Path) -> None:
    assert key_path({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "vedette" / "record.key"
    assert key_path({"XDG_CONFIG_HOME": "relative"}) == Path("~/.config/vedette/record.key").expanduser()
    assert key_path({"XDG_CONFIG_HOME": str(tmp_path), "VEDETTE_KEY": str(tmp_path / "k")}) == tmp_path / "k"


def test_a_signature_holds_for_its_head_and_key_alone(tmp_path: Path) -> None:
    signer, other = made(tmp_path / "a"), made(tmp_path / "b")
    signature = signer.sign(*HEAD)
    assert signature_holds(signer.public_key, signature, *HEAD)
    assert not signature_holds(other.public_key, signature, *HEAD)
    assert not signature_holds(signer.public_key, signature, 8, HEAD[1])
    assert not signature_holds(signer.public_key, signature, 7, "ac" * 32)
    for wrong in ("", "zz", signature[:-2], "00" * 64):
        assert not signature_holds(signer.public_key, wrong, *HEAD)
        assert not signature_holds(wrong, signature, *HEAD)


def test_a_fingerprint_is_read_aloud() -> None:
    # sha256sum of 32 zero bytes begins with these digits.
    assert fingerprint("00" * 32) == "6668-7aad-f862-bd77-6c8f-c18b-8e9f-8e20"
