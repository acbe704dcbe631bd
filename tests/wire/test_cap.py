"""CAP 1.2 both ways, against the standard's own constraints and against cap-tools' bindings of its schema."""

from __future__ import annotations

import re
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from cap_tools import models as oracle
from hypothesis import given, settings
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from tests.wire.cap_messages import RING, SENT_S, alert
from vedette.model import Rejected
from vedette.wire import cap
from vedette.wire.cap import CapAlert, CapArea, CapCircle, CapInfo, CapReference, encode_cap
from vedette.wire.cap_reading import decode_cap

names = st.from_regex(r"[A-Za-z0-9@._:/-]{1,30}", fullmatch=True)
texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), min_size=1, max_size=60
).map(str.strip).filter(bool)  # fmt: skip
words = texts.map(lambda text: " ".join(text.replace('"', "'").split())).filter(bool)
times = st.integers(0, 4_000_000_000).map(float)
places = st.tuples(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)).map(
    lambda place: (place[0] / 1e6, place[1] / 1e6)
)
rings = st.lists(places, min_size=3, max_size=6).map(lambda ring: (*ring, ring[0]))
circles = st.builds(
    lambda place, metres: CapCircle(*place, metres / 1e3 * 1e3), places, st.integers(0, 1_000_000).map(float)
)
areas = st.builds(
    CapArea,
    description=texts,
    polygons=st.lists(rings, max_size=2).map(tuple),
    circles=st.lists(circles, max_size=2).map(tuple),
)
infos = st.builds(
    CapInfo,
    language=st.sampled_from([None, "en-US", "ckb"]),
    categories=st.lists(st.sampled_from(cap.CATEGORIES), min_size=1, max_size=3).map(tuple),
    event=texts,
    responses=st.lists(st.sampled_from(cap.RESPONSES), max_size=2).map(tuple),
    urgency=st.sampled_from(cap.URGENCIES),
    severity=st.sampled_from(cap.SEVERITIES),
    certainty=st.sampled_from(cap.CERTAINTIES),
    effective_s=st.none() | times,
    onset_s=st.none() | times,
    expires_s=st.none() | times,
    sender_name=st.none() | texts,
    headline=st.none() | texts,
    description=st.none() | texts,
    instruction=st.none() | texts,
    parameters=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    areas=st.lists(areas, max_size=2).map(tuple),
)


@st.composite
def alerts(draw: st.DrawFn) -> CapAlert:
    scope = draw(st.sampled_from(cap.SCOPES))
    message_type = draw(st.sampled_from(cap.MESSAGE_TYPES))
    references = st.builds(CapReference, names, names, times)
    return CapAlert(
        identifier=draw(names),
        sender=draw(names),
        sent_s=draw(times),
        status=draw(st.sampled_from(cap.STATUSES)),
        message_type=message_type,
        scope=scope,
        restriction=draw(texts) if scope == "Restricted" else None,
        addresses=tuple(draw(st.lists(words, min_size=1, max_size=3))) if scope == "Private" else (),
        note=draw(st.none() | texts),
        references=tuple(draw(st.lists(references, min_size=int(message_type != "Alert"), max_size=3))),
        incidents=tuple(draw(st.lists(words, max_size=2))),
        infos=tuple(draw(st.lists(infos, max_size=2))),
    )


def parsed(octets: bytes) -> oracle.Alert:
    """The message as the schema's bindings read it, unknown elements and values refused."""
    config = ParserConfig(
        fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True
    )
    return XmlParser(config=config).from_bytes(octets, oracle.Alert)


@settings(max_examples=150, deadline=None)
@given(alerts())
def test_what_is_written_reads_back_the_same(one: CapAlert) -> None:
    assert decode_cap(encode_cap(one)) == one


@settings(max_examples=100, deadline=None)
@given(alerts())
def test_the_schemas_bindings_read_what_we_mean(one: CapAlert) -> None:
    read = parsed(encode_cap(one))
    assert (read.identifier, read.sender, read.status.value) == (one.identifier, one.sender, one.status)
    assert read.sent.to_datetime().timestamp() == one.sent_s
    assert read.addresses_to_list() == list(one.addresses) or any(set("'\\") & set(w) for w in one.addresses)
    assert [(r.sender, r.identifier, r.sent.to_datetime().timestamp()) for r in read.references_to_list()] == [
        (r.sender, r.identifier, r.sent_s) for r in one.references
    ]
    assert [info.urgency.value for info in read.infos] == [info.urgency for info in one.infos]
    assert [info.headline for info in read.infos] == [info.headline for info in one.infos]
    theirs = [(a.area_desc, len(a.polygons), len(a.circles)) for info in read.infos for a in info.areas]
    assert theirs == [(a.description, len(a.polygons), len(a.circles)) for info in one.infos for a in info.areas]


ORDER = {
    "alert": "identifier sender sent status msgType source scope restriction addresses code note "
    "references incidents info",
    "info": "language category event responseType urgency severity certainty audience eventCode effective onset "
    "expires senderName headline description instruction web contact parameter resource area",
    "area": "areaDesc polygon circle geocode altitude ceiling",
    "parameter": "valueName value",
}
"""The schema's sequences; the bindings above do not mind the order."""


@settings(max_examples=100, deadline=None)
@given(alerts())
def test_the_standards_own_constraints_hold(one: CapAlert) -> None:
    octets = encode_cap(one)
    root = etree.fromstring(octets)
    assert etree.QName(root).namespace == cap.NAMESPACE
    for node in root.iter():
        name = etree.QName(node).localname
        if name in ORDER:
            places = [ORDER[name].split().index(etree.QName(child).localname) for child in node]
            assert places == sorted(places)
        if name in ("sent", "effective", "onset", "expires"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00", node.text)
        if name in ("identifier", "sender"):
            assert not re.search(r"[ ,<&]", node.text)
        if name == "polygon":
            pairs = node.text.split()
            assert len(pairs) >= 4
            assert pairs[0] == pairs[-1]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_octets_raise(octets: bytes) -> None:
    assert isinstance(decode_cap(octets), Rejected)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damaged_message_raises(data: st.DataObject) -> None:
    octets = bytearray(encode_cap(alert()))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(decode_cap(bytes(octets)), CapAlert | Rejected)


def test_text_is_escaped_and_what_xml_cannot_hold_is_replaced() -> None:
    info = msgspec.structs.replace(alert().infos[0], headline="<b>&\x00\ud800 ]]>")
    octets = encode_cap(alert(infos=(info,)))
    assert b"<b>" not in octets
    read = decode_cap(octets)
    assert isinstance(read, CapAlert)
    assert read.infos[0].headline == "<b>&\ufffd\ufffd ]]>"


def test_a_quote_in_an_address_cannot_break_out() -> None:
    read = decode_cap(encode_cap(alert(addresses=('a "b" c', "d"))))
    assert isinstance(read, CapAlert)
    assert read.addresses == ("a 'b' c", "d")


def test_time_is_cut_to_the_second_and_never_has_a_z() -> None:
    assert cap.cap_time(SENT_S + 0.999) == "2021-09-11T20:26:40-00:00"


@pytest.mark.parametrize("name", ["a b", "a,b", "a<b", "a&b", "", "a\nb"])
def test_a_name_the_standard_forbids_is_not_written(name: str) -> None:
    with pytest.raises(ValueError, match="bad_name"):
        encode_cap(alert(identifier=name))
    assert re.fullmatch(r"[^ ,<&]+", cap.cap_name(name))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "Real"}, "bad_value"),
        ({"message_type": "Cancel"}, "references"),
        ({"scope": "Restricted"}, "restriction"),
        ({"scope": "Public", "restriction": "x"}, "restriction"),
        ({"addresses": ()}, "addresses"),
        ({"references": (CapReference("a b", "c", 0.0),)}, "bad_name"),
    ],
)
def test_what_the_standard_does_not_allow_is_not_written(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        encode_cap(alert(**changes))


@pytest.mark.parametrize(
    ("area", "why"),
    [
        (CapArea(description="x", polygons=(RING[:3],)), "bad_polygon"),
        (CapArea(description="x", polygons=((*RING[:3], (0.0, 0.0)),)), "bad_polygon"),
        (CapArea(description="x", circles=(CapCircle(95.0, 0.0, 1.0),)), "bad_number"),
        (CapArea(description="x", circles=(CapCircle(0.0, 0.0, -1.0),)), "bad_number"),
        (CapArea(description=""), "missing_value"),
    ],
)
def test_an_area_that_is_none_is_not_written(area: CapArea, why: str) -> None:
    info = msgspec.structs.replace(alert().infos[0], areas=(area,))
    with pytest.raises(ValueError, match=why):
        encode_cap(alert(infos=(info,)))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"-00:00</sent>", b"Z</sent>", "bad_time"),
        (b"2021-09-11T", b"2021-13-11T", "bad_time"),
        (b"<status>Actual</status>", b"", "missing_value"),
        (b"<status>Actual", b"<status>Genuine", "bad_value"),
        (b"cap:1.2", b"cap:1.1", "not_cap"),
        (b"<identifier>erbil", b"<identifier>er bil", "bad_name"),
        (b" 0.120<", b" wide<", "bad_number"),
        (b"</alert>", b"", "bad_xml"),
        (b"<alert ", b"<!DOCTYPE alert [<!ENTITY a 'b'>]><alert ", "dtd"),
    ],
)
def test_why_a_message_is_refused(old: bytes, new: bytes, reason: str) -> None:
    octets = encode_cap(alert())
    assert old in octets
    rejected = decode_cap(octets.replace(old, new, 1))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason


def test_a_message_without_end_is_refused() -> None:
    rejected = decode_cap(b" " * (cap.MAX_BYTES + 1))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "too_long"
