"""A recipe: two runs of one are the same but for their time; what is secret is not written."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

import evals.recipe
from assistant.settings import Settings
from evals.recipe import recipe_of, same, without_secrets


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "dev.jsonl"
    path.write_text("{}\n", "utf-8")
    return path


def test_two_recipes_of_the_same_run_are_the_same_time_and_judge_apart(questions: Path) -> None:
    one, other = (recipe_of([questions], [1], "in process", {"index": {"model": "m"}}) for _ in range(2))
    assert same({**one, "seconds": 3.1}, {**other, "created": "later", "judge": {"model": "j"}})
    assert one["sets"][0]["path"] == "dev.jsonl" and len(one["sets"][0]["sha256"]) == 64


@pytest.mark.parametrize("field", ["commit", "code", "mode", "index", "sets", "version"])
def test_any_other_difference_makes_another_run(questions: Path, field: str) -> None:
    one = recipe_of([questions], [1], "in process", {"index": {"model": "m"}})
    assert not same(one, {**one, field: "other"})


def test_a_changed_question_file_makes_another_run(questions: Path) -> None:
    before = recipe_of([questions], [1], "in process", {})
    questions.write_text("{ }\n", "utf-8")
    assert not same(before, recipe_of([questions], [1], "in process", {}))


def test_changed_code_makes_another_run_committed_or_not(
    questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evals.recipe, "ROOT", tmp_path)
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "search.py").write_text("K = 8\n", "utf-8")
    before = recipe_of([questions], [1], "in process", {})
    (tmp_path / "index" / "search.py").write_text("K = 9\n", "utf-8")
    after = recipe_of([questions], [1], "in process", {})
    assert not same(before, after)
    assert before["commit"] is None  # outside of a checkout


def test_no_secret_setting_is_written() -> None:
    settings = Settings(_env_file=None, llm_api_key=SecretStr("sk-very-secret"))
    written = without_secrets(settings.model_dump(mode="json"))
    assert "llm_api_key" not in written and "sk-very" not in str(written)
    assert "embedding_model" in written


def test_every_setting_of_a_secret_type_is_known_as_secret() -> None:
    held = {n for n, f in Settings.model_fields.items() if "SecretStr" in str(f.annotation)}
    assert held <= set(evals.recipe.SECRET)
