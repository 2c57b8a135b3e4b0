"""Focus: what a question names goes before what was found for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.focus import Focus, focus_on
from assistant.subjects import Kind
from tests.unit.assistant.made import Bench


def focus(rich: Bench, text: str, *places: Sequence[str], scores: Sequence[float] = ()) -> Focus:
    evidence = [rich.evidence(*p) for p in places]
    return focus_on(rich.subjects, "wakaba", text, evidence, scores or [0.0] * len(evidence))


def names(found: Focus, kind: Kind) -> list[str]:
    return [s.name for s in found.of_kind(kind)]


ONLINE = ("オンライン申請の拡充", "かんたん申請")
CAMERA = ("河川カメラの設置", "川の水位")


def test_what_is_named_hides_what_was_only_found(rich: Bench) -> None:
    found = focus(rich, "河川カメラは？", ONLINE, CAMERA)
    assert names(found, "measure") == ["河川カメラの設置"]
    assert found.named("measure") and not found.named("kpi")


def test_what_was_found_is_the_focus_where_nothing_is_named(rich: Bench) -> None:
    found = focus(rich, "家からできる？", ONLINE, CAMERA)
    assert names(found, "measure") == ["オンライン申請の拡充", "河川カメラの設置"]
    assert not found.named("measure")


def test_evidence_far_below_the_best_is_not_looked_at(rich: Bench) -> None:
    found = focus(rich, "家からできる？", ONLINE, CAMERA, scores=(9.0, 1.0))
    assert names(found, "measure") == ["オンライン申請の拡充"]


def test_of_several_that_are_named_the_one_found_first_comes_first(rich: Bench) -> None:
    text = "オンライン申請と河川カメラは？"
    assert names(focus(rich, text, CAMERA), "measure")[0] == "河川カメラの設置"
    assert names(focus(rich, text, ONLINE), "measure")[0] == "オンライン申請の拡充"


def test_a_measure_that_is_named_brings_its_kpis(rich: Bench) -> None:
    found = focus(rich, "河川カメラの設置の目標は？")
    assert names(found, "kpi") == ["河川カメラの設置台数"]


def test_a_kpi_that_is_named_brings_its_measure(rich: Bench) -> None:
    found = focus(rich, "議事録の作成時間を担当するのは？")
    assert names(found, "measure") == ["生成AIの活用"]


def test_a_row_that_was_found_brings_its_measure_and_kpis(rich: Bench) -> None:
    found = focus(rich, "家からできる？", ONLINE)
    assert names(found, "kpi") == ["オンライン申請の割合"]


@pytest.mark.parametrize("kind", ["measure", "kpi", "term", "theme", "role", "review"])
def test_without_names_and_evidence_there_is_no_focus(rich: Bench, kind: Kind) -> None:
    assert focus(rich, "？").of_kind(kind) == ()
    assert Focus().of_kind(kind) == ()
