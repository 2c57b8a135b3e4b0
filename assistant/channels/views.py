"""What several channels show alike."""

from __future__ import annotations

from typing import Any

from corpus.library import Holding


def plan_view(holding: Holding) -> dict[str, Any]:
    """Return a municipality's public documents as the contract's records."""
    return holding.public_records.model_dump(mode="json")


def plan_line(holding: Holding) -> dict[str, Any]:
    """Return which plans a municipality has."""
    shown = {"municipality", "name", "documents", "contacts"}
    return holding.public_records.model_dump(mode="json", include=shown)
