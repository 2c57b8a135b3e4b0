"""Hostile files: each known attack and some damage at random end as a document or as one refusal.

The long form is `python -m evals.campaigns.hostile --files 3000`.
"""

import subprocess
import sys

import pytest

from corpus.document import Cell, Document, Grid
from evals.campaigns.hostile import Ending, broken, judge, report
from evals.campaigns.hostile_files import CRAFTED, hostile_files


def test_known_attacks_and_damage_crash_nothing_and_hang_nowhere() -> None:
    command = [
        sys.executable,
        "-m",
        "evals.campaigns.hostile",
        "--files",
        str(len(CRAFTED) + 25),
        "--seconds",
        "30",
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_same_seed_makes_the_same_files() -> None:
    first, second = ([(f.name, f.data) for f in hostile_files(12)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("answer", "code", "outcome"),
    [
        (b"Ea.pdf: no pages; give the original file", 0, "refused"),
        (b"Ea.pdf: two\nlines; x", 0, "broken contract"),
        (b"Enobody: x; y", 0, "broken contract"),
        (b"XKeyError: x", 3, "other exception"),
        (b"", -11, "crash"),
    ],
)
def test_endings_are_told_apart(answer: bytes, code: int, outcome: str) -> None:
    assert judge("a.pdf", answer, code)[0] == outcome


def test_a_cell_with_blanks_at_its_end_breaks_the_contract() -> None:
    grid = Grid(start=0, end=3, cells=(Cell(start=0, end=2, row=0, column=0),))
    assert broken(Document(document_id="d", text="a b", grids=(grid,)))


def test_the_report_names_every_failure() -> None:
    assert "crash: a.pdf" in report([Ending("a.pdf", "crash", 1.0, 10.0, "ended with -11")], 1.0)
