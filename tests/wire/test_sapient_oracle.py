"""sapient-pydantic as a second opinion: where it accepts or refuses otherwise than our rules, the reason is listed."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg_pydantic._options import IcdValidationError
from sapient_msg_pydantic.bsi_flex_335_v2_0.sapient_message import SapientMessage as Model

from tests.wire import sapient_messages as sm
from vedette.wire.sapient.rules import Finding, check_rules

NO_DASHES, IN_BRACES = sm.NODE.replace("-", ""), "{" + sm.NODE + "}"

OURS_ALONE = {
    "enum": "it takes any number for an enumeration, 0 (unspecified) and unknown ones too",
    "range": "it has no ranges: confidences, errors, durations, a battery's level",
    "number": "it takes NaN and infinities",
    "version": "it takes any text as icd_version",
}
"""Rules that sapient-pydantic does not have at all."""

OURS_AT = {
    "dependent_nodes": "not marked is_uuid in the standard's files",
    "follow_object_id": "not marked is_ulid in the standard's files",
    "concurrent_tasks": "not marked is_mandatory in the standard's files",
    "range_bearing|location": "a prediction's oneof is not marked is_mandatory; a detection's is, and there it agrees",
    "derived_detection": "its timestamp is not marked is_mandatory",
}
"""Places where we ask for more than the options say, as the official test harness does."""

LOOSER = {
    "blank": "it takes a text of blanks alone for a text that must be given",
    f"not a UUID: {NO_DASHES!r}": "it takes UUIDs without dashes",
    f"not a UUID: {IN_BRACES!r}": "it takes UUIDs in braces",
}


def pydantic_refuses(message: SapientMessage) -> bool:
    try:
        Model.from_pb2(message)
    except (ValidationError, IcdValidationError):
        return True
    return False


def is_explained(finding: Finding) -> bool:
    if finding.rule in OURS_ALONE or any(place in finding.path for place in OURS_AT):
        return True
    return finding.why in LOOSER


def errors(message: SapientMessage) -> list[Finding]:
    return [one for one in check_rules(message) if one.severity == "error"]


def owners(message: Any) -> list[tuple[Any, FieldDescriptor]]:
    """Every present field of a message, however deep, with its owner."""
    found = []
    for field, value in message.ListFields():
        found.append((message, field))
        inner = field.message_type
        if inner is not None and inner.full_name.startswith("sapient_msg."):
            for one in value if field.is_repeated else (value,):
                found += owners(one)
    return found


TEXTS = st.sampled_from(["", " ", "x", sm.NODE, sm.NODE.upper(), NO_DASHES, IN_BRACES, sm.OBJECT, sm.OBJECT.lower()])


def spoil(data: st.DataObject, message: SapientMessage) -> None:
    owner, field = data.draw(st.sampled_from(owners(message)))
    if field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated and data.draw(st.booleans()):
        setattr(owner, field.name, data.draw(TEXTS))
    elif field.type == FieldDescriptor.TYPE_ENUM and not field.is_repeated and data.draw(st.booleans()):
        setattr(owner, field.name, data.draw(st.integers(0, 30)))
    else:
        owner.ClearField(field.name)


@pytest.mark.parametrize("kind", sm.EVERY)
def test_both_take_messages_as_they_should_be(kind: str) -> None:
    assert not pydantic_refuses(sm.EVERY[kind]())
    assert not errors(sm.EVERY[kind]())


@pytest.mark.parametrize("kind", sm.EVERY)
@settings(max_examples=150)
@given(data=st.data())
def test_both_say_the_same_of_spoilt_messages_or_we_can_say_why(kind: str, data: st.DataObject) -> None:
    message = sm.EVERY[kind]()
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(data, message)
    found = errors(message)
    if pydantic_refuses(message):
        assert found, "it refuses what we take"
    else:
        assert all(is_explained(one) for one in found), found
