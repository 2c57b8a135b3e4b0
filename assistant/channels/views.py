"""What several channels show alike."""

from __future__ import annotations

from typing import Any

from corpus.library import Holding
from corpus.records import DocumentInfo, Plan


def plan_view(holding: Holding) -> dict[str, Any]:
    """Return a municipality's plan as the contract's records; staff documents are left out."""
    public = [d for d in holding.plan.documents if d.visibility == "public"]
    plan = Plan(
        municipality=holding.id,
        name=holding.plan.municipality.name,
        documents=tuple(DocumentInfo.model_validate(d.model_dump(exclude={"file"})) for d in public),
        contacts=(holding.plan.contact,),
    )
    return plan.model_dump(mode="json")
