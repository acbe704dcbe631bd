"""Our own encoder of ASTERIX records from their profile, and what libasterix's specifications say of the same items."""

from __future__ import annotations

import importlib
from typing import Any

from hypothesis import strategies as st

from vedette.wire.asterix_records import _FORMER_PROFILES, _PROFILES, AsterixRecord

FORMER = ["0_23", "0_24", "0_25", "0_26"]
EDITIONS = {
    21: ["2_1", "2_2", "2_3", "2_4", "2_5", "2_6", "2_7"],
    34: ["1_27", "1_28", "1_29"],
    48: ["1_27", "1_28", "1_29", "1_30", "1_31", "1_32"],
    62: ["1_16", "1_17", "1_18", "1_19", "1_20", "1_21"],
}


def profile(category: int, edition: str = "") -> list[tuple[str, str] | None]:
    """(item, form) by field reference number, None where it is spare. `edition`: one of 021 before 2.1."""
    text = _FORMER_PROFILES[edition] if edition else _PROFILES[category]
    words = [word.partition(":") for word in text.split()]
    return [(name, form) if form else None for name, _, form in words]


def parts(form: str) -> list[str | None]:
    """The forms of a compound's subfields, written out."""
    found: list[str | None] = []
    for word in form[2:-1].split(","):
        one, _, times = word.partition("*")
        found += [None if one == "-" else one] * int(times or 1)
    return found


def octets(form: str) -> st.SearchStrategy[bytes]:
    """Any octets of this form."""
    if form.isdigit():
        return st.binary(min_size=int(form), max_size=int(form))
    if form == "x":
        return _chain(1)
    if form == "e":
        return st.binary(max_size=40).map(lambda body: bytes([len(body) + 1]) + body)
    if form.startswith("c"):
        return _compound(parts(form))
    width = int(form[1:])
    if form.startswith("f"):
        return _chain(width)
    group = st.binary(min_size=width, max_size=width)
    return st.lists(group, min_size=1, max_size=4).map(lambda groups: bytes([len(groups)]) + b"".join(groups))


def _chain(width: int) -> st.SearchStrategy[bytes]:
    group = st.binary(min_size=width, max_size=width)

    def chained(groups: list[bytes]) -> bytes:
        flagged = [one[:-1] + bytes([one[-1] | 1]) for one in groups[:-1]]
        return b"".join(flagged) + groups[-1][:-1] + bytes([groups[-1][-1] & 0xFE])

    return st.lists(group, min_size=1, max_size=3).map(chained)


def presence(numbers: list[int]) -> bytes:
    """Presence octets for these numbers, from 0; at least one."""
    octets = bytearray((max(numbers, default=0)) // 7 + 1)
    for number in numbers:
        octets[number // 7] |= 0x80 >> number % 7
    for index in range(len(octets) - 1):
        octets[index] |= 1
    return bytes(octets)


def _compound(forms: list[str | None]) -> st.SearchStrategy[bytes]:
    known = {number: octets(form) for number, form in enumerate(forms) if form is not None}

    def written(values: dict[int, bytes]) -> bytes:
        return presence(sorted(values)) + b"".join(values[number] for number in sorted(values))

    chosen = st.sets(st.sampled_from(sorted(known)), min_size=1, max_size=6)
    return chosen.flatmap(lambda numbers: st.fixed_dictionaries({n: known[n] for n in sorted(numbers)})).map(written)


def records(category: int, edition: str = "") -> st.SearchStrategy[tuple[AsterixRecord, bytes]]:
    """A record with its SAC and SIC and any other items, and its octets as this module writes them."""
    known = [(number, *entry) for number, entry in enumerate(profile(category, edition)) if entry is not None]
    strategies = {number: octets(form) for number, _, form in known}
    names = {number: name for number, name, _ in known}

    def written(values: dict[int, bytes]) -> tuple[AsterixRecord, bytes]:
        raw = presence(sorted(values)) + b"".join(values[number] for number in sorted(values))
        items = {names[number]: values[number] for number in sorted(values)}
        return AsterixRecord(category=category, edition=edition, items=items, octets=raw), raw

    others = st.sets(st.sampled_from([number for number, name, _ in known if name != "010"]), max_size=12)
    return others.flatmap(
        lambda numbers: st.fixed_dictionaries({number: strategies[number] for number in sorted({0} | numbers)})
    ).map(written)


def library_record(category: int, edition: str | None = None) -> Any:
    """libasterix's class for the records of a category."""
    generated = importlib.import_module("asterix.generated")
    return getattr(generated, f"Cat_{category:03d}_{edition or EDITIONS[category][-1]}").cv_record


def library_profile(category: int, edition: str) -> list[tuple[str, str] | None]:
    """The same as `profile`, from libasterix's specification of one edition."""
    base = importlib.import_module("asterix.base")
    found: list[tuple[str, str] | None] = []
    for item in library_record(category, edition).cv_items_list:
        if issubclass(item, base.UapItem):
            found.append((item.cv_non_spare.cv_name, _library_form(base, item.cv_non_spare.cv_rule)))
        else:
            found.append(None)
    return found


def _library_form(base: Any, rule: Any) -> str:
    variation = getattr(rule, "cv_variation", None) or rule.cv_default_variation
    if issubclass(variation, (base.Element, base.Group)):
        return str(variation.cv_bit_size // 8)
    if issubclass(variation, base.Extended):
        return "x"
    if issubclass(variation, base.Explicit):
        return "e"
    if issubclass(variation, base.Repetitive):
        bits = variation.cv_variation.cv_bit_size
        if variation.cv_rep_bytes is None:
            return "x" if bits == 7 else f"f{(bits + 1) // 8}"
        return f"r{bits // 8}"
    subfields = ["-" if one is None else _library_form(base, one.cv_rule) for one in variation.cv_items_list]
    return f"c({','.join(subfields)})"
