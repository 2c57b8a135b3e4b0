"""What several channels show alike."""

from __future__ import annotations

from typing import Any

from assistant import words
from assistant.messages import Answer
from corpus.library import Holding


def plan_view(holding: Holding) -> dict[str, Any]:
    """Return a municipality's public documents as the contract's records."""
    return holding.public_records.model_dump(mode="json")


def plan_line(holding: Holding) -> dict[str, Any]:
    """Return which plans a municipality has."""
    shown = {"municipality", "name", "documents", "contacts"}
    return holding.public_records.model_dump(mode="json", include=shown)


def below(answer: Answer) -> list[str]:
    """Return the lines that stand below an answer where nothing but text can be shown.

    Whom to ask, what to choose from, and what the asker should know.
    """
    notices = words.load("replies")["notices"]
    known = (answer.contact.name, *answer.contact.phone, answer.contact.email) if answer.contact else ()
    contact = [notices["contact"].format(contact=" ".join(filter(None, known)))] if known else []
    choices = [f"・{s}" for s in answer.suggestions] if answer.status == "clarify" else []
    return [*choices, *contact, *(f"※ {n}" for n in answer.notices)]
