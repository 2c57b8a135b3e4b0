"""What the tools return, as the structured content that clients read."""

from __future__ import annotations

from pydantic import BaseModel, Field

from assistant.messages import Answer
from corpus.records import Kpi, Measure, Theme


class MeasureFound(BaseModel):
    """A measure (施策) with its theme and its indicators."""

    municipality: str
    name: str = Field(description="市町村の名前")
    measure: Measure
    theme: Theme | None
    kpis: tuple[Kpi, ...]
    page: str = Field(description="この施策のページ（サービスのアドレスからのパス）")


class KpiFound(BaseModel):
    """An indicator (成果指標) with its baseline and target, and the measure that it belongs to."""

    municipality: str
    name: str = Field(description="市町村の名前")
    kpi: Kpi
    measure: str | None = Field(description="施策の名称")
    page: str = Field(description="この指標のページ（サービスのアドレスからのパス）")


class Compared(BaseModel):
    """One fact of several plans, a value for each municipality in their order."""

    fact: str
    values: tuple[str, ...]


class Comparison(BaseModel):
    """Plans side by side and, where something was asked, what each of them answers."""

    municipalities: tuple[str, ...]
    facts: tuple[Compared, ...]
    answers: tuple[Answer, ...] = ()
