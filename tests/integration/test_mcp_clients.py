"""The tools called by the real MCP client over both transports, the plans and the model being real."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from assistant.settings import PREFIX

ROOT = Path(__file__).parents[2]
Mode = Literal["auto", "legacy"]


@pytest.fixture
def url(served: str) -> str:
    return f"{served}/mcp"


async def used(client: Client) -> list[dict[str, Any]]:
    """Use every tool, and return what each of them gave."""
    assert len((await client.list_tools()).tools) == 5
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ask", {"question": "羽咋ポイントの登録者数の目標は？", "municipality": "hakui"}),
        ("search_plans", {"query": "書かない窓口", "municipality": "野々市市", "limit": 3}),
        ("get_measure", {"municipality": "hakui", "measure": "羽咋市デジタルポイント事業"}),
        ("get_kpi", {"municipality": "hakui", "kpi": "羽咋ポイント登録者数"}),
        ("compare", {"left": "hakui", "right": "nonoichi", "question": "計画の期間は？"}),
    )
    results = [await client.call_tool(name, arguments) for name, arguments in calls]
    assert [r.is_error for r in results] == [False] * len(calls), results
    wrong = await client.call_tool("get_measure", {"municipality": "hakui", "measure": "存在しない施策"})
    assert wrong.is_error and "measure: " in wrong.content[0].text  # type: ignore[union-attr]
    return [r.structured_content or {} for r in results]


def check(told: list[dict[str, Any]]) -> None:
    answer, found, measure, kpi, compared = told
    assert "2,800人" in answer["answer"] and answer["citations"]
    assert [h["rank"] for h in found["hits"]] == [1, 2, 3]
    assert measure["measure"]["departments"] and measure["kpis"]
    assert kpi["kpi"]["target"]["value"] == 2800
    assert [a["status"] for a in compared["answers"]] == ["answered"] * 2


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_work_over_http_by_either_protocol(url: str, mode: Mode) -> None:
    async def use() -> list[dict[str, Any]]:
        async with Client(url, mode=mode) as client:
            return await used(client)

    check(asyncio.run(use()))


def test_the_tools_work_over_standard_input_and_output(data_dir: Path) -> None:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant", "mcp"],
        env={**os.environ, f"{PREFIX}DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)},
    )

    async def use() -> list[dict[str, Any]]:
        async with Client(stdio_client(parameters)) as client:
            return await used(client)

    check(asyncio.run(use()))
