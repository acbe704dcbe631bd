"""Two people's changes of one version of the site, put together where they touch different things.

The texts are merged by lines, and the outcome is believed only where, key by key, it says what the one changed, what
the other changed, and else what stood there before. Whatever leaves a doubt is a conflict: a person decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

import msgspec

from vedette.errors import BadInput
from vedette.model.site_changes import SiteDifference
from vedette.site.changes import flat_of, told
from vedette.site.load import site_from_text
from vedette.site.model import Site

Lines = list[str]


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """The texts that hold both changes."""

    toml: str
    geometry: str | None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps them apart. both: keys that both changed, as the other left them; none: the texts lie too close."""

    both: tuple[SiteDifference, ...]


def merged(base: Site, mine: Site, theirs: Site) -> Merged | Conflict:
    """My change of `base` put upon theirs."""
    before, my, their = flat_of(base), flat_of(mine), flat_of(theirs)
    changed = {key for key in {*before, *my} if before.get(key) != my.get(key)}
    others = {key for key in {*before, *their} if before.get(key) != their.get(key)}
    both = [key for key in sorted(changed & others) if my.get(key) != their.get(key)]
    if both:
        return Conflict(both=tuple(told(key, before.get(key), their.get(key)) for key in both))
    wanted = {key: value for key, value in their.items() if key not in changed}
    wanted |= {key: my[key] for key in changed if key in my}
    toml = _texts(base.toml, mine.toml, theirs.toml)
    geometry = _texts(base.geojson or "", mine.geojson or "", theirs.geojson or "")
    if toml is None or geometry is None:
        return Conflict(both=())
    try:
        found = site_from_text(toml, geometry or None)
    except BadInput:
        return Conflict(both=())
    return Merged(toml=toml, geometry=geometry or None) if flat_of(found) == wanted else Conflict(both=())


def _texts(base: str, mine: str, theirs: str) -> str | None:
    """One text of three; None where both changed the same lines."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    old = base.splitlines(keepends=True)
    edits = list(_edits(old, theirs.splitlines(keepends=True)))
    edits += [edit for edit in _edits(old, mine.splitlines(keepends=True)) if edit not in edits]
    edits.sort(key=lambda edit: edit[:2])
    if any(first[1] > second[0] for first, second in itertools.pairwise(edits)):
        return None
    return "".join(_applied(old, edits))


def _edits(old: Lines, new: Lines) -> Iterator[tuple[int, int, Lines]]:
    """(from, until) of the old lines, and what stands there now."""
    for what, first, last, begin, end in SequenceMatcher(None, old, new).get_opcodes():
        if what != "equal":
            yield first, last, new[begin:end]


def _applied(old: Lines, edits: Iterable[tuple[int, int, Lines]]) -> Iterator[str]:
    at = 0
    for first, last, lines in edits:
        yield from old[at:first]
        for line in lines:
            yield line if line.endswith("\n") else f"{line}\n"
        at = last
    yield from old[at:]
