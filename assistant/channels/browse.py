"""The plans to look through: themes, measures and indicators of one, and two of them compared."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated

import jinja2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from assistant.channels.pages import READING, fresh, places_of
from assistant.channels.plan_pages import PlanView, plan_view_of
from corpus.library import Library

LACKING = "計画に書かれていません"


def browse_router(library: Library, environment: jinja2.Environment) -> APIRouter:
    """Return the routes of the pages of a library's public plans."""
    router = APIRouter(include_in_schema=False)
    names = {p.id: p.name for p in places_of(library)}

    @functools.cache
    def view_of(municipality: str) -> PlanView:
        holding = library.holding(municipality) if municipality in names else None
        if holding is None:
            raise HTTPException(404, f"municipality: '{municipality}' の計画はありません")
        return plan_view_of(holding.public_records)

    def shown(request: Request, template: str, **known: object) -> Response:
        return fresh(request, environment.get_template(template).render(**known).encode())

    @router.api_route("/plans/{municipality}", methods=READING)
    def plan(request: Request, municipality: str) -> Response:
        """Show a municipality's plan: themes, measures, indicators, departments."""
        return shown(request, "plan.html", view=view_of(municipality), others=names)

    @router.api_route("/plans/{municipality}/measures/{number}", methods=READING)
    def measure(request: Request, municipality: str, number: str) -> Response:
        """Show one measure at its permanent address."""
        view = view_of(municipality)
        found = view.measure(number)
        if found is None:
            raise HTTPException(404, f"number: '{number}' の施策はありません")
        return shown(request, "measure.html", view=view, shown=found)

    @router.api_route("/plans/{municipality}/kpis/{number}", methods=READING)
    def kpi(request: Request, municipality: str, number: str) -> Response:
        """Show one indicator at its permanent address."""
        view = view_of(municipality)
        found = next((k for k in view.kpis if k.address.rpartition("/")[2] == number), None)
        if found is None:
            raise HTTPException(404, f"number: '{number}' の成果指標はありません")
        of = next((m for m in view.measures if m.measure.id == found.kpi.measure), None)
        return shown(request, "kpi.html", view=view, shown=found, measure=of)

    @router.api_route("/compare", methods=READING)
    def compare(
        request: Request,
        left: Annotated[str | None, Query(max_length=64)] = None,
        right: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Response:
        """Show two municipalities side by side; without a choice, the first two that there are."""
        ids = list(names)
        first = left if left in names else next((i for i in ids if i != right), None)
        second = right if right in names and right != first else next((i for i in ids if i != first), None)
        views = [view_of(i) for i in (first, second) if i]
        return shown(request, "compare.html", views=views, names=names, facts=compared(views))

    return router


def compared(views: list[PlanView]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what is compared: a label, and for each plan what it says, or plainly that it does not."""
    facts: tuple[tuple[str, Callable[[PlanView], str]], ...] = (
        ("計画", lambda v: "、".join(d.title for d in v.plan.documents)),
        ("テーマ・柱", lambda v: _count(len(v.plan.themes), "つ")),
        ("施策", lambda v: _count(len(v.measures), "件")),
        ("新規の施策", lambda v: _count(sum(m.measure.is_new for m in v.measures), "件")),
        ("施策の担当課", lambda v: _count(len(v.departments), "課")),
        ("成果指標（基準値と目標値）", lambda v: _count(len(v.kpis), "件")),
        ("年度の分かる工程", lambda v: _count(sum(bool(m.grid.certain) for m in v.measures), "件の施策")),
        ("用語の解説", lambda v: _count(len(v.plan.terms), "語")),
        ("問い合わせ先", lambda v: "、".join(c.name for c in v.plan.contacts) or LACKING),
        ("電話", lambda v: "、".join(p for c in v.plan.contacts for p in c.phone) or LACKING),
    )
    return tuple((label, tuple(say(v) for v in views)) for label, say in facts)


def _count(number: int, unit: str) -> str:
    return f"{number}{unit}" if number else LACKING
