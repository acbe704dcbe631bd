"""The kinds of output: one row each. The site file knows them by vedette.site.outputs.LINES."""

from __future__ import annotations

from typing import Final

from vedette.outputs.cot import CotEncoder
from vedette.outputs.documents import BrokerEncoder
from vedette.outputs.line import open_socket
from vedette.outputs.mqtt import open_broker
from vedette.outputs.sapient import SapientEncoder
from vedette.outputs.seam import Kind

KINDS: Final = {
    "cot": Kind(encoder=CotEncoder, opener=open_socket),
    "sapient": Kind(encoder=SapientEncoder, opener=open_socket),
    "mqtt": Kind(encoder=BrokerEncoder, opener=open_broker),
}
