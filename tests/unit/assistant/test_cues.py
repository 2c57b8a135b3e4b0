"""Cues: the words that say what is asked, and the form that an answer must have."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import words
from assistant.cues import (
    aspects_of,
    beyond_cues,
    counters_of,
    ends_in_cue,
    needs_of,
    without_cues,
)
from corpus.normalize import compact, fold
from tests.unit.assistant.made import Bench

EXAMPLES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("aspect_examples.toml").read_text("utf-8"))
QUESTIONS = [(aspect, q) for aspect, questions in EXAMPLES["questions"].items() for q in questions]
# What plans do not usually hold.
UNHELD = {
    "price",
    "hours",
    "day",
    "person",
    "company",
    "place",
    "procedure",
    "eligibility",
    "budget",
    "actual",
}
UNHELD |= {"url", "law", "satisfaction", "opinion"}


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("どの課が担当？", "department"),
        ("Which department is it?", "department"),
        ("Who is in charge of it?", "department"),
        ("How many people?", "quantity"),
        ("What is EBPM?", "definition"),
        ("どこの課がやるの", "department"),
        ("目標は何人？", "target"),
        ("いま登録している人は何人", "quantity"),
        ("基準値は？", "baseline"),
        ("いつ始まりますか", "schedule"),
        ("工程を教えて", "schedule"),
        ("ＥＢＰＭ とは", "definition"),
        ("それって何", "definition"),
        ("どんな内容ですか", "overview"),
        ("これまでの成果は", "result"),
        ("課題は何ですか", "issue"),
        ("電話番号を教えて", "contact"),
    ],
)
def test_a_word_says_what_is_asked(text: str, aspect: str) -> None:
    assert aspect in aspects_of(text)


def test_what_is_asked_is_recognised_in_every_register() -> None:
    missed = [(aspect, q) for aspect, q in QUESTIONS if aspect not in aspects_of(q)]
    assert len(missed) <= len(QUESTIONS) * 0.03, missed


def test_what_is_asked_stands_among_the_first_two_aspects() -> None:
    late = [(aspect, q) for aspect, q in QUESTIONS if aspect not in aspects_of(q)[:2]]
    assert len(late) <= len(QUESTIONS) * 0.05, late


def test_what_plans_do_not_hold_is_not_heard_in_other_questions() -> None:
    false = [(aspect, q) for aspect, q in QUESTIONS if UNHELD & set(aspects_of(q)) - {aspect}]
    assert len(false) <= len(QUESTIONS) * 0.01, false


def test_a_word_of_what_plans_do_not_hold_does_not_turn_a_question_that_one_answers() -> None:
    questions = EXAMPLES["answerable"]["questions"]
    false = [q for q in questions if UNHELD & set(aspects_of(q))]
    assert len(false) <= len(questions) * 0.05, false


@pytest.mark.parametrize("phrase", EXAMPLES["neutral"]["phrases"])
def test_a_name_asks_nothing(phrase: str) -> None:
    assert set(aspects_of(phrase)) <= {"overview", "activities"}


def test_a_question_without_a_cue_asks_nothing_in_particular() -> None:
    assert aspects_of("みなとポイント") == ()


@pytest.mark.parametrize(
    ("text", "main"),
    [
        ("目標と担当課を教えて", "department"),
        ("担当課と目標を教えて", "target"),
        ("課題は何ですか", "issue"),
        ("一番多くの施策を担当しているのはどの課ですか", "most"),
        ("あと何町会ですか", "difference"),
        ("Which department is in charge of the target?", "department"),
        ("什么时候开始？", "begins"),
    ],
)
def test_the_main_aspect_is_first(text: str, main: str) -> None:
    assert aspects_of(text)[0] == main


def test_an_aspect_brings_those_that_it_implies() -> None:
    aspects = aspects_of("何倍になりますか")
    assert aspects.index("ratio") < aspects.index("change")


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("スマホ教室はどこでやりますか", "place", "department"),
        ("どこの課がやりますか", "department", "place"),
        ("誰が担当しますか", "department", "person"),
        ("市長は誰ですか", "person", "department"),
        ("CIOは誰ですか", "organisation", "person"),
        ("いつから使えますか", "begins", "hours"),
        ("登録者はいくら増やすの", "difference", "price"),
        ("利用料はいくら", "price", "difference"),
    ],
)
def test_what_follows_decides_where_who_and_how_much(text: str, has: str, lacks: str) -> None:
    assert has in aspects_of(text)
    assert lacks not in aspects_of(text)


def test_a_bare_where_may_ask_for_a_place_or_a_department() -> None:
    assert {"place", "department"} <= set(aspects_of("シェアスペースはどこ？"))


def test_the_words_that_only_ask_are_taken_out() -> None:
    left = without_cues("みなとポイントの担当課はどの課ですか")
    assert "みなとポイント" in left
    assert "担当" not in left and "どの課" not in left


@pytest.mark.parametrize(
    "asked",
    [
        "{}の担当課はどこ",
        "令和10年度に{}は何をするの",
        "今{}は何人が使っている",
        "{}は何町会まで増やすの",
        "what is the target of {}",
    ],
)
@pytest.mark.parametrize("name", EXAMPLES["neutral"]["phrases"])
def test_a_name_stays_whatever_is_asked_of_it(name: str, asked: str) -> None:
    assert compact(name) in compact(without_cues(asked.format(name)))


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("料金はいくら？", "運賃は500円", "運賃を定める"),
        ("How much is it?", "無料", "運賃を定める"),
        ("何時から？", "9時から", "朝から"),
        ("何月何日？", "5月3日に開く", "5月に開く"),
        ("市長は誰ですか", "山田氏が務める", "市長が務め、各課が進める"),
        ("どこの会社ですか", "株式会社みなと", "民間企業"),
        ("電話番号は？", "0767-22-1111", "代表電話"),
        ("メールアドレスは？", "it@city.example.jp", "メールで"),
        ("何人を目指す？", "2,800人", "2,800枚"),
        ("URLは？", "https://city.example.jp", "ポータルサイト"),
        ("罰則はありますか", "条例に定める", "方針に定める"),
        ("満足度は？", "満足度80%", "利用率80%"),
    ],
)
def test_a_form_of_answer_is_needed(question: str, has: str, lacks: str) -> None:
    patterns = needs_of(aspects_of(question))
    assert patterns
    assert all(p.search(has) for p in patterns)
    assert not all(p.search(lacks) for p in patterns)


def test_no_evidence_holds_an_opinion() -> None:
    assert not any(p.search("市民の評判がよい") for p in needs_of(("opinion",)))


def test_what_plans_hold_needs_nothing_of_the_evidence() -> None:
    assert needs_of(("department", "schedule", "overview")) == ()


@pytest.mark.parametrize("aspect", sorted(UNHELD))
def test_what_plans_do_not_hold_needs_evidence_of_its_kind(aspect: str) -> None:
    assert needs_of((aspect,))


@pytest.mark.parametrize("aspect", EXAMPLES["questions"])
def test_an_aspect_has_a_dozen_examples(aspect: str) -> None:
    assert len(EXAMPLES["questions"][aspect]) >= 12


def test_only_a_gap_makes_a_group_in_the_data() -> None:
    rows = words.load("aspects")["aspect"]
    keys = ("patterns", "weak", "alone", "en", "en_weak", "en_alone")
    grouped = [
        p for row in rows.values() for key in keys for p in row.get(key, ()) if re.compile(_bare(p)).groups
    ]
    assert grouped == []


def _bare(pattern: str) -> str:
    """Return a pattern with the named shapes left out, so that it compiles alone."""
    return re.sub(r"\{[a-z]+\}", "", pattern)


def test_every_aspect_has_examples() -> None:
    assert set(words.load("aspects")["aspect"]) == set(EXAMPLES["questions"])


def test_names_of_municipalities_are_taken_out(bench: Bench) -> None:
    left = bench.library.without_names("あけぼの市とはるかぜの期間")
    assert "あけぼの" not in left and "はるかぜ" not in left and "期間" in left


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    aspects_of(text)
    without_cues(text)
    needs_of(aspects_of(text))


@pytest.mark.parametrize(
    ("text", "held", "missing"),
    [
        ("何台ありますか？", "12台", "12人"),
        ("何人が使う？", "300名", "300冊"),
        ("なん冊？", "5冊", "五月"),
    ],
)
def test_a_counter_asks_for_a_number_of_its_kind(text: str, held: str, missing: str) -> None:
    [pattern] = counters_of(text)
    assert pattern.search(held) and not pattern.search(missing)


def test_a_question_that_counts_nothing_needs_no_counter() -> None:
    assert counters_of("担当課は？") == ()


@given(st.text(alphabet="窓口マイポータル-－ー一〇 　\nのはいつ始まる課聞けばA.", max_size=24))
@example("「行かない窓口 - マイポータル - 電子申請 - 公式LINE」の担当課は？")
def test_what_is_taken_out_leaves_all_else_in_its_place(text: str) -> None:
    folded, left = fold(text), without_cues(text)
    assert len(left) == len(folded)
    assert all(b in (a, " ") for a, b in zip(folded, left, strict=True))
    assert isinstance(beyond_cues(text), list)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("スマホ教室はいつから本格的に始まるの？", ["スマホ", "教室"]),
        ("いつから始まりますか", []),
        ("どこに聞けばいいですか", []),
        ("料金はいくらですか", ["料金"]),
    ],
)
def test_what_a_cue_leaves_of_a_word_is_no_word(text: str, left: list[str]) -> None:
    assert [t.surface for t in beyond_cues(text)] == left
    assert not re.search("まる|まり|けば", without_cues(text))


@pytest.mark.parametrize(
    ("text", "ends"),
    [("スマホ教室の担当課", True), ("登録者数の目標 ", True), ("担当課のスマホ教室", False), ("", False)],
)
def test_a_text_may_end_in_what_it_asks_for(text: str, ends: bool) -> None:
    assert ends_in_cue(text) is ends
