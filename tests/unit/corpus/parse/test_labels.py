"""Labels: what is a field's label in prose and in a table's first column, and what only looks like one."""

import pytest

from corpus.document import Document, Heading, Region
from corpus.parse.blocks import parse_blocks
from corpus.parse.columns import label_role
from corpus.parse.labels import fields_of, is_label, is_labelled, labels_in


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("担当課", "department"),
        ("【所　管】", "department"),
        ("関係課", "department"),
        ("主管課", "department"),
        ("主な取組", "activity"),
        ("施策の概要", "overview"),
        ("KPI①", "indicator"),
        ("目標指標", "indicator"),
        ("基準値（Ｒ６）", "baseline"),
        ("策定時", "baseline"),
        ("目標値（Ｒ１２）", "target"),
        ("スケジュール", "roadmap"),
        ("区分", "status"),
        ("備考", ""),
        ("概要版の作成", ""),
        ("担当課長の意見", ""),
        ("本市の施策についての長い見出し", ""),
    ],
)
def test_a_label_names_a_field(label: str, role: str) -> None:
    assert label_role(label) == role


@pytest.mark.parametrize(
    ("line", "labelled"),
    [
        ("担当課：市民課", True),
        ("【所　管】　産業課　建設課", True),
        ("■担当課 ： 市民課", True),
        ("【取組内容】", False),
        ("主な取組", False),
        ("施策1：書かない窓口の整備", False),
        ("時間：10時から", False),
        ("この施策の担当課は市民課です", False),
    ],
)
def test_a_line_is_labelled_where_it_holds_a_label_and_a_value(line: str, labelled: bool) -> None:
    assert is_labelled(line) is labelled


def test_one_line_may_hold_several_labels() -> None:
    line = "成果指標：待ち時間　現状値：20分（R6）　目標値：5分（R12）"
    assert [match["plain"] for match in labels_in(line)] == ["成果指標", "現状値", "目標値"]


@pytest.mark.parametrize(
    ("number", "title", "is_one"),
    [
        ("", "主な取組", True),
        ("◎", "担当課", True),
        ("第3章", "成果指標", False),
        ("(1)", "窓口の整備", False),
    ],
)
def test_a_heading_may_be_a_label(number: str, title: str, is_one: bool) -> None:
    heading = Heading(level=5, number=number, title=title, region=Region(start=0, end=1))
    assert is_label(heading) is is_one


def test_the_fields_of_a_section_are_its_labels_with_all_that_stands_under_them() -> None:
    text = (
        "手間を減らします。\n\n担当課：市民課\n\n【取組内容】\n・調査\n・導入\n\n"
        "【工程】\n令和8年度 調査\n令和9年度 導入\n"
    )
    document = parse_blocks(Document(document_id="aoba", text=text))
    found = [
        (f.role, [r.of(text).strip() for r in f.prose], [r.of(text).strip() for r in f.items])
        for f in fields_of(text, document.blocks)
    ]
    assert found == [
        ("", ["手間を減らします。"], []),
        ("department", ["市民課"], []),
        ("overview", [], ["調査", "導入"]),
        ("roadmap", ["令和8年度 調査", "令和9年度 導入"], []),
    ]
