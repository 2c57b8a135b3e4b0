"""The threat model names every risk of OWASP's list, and for each of them tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
RISKS = {
    "LLM01": "Prompt injection",
    "LLM02": "Sensitive information disclosure",
    "LLM03": "Supply chain",
    "LLM04": "Data and model poisoning",
    "LLM05": "Improper output handling",
    "LLM06": "Excessive agency",
    "LLM07": "System prompt leakage",
    "LLM08": "Vector and embedding weaknesses",
    "LLM09": "Misinformation",
    "LLM10": "Unbounded consumption",
}
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def sections() -> dict[str, str]:
    """Give each section by its heading."""
    parts = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    return {head: rest for head, _, rest in (part.partition("\n") for part in parts)}


def test_every_risk_has_a_section_in_its_order() -> None:
    assert [head for head in sections() if head.startswith("LLM")] == [f"{k} {v}" for k, v in RISKS.items()]


@pytest.mark.parametrize("risk", RISKS)
def test_every_risk_names_tests_that_there_are(risk: str) -> None:
    named = NAMED.findall(sections()[f"{risk} {RISKS[risk]}"])
    assert len(named) >= 3
    for path, test in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert test in functions, f"{path}::{test}"


def test_every_path_of_a_test_is_one_that_is_checked() -> None:
    assert len(re.findall(r"tests/unit|tests/integration|tests/browser|tests/hostile", TEXT)) == sum(
        not path.startswith("tests/house") for path, _ in NAMED.findall(TEXT)
    )
