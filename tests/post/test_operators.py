"""An operator's place is opened by a person, for a track that says it, while it may be kept."""

from __future__ import annotations

import msgspec
import pytest

from tests.post.scene import BEGIN_S, picture, site, track
from vedette.model import Action, CooperativeReport, OperatorOpened, Origin
from vedette.post import Post, Refused

SERIAL = "rid:1581F4TST000398"


def heard(at_s: float) -> CooperativeReport:
    return CooperativeReport(
        identity=SERIAL,
        source="remote_id",
        sensor="remote-id",
        observed_s=at_s,
        operator_latitude_deg=36.123456,
        operator_longitude_deg=43.654321,
    )


def opened(post: Post, name: str, at_s: float) -> OperatorOpened:
    action = Action(verb="open_operator", target=name, by="A. Person", role="commander", note="police ask")
    (draft,) = post.act(action, at_s, Origin.LIVE)
    assert isinstance(draft.payload, OperatorOpened)
    return draft.payload


def seen(keep_s: float | None = None) -> Post:
    base = site()
    limits = msgspec.structs.replace(base.limits, personal_keep_s=keep_s)
    post = Post(msgspec.structs.replace(base, limits=limits))
    post.cooperative(heard(BEGIN_S), BEGIN_S, Origin.LIVE)
    named, nameless = track("test-T-0001", BEGIN_S, identity=SERIAL), track("test-T-0002", BEGIN_S)
    post.see(picture(BEGIN_S, named, nameless), BEGIN_S, Origin.LIVE)
    return post


def test_the_event_says_who_opened_whose_and_not_where() -> None:
    post = seen()
    event = opened(post, "test-T-0001", BEGIN_S + 5.0)
    assert (event.identity, event.by, event.role, event.note) == (SERIAL, "A. Person", "commander", "police ask")
    assert b"36.12" not in msgspec.json.encode(event)
    assert post.shown(BEGIN_S + 5.0).operators[SERIAL].latitude_deg == 36.123456


@pytest.mark.parametrize("name", ["test-T-0002", "test-T-0099"])
def test_a_track_that_says_nothing_of_it_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(seen(), name, BEGIN_S + 5.0)
    assert refused.value.code == "not_found"


def test_what_may_not_be_kept_is_not_shown() -> None:
    assert opened(seen(keep_s=60.0), "test-T-0001", BEGIN_S + 60.0).identity == SERIAL
    with pytest.raises(Refused):
        opened(seen(keep_s=60.0), "test-T-0001", BEGIN_S + 61.0)
