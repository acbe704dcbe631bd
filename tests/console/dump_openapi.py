"""Write the OpenAPI document that the page's types are made from: python -m tests.console.dump_openapi."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.fake_desk import FakeDesk
from vedette.console import create_app
from vedette.console.openapi import with_errors

TARGET = Path(__file__).parents[2] / "console" / "src" / "api" / "openapi.json"


def document() -> str:
    return json.dumps(with_errors(create_app(FakeDesk()).openapi_schema.to_schema()), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(document())
