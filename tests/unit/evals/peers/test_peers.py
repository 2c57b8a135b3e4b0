"""Other pipelines find chunks of the municipalities asked for, the nearest first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.library import Library
from evals.bench.pipelines import BY_NAME, Bench, Pipeline
from index.embedders.hashing import HashingEmbedder

AOBA = "避難所にWi-Fiを整備します。\n\n" + "除雪車にGPSを付け、地図で走る場所を見せます。\n\n" * 80
MINATO = "港の避難所を新しくします。"


@pytest.fixture(scope="module", params=["plain", "llamaindex"])
def pipeline(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    write_plan: Callable[..., Path],
    library_of: Callable[..., Library],
) -> Pipeline:
    recipe = BY_NAME[request.param]
    pytest.importorskip(recipe.package)
    folder = tmp_path_factory.mktemp("peers")
    library = library_of(write_plan(folder, "aoba", AOBA), write_plan(folder, "minato", MINATO, name="港市"))
    return recipe.open(Bench(library, folder), HashingEmbedder())


def test_the_nearest_chunk_comes_first(pipeline: Pipeline) -> None:
    found = pipeline.find("避難所のWi-Fi", ["aoba"], 10)
    assert "避難所にWi-Fi" in found[0] and len(found) > 1


def test_only_the_municipalities_asked_for_are_searched(pipeline: Pipeline) -> None:
    assert pipeline.find("避難所", ["minato"], 10) == [MINATO]
    both = pipeline.find("港の避難所を新しく", ["aoba", "minato"], 10)
    assert both[0] == MINATO and len(both) > 1


def test_no_more_than_the_limit_is_found(pipeline: Pipeline) -> None:
    assert len(pipeline.find("避難所", ["aoba", "minato"], 1)) == 1
