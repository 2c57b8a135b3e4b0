"""Facts of terms, roles, reviews and contacts, in every language."""

from __future__ import annotations

import pytest

from assistant.messages import Statement
from assistant.steps.verify import quoted_in
from tests.unit.assistant.made import LANGUAGES, Bench

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def told(rich: Bench, text: str, *aspects: str, language: str = "ja") -> tuple[Statement, ...]:
    return rich.told(rich.asking(text, "wakaba", *aspects, language=language))


@in_every_language
@pytest.mark.parametrize("name", ["RPA", "rpa", "ＲＰＡ"])
def test_a_term_is_told_by_what_the_glossary_says(rich: Bench, name: str, language: str) -> None:
    [statement] = told(rich, f"{name}って何？", "definition", language=language)
    assert "決まった作業を自動で行うしくみ" in statement.text
    assert rich.quotes(statement) == ["RPA\t決まった作業を自動で行うしくみ。"]


@pytest.mark.parametrize("name", ["EBPM", "証拠に基づく政策立案"])
def test_a_term_is_known_by_what_stands_in_its_brackets(rich: Bench, name: str) -> None:
    [statement] = told(rich, f"{name}とは", "definition")
    assert "証拠に基づいて政策を立てること" in statement.text


def test_every_term_that_is_named_is_told(rich: Bench) -> None:
    assert len(told(rich, "EBPMとRPAって何？", "definition")) == 2


@in_every_language
@pytest.mark.parametrize("name", ["CIO", "副市長"])
def test_a_role_is_told_in_the_plans_own_sentences(rich: Bench, name: str, language: str) -> None:
    [statement] = told(rich, f"{name}の役割は？", "role", language=language)
    assert "全庁的な視点からデジタル化を進め、各課の取組を調整します" in statement.text
    assert "CIOは、全庁的な視点からデジタル化を進め、各課の取組を調整します。" in rich.quotes(statement)


@in_every_language
@pytest.mark.parametrize(
    ("aspect", "items"),
    [
        ("achievement", ["窓口の整備", "申請の拡充"]),
        ("result", ["待ち時間が短くなった"]),
        ("issue", ["地区によって差がある"]),
        ("carried_over", ["先進事例の調査"]),
    ],
)
def test_each_field_of_a_review_is_told_whole(
    rich: Bench, aspect: str, items: list[str], language: str
) -> None:
    [statement] = told(rich, "市民本位は？", aspect, language=language)
    assert quoted_in(statement.text) == ["市民本位", *items]


def test_a_review_is_told_only_in_the_fields_that_are_asked(rich: Bench) -> None:
    both = told(rich, "市民本位の成果と課題は？", "result", "issue")
    assert [quoted_in(s.text)[1:] for s in both] == [["待ち時間が短くなった"], ["地区によって差がある"]]


@in_every_language
def test_a_printed_contact_is_told_with_every_way_to_reach_it(rich: Bench, language: str) -> None:
    [statement] = told(rich, "問い合わせ先は？", "contact", language=language)
    for printed in ("デジタル推進課", "0999-12-3456", "dx@wakaba.example.jp"):
        assert printed in statement.text and printed in rich.quotes(statement)[0]


def test_a_contact_that_no_document_prints_is_no_statement(rich: Bench) -> None:
    assert rich.told(rich.asking("問い合わせ先は？", "sazanami", "contact")) == ()


def test_an_aspect_that_no_record_holds_is_left_to_the_sentences(rich: Bench) -> None:
    assert told(rich, "RPA", "background") == ()
    assert told(rich, "RPA") == ()
