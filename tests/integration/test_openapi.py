"""No input to any described route gives a server error or a status that is not described.

The long form is `python -m evals.campaigns.openapi --minutes 5`.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from assistant.channels.app import create_app
from assistant.settings import Settings
from evals.campaigns.openapi import faults_of
from tests.hostile.live import live
from tests.unit.assistant.made import make_bench


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("made")
    settings = Settings(_env_file=None, data_dir=folder, openapi=True, rate_limit="off")
    with live(create_app(settings, make_bench(folder).service())) as server:
        yield f"http://127.0.0.1:{server.port}"


def test_every_described_route_keeps_to_its_description(url: str) -> None:
    described = httpx.get(f"{url}/openapi.json", trust_env=False).json()["paths"]
    faults, asked = faults_of(url, examples=6)
    assert faults == []
    assert asked >= 6 * sum(map(len, described.values()))
