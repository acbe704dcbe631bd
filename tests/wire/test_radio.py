from __future__ import annotations

import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import encoders as enc
from vedette.model import Rejected
from vedette.wire import pcap
from vedette.wire.pcap import Packet
from vedette.wire.radio import Transmission, Transmitter, bluetooth_crc24, remote_id_transmission

MESSAGE = enc.location()
WIFI = enc.beacon(enc.element(MESSAGE, counter=9))
LEGACY = enc.advertisement(enc.service_data(MESSAGE, 9), extended=False)
EXTENDED = enc.advertisement(enc.service_data(enc.pack(MESSAGE), 9), extended=True, coded=True)


def heard(link_type: int, octets: bytes) -> Transmission | Rejected | None:
    return remote_id_transmission(Packet(link_type, 12.5, octets, 77))


@pytest.mark.parametrize(
    ("link_type", "octets", "medium"),
    [
        (pcap.LINK_WIFI, WIFI, "wifi_beacon"),
        (pcap.LINK_WIFI_RADIOTAP, enc.radiotap(WIFI), "wifi_beacon"),
        (pcap.LINK_WIFI_RADIOTAP, enc.radiotap(WIFI, timer=True), "wifi_beacon"),
        (pcap.LINK_WIFI_RADIOTAP, enc.radiotap(WIFI, fcs=False), "wifi_beacon"),
        (pcap.LINK_WIFI, enc.beacon(b"\xdd\x03\x00\x50\xf2" + enc.element(MESSAGE, 9)), "wifi_beacon"),
        (pcap.LINK_BLE, LEGACY, "bt_legacy"),
        (pcap.LINK_BLE_PHDR, enc.phdr(LEGACY), "bt_legacy"),
        (pcap.LINK_BLE_NORDIC, enc.nordic(LEGACY, coded=False), "bt_legacy"),
    ],
)
def test_one_message_over_every_medium(link_type: int, octets: bytes, medium: str) -> None:
    found = heard(link_type, octets)
    assert isinstance(found, Transmission)
    assert (found.medium, found.counter, found.payload, found.at_s, found.offset) == (medium, 9, MESSAGE, 12.5, 77)
    assert found.transmitter == Transmitter(enc.OURS)


@pytest.mark.parametrize(
    ("link_type", "octets"),
    [(pcap.LINK_BLE_PHDR, enc.phdr(EXTENDED, coded=True)), (pcap.LINK_BLE_NORDIC, enc.nordic(EXTENDED))],
)
def test_a_pack_over_long_range(link_type: int, octets: bytes) -> None:
    found = heard(link_type, octets)
    assert isinstance(found, Transmission)
    assert (found.medium, found.payload) == ("bt_extended", enc.pack(MESSAGE))


def test_neighbour_awareness() -> None:
    found = heard(pcap.LINK_WIFI, enc.nan_frame(enc.pack(MESSAGE)))
    assert isinstance(found, Transmission)
    assert (found.medium, found.counter, found.payload) == ("wifi_nan", 7, enc.pack(MESSAGE))


@given(st.integers(0, 8 * len(WIFI) - 1))
def test_a_flipped_bit_fails_the_wifi_check(bit: int) -> None:
    frame = bytearray(enc.radiotap(WIFI))
    frame[10 + bit // 8] ^= 1 << bit % 8
    found = heard(pcap.LINK_WIFI_RADIOTAP, bytes(frame))
    assert found is None or found == Rejected(reason="bad_crc", offset=77)


@given(st.integers(8 * 7, 8 * (len(EXTENDED) - 3) - 1))
def test_a_flipped_bit_fails_the_bluetooth_check(bit: int) -> None:
    frame = bytearray(EXTENDED)
    frame[bit // 8] ^= 1 << bit % 8
    assert heard(pcap.LINK_BLE_NORDIC, enc.nordic(bytes(frame))) == Rejected(reason="bad_crc", offset=77)


def test_a_receiver_that_says_the_check_failed_is_believed() -> None:
    assert heard(pcap.LINK_WIFI_RADIOTAP, enc.radiotap(WIFI, flags=0x40)) == Rejected(reason="bad_crc", offset=77)


OTHERS = [
    (pcap.LINK_WIFI, enc.beacon(b"\xdd\x03\x00\x50\xf2", enc.THEIRS)),
    (pcap.LINK_WIFI, enc.beacon(enc.element(MESSAGE)[:20], enc.THEIRS)),
    (pcap.LINK_WIFI, b"\x08\x02" + bytes(8) + enc.THEIRS + bytes(60)),
    (pcap.LINK_WIFI, enc.nan_frame(MESSAGE, enc.THEIRS).replace(b"\x88\x69", b"\x00\x00")),
    (pcap.LINK_WIFI, enc.nan_frame(b"", enc.THEIRS)),
    (pcap.LINK_WIFI_RADIOTAP, enc.radiotap(enc.beacon(b"", enc.THEIRS))[:-1] + b"\0"),
    (pcap.LINK_WIFI_RADIOTAP, b"\x01" + bytes(20)),
    (pcap.LINK_WIFI_RADIOTAP, bytes(5)),
    (pcap.LINK_WIFI_RADIOTAP, b"\0\0\x08\0" + bytes(4)),
    (pcap.LINK_BLE, enc.advertisement(b"\x02\x01\x06", extended=False, address=enc.THEIRS)),
    (pcap.LINK_BLE, enc.advertisement(b"\x02\x01\x06", extended=False, address=enc.THEIRS)[:-1] + b"\0"),
    (pcap.LINK_BLE, b"\x11\x22\x33\x44" + LEGACY[4:]),
    (pcap.LINK_BLE, LEGACY[:6]),
    (pcap.LINK_BLE, enc.advertisement(b"", extended=False)),
    (pcap.LINK_BLE_PHDR, bytes(4)),
    (pcap.LINK_BLE_NORDIC, enc.nordic(EXTENDED, version=2)),
    (pcap.LINK_BLE_NORDIC, bytes(4)),
    (pcap.LINK_ETHERNET, WIFI),
]


@pytest.mark.parametrize(("link_type", "octets"), OTHERS)
def test_what_is_not_remote_id_is_forgotten(link_type: int, octets: bytes) -> None:
    assert heard(link_type, octets) is None


def test_an_extended_frame_may_have_no_address_and_no_data() -> None:
    head = b"\x07"
    for pdu in (b"", b"\x00", b"\x00" + enc.service_data(MESSAGE)):
        body = head + bytes([len(pdu)]) + pdu
        found = heard(pcap.LINK_BLE, b"\xd6\xbe\x89\x8e" + body + bluetooth_crc24(body))
        assert (found is None) == (len(pdu) < 2)


def test_a_garbled_mark_is_still_known_by_its_length() -> None:
    broken = EXTENDED.replace(b"\xfa\xff\x0d", b"\xfa\x7f\x0d")
    assert heard(pcap.LINK_BLE_NORDIC, enc.nordic(broken)) == Rejected(reason="bad_crc", offset=77)


def test_a_transmitter_has_no_text_and_no_encoding() -> None:
    transmitter = Transmitter(enc.OURS)
    assert enc.OURS.hex() not in (repr(transmitter) + str(transmitter)).replace(":", "")
    assert transmitter != enc.OURS
    for encode in (msgspec.json.encode, msgspec.msgpack.encode):
        with pytest.raises(TypeError):
            encode(transmitter)
    with pytest.raises(TypeError):
        pickle.dumps(transmitter)
