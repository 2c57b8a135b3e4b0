"""Extract: the sentences and items that answer, as they are printed, and nothing else."""

from __future__ import annotations

import pytest

from assistant.composers.extract import Extract
from assistant.editions import Before, Editions
from assistant.messages import Statement
from assistant.steps.verify import Verify, quoted_in
from index.evidence import Evidence
from index.passages import Near
from tests.unit.assistant.made import LANGUAGES, Bench

VISION = ["誰もがつながるまち", "学びつづけるまち", "災害につよいまち"]


def composed(
    bench: Bench, question: str, *evidence: Evidence, municipality: str = "akebono", language: str = "ja"
) -> tuple[Statement, ...]:
    """Return the statements for a question over this evidence, every one of which must pass verify."""
    turn = bench.understood(question, municipality, language).knowing(evidence=evidence)
    before = Before(bench.library, Editions(bench.library), bench.passages)
    statements = Extract(bench.vocabulary, before)(turn)
    assert [fault for s in statements for fault in Verify(bench.library).faults(s)] == []
    return statements


def said(bench: Bench, question: str, *evidence: Evidence) -> str:
    return "。".join(s.text for s in composed(bench, question, *evidence))


@pytest.fixture
def measure(bench: Bench) -> Evidence:
    return bench.evidence("みなとポイントの普及", "加盟店")


def test_without_evidence_nothing_is_said(bench: Bench) -> None:
    assert composed(bench, "みなとポイントとは？") == ()


def test_a_sentence_is_told_as_it_is_printed_and_cited_whole(bench: Bench) -> None:
    [statement] = composed(bench, "あけぼの市の計画の期間は？", bench.evidence("5年間"))
    assert statement.text == "本計画の期間は、令和8年度から令和12年度までの5年間とします"
    assert bench.quotes(statement) == [f"{statement.text}。"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_whose_heading_is_asked_for_is_told_whole(bench: Bench, language: str) -> None:
    [statement] = composed(bench, "将来像は？", bench.evidence("将来像"), language=language)
    assert quoted_in(statement.text) == bench.quotes(statement) == VISION


def test_one_item_of_a_list_is_told_alone_where_it_is_what_is_asked(bench: Bench) -> None:
    text = said(bench, "災害につよい", bench.evidence("将来像"))
    assert "災害につよいまち" in text and "学びつづけるまち" not in text


def test_a_cell_that_tells_goes_before_one_that_only_names(bench: Bench, measure: Evidence) -> None:
    text = said(bench, "買い物で使える？", measure)
    assert "買い物で使える「みなとポイント」を広める" in text and "商工観光課" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_another_language_the_plans_sentence_is_a_quotation(bench: Bench, language: str) -> None:
    [statement] = composed(bench, "計画の期間は？", bench.evidence("5年間"), language=language)
    assert "本計画の期間は、令和8年度から令和12年度までの5年間とします" in quoted_in(statement.text)


def test_of_sentences_with_the_same_words_the_nearest_is_told(rich: Bench) -> None:
    row = rich.evidence("オンライン申請の拡充", "かんたん申請")
    units = row.of_role("overview")
    assert len(units) > 1
    for unit in units:
        near = Near(start=unit.region.start, end=unit.region.end, similarity=0.9)
        others = tuple(
            Near(start=u.region.start, end=u.region.end, similarity=0.5) for u in units if u is not unit
        )
        seen = row.model_copy(update={"hit": row.hit.model_copy(update={"near": (near, *others)})})
        [statement] = composed(rich, "ペンギンは？", seen, municipality="wakaba")
        assert rich.quotes(statement) == [unit.region.of(rich.text("wakaba-dx"))]


def test_the_next_evidence_is_told_where_the_best_has_nothing_to_tell(bench: Bench) -> None:
    best = bench.evidence("5年間").model_copy(update={"units": ()})
    assert "誰もがつながるまち" in said(bench, "将来像は？", best, bench.evidence("将来像"))


def test_nothing_is_said_twice(bench: Bench, measure: Evidence) -> None:
    statements = composed(bench, "みなとポイントの加盟店と説明会は？", measure, measure)
    assert len(statements) == len(set(statements)) > 0
