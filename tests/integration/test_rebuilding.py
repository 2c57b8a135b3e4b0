"""Indexes killed, rolled back and swapped while servers answer: the campaign of evals/campaigns, shortly."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest

from evals.campaigns.rebuilding import Figures, note_answer


@pytest.mark.parametrize(
    "arguments",
    [("killed", "--builds", "5"), ("workers", "--seconds", "8", "--processes", "2")],
    ids=["killed", "workers"],
)
def test_every_answer_is_right_and_nothing_is_left_behind(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "evals.campaigns.rebuilding", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(run.stdout)
    assert figures["asked"] > 0 and figures["builds"] > 0


def told(status: str, *quotes: str) -> httpx.Response:
    return httpx.Response(200, json={"status": status, "citations": [{"quote": q} for q in quotes]})


def test_an_answer_of_two_editions_and_one_that_is_none_are_noted() -> None:
    figures = Figures()
    note_answer(told("answered", "第3版では", "第3版でも"), figures)
    assert not figures.mixed and not figures.errors
    note_answer(told("answered", "第3版では", "第4版では"), figures)
    note_answer(told("not_in_plan"), figures)
    note_answer(httpx.Response(503, text="準備中です"), figures)
    assert (figures.mixed, len(figures.errors)) == (1, 2)
    figures.asked = 3
    assert not figures.sound
