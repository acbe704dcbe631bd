"""Errors of the web boundary: always `{"error": {"code", "message", "details"}}`, with the right status."""

from __future__ import annotations

import logging
import math
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from vedette.access import AccessDenied
from vedette.console.desk import ActionRefused

_LOG: Final = logging.getLogger("vedette.console")
_CODES: Final = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}

_NO_BODY: Final = "'data'"
"""What Litestar says of a request without a body: the name of a handler's argument."""

_DENIED: Final = {
    "wrong": 401, "too_soon": 429, "link_over": 403, "not_confirmed": 403, "change_password": 403,
    "bad_password": 400, "bad_name": 400, "unknown": 404,
}  # fmt: skip
"""Status by AccessDenied's code; any other is a conflict (409)."""


_REFUSED: Final = {"unknown": 404, "bad_text": 400}
"""Status by ActionRefused's code; any other is a conflict (409)."""


class ErrorDetail(msgspec.Struct, frozen=True):
    """code: a short fixed word. message: one line fit for a screen. details: what else is known, or null."""

    code: str
    message: str
    details: list[dict[str, Any]] | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """What every error answers with."""

    error: ErrorDetail


class ApiError(Exception):
    """An answer that is an error; raised by handlers."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(f"{status} {code}: {message}")


def _answer(status: int, code: str, message: str, details: list[dict[str, Any]] | None = None) -> Response[ErrorBody]:
    body = ErrorBody(ErrorDetail(code, message, details))
    return Response(body, status_code=status, media_type=MediaType.JSON, headers={"cache-control": "no-store"})


def _own(_: Request[Any, Any, Any], error: ApiError) -> Response[ErrorBody]:
    return _answer(error.status, error.code, error.message)


def _refused(_: Request[Any, Any, Any], error: ActionRefused) -> Response[ErrorBody]:
    details = [dict(one) for one in error.details] or None
    return _answer(_REFUSED.get(error.code, 409), error.code, error.message, details)


def _denied(_: Request[Any, Any, Any], error: AccessDenied) -> Response[ErrorBody]:
    answer = _answer(_DENIED.get(error.code, 409), error.code, error.message)
    if error.retry_s is not None:
        answer.headers["retry-after"] = str(math.ceil(error.retry_s))
    return answer


def _invalid(_: Request[Any, Any, Any], error: ValidationException) -> Response[ErrorBody]:
    details = [item for item in error.extra if isinstance(item, dict)] if isinstance(error.extra, list) else None
    first = details[0].get("message") if details else None
    if first == _NO_BODY:
        first, details = "there is no body: a JSON object is wanted", None
    return _answer(400, "bad_body", str(first or error.detail), details)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[ErrorBody]:
    if error.status_code >= 500:
        return _fault(request, error)
    return _answer(error.status_code, _CODES.get(error.status_code, "refused"), error.detail)


def _no_text(_: Request[Any, Any, Any], error: UnicodeDecodeError) -> Response[ErrorBody]:
    return _answer(400, "bad_body", f"not UTF-8 text: {error.reason}")


def _too_deep(_: Request[Any, Any, Any], error: RecursionError) -> Response[ErrorBody]:
    """Nothing of the console's own is deep: it comes of a body that is, and is no fault to fill the log with."""
    del error
    return _answer(400, "bad_body", "the body is nested too deep")


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorBody]:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(500, "own_fault", "the console met a fault of its own; it is in the log")


HANDLERS: Final[ExceptionHandlersMap] = {
    ApiError: _own,
    ActionRefused: _refused,
    AccessDenied: _denied,
    ValidationException: _invalid,
    HTTPException: _http,
    UnicodeDecodeError: _no_text,
    RecursionError: _too_deep,
    Exception: _fault,
}
