"""What the pages of the console show, whatever was kept and whatever is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from assistant.state import audit
from assistant.state.audit import AnswerRecord
from assistant.state.corrections import Cited, Draft
from assistant.state.feedback import Rating
from assistant.state.people import Whose, erase_all
from assistant.state.stored import utc_now
from tests.browser.payloads import PAYLOADS
from tests.unit.assistant.channels.admin.conftest import Desk
from tests.unit.assistant.channels.admin.test_access import FORMS, PAGES

Ask = Callable[..., str]
LIVE = {
    "script",
    "img",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "math",
    "style",
    "template",
    "marquee",
}
NOBODY_KNOWS = "市長の好きな食べ物は？"


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).find(".//main").text_content().split())


def rate(desk: Desk, message_id: str, **more: Any) -> None:
    desk.state.keeper.add(Rating(message_id=message_id, rating="down", at=utc_now(), **more))
    desk.state.keeper.flush()


def test_the_overview_counts_by_day_city_and_channel(desk: Desk, ask: Ask) -> None:
    ask("みなとポイントの担当課は？")
    ask("みなとポイントの 担当課は?", channel="line")
    rate(desk, ask(NOBODY_KNOWS, "harukaze"), reason="足りない", comment="それが知りたい")
    shown = text_of(desk.get("/admin").text)
    assert "質問3件 答えた2件" in shown
    assert "あけぼの市ウェブ1100" in shown and "あけぼの市LINE1100" in shown
    assert "担当課は？2答えた" in shown or "担当課は?2答えた" in shown
    assert "よくない評価 1件（足りない） それが知りたい" in shown
    only = text_of(desk.get("/admin", params={"municipality": "harukaze", "days": "7"}).text)
    assert "質問1件 答えた0件" in only and "みなとポイント" not in only
    assert "質問1件" in text_of(desk.get("/admin", params={"channel": "line"}).text)


def test_each_bar_is_as_high_as_its_day_and_stands_in_the_table_too(desk: Desk, ask: Ask) -> None:
    ask("みなとポイントの担当課は？")
    ask(NOBODY_KNOWS)
    page = html.fromstring(desk.get("/admin", params={"days": "7"}).text)
    bars = page.xpath("//figure/svg/rect")
    assert len(bars) == 14
    assert [float(b.get("height")) for b in bars[-2:]] == [50.0, 50.0]
    assert page.xpath("//figure/svg/@role") == ["img"] and page.xpath("//figure/svg/@aria-label")
    rows = page.xpath("//details//tbody/tr")
    assert len(rows) == 7 and [c.text for c in rows[0].findall("td")][:2] == ["2", "1"]


def test_an_answer_is_explained(desk: Desk, ask: Ask) -> None:
    message_id = ask("みなとポイントの担当課は？")
    shown = text_of(desk.get(f"/admin/answers/{message_id}").text)
    for said in (
        message_id,
        "みなとポイントの担当課は？",
        "商工観光課",
        "段階ごとのミリ秒",
        "あけぼの市DX計画",
        "あけぼの市",
    ):
        assert said in shown
    again = text_of(desk.get(f"/admin/answers/{message_id}", params={"replay": "1"}).text)
    assert "記録と同じ回答、同じ出典です。" in again
    found = desk.get("/admin/answers", params={"message_id": f" {message_id} "})
    assert found.headers["location"] == f"/admin/answers/{message_id}"


def test_a_question_about_one_thing_shows_how_it_was_judged(desk: Desk, ask: Ask) -> None:
    message_id = ask(NOBODY_KNOWS, "harukaze")
    shown = text_of(desk.get(f"/admin/answers/{message_id}").text)
    assert "判定の材料" in shown and "質問の語を含む割合" in shown


def test_an_erased_answer_says_so_and_nothing_else(desk: Desk, ask: Ask) -> None:
    message_id = ask("みなとポイントの担当課は？")
    with desk.state.database.read() as session:
        row = audit.find(session, message_id)
        assert row and row.conversation
        whose = Whose((row.conversation,))
    erase_all(desk.state.database, whose, "test")
    shown = text_of(desk.get(f"/admin/answers/{message_id}", params={"replay": "1"}).text)
    assert "消されました" in shown and "商工観光課" not in shown


def test_a_question_is_tried_out_and_nothing_of_it_is_kept(desk: Desk) -> None:
    shown = text_of(
        desk.post("/admin/search", question="雪みちカメラの設置の担当は？", municipality="harukaze").text
    )
    assert "建設課" in shown and "見つかった文と点の内訳" in shown and "意味の近さ" in shown
    assert "判定の材料" in shown
    listed = text_of(desk.post("/admin/search", question="計画の期間は？", municipality="akebono").text)
    assert "令和8年度" in listed
    desk.state.keeper.flush()
    with desk.state.database.read() as session:
        assert audit.verify(session).rows == 0


@pytest.mark.parametrize("question", ["", "   ", "長" * 1001, "\x07"])
def test_what_is_wrong_with_a_question_is_told_beside_it(desk: Desk, question: str) -> None:
    response = desk.post("/admin/search", question=question)
    assert response.status_code == 422 and 'id="question-fault"' in response.text


def test_the_records_of_a_plan_and_its_doubts_are_shown(desk: Desk) -> None:
    shown = text_of(desk.get("/admin/records", params={"municipality": "harukaze"}).text)
    assert (
        "雪みちカメラの設置" in shown and "建設課" in shown and "読み取りの疑い" in shown
    ) or "疑いはありません" in shown
    assert "1,120,226冊" in text_of(desk.get("/admin/records").text)
    assert desk.get("/admin/records", params={"municipality": "elsewhere"}).status_code == 404


def made_of(text: str, number: int) -> AnswerRecord:
    """Return a record in which every text is the one given."""
    return AnswerRecord(
        **{"message_id": f"payload-{number:04}", "created": utc_now(), "conversation": None, "person": None},
        **{"channel": text[:32], "audience": "public", "staff": None, "municipality": text[:200]},
        **{"language": "ja", "status": "not_in_plan", "reply": text, "engine": text, "question": text},
        **{
            "answer": text,
            "asked": {"municipality": None, "language": "ja", "today": "2026-05-01", "history": []},
        },
        citations=[{"document_id": text, "start": 0, "end": 1}],
        decisions={
            "standalone": text,
            "aspects": [text],
            "passages": [{"id": text, "score": None}],
            "features": {text: 1.0},
            "subject": text,
            "probability": None,
        },
        **{"verdict": {"dropped": [text]}, "timings": {text: 1.0}, "snapshot": text, "model": text},
        version=text,
    )


def test_no_payload_that_is_kept_is_live_on_any_page(desk: Desk) -> None:
    chosen = PAYLOADS[::9]
    with desk.state.database.write() as session:
        audit.append(session, [made_of(p, n) for n, p in enumerate(chosen)])
    for number, payload in enumerate(chosen):
        rate(desk, f"payload-{number:04}", comment=payload, reason=None)
        cited = Cited(document_id=payload, start=0, end=1, quote=payload)
        draft = {"municipality": "akebono", "words": payload, "author": payload, "reason": payload}
        desk.state.corrections.add(Draft(kind="override", answer=payload, sources=(cited,), **draft))
        desk.state.corrections.add(Draft(kind="synonym", meant=payload, **draft))
        assert_dead(desk.post("/admin/search", question=payload).text)
        assert_dead(desk.post("/admin/corrections", words=payload, answer=payload, quote1=payload).text)
        assert_dead(desk.post("/admin/channel/pause", message=payload + "長" * 200).text)
        assert_dead(desk.get(f"/admin/answers/payload-{number:04}").text)
    desk.post("/admin/channel/pause", message=chosen[0])
    for path in PAGES:
        shown = desk.get(path).text
        assert_dead(shown)
    overview = html.fromstring(desk.get("/admin").text).text_content()
    assert sum(p.strip() in overview for p in chosen) >= 15


def assert_dead(page: str) -> None:
    """Hold a page to have nothing in it that runs or loads, as a parser that mends markup reads it."""
    tree = html.fromstring(page)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in LIVE, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on") and name not in ("style", "srcdoc", "formaction"), name
            if name in ("href", "src", "action"):
                assert str(value).startswith(("/", "#")), value
    comments = [e for e in tree.iter() if not isinstance(e.tag, str)]
    assert comments == []


ODD = (
    "",
    "0",
    "-1",
    "99999999999999999999",
    "1e9",
    "ｘ",
    "長" * 3000,
    "\x00",
    "%00",
    "' OR 1=1 --",
    "../../etc",
    "%ff",
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_is_told_and_never_a_fault_of_ours(desk: Desk, odd: str) -> None:
    csrf = desk.csrf()
    for path in PAGES:
        for name in ("days", "municipality", "channel", "message_id", "replay", "page"):
            assert desk.get(path, params={name: odd}).status_code < 500
    for path in ("/admin/answers/", "/admin/corrections/"):
        assert desk.get(f"{path}{odd[:500]}".replace("\x00", "%00")).status_code < 500
    for path in FORMS[:-1]:
        path = path.replace("/1/", f"/{odd[:200].replace(chr(0), '%00') or 'x'}/")
        fields = dict.fromkeys(
            ("question", "municipality", "kind", "words", "answer", "means", "quote1"), odd
        )
        fields |= dict.fromkeys(("reason", "message", "what", "format"), odd)
        if not path.endswith("channel/resume"):
            assert desk.post(path, csrf, **fields).status_code < 500, path


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_nothing_that_is_posted_breaks_a_form(desk: Desk, body: bytes) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    for path in ("/admin/login", "/admin/exports", "/admin/corrections"):
        assert desk.client.post(path, content=body, headers=form).status_code < 500


def test_too_large_a_form_and_too_many_fields_are_refused(desk: Desk) -> None:
    assert desk.post("/admin/search", question="長" * 30_000).status_code == 413
    assert desk.post("/admin/search", **{f"f{n}": "x" for n in range(40)}).status_code == 422


def test_without_its_database_it_says_so_and_the_chat_can_still_be_paused(desk: Desk, tmp_path: Path) -> None:
    csrf = desk.csrf()
    desk.state.database.close()
    (tmp_path / "state.db").rename(tmp_path / "away.db")
    (tmp_path / "state.db").mkdir()
    for leftover in tmp_path.glob("state.db-*"):
        leftover.unlink()
    told = desk.get("/admin")
    assert told.status_code == 503 and "いま記録を読み書きできません" in told.text
    assert desk.post("/admin/channel/pause", csrf, message="点検中です").status_code == 303
    assert "点検中です" in desk.get("/admin/channel").text
    assert desk.post("/admin/exports", csrf, what="answers", format="csv").status_code == 503
    (tmp_path / "state.db").rmdir()
    (tmp_path / "away.db").rename(tmp_path / "state.db")


def test_while_no_index_is_open_it_says_so(desk: Desk) -> None:
    app: Any = desk.client.app
    app.state.unreachable = True
    for path in ("/admin/search", "/admin/records", "/admin/corrections"):
        told = desk.get(path)
        assert told.status_code == 503 and "索引を開けません" in told.text
    assert desk.get("/admin").status_code == desk.get("/admin/channel").status_code == 200
