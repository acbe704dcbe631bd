"""[plan], [[closure]] and `notify`: read as written, and every fault named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import MANDATE_TOML
from vedette.errors import BadSite
from vedette.site import ClosurePlace, Site, load_site

OUT = """
[[release]]
id = "words"
what = ["notices"]
[[release]]
id = "tracks"
what = ["tracks"]
[[output]]
id = "police"
partner = "Police"
kind = "mqtt"
url = "mqtt://127.0.0.1:1883/x"
release = "words"
[[output]]
id = "tower"
partner = "Tower"
kind = "cot"
url = "tcp://127.0.0.1:8087"
release = "tracks"
"""
SAPIENT = OUT.replace('kind = "mqtt"\nurl = "mqtt://127.0.0.1:1883/x"', 'kind = "sapient"\nurl = "tcp://127.0.0.1:9"')
CLOSURE = '[[closure]]\nid = "field"\nkind = "airspace"\nzones = ["fence"]\n'


def loaded(site_file: Path, text: str) -> Site:
    site_file.write_text(site_file.read_text() + MANDATE_TOML + text)
    return load_site(site_file)


def test_a_site_that_says_nothing_has_its_airspace(site_file: Path) -> None:
    site = loaded(site_file, "")
    (place,) = site.response.closures
    assert (place.id, place.kind, place.zones, place.confirm) == (
        "airspace", "airspace", ("fence",), ("Inspected by a named person",),
    )  # fmt: skip
    assert site.response.automatic is False


def test_a_closure_and_whom_a_step_may_notify(site_file: Path) -> None:
    more = 'measure = "close"\nclear_s = 300\nsensors = false\nsighting_s = 0\nconfirm = []\nname = "Field"\n'
    step = '[[plan.step]]\nphase = "recover"\ntext = "Tell"\nnotify = ["police"]\nsay = "All clear"\n'
    site = loaded(site_file, step + OUT + CLOSURE + more)
    assert site.response.closures == (
        ClosurePlace(
            id="field", kind="airspace", name="Field", zones=("fence",), measure="close", clear_s=300.0, sensors=False,
            sighting_s=0.0, confirm=(),
        ),
    )  # fmt: skip
    step_of = site.response.plan[-1]
    assert (step_of.notify, step_of.say) == (("police",), "All clear")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (CLOSURE.replace("fence", "moon"), "closure[0].zones[0]"),
        (CLOSURE + CLOSURE, "closure[1].id"),
        (CLOSURE + 'measure = "moon"\n', "closure[0].measure"),
        (CLOSURE.replace("airspace", "sea"), "closure[0].kind"),
        (CLOSURE.replace('zones = ["fence"]\n', ""), "closure[0].zones"),
        ('[[plan.step]]\nphase = "warn"\ntext = "x"\nnotify = ["moon"]\n' + OUT, "plan.step[1].notify[0]"),
        ('[[plan.step]]\nphase = "warn"\ntext = "x"\nnotify = ["tower"]\n' + OUT, "plan.step[1].notify[0]"),
        ('[[plan.step]]\nphase = "respond"\nmeasure = "defeat"\nnotify = ["police"]\n' + OUT, "plan.step[1].notify"),
        (OUT.replace('what = ["notices"]', 'what = ["notices"]\ndelay_s = 5.0'), "release[0].delay_s"),
        (SAPIENT, "output[0].release"),
    ],
)  # fmt: skip
def test_every_fault_is_named(site_file: Path, text: str, key: str) -> None:
    with pytest.raises(BadSite) as bad:
        loaded(site_file, text)
    assert key in [fault.key for fault in bad.value.faults]


def test_an_unknown_key_of_the_plan_is_a_fault(site_file: Path) -> None:
    site_file.write_text(site_file.read_text() + "[plan]\nautomatic = true\nmoon = 1\n")
    with pytest.raises(BadSite) as bad:
        load_site(site_file)
    assert [fault.key for fault in bad.value.faults] == ["plan.moon"]
