from __future__ import annotations

import pytest

from tests.assessment.fields import make_site
from vedette.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("site"))
