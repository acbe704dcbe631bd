from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.wire import asterix_forms as forms
from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire.asterix import decode_asterix
from vedette.wire.asterix_records import CATEGORIES, FORMER_EDITIONS, AsterixRecord, join_block, split_blocks, subfields
from vedette.wire.datagrams import udp_datagram
from vedette.wire.pcap import Packet, read_capture


def good(octets: bytes, edition: str = "") -> list[AsterixRecord]:
    found = list(split_blocks(octets, editions={None: edition}))
    assert not any(isinstance(one, Rejected) for one in found), found
    return [one for one in found if isinstance(one, AsterixRecord)]


EVERY_EDITION = [(category, edition) for category in CATEGORIES for edition in forms.EDITIONS[category]]
EVERY_EDITION += [(21, edition) for edition in forms.FORMER]


@pytest.mark.parametrize(("category", "edition"), EVERY_EDITION)
def test_the_profiles_are_those_of_every_edition(category: int, edition: str) -> None:
    """Ours has every item of the edition, at its number and of its form; a later edition's may stand where it has none.

    Compounds and x are measured alike however many subfields or octets an edition knows.
    """
    former = edition.replace("_", ".") if edition in forms.FORMER else ""
    ours = [None if one is None else (one[0], spelled(one[1])) for one in forms.profile(category, former)]
    theirs = forms.library_profile(category, edition)
    for number, item in enumerate(theirs):
        if item is None or item == ours[number]:
            continue
        name, form = item
        mine = ours[number]
        assert mine is not None
        assert mine[0] == name
        assert mine[1].startswith(form.removesuffix(")")), f"{name}: {mine[1]} is not a longer {form}"
    if edition == forms.EDITIONS[category][-1] or former:
        assert len(theirs) == len(ours)


def spelled(form: str) -> str:
    return f"c({','.join(one or '-' for one in forms.parts(form))})" if form.startswith("c") else form


def any_records(category: int, edition: str) -> st.SearchStrategy[list[tuple[AsterixRecord, bytes]]]:
    return st.lists(forms.records(category, edition), min_size=1, max_size=3)


EVERY_PROFILE = [*((category, "") for category in CATEGORIES), *((21, edition) for edition in FORMER_EDITIONS)]


@pytest.mark.parametrize(("category", "edition"), EVERY_PROFILE)
@settings(max_examples=150)
@given(data=st.data())
def test_records_come_back_byte_for_byte(category: int, edition: str, data: st.DataObject) -> None:
    given_records = data.draw(any_records(category, edition))
    block = enc.asterix_block(category, *(raw for _, raw in given_records))
    found = good(block, edition)
    assert [one.items for one in found] == [record.items for record, _ in given_records]
    assert join_block(found) == block
    decoded = decode_asterix(block, editions={None: edition})
    assert not [one for one in decoded if isinstance(one, Rejected) and one.reason != "bad_time"]


@pytest.mark.parametrize(
    ("category", "edition"), [*((category, "") for category in CATEGORIES), (21, "0.23"), (21, "0.26")]
)
@settings(max_examples=100)
@given(data=st.data())
def test_libasterix_finds_the_same_items(category: int, edition: str, data: st.DataObject) -> None:
    """Another's parser, generated from the standard's own text, on the same bytes."""
    base = importlib.import_module("asterix.base")
    record, raw = data.draw(forms.records(category, edition))
    theirs_of = forms.library_record(category, edition.replace(".", "_") or None)
    if edition == "0.23" and record.items.keys() & {"070", "131"}:
        reject()  # which only 0.26 has
    parsed = theirs_of.parse(base.ParsingMode.StrictParsing, base.Bits.from_bytes(raw))
    if isinstance(parsed, ValueError):
        # it refuses an extended item longer than its edition knows, which is how a later edition would look
        extended = [name for name, form in filter(None, forms.profile(category, edition)) if "x" in form]
        assert any(len(record.items.get(name, b"")) > 1 for name in extended), record
        reject()
    theirs, rest = parsed
    assert len(rest) == 0
    (ours,) = good(enc.asterix_block(category, raw), edition)
    assert ours.items == {name: item.unparse().to_bytes() for name, item in theirs.items_regular.items()}
    assert ours.items == record.items


def test_each_station_is_read_by_its_own_edition() -> None:
    """By SAC and SIC within a block; a station that is not named sends a present edition."""
    former = forms.presence([0, 4]) + b"\x19\x07" + b"\x48\x40\xd6"
    present = forms.presence([0, 10]) + b"\x19\x08" + b"\x48\x40\xd6"
    first, second = split_blocks(enc.asterix_block(21, former, present), editions={(25, 7): "0.26"})
    assert isinstance(first, AsterixRecord)
    assert isinstance(second, AsterixRecord)
    assert (first.edition, second.edition) == ("0.26", "")
    assert first.items["080"] == second.items["080"] == b"\x48\x40\xd6"
    assert list(split_blocks(enc.asterix_block(21, b"\x80\x19"), editions={(25, 7): "0.26"})) == [
        Rejected(reason="bad_record", raw=b"\x80\x19", offset=3)
    ]


def datagrams(recordings: Path) -> list[bytes]:
    packets = read_capture((recordings / "asterix/cat_034_048.pcap").read_bytes())
    found = [udp_datagram(packet) for packet in packets if isinstance(packet, Packet)]
    return [one.payload for one in found if one] + [(recordings / "asterix/cat21_re.ast").read_bytes()]


def test_real_records_are_written_again_byte_for_byte(recordings: Path) -> None:
    written = 0
    for payload in datagrams(recordings):
        records = good(payload)
        blocks: list[list[AsterixRecord]] = []
        at = 0
        while at < len(payload):
            length = int.from_bytes(payload[at + 1 : at + 3], "big")
            blocks.append([one for one in records if at < one.offset < at + length])
            at += length
        assert b"".join(map(join_block, blocks)) == payload
        written += len(records)
    assert written == 128 + 34 + 2


def test_the_real_reserved_expansion_fields_pass(recordings: Path) -> None:
    records = good((recordings / "asterix/cat21_re.ast").read_bytes())
    assert [one.items["RE"].hex() for one in records] == ["0508f00162", "050870f140"]


def test_an_fspec_longer_than_it_needs_is_kept() -> None:
    raw = b"\x81\x00" + b"\x01\x02"
    (record,) = good(enc.asterix_block(48, raw))
    assert (record.fspec_octets, record.items) == (2, {"010": b"\x01\x02"})
    assert join_block([record]) == enc.asterix_block(48, raw)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [AsterixRecord(category=48, items={})],
        [AsterixRecord(category=48, items={"999": b"1"})],
        [AsterixRecord(category=48, items={"010": b"1"})],
        [AsterixRecord(category=48, items={"020": b"\x01"})],
        [AsterixRecord(category=48, items={"RE": b"\x05\x01"})],
        [AsterixRecord(category=48, items={"010": b"12"}), AsterixRecord(category=34, items={"010": b"12"})],
        [AsterixRecord(category=48, items={"SP": b"\xff" + bytes(254)})] * 260,
    ],
)
def test_what_is_no_block_is_not_written(records: list[AsterixRecord]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        join_block(records)


@pytest.mark.parametrize(
    ("category", "body"),
    [
        (48, b"\x00"),
        (48, b"\x80\x01"),
        (48, b"\x01"),
        (48, b"\x01\x01\x01\x01\x02\x05\x00"),  # RE of length 5 cut short
        (48, b"\x01\x01\x01\x02\x00"),  # RE of length 0
        (48, b"\x11\x01\x01\x02"),
        (62, b"\x40\x01"),  # a spare item
        (62, b"\x01\x01\x01\x01\x10"),
        (34, b"\x04\x20"),  # a subfield nobody defined
        (34, b"\x01\x01\x80"),  # more FSPEC than the profile has
    ],
)
def test_bad_records(category: int, body: bytes) -> None:
    (rejected,) = split_blocks(enc.asterix_block(category, body), 7)
    assert rejected == Rejected(reason="bad_record", raw=body, offset=10)


def test_subfields_are_numbered_as_in_the_standard() -> None:
    octets = forms.presence([0, 7]) + b"\x40\x48\x40" + b"\x02"
    assert subfields(62, "380", octets) == {1: b"\x40\x48\x40", 8: b"\x02"}
