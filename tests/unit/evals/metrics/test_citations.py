"""Citation recall and precision: the cases of ALCE (Gao et al., EMNLP 2023, section 4), and what supports."""

from __future__ import annotations

import pytest

from evals.metrics.citations import citations_of, supports
from tests.unit.evals.made import response

LIBRARY = "電子図書館の貸出は40冊です。"
BUS = "デマンド交通の車両は5台です。"
BOTH = LIBRARY + BUS
SAID = "電子図書館の貸出は40冊です"
# Each needs its own quote: neither alone bears the sentence.
JOINED = "電子図書館の貸出は40冊、デマンド交通の車両は5台です"


@pytest.mark.parametrize(
    ("answer", "quotes", "recall", "precision"),
    [
        # Recall is 1 where all citations together support the sentence, 0 where there is none.
        (f"{SAID}[1]。", (LIBRARY,), 1.0, 1.0),
        (f"{SAID}。", (LIBRARY,), 0.0, 1.0),
        (f"{SAID}[1]。", (BUS,), 0.0, 0.0),
        # Two citations that support only together are both relevant.
        (f"{JOINED}[1][2]。", (LIBRARY, BUS), 1.0, 1.0),
        # One that does not support alone and is not needed is irrelevant: 1 of 2.
        (f"{SAID}[1][2]。", (LIBRARY, BUS), 1.0, 0.5),
        # Two that each support alone are both relevant, needed or not.
        (f"{SAID}[1][2]。", (LIBRARY, BOTH), 1.0, 1.0),
        # Where the sentence is not supported none of its citations counts as precise.
        (f"{JOINED}[1]。", (LIBRARY,), 0.0, 0.0),
        # Over sentences: recall is their mean, precision that of all citations.
        (f"{SAID}[1][2]。デマンド交通の車両は5台です。", (LIBRARY, BUS), 0.5, 0.5),
        (f"{SAID}[1]。デマンド交通の車両は6台です[2]。", (LIBRARY, BUS), 0.5, 0.5),
        # A marker with no citation supports nothing.
        (f"{SAID}[7]。", (LIBRARY,), 0.0, 0.0),
        (f"{SAID}[1][7]。", (LIBRARY,), 1.0, 0.5),
        ("", (LIBRARY,), 1.0, 1.0),
    ],
)
def test_recall_and_precision_are_those_of_alce(
    answer: str, quotes: tuple[str, ...], recall: float, precision: float
) -> None:
    cited = citations_of(response(answer, *quotes))
    assert (cited.recall, cited.precision) == (recall, precision)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("電子図書館の導入を検討します", "電子図書館の導入方策の検討"),
        ("電子図書館を導入します", "電子図書館を導入する"),
        ("電子図書館を導入します", "令和8年度に検討し、9年度に電子図書館を導入します"),
        ("「電子図書館」の担当は総務課です", "電子図書館 総務課"),
        ("40冊です", "貸出は40冊"),
        ("現金では払えません", "現金は対象外です。現金では払えない"),
        ("費用が少ない方法です", "費用が少ない方法です"),
        ("おもてなしを支えます", "おもてなしを支える取組"),
    ],
)
def test_a_sentence_that_says_what_its_quote_says_is_supported(text: str, quote: str) -> None:
    assert supports(text, (quote,))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        # What is only studied is not promised, and what is affirmed is not denied.
        ("電子図書館を導入します", "電子図書館の導入方策の検討"),
        ("電子図書館を導入します", "電子図書館の導入に向けた調査研究"),
        ("電子図書館は導入しません", "電子図書館を導入する"),
        ("「電子書籍」を貸し出します", "電子図書館で貸し出します"),
        ("電子図書館の貸出は41冊です", LIBRARY),
        ("公民館で講座を開く計画です", LIBRARY),
        ("はい、そうです", LIBRARY),
        (SAID, ""),
        (SAID, "  \n"),
    ],
)
def test_a_sentence_that_says_more_than_its_quote_is_not_supported(text: str, quote: str) -> None:
    assert not supports(text, (quote,))
    assert not supports(text, ())


def test_of_a_translated_sentence_figures_and_names_are_compared() -> None:
    assert supports("The library lends 40 books, 「電子図書館」", (LIBRARY,), "en")
    assert not supports("The library lends 41 books", (LIBRARY,), "en")
    assert not supports("The library 「公民館」 lends 40 books", (LIBRARY,), "en")
    assert not supports("The library lends books", ("",), "en")
