"""The kinds of output: one row each. The site file knows them by vedette.site.outputs.LINES."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from vedette.model import Parcel
from vedette.outputs.cap import CapEncoder
from vedette.outputs.cot import CotEncoder
from vedette.outputs.documents import BrokerEncoder, DocumentEncoder
from vedette.outputs.folder import open_folder
from vedette.outputs.http import Webhooks
from vedette.outputs.line import open_socket
from vedette.outputs.mqtt import open_broker
from vedette.outputs.sapient import SapientEncoder
from vedette.outputs.seam import Kind, Line
from vedette.site import Output

open_webhook: Final = Webhooks()
KEEP_S: Final = 3600.0
"""An alert is posted at most this late."""


def _open_post(
    output: Output, heard: Callable[[bytes], None], will: Parcel | None
) -> AbstractAsyncContextManager[Line]:
    """A folder or a webhook, as the url says."""
    return (open_folder if output.url.startswith("file:") else open_webhook)(output, heard, will)


KINDS: Final = {
    "cap": Kind(encoder=CapEncoder, opener=_open_post, keep_s=KEEP_S),
    "cot": Kind(encoder=CotEncoder, opener=open_socket),
    "sapient": Kind(encoder=SapientEncoder, opener=open_socket),
    "mqtt": Kind(encoder=BrokerEncoder, opener=open_broker),
    "webhook": Kind(encoder=DocumentEncoder, opener=open_webhook, keep_s=KEEP_S),
}
