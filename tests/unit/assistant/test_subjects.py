"""Subjects: what of a plan a question can be about, and every name by which it is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.assistant.made import Bench


def named(bench: Bench, text: str, municipality: str = "wakaba") -> list[str]:
    return [m.subject.name for m in bench.subjects.mentions(text, municipality)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("河川カメラの設置の担当課は？", "河川カメラの設置"),
        ("河川カメラはいつから？", "河川カメラの設置"),
        ("オンライン申請の担当課は？", "オンライン申請の拡充"),
        ("電子決裁はいつ？", "電子決裁の導入"),
        ("生成ＡＩの担当は？", "生成AIの活用"),
        ("かんたん申請とは？", "オンライン申請の拡充"),
        ("議事録の作成時間の目標は？", "議事録の作成時間"),
        ("ＥＢＰＭとは？", "EBPM（証拠に基づく政策立案）"),
        ("証拠に基づく政策立案とは？", "EBPM（証拠に基づく政策立案）"),
        ("備える安心について", "備える安心"),
        ("副市長は何をする？", "CIO（副市長）"),
        ("基本理念1の成果は？", "市民本位"),
    ],
)
def test_a_name_a_stem_an_alias_and_a_quoted_name_are_all_mentions(rich: Bench, text: str, name: str) -> None:
    assert named(rich, text) == [name]


@pytest.mark.parametrize("text", ["今日の天気は？", "担当課は？", "", "？"])
def test_a_text_that_names_nothing_mentions_nothing(rich: Bench, text: str) -> None:
    assert named(rich, text) == []


def test_a_mention_knows_where_it_stands_and_whether_it_is_the_whole_name(rich: Bench) -> None:
    [stem] = rich.subjects.mentions("では河川カメラは？", "wakaba")
    [whole] = rich.subjects.mentions("では河川カメラの設置は？", "wakaba")
    assert (stem.start, stem.end, stem.whole) == (2, 7, False)
    assert (whole.start, whole.end, whole.whole) == (2, 9, True)  # の is left out on both sides


def test_a_name_inside_a_longer_one_that_is_named_is_no_mention_of_its_own(rich: Bench) -> None:
    assert named(rich, "河川カメラの設置台数は？") == ["河川カメラの設置台数"]


def test_subjects_that_share_a_name_are_all_mentioned(bench: Bench) -> None:
    kinds = {m.subject.kind for m in bench.subjects.mentions("みなとポイントとは？", "akebono")}
    assert kinds == {"measure", "term"}


def test_several_names_are_all_mentioned_the_longest_first(rich: Bench) -> None:
    assert named(rich, "RPAとオンライン申請と河川カメラは？") == [
        "オンライン申請の拡充",
        "河川カメラの設置",
        "RPA",
    ]


def test_latin_letters_inside_a_longer_word_are_no_mention(rich: Bench) -> None:
    assert named(rich, "RPAの導入は？") == ["RPA"]
    assert named(rich, "河川カメラのCRPAXは？") == ["河川カメラの設置"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("オンラン申請の担当課は？", "オンライン申請の拡充"),
        ("おんらいんしんせいのたんとうは", "オンライン申請の拡充"),
        ("ぎじろくのさくせいじかんは", "議事録の作成時間"),
    ],
)
def test_a_misspelt_name_and_one_in_kana_are_heard(rich: Bench, text: str, name: str) -> None:
    found = rich.subjects.mentions(text, "wakaba")
    assert name in [m.subject.name for m in found]
    assert not any(m.whole for m in found)


def test_nothing_is_heard_where_a_name_stands_as_it_is(rich: Bench) -> None:
    assert named(rich, "オンライン申請の拡充と、おんらいんしんせい") == ["オンライン申請の拡充"]


def test_only_the_municipalitys_own_subjects_are_mentioned(rich: Bench) -> None:
    assert named(rich, "防災無線の更新は？", "sazanami") == ["防災無線の更新"]
    assert named(rich, "防災無線の更新は？", "wakaba") == []
    assert named(rich, "防災無線の更新は？", "nowhere") == []


def test_every_kind_of_record_is_a_subject_in_the_order_of_the_plan(rich: Bench) -> None:
    plan = rich.subjects.plans["wakaba"]
    kinds = [s.kind for s in rich.subjects.all("wakaba")]
    counts = {k: kinds.count(k) for k in dict.fromkeys(kinds)}
    assert counts == {
        "measure": len(plan.measures),
        "kpi": len(plan.kpis),
        "term": len(plan.terms),
        "theme": len(plan.themes),
        "role": len(plan.roles),
        "review": len(plan.reviews),
    }
    measures = rich.subjects.of_kind("wakaba", "measure")
    assert [s.name for s in measures] == [m.title for m in plan.measures]


def test_every_subject_is_found_by_its_own_name(rich: Bench) -> None:
    for subject in rich.subjects.all("wakaba"):
        assert subject in [m.subject for m in rich.subjects.mentions(subject.name, "wakaba")]


def test_a_rows_subject_is_the_record_that_was_read_from_it(rich: Bench) -> None:
    row = rich.evidence("河川カメラの設置", "川の水位").hit.passage
    assert rich.subjects.at(row)[0].name == "河川カメラの設置"
    kpi = rich.evidence("河川カメラの設置台数").hit.passage
    assert rich.subjects.at(kpi)[0].name == "河川カメラの設置台数"
    term = rich.evidence("決まった作業").hit.passage
    assert [s.name for s in rich.subjects.at(term)] == ["RPA"]


def test_a_schedule_printed_elsewhere_is_its_measures(bench: Bench) -> None:
    passage = bench.evidence("みなとポイントの普及", "本格導入").hit.passage
    assert [s.name for s in bench.subjects.at(passage)] == ["みなとポイントの普及"]


def test_prose_that_no_record_was_read_from_has_no_subject(rich: Bench) -> None:
    [passage] = [p for p in rich.passages if "3年間" in p.body and p.municipality == "wakaba"]
    assert rich.subjects.at(passage) == ()


def test_a_kpi_and_its_measure_know_each_other(rich: Bench) -> None:
    measure = rich.subject("wakaba", "河川カメラの設置")
    kpi = rich.subject("wakaba", "河川カメラの設置台数")
    assert rich.subjects.measure_of(kpi) is measure and rich.subjects.measure_of(measure) is measure
    assert rich.subjects.kpis_of(measure) == (kpi,)
    assert rich.subjects.measure_of(rich.subject("wakaba", "RPA")) is None


@given(st.text(max_size=40))
def test_any_text_can_be_looked_at(rich: Bench, text: str) -> None:
    for mention in rich.subjects.mentions(text, "wakaba"):
        assert 0 <= mention.start <= mention.end
