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
from collections.abc import Callable
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


Check = Callable[[Any, str, str, Findings], None]
"""Checks one value: given the path of its message, its name in it, and where to note what is wrong."""


class _Field(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at of one field. inner: its message type, where it is one of the standard's.

    presence: it can be there with its default value; else it is there if it has another.
    """

    name: str
    presence: bool
    repeated: bool
    mandatory: bool
    clause: str
    check: Check | None
    inner: Descriptor | None


class _Oneof(msgspec.Struct, frozen=True, kw_only=True):
    """A oneof: its members that are looked at, and what is said where none is there (None: it need not be)."""

    name: str
    members: dict[str, _Field]
    missing: tuple[str, str, str] | None


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at in a message type: its single fields, its repeated ones, its oneofs."""

    singles: tuple[_Field, ...]
    repeated: tuple[_Field, ...]
    oneofs: tuple[_Oneof, ...]


def _walk(plan: _Plan, message: Any, path: str, findings: Findings, depth: int) -> None:
    has = message.HasField
    for field in plan.singles:
        name = field.name
        if has(name) if field.presence else getattr(message, name):
            _look(field, getattr(message, name), path, name, findings, depth)
        elif field.mandatory:
            findings.add(path + name, "mandatory", "missing", field.clause)
    for field in plan.repeated:
        values = getattr(message, field.name)
        if values or field.mandatory:
            _look_at_each(field, values, path, findings, depth)
    for oneof in plan.oneofs:
        _look_at_one(oneof, message, path, findings, depth)
    if len(UnknownFieldSet(message)):
        _unknown(message, path, findings)


def _look(field: _Field, value: Any, path: str, name: str, findings: Findings, depth: int) -> None:
    if field.check is not None:
        field.check(value, path, name, findings)
    if field.inner is not None:
        _descend(field.inner, value, path + name, findings, depth)


def _look_at_each(field: _Field, values: Any, path: str, findings: Findings, depth: int) -> None:
    if not values:
        findings.add(path + field.name, "mandatory", "missing", field.clause)
    for index, value in enumerate(values):
        if findings.full:
            return
        _look(field, value, path, f"{field.name}[{index}]", findings, depth)


def _look_at_one(oneof: _Oneof, message: Any, path: str, findings: Findings, depth: int) -> None:
    which = message.WhichOneof(oneof.name)
    if which is None:
        if oneof.missing is not None:
            findings.add(path + oneof.missing[0], "mandatory", *oneof.missing[1:])
    elif which in oneof.members:
        _look(oneof.members[which], getattr(message, which), path, which, findings, depth)


def _descend(inner: Descriptor, value: Any, path: str, findings: Findings, depth: int) -> None:
    if depth >= _MOST_DEPTH:
        findings.add(path, "depth", f"nested more than {_MOST_DEPTH} deep; not looked at further", "")
        return
    _walk(_plan(inner), value, path + ".", findings, depth + 1)


def _unknown(message: Any, path: str, findings: Findings) -> None:
    numbers = sorted({field.field_number for field in UnknownFieldSet(message)})
    shown = ", ".join(map(str, numbers[:8]))
    why = f"fields the standard does not know (numbers {shown}); Apex refuses them"
    findings.add(path.rstrip(".") or "(message)", "unknown_field", why, _clause(message.DESCRIPTOR), "warning")


@cache
def _plan(descriptor: Descriptor) -> _Plan:
    oneofs = [oneof for oneof in descriptor.oneofs if not _is_synthetic(oneof)]
    apart = {field.name for oneof in oneofs for field in oneof.fields}
    fields = [field for field in map(_field, descriptor.fields) if field is not None and field.name not in apart]
    return _Plan(
        singles=tuple(field for field in fields if not field.repeated),
        repeated=tuple(field for field in fields if field.repeated),
        oneofs=tuple(map(_oneof, oneofs)),
    )


def _is_synthetic(oneof: OneofDescriptor) -> bool:
    """Whether protoc made it up for an optional field's presence."""
    return len(oneof.fields) == 1 and oneof.name == f"_{oneof.fields[0].name}"


def _field(field: FieldDescriptor) -> _Field | None:
    """How a field is looked at, None where there is nothing to be looked at."""
    inner: Descriptor | None = field.message_type
    if inner is not None and not inner.full_name.startswith("sapient_msg."):
        inner = None
    check, mandatory = _check_of(field), _is_mandatory(field)
    if check is None and inner is None and not mandatory:
        return None
    return _Field(
        name=field.name,
        presence=field.has_presence,
        repeated=field.is_repeated,
        mandatory=mandatory,
        clause=_clause(field),
        check=check,
        inner=inner,
    )


def _oneof(oneof: OneofDescriptor) -> _Oneof:
    names = [field.name for field in oneof.fields]
    missing = "|".join(names), f"missing: one of {', '.join(names)}", _clause(oneof)
    members = {field.name: field for field in map(_field, oneof.fields) if field is not None}
    return _Oneof(name=oneof.name, members=members, missing=missing if _oneof_is_mandatory(oneof) else None)


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
    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if ids.STRICT_UUID_FORM.fullmatch(value):
            return
        if not ids.UUID_FORM.fullmatch(value):
            findings.add(path + name, "uuid", f"not a UUID: {_shown(value)}", clause)
        else:
            why = f"not a UUID of version 4 in lower case, which Apex asks for: {_shown(value)}"
            findings.add(path + name, "uuid", why, clause, "warning")

    return check


def _ulid_check(clause: str) -> Check:
    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if ids.STRICT_ULID_FORM.fullmatch(value):
            return
        if not ids.ULID_FORM.fullmatch(value):
            findings.add(path + name, "ulid", f"not a ULID: {_shown(value)}", clause)
        else:
            findings.add(
                path + name, "ulid", f"a ULID in lower case, which Apex refuses: {_shown(value)}", clause, "warning"
            )

    return check


def _enum_check(field: FieldDescriptor, clause: str) -> Check:
    known = frozenset(value.number for value in field.enum_type.values)
    enum = field.enum_type.name

    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if value not in known:
            findings.add(path + name, "enum", f"{value} is no {enum}", clause)
        elif value == 0:
            findings.add(path + name, "enum", f"{enum} not specified", clause)

    return check


def _number_check(field: FieldDescriptor, short: str, clause: str) -> Check:
    fraction = field.name in _FRACTIONS
    least = 0.0 if fraction or field.name.endswith("_error") or short in _NOT_NEGATIVE else -math.inf
    most = 1.0 if fraction else math.inf
    span = "within 0 to 1" if fraction else "0 or more"

    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if not math.isfinite(value):
            findings.add(path + name, "number", f"{value} is no finite number", clause)
        elif not least <= value <= most:
            findings.add(path + name, "range", f"{value:g} is not {span}", clause)

    return check


def _level_check(clause: str) -> Check:
    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if not 0 <= value <= 100:
            findings.add(path + name, "range", f"a battery's level of {value} is not within 0 to 100", clause)

    return check


def _text_check(short: str, clause: str) -> Check:
    version = short == "Registration.icd_version"

    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if version and value != ICD_VERSION:
            findings.add(path + name, "version", f'must be exactly "{ICD_VERSION}", not {_shown(value)}', clause)
        elif not value.strip():
            findings.add(path + name, "mandatory", "blank", clause)

    return check


def _time_check(clause: str) -> Check:
    def check(value: Any, path: str, name: str, findings: Findings) -> None:
        if not (-62_135_596_800 <= value.seconds <= 253_402_300_799 and 0 <= value.nanos < 1_000_000_000):
            findings.add(path + name, "time", f"{value.seconds} s and {value.nanos} ns are no time", clause)

    return check


def _shown(value: str) -> str:
    return repr(value if len(value) <= 48 else value[:45] + "…")
