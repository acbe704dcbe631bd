"""What an action asks for, as the struct that its verb goes with."""

from __future__ import annotations

from typing import TypeVar

from vedette.model import Action, Request
from vedette.post.machine import Refused

Asked = TypeVar("Asked", bound=Request)


def asked(action: Action, kind: type[Asked]) -> Asked:
    """The action's request.

    Raises:
        Refused: it carries another one, or none.
    """
    if not isinstance(action.request, kind):
        raise Refused("bad_request", f"{action.verb} goes with {kind.__name__}")
    return action.request
