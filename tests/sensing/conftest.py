"""Kernels are compiled, or loaded, before the first test."""

from __future__ import annotations

import pytest

from vedette.tracking import warm_up


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    warm_up()
