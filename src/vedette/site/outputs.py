"""[[release]] and [[output]] → what each partner may be told, and where; every fault noted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from vedette.endpoint import parse_mqtt, parse_url
from vedette.site.links import tls_files, whole
from vedette.site.model import Output, ReleaseRule, Zone
from vedette.site.reading import Faults
from vedette.site.schema import OutputTable, ReleaseTable
from vedette.tls import TlsFiles

LINES: Final = {
    "cot": ("tcp", "tls", "udp"),
    "cap": ("https", "http", "file"),
    "mqtt": ("mqtt", "mqtts"),
    "webhook": ("https", "http"),
    "sapient": ("tcp", "tls"),
}
"""The kinds of output that there are, and the schemes of their urls; vedette.outputs.kinds has what each is made of."""

_WEB: Final = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[!-\"$-~]*)?")
_FOLDER: Final = re.compile(r"file:(//)?/[^\x00]*")
_GOES_WITH: Final = {
    "user": ("mqtt", "mqtts"),
    "password_file": ("mqtt", "mqtts"),
    "secret_file": ("http", "https"),
    "private": ("http", "https"),
}
_NO_NOTICES: Final = ("sapient",)
"""Kinds that speak from machine to machine: no person reads them."""
_CAP: Final = ("sender", "language", "restriction", "instruction")
_SPOKEN_OF: Final = (
    "place",
    "altitude",
    "velocity",
    "accuracy",
    "class",
    "identity",
    "sensors",
    "impact",
    "timing",
)
"""What a reason may speak of: who may not know one of these may have no reasons."""
_HOLDS: Final = ("perimeter", "warning", "keep_out", "asset", "runway")
"""Roles of zones that a track can be in (vedette.assessment.zones)."""


def outputs_of(
    releases: list[ReleaseTable | None],
    tables: list[OutputTable | None],
    zones: tuple[Zone, ...],
    folder: Path | None,
    faults: Faults,
) -> tuple[Output, ...]:
    """The outputs with their rules. `folder` None: the site is read from a record, and nobody looks for files."""
    rules: dict[str, ReleaseRule] = {}
    for index, release in enumerate(releases):
        if release is None:
            continue
        if release.id in rules:
            faults.add(f"release[{index}].id", release.id, "already used above")
        rules[release.id] = _rule(release, f"release[{index}]", zones, faults)
    outputs: list[Output] = []
    for index, table in enumerate(tables):
        if table is None:
            continue
        key = f"output[{index}]"
        if table.id in [other.id for other in outputs]:
            faults.add(f"{key}.id", table.id, "already used above")
        _check_line(table, key, faults)
        tls = tls_files(table, key, folder, faults)
        rule = rules.get(table.release)
        if rule is not None:
            if "notices" in rule.what and table.kind in _NO_NOTICES:
                faults.add(f"{key}.release", table.release, f"{table.kind} carries no notices; this rule has them")
            outputs.append(_output(table, rule, tls, folder))
        elif None not in releases:
            faults.add(f"{key}.release", table.release, "no [[release]] has this id")
    return tuple(outputs)


def _rule(table: ReleaseTable, key: str, zones: tuple[Zone, ...], faults: Faults) -> ReleaseRule:
    fields = frozenset(table.fields)
    unsaid = [name for name in _SPOKEN_OF if name not in fields]
    if "reasons" in fields and unsaid:
        faults.add(f"{key}.fields", "reasons", f"speaks of all there is, and needs {', '.join(unsaid)} beside it")
    if "notices" in table.what and table.delay_s > 0.0:
        faults.add(f"{key}.delay_s", table.delay_s, "a person's notice goes at once: give it a rule without a delay")
    holding = [zone for zone in zones if zone.role in _HOLDS]
    chosen: set[str] = set()
    for name in table.zones or ():
        meant = [zone.id for zone in holding if name in (zone.id, zone.role)]
        if not meant:
            faults.add(f"{key}.zones", name, "no zone that a track can be in has this id or role")
        chosen.update(meant)
    return ReleaseRule(
        id=table.id,
        what=frozenset(table.what),
        fields=fields,
        zones=None if table.zones is None else frozenset(chosen),
        delay_s=table.delay_s,
    )


def _check_line(table: OutputTable, key: str, faults: Faults) -> None:
    schemes = LINES.get(table.kind)
    if schemes is None:
        faults.add(f"{key}.kind", table.kind, f"must be one of {', '.join(sorted(LINES))}")
        return
    scheme = table.url.partition(":")[0]
    if scheme not in schemes:
        faults.add(f"{key}.url", table.url, f"must begin with one of {', '.join(f'{one}://' for one in schemes)}")
        return
    wrong = _wrong_with(scheme, table.url)
    if wrong is not None:
        faults.add(f"{key}.url", table.url, wrong)
    for name, used in _GOES_WITH.items():
        value = getattr(table, name)
        if value and scheme not in used:
            faults.add(f"{key}.{name}", value, f"goes with a url of {' or '.join(used)}")
    _check_kind(table, scheme, key, faults)


def _check_kind(table: OutputTable, scheme: str, key: str, faults: Faults) -> None:
    """What a kind needs, and what goes with no other."""
    if table.kind == "webhook" and table.secret_file is None:
        faults.add(f"{key}.secret_file", "", "missing: a webhook's messages are signed")
    if scheme == "http" and not table.private:
        faults.add(f"{key}.url", table.url, "without TLS only where the output is `private`")
    if table.kind == "cap" and table.sender is None:
        faults.add(f"{key}.sender", "", "missing: a CAP message says who sent it")
    for name in _CAP:
        value = getattr(table, name)
        if table.kind != "cap" and value is not None:
            faults.add(f"{key}.{name}", value, "goes with kind cap")


def _wrong_with(scheme: str, url: str) -> str | None:
    """What is wrong with a url; it may hold no user and no password, which come from files."""
    try:
        if scheme in ("http", "https"):
            found = _WEB.fullmatch(url)
            return None if found and int((found[2] or ":1")[1:]) in range(1, 65536) else "not https://host:port/path"
        if scheme == "file":
            return None if _FOLDER.fullmatch(url) else "not file:/path/of/a/folder"
        if scheme in ("mqtt", "mqtts"):
            topic = parse_mqtt(url)[3]
            return "a topic to publish under has no # and no +" if {"#", "+"} & set(topic) else None
        parse_url(url)
    except ValueError as error:
        return str(error).partition(": ")[0]
    return None


def _output(table: OutputTable, rule: ReleaseRule, tls: TlsFiles | None, folder: Path | None) -> Output:
    return Output(
        id=table.id,
        partner=table.partner,
        kind=table.kind,
        url=table.url,
        release=rule,
        tls=tls,
        user=table.user,
        password_file=whole(folder, table.password_file),
        secret_file=whole(folder, table.secret_file),
        private=table.private,
        sender=table.sender,
        language=table.language or "en-US",
        restriction=table.restriction,
        instruction=table.instruction,
        exercise=table.exercise,
    )
