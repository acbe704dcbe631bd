"""A running watch takes up a change of its site: recorded at one point of the order, then written, then followed.

The pipeline goes on under the new site at the change's place in the order; what stands around it (files, feeds,
outputs, capture) follows on the loop, once the record has the change.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from vedette.console import ActionRefused
from vedette.errors import BadInput, BadSite
from vedette.model import Action, AnyPayload, SiteCandidate
from vedette.site import Site, site_digest, site_from_draft
from vedette.watch.plan import Plan
from vedette.watch.site_changes import told
from vedette.watch.site_files import begin_change, check_geometry_name, digest_on_disk, end_change, write_site

log = logging.getLogger(__name__)
Follower = Callable[[Site], Awaitable[None]]
"""What goes on under another site; called on the loop, with what is new already in the watch's plan."""


class Changing:
    """Changes of one watch's site, one after the other. Belongs to the console's loop.

    Args:
        perform: puts an action into the order, and returns when it is recorded. plan: as it is now. tell: shows a
            problem to the officer.

    followers: what has to go on under the new site, in this order.
    """

    def __init__(
        self,
        perform: Callable[[Action], Awaitable[tuple[AnyPayload, ...]]],
        plan: Callable[[], Plan],
        tell: Callable[[str], None],
    ) -> None:
        self._perform, self._plan, self._tell, self._turn = perform, plan, tell, asyncio.Lock()
        self._under_way: set[asyncio.Task[tuple[AnyPayload, ...]]] = set()
        self.followers: list[Follower] = []

    async def change(self, action: Action) -> tuple[AnyPayload, ...]:
        """Make the change; return when it is recorded, written and followed. Who asked may be gone by then.

        Raises:
            ActionRefused: nothing has changed.
        """
        task = asyncio.create_task(self._change(action))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def done(self) -> None:
        """Return when no change is under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _change(self, action: Action) -> tuple[AnyPayload, ...]:
        wanted, path = action.request, self._plan().site_file
        async with self._turn:
            if path is None or not isinstance(wanted, SiteCandidate):
                payloads = await self._perform(action)
            else:
                site = await asyncio.to_thread(self._checked, path, wanted)
                wanted = msgspec.structs.replace(wanted, flights=site.flights)
                action = msgspec.structs.replace(action, request=wanted)
                await asyncio.to_thread(begin_change, path, self._plan().folder, _digest(wanted))
                try:
                    payloads = await self._perform(action)
                except BaseException:
                    await asyncio.to_thread(end_change, path)
                    raise
                await asyncio.to_thread(self._write)
            await self._follow()
        return payloads

    def _checked(self, path: Path, wanted: SiteCandidate) -> Site:
        """What only the disk can say of it: files that it names, and whether somebody edited the site there."""
        plan = self._plan()
        try:
            site = site_from_draft(path, wanted.toml, wanted.geometry)
            check_geometry_name(path, plan.site, site)
        except BadSite as bad:
            raise ActionRefused("bad_site", str(bad), told(bad.faults)) from None
        except BadInput as bad:
            raise ActionRefused("bad_site", str(bad)) from None
        if digest_on_disk(path) not in (plan.site.sha256, site.sha256):
            raise ActionRefused(
                "file_edited", f"{path.name} was edited on the disk since it was read: take that in first, or undo it"
            )
        return site

    def _write(self) -> None:
        plan = self._plan()
        if plan.site_file is None:
            return
        try:
            write_site(plan.site_file, plan.site)
            end_change(plan.site_file)
        except OSError as error:  # the note stays: the next start writes it
            self._tell(f"The site is changed and recorded, but its file cannot be written: {error.strerror}")

    async def _follow(self) -> None:
        for follower in self.followers:
            try:
                await follower(self._plan().site)
            except Exception as error:
                log.exception("what follows the site failed")
                self._tell(f"Not all of the watch took up the changed site: {type(error).__name__}: {error}")


def _digest(wanted: SiteCandidate) -> str:
    return site_digest(wanted.toml, wanted.geometry)
