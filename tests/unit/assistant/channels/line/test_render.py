"""Answers as LINE messages: within every limit, no Markdown, the answer first."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.line.render import Elsewhere, Reply, messages, plain, sources_alone
from assistant.channels.line.simulator.rules import faults_of
from assistant.channels.line.text import graphemes
from assistant.channels.line.working import working_of
from assistant.messages import Answer, Citation
from corpus.records import Contact

KPI: dict[str, Any] = {
    "type": "kpi",
    "measure": "みなとポイントの普及",
    "indicator": "みなとポイント登録者数",
    "baseline": {"text": "1,100人", "value": 1100.0, "unit": "人", "fiscal_year": 2025},
    "target": {"text": "2,800人", "value": 2800.0, "unit": "人", "fiscal_year": 2030},
}
ROADMAP: dict[str, Any] = {
    "type": "roadmap",
    "measure": "みなとポイントの普及",
    "rows": [
        {"text": "設計", "fiscal_years": [2026], "certain": True},
        {"text": "試行", "fiscal_years": None, "certain": False},
    ],
}


def citation(number: int, quote: str = "みなとポイント\t1,100人\t2,800人", start: int = 0) -> Citation:
    return Citation(
        number=number,
        municipality="akebono",
        document_id="akebono-dx",
        title="あけぼの市DX計画",
        section=("第2章 施策", "3 成果指標"),
        page=12,
        quote=quote,
        start=start,
        end=start + len(quote),
        url=f"/sources/akebono-dx#c{start}-{start + len(quote)}",
    )


def answer(text: str = "目標は2,800人です[1]。担当は商工観光課です[1]。", **more: Any) -> Answer:
    known = {"conversation_id": "c", "message_id": "m", "status": "answered", "language": "ja"}
    return Answer.model_validate({**known, "answer": text, "citations": (citation(1),), **more})


def texts(sent: list[dict[str, Any]]) -> list[str]:
    return [m["text"] for m in sent if m["type"] == "text"]


def test_the_answer_comes_first_then_its_evidence() -> None:
    [text, drawn] = messages(Reply(answer()))
    lines = text["text"].split("\n\n")
    assert lines[0] == "目標は2,800人です[1]。"
    assert lines[1] == "担当は商工観光課です[1]。"
    assert lines[2] == "根拠\n［1］「みなとポイント ｜ 1,100人 ｜ 2,800人」"
    assert drawn["altText"] == "目標は2,800人です。"


def test_a_bubble_a_source_opens_the_original_where_there_is_an_address() -> None:
    drawn = messages(Reply(answer(), address="https://chat.example.jp"))[-1]
    said = json.dumps(drawn, ensure_ascii=False)
    assert "https://chat.example.jp/sources/akebono-dx#c0-21" in said
    assert "12ページ" in said and "第2章 施策" in said
    assert "原文を開く" not in json.dumps(messages(Reply(answer()))[-1], ensure_ascii=False)


def test_staff_get_the_working_and_a_passage_to_paste() -> None:
    sent = messages(Reply(answer(cards=(KPI,)), staff=True))
    assert (
        "計算\nみなとポイント登録者数：2,800 − 1,100 ＝ +1,700人、2.55倍、5年で割ると年あたり+340人"
        in sent[0]["text"]
    )
    assert sent[1]["text"].startswith(
        "【貼り付け用】\n\n「みなとポイント ｜ 1,100人 ｜ 2,800人」（あけぼの市DX計画　"
    )
    assert "clipboardText" in json.dumps(sent[-1])


def test_residents_get_neither() -> None:
    said = json.dumps(messages(Reply(answer(cards=(KPI,)))), ensure_ascii=False)
    assert "計算" not in said and "貼り付け" not in said and "clipboard" not in said


def test_indicators_and_roadmaps_are_drawn_before_the_sources() -> None:
    drawn = messages(Reply(answer(cards=(KPI, ROADMAP))))[-1]
    heads = [b["body"]["contents"][0].get("text", "出典") for b in drawn["contents"]["contents"]]
    assert heads == ["成果指標", "工程", "出典"]
    assert "年度は原文の表で" in json.dumps(drawn, ensure_ascii=False)


def test_what_another_city_says_or_does_not_say_is_told() -> None:
    there = Elsewhere("はるかぜ町", answer("目標は30件です[1]。"))
    sent = messages(Reply(answer(), staff=True, elsewhere=(there, Elsewhere("さざなみ村", None))))
    assert "はるかぜ町：目標は30件です。" in sent[0]["text"]
    assert "さざなみ村：同じ問いでは、計画に記載を見つけられませんでした。" in sent[0]["text"]


def test_quotes_of_one_place_share_a_bubble_that_opens_the_first() -> None:
    cited = (citation(1), citation(2, "R7基準値", 50), citation(3, "別", 90).model_copy(update={"page": 13}))
    drawn = messages(Reply(answer(citations=cited), address="https://a.example"))[-1]
    one, two = drawn["contents"]["contents"]
    said = json.dumps(one, ensure_ascii=False)
    assert "出典 [1][2]" in said and "「R7基準値」" in said and "#c0-21" in said and "#c50-" not in said
    assert "出典 [3]" in json.dumps(two, ensure_ascii=False)


def test_what_several_plans_say_stands_apart() -> None:
    [text, _] = messages(Reply(answer("【甲市】目標は10件です[1]。【乙市】目標は20件です[1]。")))
    assert "目標は10件です[1]。\n\n【乙市】目標は20件です[1]。" in text["text"]


def test_a_refusal_names_whom_to_ask() -> None:
    contact = Contact(name="企画課", phone=("099-999-1111",))
    known = {"status": "not_in_plan", "citations": (), "contact": contact}
    [text] = messages(Reply(answer("記載が見つかりませんでした。", **known)))
    assert "お問い合わせ：企画課 099-999-1111" in text["text"]


def test_a_document_for_staff_is_marked_and_not_linked() -> None:
    reply = Reply(
        answer(), staff=True, staff_documents=frozenset({"akebono-dx"}), address="https://a.example"
    )
    said = json.dumps(messages(reply)[-1], ensure_ascii=False)
    assert "取扱注意" in said and "https://" not in said


def test_a_quote_within_another_is_shown_once() -> None:
    inner, outer = citation(1, "1,100人", 8), citation(2)
    drawn = messages(Reply(answer(citations=(inner, outer))))[-1]
    assert drawn["contents"]["type"] == "bubble"


def test_the_sources_alone_say_where_and_nothing_of_the_answer() -> None:
    sent = sources_alone(Reply(answer()), "直前の回答の出典です。")
    assert "目標は2,800人です" not in json.dumps(sent, ensure_ascii=False)
    assert sent[0]["text"].endswith("［1］あけぼの市DX計画　第2章 施策　3 成果指標、12ページ")


AWKWARD = st.text(max_size=400) | st.text("あ。、「」[]1👨‍👩‍👧", max_size=20_000)


@given(
    text=AWKWARD.filter(str.strip),
    quotes=st.lists(AWKWARD.filter(str.strip), max_size=15),
    cards=st.lists(st.sampled_from([KPI, ROADMAP]), max_size=3),
    staff=st.booleans(),
    notices=st.lists(st.text(max_size=3000), max_size=3),
    quick=st.lists(
        st.tuples(st.text(min_size=1, max_size=50), st.text(min_size=1, max_size=400)), max_size=20
    ),
)
def test_whatever_is_answered_is_within_every_limit(
    text: str,
    quotes: list[str],
    cards: list[dict[str, Any]],
    staff: bool,
    notices: list[str],
    quick: list[tuple[str, str]],
) -> None:
    cited = tuple(citation(n, quote, n * 50_000) for n, quote in enumerate(quotes, 1))
    made = answer(text, citations=cited, cards=tuple(cards), notices=tuple(notices))
    there = (Elsewhere("はるかぜ町", made),)
    reply = Reply(made, staff, there if staff else (), tuple(quick), ("※",), frozenset(), "https://a.example")
    sent = messages(reply)
    assert faults_of(sent) == []
    assert len(graphemes(sent[0]["text"].split("\n\n")[0])) <= 80 or "\n\n" in text
    assert faults_of(sources_alone(reply, "出典")) == []


@given(text=st.text(min_size=1, max_size=30_000).filter(str.strip))
def test_a_plain_text_is_within_every_limit(text: str) -> None:
    assert faults_of(plain(text)) == []


@pytest.mark.parametrize(
    ("baseline", "target", "said"),
    [
        ((20.5, "％"), (62, "％"), "62 − 20.5 ＝ +41.5ポイント、5年で割ると年あたり+8.3ポイント"),
        ((0, "台"), (6, "台"), "6 − 0 ＝ +6台、5年で割ると年あたり+1.2台"),
        ((90, "分"), (30, "分"), "30 − 90 ＝ −60分、0.33倍、5年で割ると年あたり−12分"),
        ((90, "分"), (30, "人"), None),
        ((None, None), (30, "人"), None),
    ],
)
def test_the_working_of_a_figure(
    baseline: tuple[Any, Any], target: tuple[Any, Any], said: str | None
) -> None:
    def value(known: tuple[Any, Any], year: int) -> dict[str, Any]:
        return {"text": "x", "value": known[0], "unit": known[1], "fiscal_year": year}

    card = {**KPI, "baseline": value(baseline, 2025), "target": value(target, 2030)}
    assert working_of([card]) == ([f"みなとポイント登録者数：{said}"] if said else [])
