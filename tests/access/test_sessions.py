from __future__ import annotations

from vedette.access.sessions import ABSOLUTE_S, IDLE_S, MOST_A_USER, Sessions
from vedette.model import SessionEnded


def sessions() -> tuple[Sessions, list[SessionEnded]]:
    ended: list[SessionEnded] = []
    return Sessions(ended.append), ended


def test_a_session_is_found_by_its_token_alone() -> None:
    kept, _ = sessions()
    token, session = kept.begin("a", "192.0.2.1", 0.0)
    assert kept.find(token, 1.0) is session
    assert kept.find(session.id, 1.0) is None
    assert kept.find(session.csrf, 1.0) is None
    assert kept.find("", 1.0) is None


def test_no_use_ends_it_and_an_open_stream_is_use() -> None:
    kept, ended = sessions()
    token, _ = kept.begin("a", "192.0.2.1", 0.0)
    assert kept.find(token, IDLE_S - 1.0) is not None
    assert kept.find(token, 2 * IDLE_S - 2.0) is not None
    assert kept.find(token, 3 * IDLE_S) is None
    watching, session = kept.begin("b", "192.0.2.1", 0.0)
    session.streams = 1
    assert kept.find(watching, 3 * IDLE_S) is session
    session.streams = 0
    assert kept.find(watching, 4 * IDLE_S - 1.0) is session
    assert [(one.user, one.why) for one in ended] == [("a", "idle")]


def test_it_ends_for_good_however_much_it_is_used() -> None:
    kept, ended = sessions()
    token, session = kept.begin("a", "192.0.2.1", 0.0)
    session.streams = 1
    assert kept.find(token, ABSOLUTE_S - 1.0) is session
    assert kept.find(token, ABSOLUTE_S) is None
    assert [one.why for one in ended] == ["expired"]


def test_listeners_hear_of_the_end_once() -> None:
    kept, ended = sessions()
    _, session = kept.begin("a", "192.0.2.1", 0.0)
    heard: list[str] = []
    session.on_end.append(heard.append)
    assert kept.end(session.id, "revoked", "admin", 5.0)
    assert not kept.end(session.id, "revoked", "admin", 6.0)
    assert heard == ["revoked"]
    assert [(one.session, one.by, one.at_s) for one in ended] == [(session.id, "admin", 5.0)]


def test_of_too_many_the_first_makes_way() -> None:
    kept, ended = sessions()
    tokens = [kept.begin("a", "192.0.2.1", float(n))[0] for n in range(MOST_A_USER + 2)]
    assert [kept.find(token, 100.0) is None for token in tokens] == [True] * 2 + [False] * MOST_A_USER
    assert [one.why for one in ended] == ["replaced"] * 2


def test_all_but_one_of_a_user_are_ended() -> None:
    kept, _ = sessions()
    _, mine = kept.begin("a", "192.0.2.1", 0.0)
    kept.begin("a", "192.0.2.1", 0.0)
    _, other = kept.begin("b", "192.0.2.1", 0.0)
    kept.end_of("a", "account_changed", "admin", 1.0, besides=mine.id)
    assert kept.all(1.0) == [mine, other]
