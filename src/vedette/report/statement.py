"""The statement as text: the newest that people drafted, else what could be said now; each sentence with its evidence.

What can be said is composed in vedette.statement; here it is printed. A draft's words are those that were recorded.
"""

from __future__ import annotations

import textwrap
from typing import Any, Final

import msgspec

from vedette.report.words import clock, date

STATE_WORDS: Final = {
    "draft": "a draft, approved by nobody",
    "awaiting_approval": "awaiting approval",
    "approved": "approved, not released",
    "flagged": "FLAGGED: a fact is no longer what it says",
    "released": "released",
    "withdrawn": "withdrawn",
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence, the ids of what it rests on, and the record's events behind them. now: where it no longer holds.

    changed: that it does not; now None then means that nothing can be said any more.
    """

    text: str
    evidence: tuple[str, ...]
    events: tuple[int, ...] = ()
    changed: bool = False
    now: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids and events, as papers name them."""
        return (*self.evidence, *(f"E-{seq}" for seq in self.events))


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """`marking` stands above all else where the origin is not live. `not_said`: what is left out, and why.

    standing: which statement it is and how it stands, a line each; that nobody has drafted one is one line.
    """

    marking: str | None
    standing: tuple[str, ...]
    sentences: tuple[Told, ...]
    not_said: tuple[str, ...]

    def text(self) -> str:
        """Plain text, 80 columns: marking, standing, sentences with their evidence, and what is not said."""
        lines = [*textwrap.wrap(self.marking, 80), ""] if self.marking else []
        for line in self.standing:
            lines += textwrap.wrap(line, 80)
        lines.append("")
        for at, sentence in enumerate(self.sentences, 1):
            lines += textwrap.wrap(sentence.text, 76, initial_indent=f"{at}  ", subsequent_indent="   ")
            lines += _indented(f"[{', '.join(sentence.ids)}]")
            if sentence.changed:
                lines += _indented(f"CHANGED, now: {sentence.now or 'nothing can be said'}")
        lines += ["", "Not said, and why"]
        for reason in self.not_said:
            lines += textwrap.wrap(reason, 76, initial_indent="-  ", subsequent_indent="   ")
        return "\n".join(lines) + "\n"


def statement(document: dict[str, Any]) -> Statement:
    """From the incident's document; where that was traced, with the events behind each sentence."""
    drafted = [one for one in document["statements"] if one["state"] != "withdrawn"]
    source = drafted[-1] if drafted else document["statement"]
    changes = {change["key"]: change["now"] for change in source.get("changes", ())}
    return Statement(
        marking=document["statement"]["marking"],
        standing=_standing(drafted[-1]) if drafted else ("What can be said now; nobody has drafted a statement.",),
        sentences=tuple(
            Told(
                text=one["text"],
                evidence=tuple(one["evidence"]),
                events=tuple(one.get("events", ())),
                changed=one["key"] in changes,
                now=changes.get(one["key"]),
            )
            for one in source["sentences"]
        ),
        not_said=tuple(f"{one['about']}: {one['why']}" for one in source["not_said"]),
    )


def _standing(one: dict[str, Any]) -> tuple[str, ...]:
    lines = [f"Statement {one['id']}: {STATE_WORDS[one['state']]}."]
    lines.append(f"Drafted by {one['by']} {_when(one, 'drafted')}.")
    lines += [f"Approved by {given['by']} ({given['role']}) {_when(given, 'at')}." for given in one["approvals"]]
    lines += [f"Awaits {', '.join(one['awaits'])}."] if one["awaits"] else []
    lines += [f"Released {_when(one, 'released')}."] if one["released_utc"] else []
    return tuple(lines)


def _when(one: dict[str, Any], name: str) -> str:
    local, utc = one[f"{name}_local"], one[f"{name}_utc"]
    return f"on {date(local)}, {clock(local)} local ({clock(utc)} UTC)"


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, 76, initial_indent="   ", subsequent_indent="   ")
