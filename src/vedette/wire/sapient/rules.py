"""What the standard's own files demand of a message: every fault, each with its path.

Driven by the descriptors of the proto files and the options in them (proto_options.proto): is_mandatory on fields and
oneofs, is_uuid, is_ulid. Added to that, because the files say it in comments or types alone:

    enumerations are known and not …_UNSPECIFIED; confidences and an alert's ranking lie in [0, 1], a battery's level in
    0 to 100; numbers are finite, a …_error is not negative; a text that must be given is not blank; times are times
    Registration.icd_version is exactly "BSI Flex 335 v2.0", dependent_nodes are UUIDs; TaskDefinition.concurrent_tasks
    is present; FollowObject.follow_object_id is a ULID; a PredictedLocation has a location; a DerivedDetection has its
    timestamp; an Error has its message

These last are also what the official test harness (BSI-Flex-335-v2-Test-Harness 5.2.3) checks. A warning is what the
standard lets through and others do not: Apex in its delivered configuration refuses unknown fields, UUIDs that are not
of version 4 in lower case, and ULIDs in lower case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal

import msgspec
from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.unknown_fields import UnknownFieldSet
from sapient_msg import proto_options_pb2 as options
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.wire.sapient import ids

ICD_VERSION: Final = "BSI Flex 335 v2.0"
MOST_FINDINGS: Final = 200
"""Findings of one message: a hostile registration of a megabyte must not make a list of as many."""
_MOST_DEPTH: Final = 40


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a message.

    path: as in `detection_report.location.y`, repeated fields with [index]. rule: a short fixed word. why: one line.
    clause: where it stands, as `file.proto: Message.field`. severity: `error`, or `warning` where only others object.
    """

    path: str
    rule: str
    why: str
    clause: str
    severity: Literal["error", "warning"] = "error"


class Findings:
    """Collects findings, MOST_FINDINGS of a message at most."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    @property
    def full(self) -> bool:
        """Whether no more are taken."""
        return len(self.found) >= MOST_FINDINGS

    def add(self, path: str, rule: str, why: str, clause: str, severity: Literal["error", "warning"] = "error") -> None:
        """Note one."""
        if not self.full:
            self.found.append(Finding(path=path, rule=rule, why=why, clause=clause, severity=severity))


def check_rules(message: SapientMessage) -> tuple[Finding, ...]:
    """Every fault of the message against the standard's files, in the order of its fields."""
    findings = Findings()
    _walk(_plan(message.DESCRIPTOR), message, "", findings, 0)
    return tuple(findings.found)


Check = Callable[[Any, str, Findings], None]
"""Checks one value at a path."""


class _Field(msgspec.Struct, frozen=True, kw_only=True):
    """What is checked of one field. bit: its place in the set of what is present."""

    name: str
    bit: int
    repeated: bool
    check: Check | None
    inner: Descriptor | None


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A message type's fields by number, and what must be present: bits (any of them), name, why, clause."""

    fields: Mapping[int, _Field]
    needed: tuple[tuple[int, str, str, str], ...]


def _walk(plan: _Plan, message: Any, path: str, findings: Findings, depth: int) -> None:
    present = 0
    for descriptor, value in message.ListFields():
        field = plan.fields[descriptor.number]
        present |= field.bit
        if field.check is None and field.inner is None:
            continue
        here = path + field.name
        if not field.repeated:
            _visit(field, value, here, findings, depth)
            continue
        for index, one in enumerate(value):
            if findings.full:
                return
            _visit(field, one, f"{here}[{index}]", findings, depth)
    for bits, name, why, clause in plan.needed:
        if not present & bits:
            findings.add(path + name, "mandatory", why, clause)
    if len(UnknownFieldSet(message)):
        _unknown(message, path, findings)


def _visit(field: _Field, value: Any, path: str, findings: Findings, depth: int) -> None:
    if field.check is not None:
        field.check(value, path, findings)
    if field.inner is not None:
        if depth >= _MOST_DEPTH:
            findings.add(path, "depth", f"nested more than {_MOST_DEPTH} deep; not looked at further", "")
            return
        _walk(_plan(field.inner), value, path + ".", findings, depth + 1)


def _unknown(message: Any, path: str, findings: Findings) -> None:
    numbers = sorted({field.field_number for field in UnknownFieldSet(message)})
    shown = ", ".join(map(str, numbers[:8]))
    why = f"fields the standard does not know (numbers {shown}); Apex refuses them"
    findings.add(path.rstrip(".") or "(message)", "unknown_field", why, _clause(message.DESCRIPTOR), "warning")


@cache
def _plan(descriptor: Descriptor) -> _Plan:
    fields: dict[int, _Field] = {}
    needed: list[tuple[int, str, str, str]] = []
    for place, field in enumerate(descriptor.fields):
        inner = field.message_type
        own = inner is not None and inner.full_name.startswith("sapient_msg.")
        fields[field.number] = _Field(
            name=field.name,
            bit=1 << place,
            repeated=field.is_repeated,
            check=_check_of(field),
            inner=inner if own else None,
        )
        if _is_mandatory(field):
            needed.append((1 << place, field.name, "missing", _clause(field)))
    for oneof in descriptor.oneofs:
        if _oneof_is_mandatory(oneof):
            names = [field.name for field in oneof.fields]
            bits = sum(fields[field.number].bit for field in oneof.fields)
            needed.append((bits, "|".join(names), f"missing: one of {', '.join(names)}", _clause(oneof)))
    return _Plan(fields=fields, needed=tuple(needed))


_NEEDED_TOO: Final = frozenset({"TaskDefinition.concurrent_tasks", "DerivedDetection.timestamp"})
_ONEOFS_NEEDED_TOO: Final = frozenset({"PredictedLocation.predicted_location_oneof"})
_ULIDS_TOO: Final = frozenset({"FollowObject.follow_object_id"})
_UUIDS_TOO: Final = frozenset({"Registration.dependent_nodes"})
_FRACTIONS: Final = frozenset({"confidence", "detection_confidence", "ranking"})
_NOT_NEGATIVE: Final = frozenset({"Duration.value", "RangeBearing.range", "RangeBearingCone.range"})


def _options(field: FieldDescriptor) -> options.ValidationOptions:
    found: options.ValidationOptions = field.GetOptions().Extensions[options.field_options]
    return found


def _is_mandatory(field: FieldDescriptor) -> bool:
    return _options(field).is_mandatory or _short(field) in _NEEDED_TOO


def _oneof_is_mandatory(oneof: OneofDescriptor) -> bool:
    marked: bool = oneof.GetOptions().Extensions[options.oneof_options].is_mandatory
    return marked or _short(oneof) in _ONEOFS_NEEDED_TOO


def _short(field: FieldDescriptor | OneofDescriptor) -> str:
    return f"{field.containing_type.name}.{field.name}"


def _clause(what: FieldDescriptor | OneofDescriptor | Descriptor) -> str:
    """`file.proto: Message.field`: the standard's proto files are a part of it, and name each thing once."""
    owner = what if isinstance(what, Descriptor) else what.containing_type
    file = owner.file.name.rsplit("/", 1)[-1]
    inside = owner.full_name.removeprefix(owner.file.package + ".")
    return f"{file}: {inside}" if owner is what else f"{file}: {inside}.{what.name}"


def clause_of(path: str) -> str:
    """The clause of a path of a SapientMessage, as in Finding.

    Raises:
        KeyError: there is no such field.
    """
    owner: Descriptor = SapientMessage.DESCRIPTOR
    field: FieldDescriptor | None = None
    for part in path.split("."):
        if field is not None:
            owner = field.message_type
        field = owner.fields_by_name[part.partition("[")[0]]
    assert field is not None  # noqa: S101 - a path has at least one part
    return _clause(field)


def _check_of(field: FieldDescriptor) -> Check | None:
    """The check of one value of a field, None where any will do."""
    short, clause = _short(field), _clause(field)
    marks = _options(field)
    if marks.is_uuid or short in _UUIDS_TOO:
        return _uuid_check(clause)
    if marks.is_ulid or short in _ULIDS_TOO:
        return _ulid_check(clause)
    if field.type == FieldDescriptor.TYPE_ENUM:
        return _enum_check(field, clause)
    if field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        return _number_check(field, short, clause)
    if field.type == FieldDescriptor.TYPE_STRING:
        return _text_check(short, clause) if marks.is_mandatory else None
    if short == "Power.level":
        return _level_check(clause)
    if field.message_type is not None and field.message_type.full_name == "google.protobuf.Timestamp":
        return _time_check(clause)
    return None


def _uuid_check(clause: str) -> Check:
    def check(value: Any, path: str, findings: Findings) -> None:
        if ids.STRICT_UUID_FORM.fullmatch(value):
            return
        if not ids.UUID_FORM.fullmatch(value):
            findings.add(path, "uuid", f"not a UUID: {_shown(value)}", clause)
        else:
            why = f"not a UUID of version 4 in lower case, which Apex asks for: {_shown(value)}"
            findings.add(path, "uuid", why, clause, "warning")

    return check


def _ulid_check(clause: str) -> Check:
    def check(value: Any, path: str, findings: Findings) -> None:
        if ids.STRICT_ULID_FORM.fullmatch(value):
            return
        if not ids.ULID_FORM.fullmatch(value):
            findings.add(path, "ulid", f"not a ULID: {_shown(value)}", clause)
        else:
            findings.add(path, "ulid", f"a ULID in lower case, which Apex refuses: {_shown(value)}", clause, "warning")

    return check


def _enum_check(field: FieldDescriptor, clause: str) -> Check:
    known = frozenset(value.number for value in field.enum_type.values)
    name = field.enum_type.name

    def check(value: Any, path: str, findings: Findings) -> None:
        if value not in known:
            findings.add(path, "enum", f"{value} is no {name}", clause)
        elif value == 0:
            findings.add(path, "enum", f"{name} not specified", clause)

    return check


def _number_check(field: FieldDescriptor, short: str, clause: str) -> Check:
    fraction = field.name in _FRACTIONS
    least = 0.0 if fraction or field.name.endswith("_error") or short in _NOT_NEGATIVE else -math.inf
    most = 1.0 if fraction else math.inf
    span = "within 0 to 1" if fraction else "0 or more"

    def check(value: Any, path: str, findings: Findings) -> None:
        if not math.isfinite(value):
            findings.add(path, "number", f"{value} is no finite number", clause)
        elif not least <= value <= most:
            findings.add(path, "range", f"{value:g} is not {span}", clause)

    return check


def _level_check(clause: str) -> Check:
    def check(value: Any, path: str, findings: Findings) -> None:
        if not 0 <= value <= 100:
            findings.add(path, "range", f"a battery's level of {value} is not within 0 to 100", clause)

    return check


def _text_check(short: str, clause: str) -> Check:
    version = short == "Registration.icd_version"

    def check(value: Any, path: str, findings: Findings) -> None:
        if version and value != ICD_VERSION:
            findings.add(path, "version", f'must be exactly "{ICD_VERSION}", not {_shown(value)}', clause)
        elif not value.strip():
            findings.add(path, "mandatory", "blank", clause)

    return check


def _time_check(clause: str) -> Check:
    def check(value: Any, path: str, findings: Findings) -> None:
        if not (-62_135_596_800 <= value.seconds <= 253_402_300_799 and 0 <= value.nanos < 1_000_000_000):
            findings.add(path, "time", f"{value.seconds} s and {value.nanos} ns are no time", clause)

    return check


def _shown(value: str) -> str:
    return repr(value if len(value) <= 48 else value[:45] + "…")
