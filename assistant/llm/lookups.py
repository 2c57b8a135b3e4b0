"""Lookups: the plans' records as tools, for staff questions that join several; every call is logged.

A model chooses which records to look up; what it gets is their text, and what an answer may then cite is
where they are printed. It sees public records alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.llm.errors import ModelFailed
from assistant.llm.limits import Limits
from assistant.llm.material import plain_lines
from assistant.llm.model import ChatModel, Left
from assistant.llm.prompts import is_cued, task_prompt
from assistant.messages import Source, Turn
from corpus.library import Library
from corpus.normalize import compact
from corpus.records import Kpi, Measure, Plan, Span

MOST_STEPS = 4
MOST_CALLS = 4
MOST_ROWS = 8
COST = 3000

log = structlog.get_logger("plan-assistant")


class MeasuresQuery(BaseModel):
    """What measures to look up; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=80, description="施策の名前の一部")
    department: str = Field("", max_length=40, description="担当課")
    theme: str = Field("", max_length=40, description="テーマの番号または名前の一部")
    is_new: bool | None = Field(None, description="新規の施策だけなら true")


class KpisQuery(BaseModel):
    """What indicators to look up."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=80, description="指標または施策の名前の一部")
    department: str = Field("", max_length=40, description="担当課")


class RoadmapQuery(BaseModel):
    """What steps of roadmaps to look up."""

    model_config = ConfigDict(extra="forbid")

    fiscal_year: int | None = Field(None, ge=1990, le=2100, description="西暦の年度。令和8年度は2026")
    phase: str = Field("", max_length=40, description="工程の言葉の一部。例: 本格導入")
    name: str = Field("", max_length=80, description="施策の名前の一部")


@dataclass
class Found:
    """What was looked up for one turn: the sources, each once, in the order they were found."""

    sources: dict[Source, None] = field(default_factory=dict)

    def row(self, span: Span, **values: Any) -> dict[str, Any]:
        """Keep where a record is printed, and return what the model is shown of it."""
        self.sources[Source.of(span)] = None
        return {name: plain_lines(v) if isinstance(v, str) else v for name, v in values.items() if v}


class Lookups:
    """Let a model look records up, in few steps."""

    def __init__(self, library: Library, model: ChatModel, limits: Limits) -> None:
        self._library, self._model, self._limits = library, model, limits

    def fit(self, turn: Turn) -> bool:
        """Tell whether a turn is a staff question that may join several records."""
        return turn.asked.audience == "staff" and is_cued("lookup", turn.text)

    def __call__(self, turn: Turn, left: Left) -> tuple[Source, ...]:
        """Return where the records are printed that the model looked up; raises ModelFailed."""
        if self._limits.closed(COST):
            return ()
        found = Found()
        plans = [h.public_records for m in turn.municipalities if (h := self._library.holding(m))]
        tools = {tool.name: tool for tool in tools_over(plans, found)}
        messages: list[BaseMessage] = [
            SystemMessage(task_prompt("lookup").text),
            HumanMessage(json.dumps(_sent(turn), ensure_ascii=False)),
        ]
        for _ in range(MOST_STEPS):
            try:
                message = self._model.call(messages, list(tools.values()), left)
            except ModelFailed:
                break  # what was found until then may be used
            if not message.tool_calls:
                break
            messages += [message, *_answers(message, tools, turn)]
        return tuple(found.sources)


def _sent(turn: Turn) -> dict[str, Any]:
    return {
        "question": turn.text,
        "municipality": list(turn.municipalities),
        "draft": [s.text for s in turn.statements],
    }


def _answers(message: AIMessage, tools: dict[str, BaseTool], turn: Turn) -> Iterator[ToolMessage]:
    """Yield what comes of each call that a message asks for; a call that is wrong is told so."""
    for n, call in enumerate(message.tool_calls):
        tool = tools.get(call["name"])
        answer = "道具がありません" if tool is None else "呼び出しが多すぎます"
        if tool is not None and n < MOST_CALLS:
            try:
                answer = str(tool.invoke(call["args"]))
            except (ValidationError, ValueError, TypeError):
                answer = "引数が正しくありません"
        log.info("lookup", tool=call["name"] if tool else "unknown", letters=len(answer))
        yield ToolMessage(answer, tool_call_id=call["id"] or "")


def tools_over(plans: Iterable[Plan], found: Found) -> tuple[BaseTool, ...]:
    """Return the tools over some plans' records; what they find is kept in `found`."""
    held = tuple(plans)

    def tool(
        name: str, about: str, query: type[BaseModel], rows: Callable[..., Iterator[dict[str, Any]]]
    ) -> BaseTool:
        def look_up(**asked: Any) -> str:
            listed = [row for _, row in zip(range(MOST_ROWS), rows(query(**asked)), strict=False)]
            return json.dumps(listed, ensure_ascii=False)

        return StructuredTool.from_function(look_up, name=name, description=about, args_schema=query)

    return (
        tool(
            "list_measures",
            "施策を、名前、担当課、テーマ、新規かどうかで引く",
            MeasuresQuery,
            lambda q: _measures(held, q, found),
        ),
        tool("list_kpis", "成果指標の基準値と目標値を引く", KpisQuery, lambda q: _kpis(held, q, found)),
        tool(
            "list_roadmap", "施策の工程を、年度や言葉で引く", RoadmapQuery, lambda q: _roadmap(held, q, found)
        ),
    )


def _measures(plans: Iterable[Plan], query: MeasuresQuery, found: Found) -> Iterator[dict[str, Any]]:
    for plan in plans:
        for measure in plan.measures:
            theme = next((t for t in plan.themes if t.id == measure.theme), None)
            of_theme = not query.theme or (
                theme is not None and (query.theme == theme.number or _in(query.theme, theme.title))
            )
            new = query.is_new is None or query.is_new == measure.is_new
            if _named(query.name, measure) and _of(query.department, measure) and of_theme and new:
                yield found.row(
                    measure.source,
                    city=plan.name,
                    measure=measure.title,
                    departments=list(measure.departments),
                    overview=measure.overview,
                )


def _kpis(plans: Iterable[Plan], query: KpisQuery, found: Found) -> Iterator[dict[str, Any]]:
    for plan in plans:
        for kpi in plan.kpis:
            measure = next((m for m in plan.measures if m.id == kpi.measure), None)
            named = _in(query.name, kpi.indicator) or (measure is not None and _named(query.name, measure))
            if named and (not query.department or (measure is not None and _of(query.department, measure))):
                yield found.row(
                    kpi.source, city=plan.name, **_values(kpi), measure=measure.title if measure else ""
                )


def _values(kpi: Kpi) -> dict[str, Any]:
    told = {
        name: q and f"{q.text}（{q.fiscal_year or ''}）"
        for name, q in (("baseline", kpi.baseline), ("target", kpi.target))
    }
    return {"indicator": kpi.indicator, **told}


def _roadmap(plans: Iterable[Plan], query: RoadmapQuery, found: Found) -> Iterator[dict[str, Any]]:
    for plan in plans:
        for measure in plan.measures:
            rows = [
                r
                for r in measure.roadmap
                if _in(query.phase, r.text)
                and (query.fiscal_year is None or query.fiscal_year in (r.fiscal_years or ()))
            ]
            if rows and _named(query.name, measure):
                span = measure.spans.get("schedule", (measure.source,))[0]
                steps = [{"step": plain_lines(r.text), "fiscal_years": r.fiscal_years} for r in rows]
                yield found.row(span, city=plan.name, measure=measure.title, steps=steps)


def _in(part: str, whole: str) -> bool:
    return compact(part) in compact(whole)


def _named(name: str, measure: Measure) -> bool:
    return any(_in(name, n) for n in (measure.title, *measure.names))


def _of(department: str, measure: Measure) -> bool:
    return not department or any(_in(department, d) for d in measure.departments)
