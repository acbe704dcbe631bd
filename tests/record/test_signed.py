"""Signed checkpoints: who signed, what a change of machine tells, and what is found when a signature does not hold."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.record.ledger import REPLAY, SITE, batch, draft, fill
from tests.record.test_keys import made
from tests.record.test_verify import changed, cut_with_head
from vedette.errors import RecordError
from vedette.model import SignerStarted
from vedette.record import Batch, Record, Signer, derived_salts, fingerprint, head_text, read_events, verify


def watch(folder: Path, first: int, last: int, signer: Signer | None, live: bool = True) -> Path:
    """One watch's events; it introduces its signer first, as watches do."""
    with Record.open(folder, SITE, derived_salts(b"key"), REPLAY, signer=signer) as record:
        record.writer.put(Batch(drafts=tuple(map(draft, record.introduction(live))), flush=True))
        for number in range(first, last + 1):
            record.writer.put(batch(number))
    return folder


def lines(folder: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in (folder / "checkpoints.log").read_bytes().splitlines()]


def rewrite(folder: Path, changed: list[dict[str, Any]]) -> None:
    (folder / "checkpoints.log").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in changed))


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return made(tmp_path / "keys" / "record.key")


@pytest.fixture
def signed(tmp_path: Path, signer: Signer) -> Path:
    return watch(tmp_path / "signed", 1, 60, signer)


def test_every_checkpoint_is_signed_and_the_record_names_the_signer(signed: Path, signer: Signer) -> None:
    (event,) = read_events(signed, kind="signer_started")
    name = fingerprint(signer.public_key)
    assert event.seq == 1
    assert event.payload == SignerStarted(public_key=signer.public_key, fingerprint=name, before=None)
    assert len(lines(signed)) > 2
    assert {(line["public_key"], line["signer"]) for line in lines(signed)} == {(signer.public_key, name)}
    assert verify(signed, signer=f" {name.replace('-', ' ')}").intact
    verdict = verify(signed, signer=name.upper())
    assert (str(verdict), verdict.notes) == (
        "intact, 61 events",
        (f"checkpoints to event 61, from 1: signed by {name}",),
    )
    assert list(read_events(watch(signed, 61, 70, signer), kind="signer_started")) == [event]


def test_another_key_is_told_as_another_signer(signed: Path, signer: Signer, tmp_path: Path) -> None:
    second = made(tmp_path / "second.key")
    watch(signed, 61, 61, second)
    told = [event.payload for event in read_events(signed, kind="signer_started")]
    assert [(each.public_key, each.before) for each in told if isinstance(each, SignerStarted)] == [
        (signer.public_key, None),
        (second.public_key, signer.public_key),
    ]
    first_note, second_note = verify(signed).notes
    assert first_note.endswith(f"to event 61, from 1: signed by {fingerprint(signer.public_key)}")
    assert second_note.endswith(f"from 62: signed by {fingerprint(second.public_key)} (another signer than before)")
    assert verify(signed, signer=fingerprint(second.public_key)).intact
    assert not verify(signed, signer=fingerprint(signer.public_key)).intact


@pytest.mark.parametrize("field", ["signature", "public_key", "signer", "hash", "seq"])
def test_a_changed_checkpoint_is_found(signed: Path, field: str) -> None:
    whole = lines(signed)
    for at in range(len(whole)):
        changed = [dict(line) for line in whole]
        value = changed[at][field]
        changed[at][field] = value + 1 if field == "seq" else value[:-1] + ("0" if value[-1] != "0" else "1")
        rewrite(signed, changed)
        assert not verify(signed).intact, (at, field)


def test_signatures_taken_away_or_made_with_another_key_are_found(signed: Path, tmp_path: Path) -> None:
    whole = lines(signed)
    other = made(tmp_path / "other.key")
    bare = [{name: line[name] for name in ("seq", "hash", "received")} for line in whole]
    forged = [
        {**line, "public_key": other.public_key, "signature": other.sign(line["seq"], line["hash"])} for line in bare
    ]
    for at in range(len(whole)):
        for made_up in (bare, forged):
            rewrite(signed, [*whole[:at], made_up[at], *whole[at + 1 :]])
            verdict = verify(signed)
            assert (verdict.intact, verdict.first_broken) == (False, whole[at]["seq"])


def test_a_record_made_anew_is_found_by_the_fingerprint(signed: Path, signer: Signer, tmp_path: Path) -> None:
    forger = made(tmp_path / "forger.key")
    again = watch(tmp_path / "again", 2, 60, forger)
    assert verify(again).intact
    verdict = verify(again, signer=fingerprint(signer.public_key))
    assert str(verdict).startswith("broken: the newest checkpoint is signed by " + fingerprint(forger.public_key))
    assert not verify(fill(tmp_path / "unsigned", 30), signer=fingerprint(signer.public_key)).intact


def test_a_tail_cut_at_a_checkpoint_is_found_against_the_log(signed: Path, tmp_path: Path) -> None:
    for line in lines(signed)[:-1]:
        cut = changed(signed, tmp_path / "cut", lambda connection, at=line["seq"]: cut_with_head(connection, at + 1, 0))
        verdict = verify(cut)
        assert (verdict.intact, verdict.first_broken) == (False, line["seq"] + 1)


def test_an_unsigned_record_verifies_as_what_it_is(tmp_path: Path, signer: Signer) -> None:
    old = fill(tmp_path / "old", 30)
    assert verify(old).notes == ("checkpoints to event 30, from 1: no signature",)
    watch(old, 31, 40, signer)
    verdict = verify(old)
    assert verdict.intact
    assert verdict.notes[0] == "checkpoints to event 30, from 1: no signature"
    assert verdict.notes[1].startswith("checkpoints to event 41, from 31: signed by")
    bare = shutil.copytree(old, tmp_path / "bare")
    (bare / "checkpoints.log").unlink()
    assert verify(bare).notes == ("no checkpoint: the chain holds, nothing says who wrote it",)


def test_a_replay_signs_and_its_record_does_not_say_who(tmp_path: Path, signer: Signer) -> None:
    one = watch(tmp_path / "one", 1, 30, signer, live=False)
    two = watch(tmp_path / "two", 1, 30, made(tmp_path / "other.key"), live=False)
    assert (one / "record.sqlite").read_bytes() == (two / "record.sqlite").read_bytes()
    assert lines(one)[0]["signature"] != lines(two)[0]["signature"]
    assert verify(one, signer=fingerprint(signer.public_key)).intact


def test_a_signed_record_goes_on_with_a_key_only_and_never_beside_it(signed: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="with a key only"):
        Record.open(signed, SITE, derived_salts(b"key"), REPLAY)
    inside = made(tmp_path / "signed" / "keys" / "record.key")
    with pytest.raises(RecordError, match="kept apart"):
        Record.open(signed, SITE, derived_salts(b"key"), REPLAY, signer=inside)
    watch(signed, 61, 61, made(tmp_path / "keys" / "record.key"))
    assert verify(signed).intact


def test_the_printed_head_is_a_checkpoint(signed: Path, signer: Signer, tmp_path: Path) -> None:
    head = head_text(signed)
    assert head is not None
    assert head.endswith(signer.sign(61, lines(signed)[-1]["hash"]))
    wrapped = f"Record head: {head}".replace(" signed by ", "\n  signed by\n  ")
    other = watch(tmp_path / "other", 2, 61, signer)
    for text in (head, f"Record head: {head}", wrapped, head.upper().replace("SIGNED BY", "signed by")):
        assert verify(signed, text).intact
        assert verify(other, text).first_broken == 61
    flipped = head[:-1] + ("0" if head[-1] != "0" else "1")
    assert verify(signed, flipped).why == "the signature of its checkpoint does not hold"


def test_the_head_of_a_running_watch_comes_with_the_newest_checkpoint(tmp_path: Path, signer: Signer) -> None:
    assert head_text(watch(tmp_path / "none", 1, 0, None)) is None
    with Record.open(tmp_path / "d", SITE, derived_salts(b"key"), REPLAY, signer=signer) as record:
        for number in range(1, 21):
            record.writer.put(batch(number, flush=True))
        record.writer.drain()
        head = head_text(tmp_path / "d")
        assert head is not None
        bare, checkpoint = head.splitlines()
        assert bare.split()[0] == "20"
        assert checkpoint.startswith("1 ")
        for line in (bare, checkpoint):
            assert verify(tmp_path / "d", line).intact
        assert verify(tmp_path / "d").notes[-1] == "events from 2 on are younger than the newest checkpoint"
