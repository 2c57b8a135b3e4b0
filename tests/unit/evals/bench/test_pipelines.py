"""The recipes: what they are called, what they need, and what the ablations leave out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.library import Library
from evals.bench.pipelines import BASELINE, BY_NAME, OWN, RECIPES, Bench
from index.embedders import Vectors
from index.embedders.hashing import HashingEmbedder

TEXT = "第1章 防災\n\n避難所にWi-Fiを整備します。\n\n第2章 交通\n\n循環バスの位置を地図で見せます。\n"


class NeverAsked(HashingEmbedder):
    """Fail where a question is embedded."""

    def embed_question(self, text: str) -> Vectors:
        raise AssertionError("a pipeline without vectors embedded a question")


@pytest.fixture(scope="module")
def bench(
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    made = Bench(library_of(write_plan(folder / "plans", "aoba", TEXT)), folder)
    BY_NAME[OWN].open(made, HashingEmbedder())
    return made


def test_the_search_is_first_as_others_open_its_index() -> None:
    assert RECIPES[0].name == OWN and BASELINE in BY_NAME
    assert len(BY_NAME) == len(RECIPES)


def test_a_package_that_is_not_there_is_told() -> None:
    assert RECIPES[0].installed
    assert not replace(RECIPES[0], package="no_such_package").installed


@pytest.mark.parametrize("name", [r.name for r in RECIPES if r.package is None])
def test_every_own_pipeline_finds_what_the_source_says(bench: Bench, name: str) -> None:
    found = BY_NAME[name].open(bench, HashingEmbedder()).find("避難所のWi-Fiは？", ["aoba"], 10)
    assert found[0] == "避難所にWi-Fiを整備します。"


@pytest.mark.parametrize("name", ["words", "readings"])
def test_a_pipeline_without_vectors_embeds_no_question(bench: Bench, name: str) -> None:
    assert not BY_NAME[name].model
    assert BY_NAME[name].open(bench, NeverAsked()).find("避難所", ["aoba"], 10)


def test_without_headings_a_heading_finds_nothing_by_its_words(bench: Bench) -> None:
    words, bare = BY_NAME["words"].open(bench, NeverAsked()), BY_NAME["no-headings"]
    assert words.find("防災", ["aoba"], 10) == ["避難所にWi-Fiを整備します。"]
    bare.open(bench, HashingEmbedder())
    passages = (bench.folder / "no-headings" / "index").glob("*/passages.jsonl")
    assert not any("防災" in path.read_text("utf-8") for path in passages)
