"""Many plans by a local Ray: the same index as a build makes, resumed by plan, failures told and left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.library import Library
from index import bulk
from index.build import build_index
from index.bulk import DEAD_LETTERS, Work, publish_read, read_plans, read_result
from index.embedders.hashing import HashingEmbedder
from index.errors import IndexNotBuilt
from index.passages import passages_of
from index.snapshot import index_folder, open_published

EMBEDDER = HashingEmbedder()
NAMES = ("aoba", "minato", "sena")


@pytest.fixture
def work(write_plan: Callable[..., Path], tmp_path: Path) -> Work:
    for name in NAMES:
        write_plan(
            tmp_path / "plans", name, f"{name}の避難所を整備します。\n\n予防接種を知らせます。", name=name
        )
    return Work(tmp_path / "plans", tmp_path / "bulk", "hashing", tmp_path / "var")


def in_this_process(work: Work, rows: list[dict[str, str]], *_: object) -> object:
    reader = bulk.PlanReader(work)
    return (reader(row) for row in rows)


@pytest.fixture
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_mapped", in_this_process)


def test_a_local_ray_reads_what_a_build_would_and_goes_on_where_it_was(
    work: Work, library_of: Callable[..., Library]
) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'plan-assistant[bulk]'")
    (work.folder / "kaji").mkdir()
    (work.folder / "kaji" / "plan.toml").write_text("[municipality]\nid = 1", "utf-8")
    told: list[tuple[int, int]] = []
    read = read_plans(work, EMBEDDER.name, 1, None, lambda done, total: told.append((done, total)))
    assert told[-1] == (4, 4)
    assert (len(read.results), read.fresh, [f.plan for f in read.failed]) == (3, 3, ["kaji"])
    outcome = publish_read(read, Library(holdings=()), EMBEDDER, work.data_dir)
    library = library_of(*(work.folder / name / "plan.toml" for name in NAMES))
    build_index(library, EMBEDDER, work.data_dir / "apart")
    in_bulk = open_published(work.data_dir, EMBEDDER.name, library.digest())
    apart = open_published(work.data_dir / "apart", EMBEDDER.name, library.digest())
    assert in_bulk.manifest.counts == apart.manifest.counts
    vector = EMBEDDER.embed_question("避難所")
    for left, right in zip(in_bulk.collections, apart.collections, strict=True):
        assert left.passages == right.passages
        assert left.nearest(vector, 9) == right.nearest(vector, 9)
    (letter,) = outcome.dead_letters.read_text("utf-8").splitlines()
    assert json.loads(letter)["plan"] == "kaji" and "plan.toml" in json.loads(letter)["reason"]
    again = read_plans(replace(work), EMBEDDER.name, 1, None)
    assert (again.fresh, [f.plan for f in again.failed]) == (0, ["kaji"])


@pytest.mark.usefixtures("without_ray")
def test_only_a_changed_plan_is_read_again_and_what_is_gone_is_forgotten(
    work: Work, write_plan: Callable[..., Path]
) -> None:
    first = read_plans(work, EMBEDDER.name, 1, None)
    write_plan(work.folder, "minato", "灯台を直します。", name="minato")
    for path in (work.folder / "sena").iterdir():
        path.unlink()
    (work.results / ".cut-off.npz").write_bytes(b"half")
    second = read_plans(work, EMBEDDER.name, 1, None)
    assert (first.fresh, second.fresh) == (3, 1)
    assert {p.name for p in work.results.glob("*.npz")} == {p.name for p in second.results}
    assert not (work.results / ".cut-off.npz").exists()


@pytest.mark.usefixtures("without_ray")
def test_a_plan_whose_documents_another_has_is_told_and_left_out(
    work: Work, write_plan: Callable[..., Path]
) -> None:
    path = write_plan(work.folder, "utsushi", "写しです。", name="写し市")
    path.write_text(path.read_text("utf-8").replace('id = "utsushi-plan"', 'id = "aoba-plan"'), "utf-8")
    read = read_plans(work, EMBEDDER.name, 1, None)
    outcome = publish_read(read, Library(holdings=()), EMBEDDER, work.data_dir)
    assert [f.plan for f in outcome.failed] == ["utsushi"]
    assert set(outcome.manifest.counts) == {f"{name}.public" for name in NAMES}
    assert (work.results / DEAD_LETTERS).read_text("utf-8").count("aoba-plan") == 1


@pytest.mark.usefixtures("without_ray")
def test_a_result_holds_the_plan_and_a_vector_for_all_that_is_embedded(
    work: Work, library_of: Callable[..., Library]
) -> None:
    read = read_plans(work, EMBEDDER.name, 1, None)
    holding, keys, vectors = read_result(read.results[0])
    assert holding == library_of(work.folder / "aoba" / "plan.toml").holdings[0]
    assert len(keys) == len(vectors) >= len(passages_of(holding))
    publish_read(read, Library(holdings=()), EMBEDDER, work.data_dir)
    assert index_folder(work.data_dir).is_dir()


def test_a_folder_without_plans_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexNotBuilt, match=r"nothing-here: there is no folder with a plan\.toml"):
        read_plans(Work(tmp_path / "nothing-here", tmp_path, "hashing", tmp_path), EMBEDDER.name, 1, None)
