"""Tables in plain text whose columns only blanks part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.text_tables import with_tabs

TABLE = """表1 指標
番号 指標 現状値 目標値（令和12年度）
① 図書室の利用者数 320人 500人
② 移動図書室の巡回数 12回 24回
次の章に続きます。"""


def test_the_blanks_of_a_table_become_tabs_and_prose_stays() -> None:
    lines = with_tabs(TABLE).split("\n")
    assert lines[1].split("\t") == ["番号", "指標", "現状値", "目標値（令和12年度）"]
    assert lines[2].split("\t") == ["①", "図書室の利用者数", "320人", "500人"]
    assert (lines[0], lines[-1]) == ("表1 指標", "次の章に続きます。")


def test_a_number_before_a_name_is_part_of_the_name() -> None:
    text = "施策 令和8年度 令和9年度\n1-1 図書室の整備 設計 工事\n1-2 移動図書室 試行 実施"
    assert with_tabs(text).split("\n")[1].split("\t") == ["1-1 図書室の整備", "設計", "工事"]


def test_a_row_over_two_lines_is_made_one() -> None:
    text = "施策 令和8年度 令和9年度\n図書室の整備 設計・地質調\n査 工事\n移動図書室 試行 実施"
    assert with_tabs(text).split("\n")[1].split("\t") == ["図書室の整備", "設計・地質調査", "工事"]


def test_a_head_without_rows_is_no_table() -> None:
    text = "施策 取組 担当課\n図書室を整えます。\nそのほか。"
    assert with_tabs(text) == text


@given(st.text(alphabet="施策年度目標①1 \t\n、。あ", max_size=80))
def test_nothing_but_white_space_is_changed(text: str) -> None:
    assert "".join(with_tabs(text).split()) == "".join(text.split())
