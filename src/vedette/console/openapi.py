"""The OpenAPI document: Litestar's, with the errors that this application answers with in place of Litestar's own."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from vedette.console.errors import ErrorBody

_COMPONENTS: Final = "#/components/schemas/"
_ERRORS: Final = {
    "400": "The query or the body is not as declared",
    "403": "A Host or Origin from elsewhere, or not this person's to do",
    "404": "There is no such thing",
    "409": "Not in this state of things",
    "default": "Any other refusal, or a fault of the watch's own (500)",
}


class OpenApiDocument(JsonRenderPlugin):
    """Serves the document with its errors."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON."""
        return self.render_json(request, with_errors(openapi_schema))


def with_errors(document: dict[str, Any]) -> dict[str, Any]:
    """The document of which each operation declares ErrorBody for its refusals; what is given is not changed.

    404 and 409 stand where something is named in the path or is to be done.
    """
    _, schemas = msgspec.json.schema_components([ErrorBody], ref_template=_COMPONENTS + "{name}")
    components = document.get("components", {})
    components = {**components, "schemas": {**components.get("schemas", {}), **schemas}}
    paths = {
        path: {
            method: _operation(operation, path, method) if isinstance(operation, dict) else operation
            for method, operation in item.items()
        }
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths, "components": components}


def _operation(operation: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    kept = {status: said for status, said in operation["responses"].items() if int(status) < 400}
    told = {"403", "default"} | ({"400"} & operation["responses"].keys())
    if "{" in path or method != "get":
        told |= {"400", "404", "409"}
    return {
        **operation,
        "responses": {**kept, **{status: _said(why) for status, why in _ERRORS.items() if status in told}},
    }


def _said(why: str) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": {"$ref": f"{_COMPONENTS}ErrorBody"}}}}
