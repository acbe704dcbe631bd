"""Log-in, first start, confirmation and management, without a console."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.access.quick import CHEAP, PASSWORD, Quick, people, person
from vedette.access import AccessDenied, Change, Identity, Passwords, Right, Role, UserFile
from vedette.access.access import CONFIRM_S, LINK_S
from vedette.errors import RecordError
from vedette.model import AccessRefused, PersonConfirmed, SessionEnded, SessionStarted, UserChanged

HOME = "192.0.2.1"
ACT = "POST /api/v1/decisions/erbil-D-0001/second"


def run(folder: Path, doing: Callable[[Quick], Awaitable[Any]], *, empty: bool = False) -> Quick:
    async def whole() -> Quick:
        quick = Quick(UserFile(folder) if empty else people(folder))
        await doing(quick)
        return quick

    return asyncio.run(whole())


async def denied(doing: Awaitable[object]) -> str:
    with pytest.raises(AccessDenied) as caught:
        await doing
    return caught.value.code


async def entered(quick: Quick, name: str) -> Identity:
    return (await quick.access.log_in(name, PASSWORD, HOME)).identity


def test_every_way_not_to_get_in_says_the_same(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        await quick.access.change("V. Viewer", Change(disabled=True), "M. Manager")
        said = set()
        for name, password in (("O. Officer", "wrong password"), ("nobody", PASSWORD), ("V. Viewer", PASSWORD)):
            with pytest.raises(AccessDenied) as caught:
                await quick.access.log_in(name, password, HOME)
            said.add((caught.value.code, caught.value.message))
        assert said == {("wrong", "name or password is wrong")}

    run(tmp_path, doing)


class Counting(Passwords):
    """Counts how often argon2 is put to work."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.checks = 0

    def holds(self, stored: str | None, password: str) -> bool:
        self.checks += 1
        return super().holds(stored, password)


def test_a_name_without_account_costs_one_check_of_the_same_kind(tmp_path: Path) -> None:
    counting = Counting()
    verified = []

    class Watching:
        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored.split("$")[3])
            return CHEAP.verify(stored, password)

    counting._hasher = Watching()  # type: ignore[assignment]
    assert not counting.holds(None, PASSWORD)
    assert counting.holds(CHEAP.hash(PASSWORD), PASSWORD)
    assert verified[0] == verified[1]


def test_what_was_typed_for_a_name_is_not_kept(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        assert await denied(quick.access.log_in("my password by mistake", "x", HOME)) == "wrong"
        await quick.access.look()

    (told,) = run(tmp_path, doing).told
    assert isinstance(told, AccessRefused)
    assert (told.user, told.address, told.why, told.count) == (None, HOME, "log_in", 1)


def test_a_flood_is_slowed_and_told_as_counts(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        codes = [await denied(quick.access.log_in("O. Officer", "wrong", HOME)) for _ in range(50)]
        assert codes == ["wrong"] * 4 + ["too_soon"] * 46
        assert await denied(quick.access.log_in("O. Officer", PASSWORD, HOME)) == "too_soon"
        quick.later(61.0)
        assert (await entered(quick, "o. officer")).user.name == "O. Officer"
        await quick.access.look()

    told = [one for one in run(tmp_path, doing).told if isinstance(one, AccessRefused)]
    assert [(one.why, one.count) for one in told] == [
        ("log_in", 1), ("too_soon", 1), ("log_in", 3), ("too_soon", 46),
    ]  # fmt: skip


def test_the_first_administrator_is_made_once_within_the_time(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        access = quick.access
        over: list[bool] = []
        access.on_first.append(lambda: over.append(True))
        assert not access.has_users
        assert await denied(access.first("", "M. Manager", PASSWORD, HOME)) == "link_over"
        late = access.first_link()
        quick.later(LINK_S)
        assert await denied(access.first(late, "M. Manager", PASSWORD, HOME)) == "link_over"
        link = access.first_link()
        assert await denied(access.first(link + "x", "M. Manager", PASSWORD, HOME)) == "link_over"
        assert await denied(access.first(link, "M. Manager", "short", HOME)) == "bad_password"
        assert await denied(access.first(link, " ", PASSWORD, HOME)) == "bad_name"
        both = await asyncio.gather(
            *(access.first(link, name, PASSWORD, HOME) for name in ("M. Manager", "N. Other")), return_exceptions=True
        )
        assert sorted(isinstance(one, AccessDenied) for one in both) == [False, True]
        assert await denied(access.first(link, "N. Other", PASSWORD, HOME)) == "link_over"
        assert over == [True]
        assert [(user.role, user.must_change) for user in access.users.users] == [(Role.ADMINISTRATOR, False)]

    told = run(tmp_path, doing, empty=True).told
    assert [type(one) for one in told] == [SessionStarted, UserChanged]


def test_a_log_in_ends_the_session_the_client_had(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        first = await quick.access.log_in("O. Officer", PASSWORD, HOME)
        second = await quick.access.log_in("C. Commander", PASSWORD, HOME, first.token)
        assert second.token != first.token
        assert quick.access.who(first.token) is None
        chosen = await quick.access.log_in("O. Officer", PASSWORD, HOME, "a token of an attacker's choice")
        assert quick.access.who("a token of an attacker's choice") is None
        assert quick.access.who(chosen.token) is not None

    ended = [one for one in run(tmp_path, doing).told if isinstance(one, SessionEnded)]
    assert [one.why for one in ended] == ["replaced"]


@pytest.mark.parametrize("change", [Change(disabled=True), Change(role=Role.VIEWER), Change(mandate_roles=("x",))])
def test_a_changed_account_ends_its_sessions(tmp_path: Path, change: Change) -> None:
    async def doing(quick: Quick) -> None:
        entrance = await quick.access.log_in("O. Officer", PASSWORD, HOME)
        manager = await quick.access.log_in("M. Manager", PASSWORD, HOME)
        await quick.access.change("O. Officer", change, "M. Manager")
        assert quick.access.who(entrance.token) is None
        assert quick.access.who(manager.token) is not None

    ended = [one for one in run(tmp_path, doing).told if isinstance(one, SessionEnded)]
    assert [(one.user, one.why, one.by) for one in ended] == [("O. Officer", "account_changed", "M. Manager")]


def test_a_change_by_command_is_taken_up_and_recorded(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        entrance = await quick.access.log_in("O. Officer", PASSWORD, HOME)
        file = UserFile(tmp_path)
        file.change(lambda users: users.change("O. Officer", Change(disabled=True), "command line", 5.0))
        await quick.access.look()
        assert quick.access.who(entrance.token) is None
        assert file.users().unrecorded == ()

    told = run(tmp_path, doing).told
    assert [one.change for one in told if isinstance(one, UserChanged)] == ["disabled"]


def test_a_file_that_is_gone_opens_nothing(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        assert quick.access.has_users
        (tmp_path / "users.json").unlink()
        await quick.access.look()
        assert quick.access.has_users
        assert await denied(quick.access.log_in("M. Manager", PASSWORD, HOME)) == "wrong"
        assert await denied(quick.access.first(quick.access.first_link(), "X. New", PASSWORD, HOME)) == "link_over"

    run(tmp_path, doing)


def test_a_password_that_another_set_opens_only_its_change(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        await quick.access.add("N. New", Role.COMMANDER, ("commander",), "first password", "M. Manager")
        identity = (await quick.access.log_in("N. New", "first password", HOME)).identity
        assert [right for right in Right if identity.may(right)] == [Right.ANYONE, Right.SELF]
        assert await denied(quick.access.change_own(identity, "not it at all", PASSWORD, HOME)) == "wrong"
        assert (
            await denied(quick.access.change_own(identity, "first password", "first password", HOME)) == "bad_password"
        )
        assert await denied(quick.access.change_own(identity, "first password", "short", HOME)) == "bad_password"
        after = await quick.access.change_own(identity, "first password", PASSWORD, HOME)
        assert after.identity.may(Right.DECIDE)
        assert [one.id for one in quick.access.sessions()] == [after.identity.session.id]
        await quick.access.reset("N. New", "second password", "M. Manager")
        assert quick.access.sessions() == []

    changes = [one.change for one in run(tmp_path, doing).told if isinstance(one, UserChanged)]
    assert changes == ["added", "password_changed", "password_reset"]


def test_a_second_persons_word_is_for_one_act_once(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        access = quick.access
        officer, other = await entered(quick, "O. Officer"), await entered(quick, "V. Viewer")

        async def word(act: str = ACT) -> str:
            return await access.confirm(officer, "C. Commander", PASSWORD, HOME, act)

        assert await denied(access.confirm(officer, "O. Officer", PASSWORD, HOME, ACT)) == "same_person"
        assert await denied(access.confirm(officer, "C. Commander", "wrong", HOME, ACT)) == "wrong"
        token = await word()
        assert access.second(token, officer, ACT).user.name == "C. Commander"
        for spoilt, by, act in (
            (token, officer, ACT),
            (await word(), other, ACT),
            (await word(), officer, ACT.replace("0001", "0002")),
            ("", officer, ACT),
        ):
            with pytest.raises(AccessDenied) as caught:
                access.second(spoilt, by, act)
            assert caught.value.code == "not_confirmed"
        late = await word()
        quick.later(CONFIRM_S)
        with pytest.raises(AccessDenied):
            access.second(late, officer, ACT)
        held = await word()
        await access.change("C. Commander", Change(disabled=True), "M. Manager")
        with pytest.raises(AccessDenied):
            access.second(held, officer, ACT)

    told = [one for one in run(tmp_path, doing).told if isinstance(one, PersonConfirmed)]
    assert {(one.user, one.beside) for one in told} == {("C. Commander", "O. Officer")}
    assert len(told) == 5


def test_old_parameters_are_renewed_at_log_in(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        before = quick.access.users.find("O. Officer")
        dated = type(CHEAP)(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
        UserFile(tmp_path).change(lambda users: users.rehashed("O. Officer", dated))
        await quick.access.look()
        identity = await entered(quick, "O. Officer")
        assert quick.access.who is not None
        assert identity.session in quick.access.sessions()
        after = UserFile(tmp_path).users().find("O. Officer")
        assert before is not None
        assert after is not None
        assert "t=1," in after.password
        assert after.changed_s == before.changed_s

    assert not [one for one in run(tmp_path, doing).told if isinstance(one, UserChanged)]


def test_a_record_that_is_full_keeps_nobody_out_and_is_told_later(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        keep = quick.access._keep

        async def full(told: object) -> None:
            raise RecordError("record.sqlite", "disk full")

        quick.access._keep = full
        await entered(quick, "O. Officer")
        assert quick.told == []
        quick.access._keep = keep
        await quick.access.look()

    (told,) = run(tmp_path, doing).told
    assert isinstance(told, SessionStarted)


def test_the_end_of_a_watch_leaves_no_count_untold(tmp_path: Path) -> None:
    async def doing(quick: Quick) -> None:
        for _ in range(3):
            await denied(quick.access.log_in("O. Officer", "wrong", HOME))
        await quick.access.look(closing=True)

    assert [one.count for one in run(tmp_path, doing).told if isinstance(one, AccessRefused)] == [1, 2]


def test_people_are_found_as_they_are_made() -> None:
    assert person("O. Officer").mandate_roles == ("watch-officer",)
