"""ASTERIX data blocks ↔ records as their items' octets, for categories 021, 034, 048 and 062. By table, no library.

A data block is category u8, length u16 (header included), then records. A record is FSPEC (7 presence bits an octet,
bit 0: one more octet follows; bit n names the n-th item of the category's profile), then the octets of those items.
An item is one of

    n        n octets
    x        octets until one whose bit 0 is clear
    f<n>     groups of n octets until one whose last bit is clear
    r<n>     a count u8, then that many groups of n octets
    e        a length u8 that counts itself, then the rest: the reserved expansion (RE) and special purpose (SP) fields
    c(…)     presence octets as in FSPEC, then the subfields they name, in order; `-` is a subfield nobody defined

What an item says is read elsewhere; here its octets are kept as they came, RE and SP among them, so a record can be
written again byte for byte. Profiles: EUROCONTROL SUR.ET1.ST05.2000-STD, parts 12 (021, editions 2.1 to 2.7), 2b (034),
4 (048) and 9 (062), from the machine-readable asterix-specs. Category 021 of editions 0.23 to 0.26 has another profile,
which cannot be told from it by its bytes: who reads must know which stations send it. All profiles begin with 010, the
station's SAC and SIC.

Rejected: `truncated` (a block longer than what is left), `bad_block` (length < 3), `bad_record` (FSPEC empty or naming
what is not defined, or an item that does not fit; the rest of its block goes with it), `unsupported_category`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from vedette.model import Rejected

_PROFILES: Final[Mapping[int, str]] = {
    21: "010:2 040:x 161:2 015:1 071:3 130:6 131:8 072:3 150:2 151:2 080:3 073:3 074:4 075:3 076:4 140:2 090:x 210:1 "
    "070:2 230:2 145:2 152:2 200:1 155:2 157:2 160:4 165:2 077:3 170:6 020:1 220:c(2,2,2,1) 146:2 148:2 110:c(x,r15) "
    "016:1 008:1 271:x 132:1 250:r8 260:7 400:1 295:c(1*23) - - - - - RE:e SP:e",
    34: "010:2 000:1 030:3 020:1 041:2 050:c(1,-,-,1,1,2) 060:c(1,-,-,1,1,1) 070:r2 100:8 110:1 120:8 090:2 RE:e SP:e",
    48: "010:2 140:3 020:x 040:4 070:2 090:2 130:c(1*7) 220:3 240:6 250:r8 161:2 042:4 200:4 170:x 210:4 030:x 080:2 "
    "100:4 110:2 120:c(2,r6) 230:2 260:7 055:1 050:2 065:1 060:2 SP:e RE:e",
    62: "010:2 - 015:1 070:3 105:8 100:6 185:4 210:2 060:2 245:7 "
    "380:c(3,6,2*5,x,r15,2,2,7,2*6,1,8,1,6,2,1,r8,2*3) 040:2 080:x 290:c(1*4,2,1*5) 200:1 295:c(1*31) 136:2 130:2 "
    "135:2 220:2 390:c(2,7,4,1,4,1,4,4,3,2,2,r4,6,1,7,7,2,7) 270:x 300:1 110:c(1,4,6,2,2,1,1) 120:2 510:f3 "
    "500:c(4,2,4,1,1,2,2,1) 340:c(2,4,2,2,2,1) - - - - - RE:e SP:e",
}
_FORMER: Final = (
    "010:2 040:2 030:3 130:8 080:3 140:2 090:2 210:1 230:2 145:2 150:2 151:2 152:2 155:2 157:2 160:4 165:x 170:6 095:1 "
    "032:1 200:1 020:1 220:c(2,2,2,1) 146:2 148:2 110:c(x,r15) 070:2 131:1 - - - - - RE:e SP:e"
)
_FORMER_PROFILES: Final[Mapping[str, str]] = {
    "0.23": _FORMER.replace("130:8", "130:6"),
    **dict.fromkeys(("0.24", "0.25", "0.26"), _FORMER),
}
"""Of category 021, by edition. What only 0.26 has stands in all."""
CATEGORIES: Final = tuple(_PROFILES)
FORMER_EDITIONS: Final = tuple(_FORMER_PROFILES)
Editions = Mapping[tuple[int, int] | None, str]
"""Which stations, by SAC and SIC, send category 021 in one of FORMER_EDITIONS; None: all that are not named."""
ALL_PRESENT: Final[Editions] = {}
"""All stations send an edition from 2.1 on."""

Measure = Callable[[bytes, int], int]
"""The end of what begins at an offset; IndexError where it does not fit."""
Size = int | Measure


class AsterixRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record: each item's octets by its number, in the order sent.

    `edition`: one of FORMER_EDITIONS, else empty. `fspec_octets`: how long the FSPEC was sent where that is more than
    it needs, else 0. `octets`: all of it, as sent; `offset`: where that began in its source.
    """

    category: int
    edition: str = ""
    items: dict[str, bytes]
    fspec_octets: int = 0
    octets: bytes = b""
    offset: int = 0


def split_blocks(
    octets: bytes, offset: int = 0, editions: Editions = ALL_PRESENT
) -> Iterator[AsterixRecord | Rejected]:
    """The records of a datagram, or of a file of data blocks. `offset` is added to that of each Rejected."""
    at = 0
    while at < len(octets):
        length = int.from_bytes(octets[at + 1 : at + 3], "big")
        if at + 3 > len(octets) or at + length > len(octets):
            yield Rejected(reason="truncated", raw=octets[at:], offset=offset + at)
            return
        if length < 3:
            yield Rejected(reason="bad_block", raw=octets[at:], offset=offset + at)
            return
        if octets[at] in _PROFILES:
            yield from _records(octets[at : at + length], offset + at, editions if octets[at] == 21 else ALL_PRESENT)
        else:
            yield Rejected(reason="unsupported_category", raw=octets[at : at + length], offset=offset + at)
        at += length


def next_sound_block(octets: bytes, at: int, editions: Editions = ALL_PRESENT) -> int | None:
    """Where blocks go on from `at` after damage; None: nowhere.

    ASTERIX has no mark at which a reader could fall in again. Taken is the first place from which _SOUND blocks, or all
    up to the end, follow each other, of known categories and with records that fill them.
    """
    for start in range(at, len(octets)):
        if octets[start] in _PROFILES and _is_sound(octets, start, editions):
            return start
    return None


_SOUND: Final = 3
"""Blocks in a row that chance hardly makes."""


def _is_sound(octets: bytes, at: int, editions: Editions) -> bool:
    for _ in range(_SOUND):
        if at == len(octets):
            return True
        end = at + int.from_bytes(octets[at + 1 : at + 3], "big")
        if octets[at] not in _PROFILES or not at + 3 < end <= len(octets):
            return False
        if any(isinstance(one, Rejected) for one in split_blocks(octets[at:end], at, editions)):
            return False
        at = end
    return True


def join_block(records: Sequence[AsterixRecord]) -> bytes:
    """One data block of records of one category, written from their items.

    Raises:
        ValueError: no record, records of several categories, an item that the category does not have or whose octets
            are not of its form, or more than fits into one block.
    """
    body = b"".join(map(_encode, records))
    categories = {record.category for record in records}
    if len(categories) != 1 or len(body) + 3 > 0xFFFF:
        raise ValueError(f"not one block: categories {sorted(categories)}, {len(body)} bytes")
    return bytes(categories) + (len(body) + 3).to_bytes(2, "big") + body


def subfields(category: int, item: str, octets: bytes) -> dict[int, bytes]:
    """The subfields present in a compound item, by their number from 1, as the standard numbers them."""
    found: dict[int, bytes] = {}
    _walk(_compounds(category)[item], octets, 0, found)
    return found


def _records(block: bytes, offset: int, editions: Editions) -> Iterator[AsterixRecord | Rejected]:
    category, at = block[0], 3
    while at < len(block):
        try:
            edition = _edition(block, at, editions) if editions else ""
            record = _record(category, edition, block, at, offset + at)
        except IndexError:
            yield Rejected(reason="bad_record", raw=block[at:], offset=offset + at)
            return
        yield record
        at += len(record.octets)


def _edition(block: bytes, start: int, editions: Editions) -> str:
    at = _until_clear(1, block, start)
    numbers = (block[at], block[at + 1]) if block[start] & 0x80 else None
    return editions.get(numbers) or editions.get(None, "")


def _record(category: int, edition: str, block: bytes, start: int, offset: int) -> AsterixRecord:
    at = _until_clear(1, block, start)
    plan, spare_octets = _plan(category, edition, block[start:at])
    items: dict[str, bytes] = {}
    for name, size in plan:
        end = at + size if type(size) is int else size(block, at)  # type: ignore[operator]
        items[name] = block[at:end]
        at = end
    if at > len(block):
        raise IndexError
    return AsterixRecord(
        category=category,
        edition=edition,
        items=items,
        fspec_octets=spare_octets,
        octets=block[start:at],
        offset=offset,
    )


@functools.lru_cache(maxsize=4096)
def _plan(category: int, edition: str, fspec: bytes) -> tuple[tuple[tuple[str, Size], ...], int]:
    """The items an FSPEC names with their sizes, and its length if that is more than needed. IndexError: undefined."""
    profile, plan = _profile(category, edition), []
    for number in _bits(fspec):
        entry = profile[number]
        if entry is None:
            raise IndexError
        plan.append(entry)
    if not plan:
        raise IndexError
    return tuple(plan), 0 if fspec[-1] & 0xFE else len(fspec)


def _bits(presence: bytes) -> Iterator[int]:
    """Numbers (from 0) of the presence bits set: 7 an octet."""
    for index, octet in enumerate(presence):
        for bit in range(7):
            if octet & (0x80 >> bit):
                yield index * 7 + bit


def _encode(record: AsterixRecord) -> bytes:
    profile = _profile(record.category, record.edition)
    numbers = {entry[0]: number for number, entry in enumerate(profile) if entry is not None}
    unknown = record.items.keys() - numbers.keys()
    if unknown or not record.items:
        raise ValueError(f"category {record.category} has no item {', '.join(sorted(unknown)) or 'at all here'}")
    ordered = sorted(numbers[name] for name in record.items)
    octets = bytearray(max(ordered[-1] // 7 + 1, record.fspec_octets))
    body = []
    for number in ordered:
        octets[number // 7] |= 0x80 >> number % 7
        name, size = profile[number] or ("", 0)
        body.append(_fitting(name, record.items[name], size))
    for index in range(len(octets) - 1):
        octets[index] |= 1
    return bytes(octets) + b"".join(body)


def _fitting(name: str, octets: bytes, size: Size) -> bytes:
    try:
        fits = (size if isinstance(size, int) else size(octets, 0)) == len(octets)
    except IndexError:
        fits = False
    if not fits:
        raise ValueError(f"item {name} is not of its form: {octets.hex()}")
    return octets


@functools.cache
def _profile(category: int, edition: str) -> tuple[tuple[str, Size] | None, ...]:
    entries: list[tuple[str, Size] | None] = []
    for word in (_FORMER_PROFILES[edition] if edition else _PROFILES[category]).split():
        name, _, form = word.partition(":")
        entries.append((name, _size(form)) if form else None)
    return tuple(entries)


@functools.cache
def _compounds(category: int) -> dict[str, tuple[Size | None, ...]]:
    words = (word.partition(":") for word in _PROFILES[category].split())
    return {name: _parts(form) for name, _, form in words if form.startswith("c")}


def _parts(form: str) -> tuple[Size | None, ...]:
    parts: list[Size | None] = []
    for word in form[2:-1].split(","):
        one, _, times = word.partition("*")
        parts += [None if one == "-" else _size(one)] * int(times or 1)
    return tuple(parts)


def _size(form: str) -> Size:
    if form.isdigit():
        return int(form)
    if form == "x":
        return functools.partial(_until_clear, 1)
    if form == "e":
        return _explicit
    if form.startswith("c"):
        return functools.partial(_compound, _parts(form))
    kind, width = re.fullmatch(r"([fr])(\d+)", form).groups()  # type: ignore[union-attr]
    return functools.partial(_until_clear if kind == "f" else _repeated, int(width))


def _until_clear(width: int, octets: bytes, at: int) -> int:
    at += width
    while octets[at - 1] & 1:
        at += width
    return at


def _repeated(width: int, octets: bytes, at: int) -> int:
    return _within(octets, at + 1 + octets[at] * width)


def _explicit(octets: bytes, at: int) -> int:
    if not octets[at]:
        raise IndexError
    return _within(octets, at + octets[at])


def _compound(parts: tuple[Size | None, ...], octets: bytes, at: int) -> int:
    return _walk(parts, octets, at, {})


def _walk(parts: tuple[Size | None, ...], octets: bytes, at: int, found: dict[int, bytes]) -> int:
    start, at = at, _until_clear(1, octets, at)
    for number in _bits(octets[start:at]):
        size = parts[number]
        if size is None:
            raise IndexError
        end = at + size if isinstance(size, int) else size(octets, at)
        found[number + 1] = octets[at:end]
        at = end
    return _within(octets, at)


def _within(octets: bytes, end: int) -> int:
    if end > len(octets):
        raise IndexError
    return end
