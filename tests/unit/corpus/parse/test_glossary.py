"""The glossary: from a table, a list, paragraphs, and a definition list."""

from collections.abc import Callable

import pytest

from corpus.records import Plan

PlanOf = Callable[..., Plan]
MEANING = "役所の手続を家から行うこと。"


@pytest.mark.parametrize(
    "text",
    [
        f"用語\t解説\n電子申請\t{MEANING}\n",
        f"## 用語集\n\n用語\t意味\n電子申請\t{MEANING}\n",
        f"用語の解説\n\n・電子申請：{MEANING}\n",
        f"用語集\n\n【電子申請】　{MEANING}\n",
        f"第4章 用語の説明\n\n電子申請\n\n{MEANING}\n",
    ],
)
def test_a_term_and_its_meaning_are_found(plan_of: PlanOf, text: str) -> None:
    (term,) = plan_of(text).terms
    assert (term.term, term.definition) == ("電子申請", MEANING)
    start, end = term.spans["term"][0].start, term.spans["definition"][0].end
    assert text[start:].startswith("電子申請") and text[:end].endswith(MEANING)


def test_a_term_on_a_line_of_its_own_is_explained_by_the_indented_lines_below_it(plan_of: PlanOf) -> None:
    text = "２ 用語の解説\n電子申請\n　役所の手続を家から行\nうこと。\n回覧板\n　町会で回す知らせのこと。\n"
    terms = plan_of(text).terms
    assert [(t.term, t.definition.replace("\n", "")) for t in terms] == [
        ("電子申請", MEANING),
        ("回覧板", "町会で回す知らせのこと。"),
    ]


def test_a_line_with_a_colon_elsewhere_is_no_term(plan_of: PlanOf) -> None:
    assert plan_of("第1章 はじめに\n\n・電子申請：役所の手続を家から行うこと。\n").terms == ()
