"""The site's files on the disk follow the record: a change is recorded first, then written, whole or not at all.

    note beside the site file (the digest to come, the record's folder) → event committed → geometry, then site file:
    written beside and renamed, the ones before kept as NAME.previous → note removed

A start that finds the note takes the texts from the record: if its newest site is the noted one, the files are written
once more; if not, the change was never recorded. Without a note the files are the operator's, as ever.
"""

from __future__ import annotations

import contextlib
import os
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from vedette.console import RecordedSite
from vedette.errors import BadInput, BadSite, Fault, RecordError
from vedette.model import SiteChanged, SiteVersion
from vedette.record import read_events
from vedette.site import GEOMETRY_NAME, Site, geometry_name, site_digest, site_from_draft, site_from_text
from vedette.watch.plan import Plan

PREVIOUS: Final = ".previous"


def check_geometry_name(path: Path, before: Site | None, after: Site) -> None:
    """Refuse a name of the geometry that a change may not write.

    Raises:
        BadSite: it is no plain name beside the site file, or would write over a file that is not the site's.
    """
    was, name = None if before is None else geometry_name(before), geometry_name(after)
    if name is None or name == was:
        return
    if GEOMETRY_NAME.fullmatch(name) is None or name == path.name:
        why = "a change writes the geometry beside the site file alone, under a plain name in .geojson or .json"
    elif (path.parent / name).exists():
        why = "there is such a file already, which is not this site's geometry; choose another name"
    else:
        return
    raise BadSite(path, (Fault(path=str(path), key="geometry", value=name, why=why),))


class Note(msgspec.Struct, frozen=True):
    """A change that is being recorded or written: the digest to come, and the record's folder."""

    sha256: str
    folder: str


def begin_change(path: Path, folder: Path, sha256: str) -> None:
    """Note what is about to be recorded and then written. Raises OSError."""
    _write(_note(path), msgspec.json.encode(Note(sha256, str(folder.resolve()))))


def end_change(path: Path) -> None:
    """What was noted is written, or will not be."""
    _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name(f".{path.name}.change")


def digest_on_disk(path: Path) -> str | None:
    """The digest of a site's files as they lie there now; None: they cannot be read."""
    try:
        toml = path.read_bytes().decode("utf-8-sig")
        name = tomllib.loads(toml).get("geometry")
        geojson = (path.parent / name).read_bytes().decode("utf-8-sig") if isinstance(name, str) else None
    except (OSError, ValueError):
        return None
    return site_digest(toml, geojson)


def write_site(path: Path, site: Site) -> None:
    """Write a site's files, the ones before kept as NAME.previous. Raises OSError; what is there is whole then."""
    name = geometry_name(site)
    if name is not None and site.geojson is not None:
        _replace(path.parent / name, site.geojson.encode())
    _replace(path, site.toml.encode())


def finish_change(path: Path) -> bool:
    """What a watch that was killed in the middle of a change left undone; whether files were written.

    Raises:
        OSError: the files cannot be written.
    """
    try:
        note = msgspec.json.decode(_note(path).read_bytes(), type=Note)
        newest = newest_version(Path(note.folder))
    except FileNotFoundError:
        return False
    except (msgspec.DecodeError, RecordError):  # it says nothing, or there is no record to take it from
        end_change(path)
        return False
    recorded = newest is not None and newest.sha256 == note.sha256
    if newest is not None and recorded:
        write_site(path, site_from_text(newest.toml, newest.geometry))
    end_change(path)
    return recorded


def newest_version(folder: Path) -> SiteVersion | None:
    """The newest site that a record holds."""
    newest = None
    for event in read_events(folder, kind="site_version"):
        if isinstance(event.payload, SiteVersion):
            newest = event.payload
    return newest


def recorded_sites(folder: Path) -> tuple[RecordedSite, ...]:
    """Every version of the site in a record, oldest first, each with the change that made it.

    Raises:
        RecordError: the record cannot be read.
    """
    found, change = [], None
    for event in read_events(folder, kind=("site_changed", "site_version")):
        if isinstance(event.payload, SiteChanged):
            change = event.payload
        elif isinstance(version := event.payload, SiteVersion):
            made_by = change if change is not None and change.after == version.sha256 else None
            found.append(
                RecordedSite(
                    seq=event.seq,
                    received_s=event.received_s,
                    sha256=version.sha256,
                    toml=version.toml,
                    geometry=version.geometry,
                    change=made_by,
                )
            )
            change = None
    return tuple(found)


def changed_in_record(folder: Path, sha256: str) -> SiteVersion | None:
    """What people made of the site with this digest, while a watch of this record ran; None: they left it as it is."""
    try:
        changes = [event.payload for event in read_events(folder, kind="site_changed")]
        newest = newest_version(folder)
    except RecordError:
        return None
    before = {one.before for one in changes if isinstance(one, SiteChanged)}
    return newest if sha256 in before else None


def _replace(path: Path, octets: bytes) -> None:
    """Write a file whole, by way of another name; keep the one before."""
    before = path.read_bytes() if path.exists() else None
    if before == octets:
        return
    if before is not None:
        _write(path.with_name(path.name + PREVIOUS), before)
    _write(path, octets)


def _write(path: Path, octets: bytes) -> None:
    """By way of a temporary name, on the disk before it has its own."""
    beside = path.with_name(f".{path.name}.new")
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with beside.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        beside.chmod(mode)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def as_changed(plan: Plan) -> Plan:
    """A replay goes on under the site as a person changed it before; a live watch's files say so themselves."""
    version = changed_in_record(plan.folder, plan.site.sha256) if plan.site_file is None else None
    if version is None:
        return plan
    site = site_from_text(version.toml, version.geometry)
    return msgspec.structs.replace(plan, site=msgspec.structs.replace(site, flights=plan.site.flights))


def under(plan: Plan, site: Site) -> Plan:
    """The plan under a changed site, with what its own files say beside its text; one of them may be gone by now."""
    if plan.site_file is not None:
        with contextlib.suppress(BadInput):
            site = site_from_draft(plan.site_file, site.toml, site.geojson)
    return msgspec.structs.replace(plan, site=site)
