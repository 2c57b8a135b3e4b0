"""Furigana: pieces that joined are the text, and readings that a person has checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.library import load_library
from corpus.readings import plan_readings
from index.furigana import Ruby, furigana

KNOWN = plan_readings(load_library())
SENTENCES = """
羽咋市の結ネットと、のるまいカーについて
野々市市は、羽咋の隣ではありません。
野々市と羽咋、12月14日の市民の声
石川県羽咋市旭町ア200番地
令和8年度（2026年度）から令和12年度（2030年度）まで
令和元年5月1日、令和8年4月20日、12月24日、3月2日
公民館のオンライン窓口を11施設に設置する。
登録者数は1,100人から2,800人へ、1人から2人へ、２０歳から
20日間、3か所、5割、1本、3本、6本、10分、2分、3階
4 本計画の対象期間
2.1 国の動向
学びつづけるまちづくりを行う。取り組みの一覧
第3章 施策の概要と計画
誰一人取り残さない、市民に優しいデジタル化の実現
防災行政無線と避難所の備蓄品
高齢者のデジタルデバイド対策
道路・橋梁の破損状況の可視化
鳥獣害対策、積雪・除雪状況
マイナンバーカードで申請できます。
お問い合わせは総務部デジタル推進室へ（電話 0767-22-1111）
今日、明日、今年度
"""


def shown(text: str) -> str:
    """Return a text with its readings in brackets."""
    return "".join(f"{r.text}({r.reading})" if r.reading else r.text for r in furigana(text, KNOWN))


def test_readings_are_those_that_were_checked(golden: Callable[[str, str], None]) -> None:
    golden("furigana.txt", "\n".join(map(shown, SENTENCES.strip().splitlines())) + "\n")


@given(st.text())
@example("4 本\n\t計画")
@example("1人2人")
def test_the_pieces_joined_are_the_text(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert "".join(piece.text for piece in furigana(text, KNOWN)) == text


@given(st.text("ぁあアヴー、。abc 123"))
def test_what_has_no_kanji_has_no_reading(text: str) -> None:
    assert not any(piece.reading for piece in furigana(text))


def test_a_known_word_is_read_as_known_and_the_longer_one_wins() -> None:
    known = {"結ネット": "ゆいねっと", "結": "むすび"}
    assert furigana("結ネット", known) == (Ruby("結", "ゆい"), Ruby("ネット"))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("4月1日", "ついたち"),
        ("1日に", "にち"),
        ("20日", "はつか"),
        ("1人", "ひとり"),
        ("11人", "にん"),
        ("3本", "ぼん"),
    ],
)
def test_a_number_changes_how_its_counter_is_read(text: str, reading: str) -> None:
    assert reading in [piece.reading for piece in furigana(text)]
