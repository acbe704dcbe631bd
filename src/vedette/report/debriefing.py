"""How a crew did in an exercise, as one page: target by target, what they did and when, right or wrong."""

from __future__ import annotations

from typing import Final

from vedette.clock import iso_local, iso_utc
from vedette.model import Evaluation, TargetResult, Verdict
from vedette.report.page import paper_html
from vedette.report.paper import Cell, Facts, Items, Paper, Row, Section, Table
from vedette.report.words import CLASS_WORDS, NOT_LIVE, clock, date, plural, weekday
from vedette.site import Site

_MARKS: Final = {True: "right", False: "wrong", None: ""}
_END: Final = (
    "Made by Vedette from the record of this exercise alone. Times are counted from a target's first alert: before it "
    "the crew could not know. A track is of the target that it kept nearest to."
)


def evaluation_page(evaluation: Evaluation, site: Site, head: str | None = None) -> bytes:
    """The page, UTF-8. head: of the exercise's record."""
    one = evaluation
    mark, meaning = NOT_LIVE["exercise"]
    local = iso_local(one.started_s, site.timezone)
    ended = "no end is recorded" if one.ended_s is None else f"ended {clock(iso_local(one.ended_s, site.timezone))}"
    lines = (head or "").splitlines()
    paper = Paper(
        kind="Exercise",
        id=one.exercise,
        site=site.name,
        state="ended" if one.ended_s is not None else "no end recorded",
        origin="exercise",
        mark=mark,
        meaning=meaning,
        headline=one.title,
        when=f"{weekday(local)} {date(local)}, {clock(local)} local, {clock(iso_utc(one.started_s))} UTC; {ended}",
        record=lines[0] if lines else "not given",
        checkpoint=lines[1] if len(lines) > 1 else None,
        sections=tuple(section for section in (_summary(one), _targets(one, site), _verdicts(one, site)) if section),
        end=_END,
    )
    return paper_html(paper).encode()


def _summary(one: Evaluation) -> Section:
    threats = [target for target in one.targets if target.threat]
    alerted = [target for target in threats if target.alert is not None]
    drones = f"{plural(len(threats), 'drone')} injected, {plural(len(alerted), 'alert')}"
    facts = (
        ("Right", Cell(str(one.right))),
        ("Wrong", Cell(str(one.wrong))),
        ("Acknowledged", Cell(_mean(alerted, "acknowledge_after_s"), (f"{one.acknowledge_s:g} s are allowed",))),
        (
            "Decided",
            Cell(
                _mean(alerted, "decide_after_s"),
                ("no mandate: nothing to decide" if one.decide_s is None else f"{one.decide_s:g} s are allowed",),
            ),
        ),
    )
    how = f"{one.scenario_name} ({one.scenario}), begun by {one.by}: {drones}"
    why = "" if one.ended_why is None else f"Ended: {one.ended_why}" + (f", {one.stopped_by}" if one.stopped_by else "")
    return Section(blocks=(Facts(facts), Items(tuple(filter(None, (how, why))), small=True)))


def _mean(targets: list[TargetResult], name: str) -> str:
    found = [value for one in targets if (value := getattr(one, name)) is not None]
    return f"{sum(found) / len(found):.0f} s" if found else "–"


def _targets(one: Evaluation, site: Site) -> Section:
    rows = tuple(
        Row(
            (
                Cell(target.target, (CLASS_WORDS.get(target.class_, target.class_),), style="strong"),
                Cell(_clock(target.seen_s, site), style="time"),
                Cell(_clock(target.alerted_s, site), target.tracks, style="time"),
                Cell(_span(target.acknowledge_after_s), _by(target.acknowledged_by)),
                Cell(_span(target.dismiss_after_s), (*_by(target.dismissed_by), *_by(target.dismissed_as))),
                Cell(_span(target.decide_after_s), (*_by(target.measure), *_by(target.decided_by))),
            )
        )
        for target in one.targets
        if target.threat or target.alert is not None
    )
    head = ("Target", "Seen", "Alert", "Acknowledged after", "Dismissed after", "Decided after")
    quiet = sum(not target.threat and target.alert is None for target in one.targets)
    note = f"{plural(quiet, 'bird or aircraft', 'birds and aircraft')} injected raised no alert" if quiet else ""
    return Section(title="Targets", note=note, blocks=(Table(head, (1, 0, 1, 1, 1, 1), rows),))


def _verdicts(one: Evaluation, site: Site) -> Section | None:
    rows = [_row(target.target, verdict, site) for target in one.targets for verdict in target.verdicts]
    rows += [_row("", verdict, site) for verdict in one.others]
    if not rows:
        return None
    head = ("", "Target", "What", "When", "Who", "Events")
    return Section(title="Right and wrong", blocks=(Table(head, (0, 0, 1, 0, 0, 0), tuple(rows)),))


def _row(target: str, verdict: Verdict, site: Site) -> Row:
    return Row(
        (
            Cell(_MARKS[verdict.right], style="strong"),
            Cell(target),
            Cell(verdict.text),
            Cell(_clock(verdict.at_s, site), style="time"),
            Cell(verdict.by or ""),
            Cell("", ids=tuple(map(str, verdict.events))),
        )
    )


def _clock(at_s: float | None, site: Site) -> str:
    return "–" if at_s is None else clock(iso_local(at_s, site.timezone))


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.0f} s"


def _by(word: str | None) -> tuple[str, ...]:
    return (word,) if word else ()
