"""The tools as an MCP client calls them: typed results, and errors that name the argument."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client

from assistant.channels.mcp.server import PlanServer
from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.state.pause import Pause
from tests.unit.assistant.made import Bench

TOOLS = ("search_plans", "get_measure", "get_kpi", "compare", "ask")


def with_client(service: Service, do: Callable[[Client], Awaitable[Any]], pause: Pause | None = None) -> Any:
    """Return what is done with a client of the tools over a service."""

    async def done() -> Any:
        async with Client(PlanServer(lambda: service, lambda: pause)) as client:
            return await do(client)

    return asyncio.run(done())


@pytest.fixture(scope="module")
def held(bench: Bench) -> Service:
    return bench.service()


def call(service: Service, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return a tool's structured content."""
    result = with_client(service, lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def error(service: Service, tool: str, **arguments: Any) -> str:
    """Return what a tool says is wrong."""
    result = with_client(service, lambda client: client.call_tool(tool, arguments))
    assert result.is_error, result.structured_content
    return str(result.content[0].text)


def test_every_tool_says_what_it_does_takes_and_returns(held: Service) -> None:
    listed = with_client(held, lambda client: client.list_tools()).tools
    assert tuple(t.name for t in listed) == TOOLS
    for tool in listed:
        assert tool.description and tool.output_schema and tool.annotations.read_only_hint
        assert set(tool.input_schema["properties"]) >= set(tool.input_schema.get("required", ()))


def test_while_the_chat_is_paused_records_are_read_and_nothing_is_answered(held: Service) -> None:
    def called(tool: str, **arguments: Any) -> Any:
        return with_client(held, lambda c: c.call_tool(tool, arguments), Pause(message="休みます。"))

    asked = {"question": "計画の期間は？"}
    for result in (called("ask", **asked), called("compare", left="akebono", right="harukaze", **asked)):
        assert result.is_error and result.content[0].text == "休みます。"
    assert not called("compare", left="akebono", right="harukaze").is_error


def test_ask_gives_the_services_own_answer(held: Service, bench: Bench) -> None:
    told = call(held, "ask", question="みなとポイントの担当課は？", municipality="akebono")
    own = bench.service().answer(Question(question="みなとポイントの担当課は？", municipality="akebono"))
    same = own.model_dump(mode="json")
    assert {k: v for k, v in told.items() if not k.endswith("_id")} == {
        k: v for k, v in same.items() if not k.endswith("_id")
    }
    follow_up = call(held, "ask", question="その目標は？", conversation_id=told["conversation_id"])
    assert "2,800人" in follow_up["answer"]
    assert Answer.model_validate(follow_up)


def test_search_plans_gives_places_in_their_order(held: Service) -> None:
    hits = call(held, "search_plans", query="移動図書室", municipality="akebono", limit=3)["hits"]
    assert [h["rank"] for h in hits] == [1, 2, 3]
    text = held.library.document(hits[0]["citation"]["document_id"])[1].text  # type: ignore[index]
    at = hits[0]["citation"]
    assert text[at["start"] : at["end"]] == at["quote"] and "移動図書室" in at["quote"]


@pytest.mark.parametrize("named", ["みなとポイントの普及", "みなと", "akebono-dx.1", "１"])
def test_a_measure_is_found_by_its_name_a_part_of_it_or_its_id(held: Service, named: str) -> None:
    found = call(held, "get_measure", municipality="あけぼの市", measure=named)
    assert found["measure"]["departments"] == ["商工観光課"]
    assert found["kpis"][0]["target"]["value"] == 2800
    assert found["page"] == "/plans/akebono/measures/1"


def test_a_kpi_is_found_with_its_measure(held: Service) -> None:
    found = call(held, "get_kpi", municipality="akebono", kpi="移動図書室の貸出冊数")
    assert found["kpi"]["baseline"]["text"] == "1,120,226冊"
    assert (found["measure"], found["name"]) == ("移動図書室の運行", "あけぼの市")


def test_compare_gives_facts_and_each_plans_answer(held: Service) -> None:
    told = call(held, "compare", left="akebono", right="はるかぜ町", question="計画の期間は？")
    assert told["municipalities"] == ["akebono", "harukaze"]
    facts = {row["fact"]: row["values"] for row in told["facts"]}
    assert facts["成果指標（基準値と目標値）"] == ["2件", "計画に書かれていません"]
    first, second = (a["answer"] for a in told["answers"])
    assert "令和12年度" in first and "令和9年度" in second
    assert call(held, "compare", left="akebono", right="harukaze")["answers"] == []


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {}, "question: "),
        ("ask", {"question": " "}, "question: 質問を入力してください"),
        ("ask", {"question": "あ" * 1001}, "question: 1,000文字以内"),
        ("ask", {"question": 3}, "question: "),
        (
            "ask",
            {"question": "期間は？", "municipality": "tokyo"},
            "municipality: 'tokyo' の計画はありません",
        ),
        ("ask", {"question": "期間は？", "language": "xx"}, "language: "),
        ("search_plans", {"query": "x", "limit": 99}, "limit: "),
        ("search_plans", {"query": "\x00"}, "query: "),
        ("get_measure", {"municipality": "tokyo", "measure": "x"}, "municipality: 'tokyo'"),
        ("get_measure", {"municipality": "akebono", "measure": "ない"}, "「みなとポイントの普及」"),
        ("get_measure", {"municipality": "akebono", "measure": "の"}, "2件あります"),
        ("get_measure", {"municipality": "akebono", "measure": ""}, "measure: "),
        ("get_measure", {"municipality": "akebono", "measure": "　"}, "measure: "),
        ("get_kpi", {"municipality": "akebono", "kpi": "ない"}, "「みなとポイント登録者数」"),
        ("get_kpi", {"municipality": "harukaze", "kpi": "ない"}, "ask で尋ねてください"),
        ("compare", {"left": "akebono", "right": "あけぼの市"}, "right: "),
        ("compare", {"left": "akebono", "right": "harukaze", "question": "\x00"}, "question: "),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_argument(
    held: Service, tool: str, arguments: dict[str, Any], says: str
) -> None:
    told = error(held, tool, **arguments)
    assert says in told and "\n" not in told and "pydantic" not in told


JSON = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.text()
    | st.lists(st.text())
    | st.dictionaries(st.text(), st.text())
)


@settings(max_examples=20)
@given(tool=st.sampled_from(TOOLS), values=st.lists(JSON, min_size=4, max_size=4))
def test_no_arguments_are_a_fault_of_ours(held: Service, tool: str, values: list[Any]) -> None:
    names = ("question", "query", "municipality", "measure", "kpi", "left", "right", "limit")
    arguments = dict(zip(names, values * 2, strict=True))
    told = with_client(held, lambda client: client.call_tool(tool, arguments))
    assert not told.is_error or "Error executing" not in told.content[0].text


def test_a_fault_of_ours_is_told_without_its_cause(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    service = bench.service()

    def broken(_: Question) -> Answer:
        raise RuntimeError("secret")

    monkeypatch.setattr(service, "answer", broken)
    assert error(service, "ask", question="期間は？") == "Error executing tool ask"
