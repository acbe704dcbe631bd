"""Every key, command and message kind that exists is documented, and nothing documented is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.console.fake_desk import FakeDesk
from vedette.console import create_app
from vedette.site import schema
from vedette.site.flights import FlightProperties

ROOT = Path(__file__).parents[1]
TABLES = (
    schema.SiteTable,
    schema.SensorTable,
    schema.FeedTable,
    schema.OwnDroneTable,
    schema.RuleTable,
    schema.AlarmTable,
    schema.ReleaseTable,
    schema.OutputTable,
    schema.TrackingTable,
    schema.RecordTable,
    schema.ExercisesTable,
    schema.MandateTable,
    schema.MandateRoleTable,
    schema.MeasureTable,
    schema.PlanStepTable,
    schema.PlanTable,
    schema.ClosureTable,
    schema.PrivacyTable,
    schema.StatementTable,
    schema.ZoneProperties,
)


def test_every_property_of_the_file_of_flights_is_documented() -> None:
    text = (ROOT / "docs/identity.md").read_text()
    for field in msgspec.structs.fields(FlightProperties):
        assert f"`{field.encode_name}`" in text, field.encode_name


@pytest.mark.parametrize("table", TABLES)
def test_every_key_of_the_site_file_is_documented(table: type[msgspec.Struct]) -> None:
    text = (ROOT / "docs/site-file.md").read_text()
    for field in msgspec.structs.fields(table):
        assert f"`{field.encode_name}`" in text, field.encode_name


def test_every_documented_key_exists() -> None:
    known = {field.encode_name for table in TABLES for field in msgspec.structs.fields(table)}
    lines = [line for line in (ROOT / "docs/site-file.md").read_text().splitlines() if line.startswith("| `")]
    documented = {key for line in lines for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])}
    assert documented <= known


@pytest.mark.parametrize("document", ["README.md", "docs/safety-and-limits.md"])
def test_what_it_never_does_is_said(document: str) -> None:
    text = (ROOT / document).read_text()
    for words in (
        "addresses no weapon, jammer or other effector",
        "takes over no drone",
        "aim, lead or intercept point",
    ):
        assert words in text


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_readme_example_prints_what_it_says() -> None:
    text = (ROOT / "README.md").read_text()
    code = re.search(r"<!-- example -->\n```python\n(.*?)```", text, re.DOTALL)
    output = re.search(r"<!-- output -->\n```\n(.*?)```", text, re.DOTALL)
    assert code is not None
    assert output is not None
    done = subprocess.run([sys.executable, "-c", code[1]], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == output[1]


def test_every_endpoint_is_documented() -> None:
    text = (ROOT / "docs/http.md").read_text()
    for route in create_app(FakeDesk()).routes:
        if route.path_format.startswith("/api/v1/") and "openapi" not in route.path_format:
            assert f"`{route.path_format}`" in text, route.path_format
