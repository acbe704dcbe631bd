from __future__ import annotations

from pathlib import Path

import pytest

from tests.assessment.fields import make_site
from vedette.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder: Path = tmp_path_factory.mktemp("site")
    return make_site(folder)
