"""Wording: sentences from data, in every language, and the sources beside them."""

from __future__ import annotations

import string

import pytest

from assistant import words
from assistant.composers.wording import SENTENCES, quoted, said, spanning, statement, word, year_label
from assistant.messages import Language, Source
from assistant.steps.verify import quoted_in, years_in
from index.evidence import one_line
from tests.unit.assistant.made import LANGUAGES

RECORDS = {k: v for k, v in words.load(SENTENCES).items() if k != "word"}
WORDS = words.load(SENTENCES)["word"]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", [*RECORDS, *(f"word.{w}" for w in WORDS)])
def test_every_sentence_is_there_in_every_language_with_what_it_is_filled_with(name: str) -> None:
    texts = WORDS[name.removeprefix("word.")] if name.startswith("word.") else RECORDS[name]
    assert set(texts) == set(LANGUAGES)
    for language, text in texts.items():
        assert fields(text) <= fields(texts["en"]) | fields(texts["ja"]), language
        assert "value" not in fields(texts["ja"]) or "value" in fields(text), language


@pytest.mark.parametrize("name", list(RECORDS))
def test_no_sentence_brings_its_own_full_stop_or_a_figure(name: str) -> None:
    for text in RECORDS[name].values():
        assert not text.rstrip().endswith(("。", ".", "．"))
        assert not set(text) & set("023456789")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_is_told_so_that_it_is_that_year(language: Language) -> None:
    for year in (2019, 2026, 2030):
        assert years_in(year_label(year, language)) == {year}


def test_a_language_without_a_sentence_gets_the_japanese_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        words, "load", lambda _: {"x": {"ja": "「{value}」です"}, "word": {"y": {"ja": "や"}}}
    )
    assert said("x", "zh", value="課") == "「課」です"
    assert word("y", "en") == "や"


def test_texts_are_quoted_on_one_line() -> None:
    assert quoted_in(quoted(("一", "二"))) == ["一", "二"]
    assert one_line(" 行\n を\t変え　る ") == "行 を 変え る"


def test_a_source_reaches_from_the_first_to_the_last_and_each_is_cited_once() -> None:
    first, last = (Source(document_id="a", start=s, end=e) for s, e in ((3, 5), (9, 12)))
    assert spanning(last, first) == Source(document_id="a", start=3, end=12)
    assert statement("はい", first, last, first).sources == (first, last)
