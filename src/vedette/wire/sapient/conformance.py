"""A whole conversation of nodes → is it conformant: findings gathered by place and rule, rejects, kinds, nodes.

A finding that comes again is counted, not listed again: places of repeated fields are one place, written [*].
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, Literal

import msgspec
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.model import Rejected
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.codec import kind_of
from vedette.wire.sapient.rules import Finding

NODES_MOST: Final = 256
PLACES_MOST: Final = 1000
_INDEX: Final = re.compile(r"\[\d+\]")


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as often as it came: first at message number `message` (from 0; None: of the dialogue as a whole)."""

    path: str
    rule: str
    severity: Literal["error", "warning"]
    why: str
    clause: str
    node: str | None
    message: int | None
    count: int


class NodeReport(msgspec.Struct, frozen=True, kw_only=True):
    """One node that was heard. types: as registered, without NODE_TYPE_."""

    node: str
    name: str
    types: tuple[str, ...]
    messages: int
    sensor_only: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a check. conformant: no finding is an error and nothing was rejected."""

    conformant: bool
    messages: int
    by_kind: dict[str, int]
    rejected_by_reason: dict[str, int]
    nodes: tuple[NodeReport, ...]
    findings: tuple[Gathered, ...]


class Conformance:
    """Hears messages in order and says in the end what is wrong with them."""

    def __init__(self) -> None:
        self._messages = 0
        self._kinds: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._nodes: dict[str, tuple[NodeChecker, int]] = {}
        self._found: dict[tuple[str, str, str, str], Gathered] = {}

    def hear(self, what: SapientMessage | Rejected) -> tuple[Finding, ...]:
        """Take one message, or what was none; the message's own findings."""
        number, self._messages = self._messages, self._messages + 1
        if isinstance(what, Rejected):
            self._rejected[what.reason] += 1
            return ()
        self._kinds[kind_of(what)] += 1
        checker, heard = self._nodes.get(what.node_id, (NodeChecker(), 0))
        if heard or len(self._nodes) < NODES_MOST:
            self._nodes[what.node_id] = checker, heard + 1
        findings = checker.check(what)
        for finding in findings:
            self._gather(finding, what.node_id, number)
        return findings

    def note(self, finding: Finding, node: str | None = None) -> None:
        """Add a finding of the dialogue as a whole."""
        self._gather(finding, node, None)

    def checker(self, node: str) -> NodeChecker | None:
        """What is known of one node, None if it was not heard."""
        found = self._nodes.get(node)
        return None if found is None else found[0]

    def report(self) -> Report:
        """All of it, errors first, else in the order found."""
        findings = sorted(self._found.values(), key=lambda one: one.severity != "error")
        errors = any(one.severity == "error" for one in findings)
        return Report(
            conformant=not errors and not self._rejected and self._messages > 0,
            messages=self._messages,
            by_kind=dict(sorted(self._kinds.items())),
            rejected_by_reason=dict(sorted(self._rejected.items())),
            nodes=tuple(_node(node, *known) for node, known in self._nodes.items()),
            findings=tuple(findings),
        )

    def _gather(self, finding: Finding, node: str | None, number: int | None) -> None:
        path = _INDEX.sub("[*]", finding.path)
        key = path, finding.rule, finding.severity, node or ""
        before = self._found.get(key)
        if before is not None:
            self._found[key] = msgspec.structs.replace(before, count=before.count + 1)
        elif len(self._found) < PLACES_MOST:
            self._found[key] = Gathered(
                path=path,
                rule=finding.rule,
                severity=finding.severity,
                why=finding.why,
                clause=finding.clause,
                node=node,
                message=number,
                count=1,
            )


def _node(node: str, checker: NodeChecker, heard: int) -> NodeReport:
    registered = checker.registered
    return NodeReport(
        node=node,
        name=registered.name if registered else "",
        types=registered.types if registered else (),
        messages=heard,
        sensor_only=registered.is_sensor_only if registered else False,
    )
