"""The MCP server: search_plans, get_measure, get_kpi, compare and ask over the running service.

A tool's wrong argument is told to the model that called it, in one line that names the argument and what
there is; a fault of ours is told without what caused it. Every tool reads public documents, changes nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field, ValidationError

from assistant.channels.browse import compared
from assistant.channels.chat import SearchHit, SearchResponse, clean_question
from assistant.channels.mcp.records import NotFound, holding_of, kpi_of, measure_of
from assistant.channels.mcp.results import Compared, Comparison, KpiFound, MeasureFound
from assistant.channels.plan_pages import plan_view_of
from assistant.messages import Answer, Language, Question
from assistant.service import Service, UnknownMunicipality
from assistant.state.pause import Pause

MOST_HITS = 20
LONGEST_NAME = 200
INSTRUCTIONS = (
    "市町村の計画について、計画書の記載だけから出典つきで答えるツールです。答えの [1] は citations の番号で、"
    "quote は計画書の文章そのものです。計画にないことは「記載がない」と返るので、補わずに伝えてください。"
)
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)

Municipality = Annotated[
    str, Field(max_length=LONGEST_NAME, description="市町村のIDまたは名前（hakui、羽咋市 など）")
]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]

P = ParamSpec("P")
R = TypeVar("R")


class PlanServer(MCPServer[None]):
    """The tools over a service; each call asks for it anew, so that an exchanged one is used at once."""

    def __init__(self, service_now: Callable[[], Service], paused: Callable[[], Pause | None]) -> None:
        super().__init__(
            "plan-assistant",
            title="計画案内",
            instructions=INSTRUCTIONS,
            version=version("plan-assistant"),
            log_level="WARNING",
            subscriptions=False,
        )
        for tool in _tools(service_now, paused):
            self.add_tool(_telling(tool), name=tool.__name__, annotations=READ_ONLY, structured_output=True)

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        """Call a tool; what is wrong with the arguments is one line, `argument: what is wrong`."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(_wrong(error.__cause__)) from error.__cause__
            if isinstance(error.__cause__, ToolError):
                raise error.__cause__ from None
            raise


def _wrong(error: ValidationError) -> str:
    """Return what is wrong with the arguments, without what was sent."""
    told = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in told)


def _telling(tool: Callable[P, R]) -> Callable[P, R]:
    """Return the tool with what is wrong with its arguments as an error that the caller is told."""

    @functools.wraps(tool)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return tool(*args, **kwargs)
        except (NotFound, UnknownMunicipality) as error:
            raise ToolError(str(error)) from error

    return told


def _asked(argument: str, text: str) -> str:
    try:
        return clean_question(text)
    except ValueError as error:
        raise ToolError(f"{argument}: {error}") from error


def _tools(
    service_now: Callable[[], Service], paused: Callable[[], Pause | None]
) -> tuple[Callable[..., object], ...]:
    """Return the tools over the service that runs when they are called."""

    def answered(asked: Question) -> Answer:
        if pause := paused():
            raise ToolError(pause.message)
        return service_now().answer(asked)

    def one(municipality: str | None) -> str | None:
        return holding_of(service_now().library, municipality).id if municipality else None

    def search_plans(
        query: Annotated[str, Field(description="探す言葉または質問（1〜1,000文字）")],
        municipality: Municipality | None = None,
        limit: Annotated[int, Field(ge=1, le=MOST_HITS)] = 5,
    ) -> SearchResponse:
        """計画書から、言葉や質問に近い箇所を探す。引用と位置を、近い順に返す。"""
        found = service_now().search(_asked("query", query), one(municipality), limit)
        hits = [SearchHit(rank=c.number, score=round(h.score, 6), citation=c) for h, c in found]
        return SearchResponse(hits=hits)

    def get_measure(
        municipality: Municipality,
        measure: Annotated[Name, Field(description="施策の名称（一部でもよい）またはID")],
    ) -> MeasureFound:
        """施策1件の記録を返す。担当課、概要、取組、年度別の工程、成果指標と、計画書での位置。"""
        return measure_of(holding_of(service_now().library, municipality), measure)

    def get_kpi(
        municipality: Municipality,
        kpi: Annotated[Name, Field(description="成果指標の名称（一部でもよい）またはID")],
    ) -> KpiFound:
        """成果指標1件の記録を返す。基準値、目標値、年度と、計画書での位置。"""
        return kpi_of(holding_of(service_now().library, municipality), kpi)

    def compare(
        left: Municipality,
        right: Municipality,
        question: Annotated[str | None, Field(description="両方に尋ねる質問（なくてもよい）")] = None,
    ) -> Comparison:
        """2つの市町村の計画を並べる。期間、施策や指標の数など。質問があれば、それぞれの計画の答えも返す。"""
        service = service_now()
        text = _asked("question", question) if question else None
        holdings = [holding_of(service.library, m) for m in (left, right)]
        if holdings[0] is holdings[1]:
            raise ToolError(f"right: '{right}' は left と同じ市町村です")
        facts = compared([plan_view_of(h.public_records) for h in holdings])
        asked = [Question(question=text, municipality=h.id) for h in holdings] if text else []
        return Comparison(
            municipalities=tuple(h.id for h in holdings),
            facts=tuple(Compared(fact=fact, values=values) for fact, values in facts),
            answers=tuple(map(answered, asked)),
        )

    def ask(
        question: Annotated[str, Field(description="計画についての質問（1〜1,000文字）")],
        municipality: Municipality | None = None,
        conversation_id: Annotated[
            str | None, Field(max_length=128, description="前の答えの conversation_id。続けて尋ねるとき")
        ] = None,
        language: Language | None = None,
    ) -> Answer:
        """質問に、計画書の記載だけから出典つきで答える。計画にないことは status が not_in_plan になる。"""
        asked = Question(
            question=_asked("question", question),
            municipality=one(municipality),
            conversation_id=conversation_id,
            language=language,
        )
        return answered(asked)

    return search_plans, get_measure, get_kpi, compare, ask
