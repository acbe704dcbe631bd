"""An auditor at a running watch: the record's events by page, and the whole of it checked in a process beside."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from tests.watch.one_drone import change, end, fly, opened
from vedette.model.auditing import LogSearch, RecordState
from vedette.site import load_site
from vedette.watch.auditing import Auditing
from vedette.watch.runtime import Watch


@pytest.fixture
def watch(site_file: Path, tmp_path: Path) -> Watch:
    watch = opened(load_site(site_file), tmp_path / "data")
    fly(watch, 0, 12)
    watch.settle()
    change(watch, SITE_TOML + "# of today\n", SITE_GEOJSON)
    return watch


async def checked(auditing: Auditing) -> RecordState:
    auditing.verify("A. Auditor")
    auditing.verify("another, while it is under way")
    assert auditing.state().verifying
    await auditing.done()
    return auditing.state()


def test_the_record_of_a_running_watch_is_read_and_checked(watch: Watch) -> None:
    page = watch.auditing.events(LogSearch(person="A. Rahman"), 100)
    assert [line["kind"] for line in page.lines] == ["site_changed"]
    state = asyncio.run(checked(watch.auditing))
    assert {"site_changed", "track_began", "watch_started"} & set(state.kinds)
    assert "track_point" not in state.kinds
    assert watch.auditing.events(LogSearch(kinds=("track_point",)), 5).lines
    assert state.verified is not None
    assert state.verified.intact, state.verified
    assert state.verified.says.startswith("intact, ")
    assert state.verified.by == "A. Auditor"
    assert state.head is not None
    end(watch)


def test_a_record_that_was_changed_is_said_to_be(watch: Watch, tmp_path: Path) -> None:
    end(watch)
    log = tmp_path / "data" / "checkpoints.log"
    text = log.read_text()
    log.write_text(text.replace('"hash":"', '"hash":"0', 1) if '"hash":"' in text else "nonsense\n")
    state = asyncio.run(checked(watch.auditing))
    assert state.verified is not None
    assert not state.verified.intact
    assert state.verified.says.startswith("broken")
