"""Prompts: the instructions in words/prompts/, by audience and language, with a canary never to be said."""

from __future__ import annotations

import functools
import secrets
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from assistant import words
from assistant.messages import Audience, Language, Turn
from corpus.normalize import compact

Task = Literal["summary", "memo", "compare"]
# The languages that a model may answer in: in others its words cannot be held against the quotes.
LANGUAGES: tuple[Language, ...] = ("ja", "easy", "en")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Instructions with the canary in them, and the two as what must not be said."""

    text: str
    canary: str

    @property
    def secrets(self) -> tuple[str, str]:
        """Return what an answer must not hold."""
        return self.canary, self.text


def prompt_of(audience: Audience, language: Language, tasks: tuple[Task, ...]) -> Prompt:
    """Return the instructions for an answer."""
    parts = (_read(f"{audience}/{language}"), *(_read(f"tasks/{task}") for task in tasks))
    return _with_canary("".join(parts))


def task_prompt(name: str) -> Prompt:
    """Return the instructions of a task that is no answer: tasks/<name>.md."""
    return _with_canary(_read(f"tasks/{name}"))


def tasks_of(turn: Turn) -> tuple[Task, ...]:
    """Return what a turn asks for beyond an answer; a memo is for staff alone."""
    found: list[Task] = []
    if is_cued("memo", turn.text) and turn.asked.audience == "staff":
        found.append("memo")
    elif is_cued("summary", turn.text):
        found.append("summary")
    if len(turn.municipalities) > 1 or is_cued("compare", turn.text):
        found.append("compare")
    return tuple(found)


def is_cued(task: str, text: str) -> bool:
    """Tell whether a text asks for a task of words/model.toml, or for what is listed there beside them."""
    table = words.load("model")
    row = table["task"].get(task) or table[task]
    return any(compact(cue) in compact(text) for cue in row["cues"])


def _with_canary(text: str) -> Prompt:
    canary = secrets.token_hex(8)
    return Prompt(text.replace("{canary}", canary), canary)


@functools.cache
def _read(name: str) -> str:
    return resources.files("assistant.words").joinpath("prompts", *f"{name}.md".split("/")).read_text("utf-8")
