"""Notices: to whom they may go, what became of them; and hand-overs: one sheet, two persons."""

from __future__ import annotations

import pytest

from tests.post.mandate_scene import action, ordered
from tests.post.response_scene import Desk
from tests.post.scene import BEGIN_S
from vedette.model import Action, Dispatched, FeedState, HandOverState, NoticeState, NoticeWritten, Origin, Sheet
from vedette.model.response_requests import (
    ClosePlace,
    MoveHandOver,
    NoticeTold,
    OfferHandOver,
    OpenChecklist,
    ReadNotice,
    WriteNotice,
)

ONE = "erbil-N-0001"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ask("open_checklist", OpenChecklist(incident="erbil-I-0001"))
    return desk


def told(desk: Desk, outcome: str, about: str = ONE) -> None:
    word = Dispatched(
        output="police", partner="Police", release="police-rule", what="notice", about=(about,), fields=(), messages=1,
        outcome=outcome,
    )  # fmt: skip
    desk.act(Action(verb="notice_told", target="", by="police", request=NoticeTold(dispatched=word)))


def write(desk: Desk, **given: object) -> None:
    desk.ask("write_notice", WriteNotice(**{"text": "Drone attack", "output": "police", **given}))  # type: ignore[arg-type]


def state(desk: Desk) -> NoticeState:
    return desk.post.books.response.notices[ONE].state


def test_a_notice_is_written_sent_and_read(desk: Desk) -> None:
    write(desk, checklist="erbil-C-0001", step=5)
    notice = desk.post.books.response.notices[ONE]
    assert (notice.state, notice.written.partner, notice.written.release) == (
        NoticeState.WRITTEN, "Police", "police-rule",
    )  # fmt: skip
    assert notice.written.incident == "erbil-I-0001"
    told(desk, "sent")
    assert state(desk) is NoticeState.SENT
    told(desk, "refused: 403")
    assert state(desk) is NoticeState.SENT, "the first word of an output is its last"
    read = ReadNotice(notice=ONE, confirmed_by="Duty sergeant", happened_s=BEGIN_S - 1.0)
    desk.ask("read_notice", read)
    assert desk.code == "bad_time"
    desk.ask("read_notice", ReadNotice(notice=ONE, confirmed_by="Duty sergeant"))
    assert state(desk) is NoticeState.READ
    desk.ask("read_notice", ReadNotice(notice=ONE, confirmed_by="Duty sergeant"))
    assert desk.code == "illegal_move"
    desk.refold()


def test_what_failed_may_be_read_all_the_same_and_the_outputs_word_may_come_last(desk: Desk) -> None:
    write(desk)
    told(desk, "refused: 403")
    assert state(desk) is NoticeState.FAILED
    desk.ask("read_notice", ReadNotice(notice=ONE, confirmed_by="Sergeant"), note="by telephone")
    assert state(desk) is NoticeState.READ
    write(desk)
    desk.ask("read_notice", ReadNotice(notice="erbil-N-0002", confirmed_by="Sergeant"))
    told(desk, "sent", "erbil-N-0002")
    assert desk.post.books.response.notices["erbil-N-0002"].state is NoticeState.READ
    desk.refold()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"output": "tower"}, "not_released"),
        ({"output": "moon"}, "not_found"),
        ({"output": None}, "no_partner"),
        ({"text": "  "}, "no_text"),
        ({"checklist": "erbil-C-0009"}, "not_found"),
        ({"checklist": "erbil-C-0001", "step": 9}, "not_found"),
        ({"checklist": "erbil-C-0001", "step": 4}, "not_sent"),
    ],
)
def test_who_may_not_be_told_is_not(desk: Desk, given: dict[str, object], code: str) -> None:
    write(desk, **given)
    assert desk.code == code
    assert not desk.post.books.response.notices


def test_a_spoken_notice_is_told_at_once_and_by_voice_a_request_may_be_handed_over(desk: Desk) -> None:
    write(desk, output=None, partner=" Base defence, line 1 ", checklist="erbil-C-0001", step=4)
    notice = desk.post.books.response.notices[ONE]
    assert (notice.state, notice.outcome, notice.written.partner) == (
        NoticeState.SENT, "spoken", "Base defence, line 1",
    )  # fmt: skip


def test_what_was_on_its_way_when_the_watch_ended_is_not_sent_late(desk: Desk) -> None:
    write(desk)
    again = desk.refold()
    drafts = again.take_up(None, BEGIN_S + 100.0, Origin.LIVE)
    (word,) = [one.payload for one in drafts if isinstance(one.payload, Dispatched)]
    assert word.outcome.startswith("not known to be sent")
    assert again.books.response.notices[ONE].state is NoticeState.FAILED


def sheet(desk: Desk) -> Sheet:
    return desk.post.shown(BEGIN_S + desk.now_s).responding.sheet


def items(desk: Desk, topic: str) -> list[str]:
    return [item.text for section in sheet(desk).sections if section.topic == topic for item in section.items]


def test_the_sheet_has_what_is_open(desk: Desk) -> None:
    desk.hear("radar-1", FeedState.LIVE)
    desk.hear("rf-1", FeedState.STALE)
    desk.act(ordered("c", measure="close", track=None, protects=None))
    desk.ask("close_place", ClosePlace(place="air"))
    write(desk)
    desk.act(Action(verb="test_alarm", target="", by="Cem"))
    real, test = items(desk, "alerts")
    assert real.startswith("Priority 1: ")
    assert test == "Priority 1: TEST alarm: nothing is there"
    assert items(desk, "sensors") == ["rf-1 is stale"]
    assert items(desk, "mandate") == ["Mandate: ending within a day"]
    assert items(desk, "decisions") == ["Close the runway: awaiting second"]
    assert len(items(desk, "closures")) == 1
    assert items(desk, "checklists") == ["erbil-I-0001: 0 of 5 steps"]
    assert items(desk, "notices") == ["Police has not confirmed"]
    assert items(desk, "test_alarm")[0].startswith("Last test alarm")


def test_the_digest_stands_while_nothing_changes(desk: Desk) -> None:
    before = sheet(desk).digest
    desk.see(*desk.picture.tracks if desk.picture else (), wait_s=5.0)
    assert sheet(desk).digest == before
    write(desk)
    assert sheet(desk).digest != before


def offer(desk: Desk, **given: str) -> None:
    desk.ask("offer_hand_over", OfferHandOver(digest=sheet(desk).digest, checkpoint="Record head: 7 aa"), **given)


def hand(desk: Desk, move: str, digest: str | None = None, **given: str) -> None:
    one = desk.post.books.response.hand_overs["erbil-H-0001"]
    request = MoveHandOver(hand_over=one.id, move=move, digest=digest or one.offered.sheet.digest)
    desk.ask("move_hand_over", request, **given)


def test_two_persons_sign_one_sheet(desk: Desk) -> None:
    offer(desk)
    one = desk.post.books.response.hand_overs["erbil-H-0001"]
    assert (one.state, one.offered.by, one.offered.checkpoint) == (HandOverState.OFFERED, "Ada", "Record head: 7 aa")
    offer(desk, by="Cem")
    assert desk.code == "already_offered"
    hand(desk, "accept", by=" ADA ")
    assert desk.code == "same_person"
    hand(desk, "accept", digest="0" * 64, by="Bo")
    assert desk.code == "changed"
    hand(desk, "accept", by="Bo")
    assert desk.refusal is None
    one = desk.post.books.response.hand_overs["erbil-H-0001"]
    assert one.state is HandOverState.ACCEPTED
    assert one.moved is not None
    assert (one.moved.by, one.moved.digest) == ("Bo", one.offered.sheet.digest)
    hand(desk, "withdraw")
    assert desk.code == "illegal_move"
    desk.refold()


def test_what_changed_since_it_was_read_is_read_again(desk: Desk) -> None:
    old = sheet(desk).digest
    desk.act(action("decide", "k", measure="close"))
    desk.ask("offer_hand_over", OfferHandOver(digest=old))
    assert desk.code == "changed"
    offer(desk)
    assert desk.refusal is None
    hand(desk, "withdraw")
    assert desk.post.books.response.hand_overs["erbil-H-0001"].state is HandOverState.WITHDRAWN
    offer(desk)
    assert list(desk.post.books.response.hand_overs) == ["erbil-H-0001", "erbil-H-0002"]


def test_a_verb_with_another_request_is_refused(desk: Desk) -> None:
    made = desk.ask("write_notice", OfferHandOver(digest=""))
    assert desk.code == "bad_request"
    assert not [one for one in made if isinstance(one, NoticeWritten)]
