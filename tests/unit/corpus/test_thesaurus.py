"""The thesaurus: what is found in a text, and what its data must be for that."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.normalize import fold
from corpus.thesaurus import Concept, Thesaurus, common_concepts, read_concepts

ANY_TEXT = st.text(st.characters(exclude_categories=()))

WILDLIFE = Concept(plan=("鳥獣害", "野生鳥獣"), said=("クマ", "サル"), en=("bear", "wild boar"), zh=("野猪",))
PHONE = Concept(plan=("スマートフォン",), said=("スマホ",), en=("mobile phone",), zh=("手机",))
CLASS = Concept(plan=("スマホ教室",), said=("スマホの使い方",), en=("phone class",), zh=("手机课",))
LINE = Concept(plan=("公式LINE",), said=("ラインで", "サル"), en=("ai",), zh=("连我",))
MADE = Thesaurus((WILDLIFE, PHONE, CLASS, LINE))
COMMON = common_concepts()


def wordings(text: str) -> list[str]:
    return [mention.wording for mention in MADE.mentions(text)]


def test_a_mention_says_where_it_stands_and_what_plans_print() -> None:
    (mention,) = MADE.mentions("山で クマ が出た")
    assert fold("山で クマ が出た")[mention.start : mention.end] == "クマ"
    assert mention.plan == ("鳥獣害", "野生鳥獣")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("スマホの使い方を知りたい", ["スマホの使い方"]),
        ("スマホでスマホの使い方を習う", ["スマホ", "スマホの使い方"]),
        ("鳥獣害とｸﾏ", ["鳥獣害", "クマ"]),
        ("Bears? A BEAR, a wild-boar!", ["bear", "wild boar"]),
        ("maid, email", []),
        ("AIで", ["ai"]),
        ("コンサルタントがオンラインで", []),
        ("クマ・サル対策", ["クマ", "サル"]),
        ("", []),
    ],
)
def test_the_longest_wordings_are_found_and_no_part_of_a_word(text: str, found: list[str]) -> None:
    assert wordings(text) == found


@pytest.mark.parametrize("text", ["手机课多少钱", "手機課多少錢"])
def test_chinese_is_found_in_simplified_and_traditional_characters(text: str) -> None:
    (mention, *_) = MADE.mentions(text)
    assert (mention.start, mention.end, mention.plan) == (0, 3, ("スマホ教室",))


def test_chinese_is_not_found_in_japanese() -> None:
    event = Thesaurus((Concept(plan=("体験イベント",), zh=("活动",)),))
    assert event.mentions("图书馆有什么活动") and event.mentions("有哪些活動")
    assert not event.mentions("町会の活動の負担")


def test_a_wording_of_two_concepts_means_both_the_earlier_first() -> None:
    (mention,) = MADE.mentions("サル")
    assert mention.plan == ("鳥獣害", "野生鳥獣", "公式LINE")


def test_the_municipalitys_own_words_go_before_longer_common_ones() -> None:
    bus = Concept(plan=("青葉号",), said=("循環バス",))
    timetable = Concept(plan=("路線バス",), said=("バスの時間", "循環バス"))
    (mention,) = Thesaurus((timetable,), own=(bus,)).mentions("循環バスの時間")
    assert mention.plan == ("青葉号", "路線バス")


@given(ANY_TEXT, st.lists(ANY_TEXT.filter(lambda t: t.strip()), min_size=1, max_size=4))
def test_mentions_of_any_text_stand_in_order_and_never_overlap(text: str, said: list[str]) -> None:
    thesaurus = Thesaurus(MADE.common, own=(Concept(plan=tuple(said)),))
    mentions = thesaurus.mentions(text + said[0] + text)
    ends = [0, *(m.end for m in mentions)]
    assert all(end <= m.start < m.end for end, m in zip(ends[:-1], mentions, strict=True))
    assert ends[-1] <= len(fold(text + said[0] + text))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[concept]]\nsaid = ["クマ"]', r"concept\.0\.plan: Field required"),
        ("[[concept]]\nplan = []", r"concept\.0\.plan"),
        ('[[concept]]\nplan = ["鳥獣害"]\nsaid = ["クマ", ""]', r"concept\.0\.said\.1"),
        ('[[concept]]\nplan = ["鳥獣害"]\nja = ["クマ"]', r"concept\.0\.ja"),
        ("[[concept]", "line 1"),
    ],
)
def test_a_wrong_file_is_told_with_its_name_and_place(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "thesaurus.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(CorpusError, match=rf"thesaurus\.toml: .*{message}"):
        read_concepts(path)


@pytest.mark.parametrize("concept", COMMON, ids=lambda concept: concept.plan[0])
def test_every_concept_is_said_in_three_languages_and_in_words_that_mean_something(concept: Concept) -> None:
    written = (*concept.plan, *concept.said, *concept.en, *concept.zh)
    assert len(written) == len(set(written)), "a wording stands twice"
    assert all(len(w) >= 2 and w == w.strip() for w in written), "a wording of one letter"
    assert concept.en and concept.zh
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9 .,'/&+-]*", w) for w in concept.en), "English in lower case"
    assert not any(re.search(r"[ぁ-んァ-ヶ]", w) for w in concept.zh), "kana in Chinese"


def test_every_concept_has_a_head_of_its_own() -> None:
    heads = [concept.plan[0] for concept in COMMON]
    assert len(heads) == len(set(heads)) >= 450


def test_every_wording_is_found_where_it_stands_alone() -> None:
    thesaurus = Thesaurus(COMMON)
    for concept in COMMON:
        for wording in concept.wordings:
            (mention,) = thesaurus.mentions(wording)
            assert set(concept.plan) <= set(mention.plan), wording


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("雪すかしは誰がしてくれるん", "除雪"),
        ("じいちゃんがスマホの使い方を習いたい", "スマホ教室"),
        ("回覧版をスマホで見たい", "電子回覧板"),
        ("紙の印刷は何枚減らすの", "印刷枚数"),
        ("Where can I report a pothole?", "道路破損"),
        ("Can I borrow e-books online?", "電子図書館"),
        ("可以用手机支付吗", "キャッシュレス決済"),
        ("老年人不會用手機怎麼辦", "デジタルデバイド"),
    ],
)
def test_an_everyday_question_finds_what_plans_print(question: str, printed: str) -> None:
    assert printed in {word for mention in Thesaurus(COMMON).mentions(question) for word in mention.plan}
