"""A short run of `make fuzz`, and that every decoder takes part in it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.wire.fuzzing import Failed, fuzz
from tests.wire.test_any_bytes import DECODERS

WIRE = Path(__file__).parents[2] / "src" / "vedette" / "wire"
DECODES = re.compile(r"^def (decode|read|split|parse|looks_like)\w*\(|^class \w*(Reader|Decoder)\b", re.MULTILINE)
SHORT = 2_000


@pytest.mark.parametrize("name", DECODERS)
def test_every_decoder_takes_mutated_inputs(name: str) -> None:
    decode, corpus = DECODERS[name]
    fuzz(decode, corpus, SHORT, seed=1)


def test_every_module_that_decodes_is_in_the_table() -> None:
    """Found by running the corpora: a new decoder without a row in DECODERS fails here."""
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            ran.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        for decode, corpus in DECODERS.values():
            for octets in corpus:
                decode(octets)
    finally:
        sys.setprofile(None)
    modules = {str(path) for path in WIRE.rglob("*.py") if DECODES.search(path.read_text())}
    assert len(modules) > 8
    missing = sorted(str(Path(one).relative_to(WIRE)) for one in modules - {str(Path(one).resolve()) for one in ran})
    assert not missing


def test_a_fault_is_reported_with_its_bytes() -> None:
    def fragile(octets: bytes) -> None:
        if octets.startswith(b"\xff"):
            raise KeyError("found")

    with pytest.raises(Failed, match=r"(?s)input \d+ of seed 3: ff.*KeyError"):
        fuzz(fragile, [b"\x00\x01\x02\x03"], 100_000, seed=3)
    assert fuzz(lambda octets: None, [b"\x00"], 100, seed=3) < 1.0


def test_the_same_seed_gives_the_same_inputs() -> None:
    seen: list[list[bytes]] = [[], []]
    for inputs in seen:
        fuzz(inputs.append, [b"one", b"another"], 200, seed=5)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 100
