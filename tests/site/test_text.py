from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SITE_GEOJSON, SITE_TOML
from vedette.errors import BadInput
from vedette.site import site_from_draft
from vedette.site.edits import BadEdit, SetKey, edited
from vedette.site.text import DOTTED, PARTS, TABLES, too_much

TOO_MUCH = {
    "a long key": "a" + ".a" * PARTS + " = 1",
    "a long key, quoted": '"a"' + " . 'a'" * PARTS + " = 1",
    "a long header": "[a" + ".a" * PARTS + "]",
    "inside a table": "x = { a" + ".a" * PARTS + " = 1 }",
    "dotted keys": "".join(f"a.k{n} = 1\n" for n in range(DOTTED + 1)),
    "tables": "[[a]]\n" * (TABLES + 1),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_readers_would_take_long_over_is_not_read(name: str) -> None:
    assert too_much(TOO_MUCH[name]) is not None
    with pytest.raises(BadInput):
        site_from_draft(Path("site.toml"), TOO_MUCH[name], None)
    with pytest.raises(BadEdit):
        edited(TOO_MUCH[name], (SetKey(("name",), "x"),))


@pytest.mark.parametrize(
    "text",
    [
        SITE_TOML,
        'note = """' + "... and so on\n" * 1000 + '"""',
        "x = [" + "1.5, " * 10_000 + "]",
        'a.b = "' + "x." * 19 + '"',
        "[[sensor]]\n" * TABLES,
    ],
)
def test_what_people_write_is(text: str) -> None:
    assert too_much(text) is None


def test_every_site_file_of_the_examples_is_read() -> None:
    files = list(Path(__file__).parents[2].glob("examples/**/*.toml"))
    assert files
    assert [path.name for path in files if too_much(path.read_text()) is not None] == []
    assert site_from_draft(Path("site.toml"), SITE_TOML, SITE_GEOJSON).id == "test"
