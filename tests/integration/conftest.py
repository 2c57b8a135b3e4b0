"""A data directory with the real model and an index of the plans, kept between runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.wiring import build, check_index
from index.errors import IndexUnavailable


@pytest.fixture(scope="session")
def data_dir(kept_data_dir: Path) -> Path:
    """Return a data directory with the model and an index that fits."""
    settings = Settings(_env_file=None, data_dir=kept_data_dir)
    kept_data_dir.mkdir(parents=True, exist_ok=True)
    try:
        check_index(settings)
    except IndexUnavailable:
        build(settings)
    return kept_data_dir
