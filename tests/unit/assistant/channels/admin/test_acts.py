"""What is done in the console: corrections, the pause, exports; each is noted with who did it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.channels.admin import exports
from assistant.messages import Question
from assistant.state.corrections import Cited, Draft
from assistant.state.feedback import Rating
from assistant.state.pause import Switch
from assistant.state.stored import utc_now
from assistant.wiring import parts_over
from tests.unit.assistant.channels.admin.conftest import ACTOR, Desk
from tests.unit.assistant.made import TODAY, Bench

Ask = Callable[..., str]
QUOTE = "本計画の期間は、令和8年度から令和12年度までの5年間とします。"
OVERRIDE = {
    "kind": "override",
    "municipality": "akebono",
    "words": "みなとポイントの目標を教えてください",
    "answer": "計画の期間は令和12年度までです。",
    "quote1": QUOTE,
    "reason": "問い合わせが多い",
}


def test_an_answer_is_overridden_and_then_no_more(desk: Desk, bench: Bench) -> None:
    assert desk.post("/admin/corrections", **OVERRIDE).headers["location"] == "/admin/corrections"
    [kept] = desk.state.corrections.all()
    assert (kept.author, kept.answer, kept.sources[0].quote) == (ACTOR, OVERRIDE["answer"], QUOTE)
    shown = desk.get("/admin/corrections").text
    assert OVERRIDE["words"] in shown and "見直しが必要です" not in shown
    assert desk.post(f"/admin/corrections/{kept.id}/remove").status_code == 303
    assert desk.state.corrections.all() == ()
    gone = desk.post(f"/admin/corrections/{kept.id}/remove")
    assert gone.status_code == 422 and "の訂正はありません" in gone.text
    assert [a for a in desk.acts() if a[1].startswith("correction")] == [
        (ACTOR, "correction add", str(kept.id)),
        (ACTOR, "correction remove", str(kept.id)),
    ]


def test_a_way_of_saying_is_added(desk: Desk, bench: Bench) -> None:
    added = {"kind": "synonym", "municipality": "akebono", "words": "ポイポイカード", "reason": "よく聞く"}
    assert desk.post("/admin/corrections", **added, means="みなとポイント").status_code == 303
    parts = parts_over(bench.library, bench.search, bench.embedder, desk.state.corrections)
    answer = parts.service(desk.state.conversations("public"), TODAY).answer(
        Question(question="ポイポイカードの担当課は？", municipality="akebono")
    )
    assert "商工観光課" in answer.answer


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": ""}, "override-words"),
        ({"reason": ""}, "override-reason"),
        ({"answer": ""}, "override-answer"),
        ({"answer": "目標は9,999人です。"}, "override-answer"),
        ({"quote1": ""}, "override-quotes"),
        ({"quote1": "計画にない文です。"}, "override-quotes"),
        ({"municipality": "elsewhere"}, "override-municipality"),
        ({"kind": "synonym"}, "synonym-means"),
        ({"kind": "synonym", "means": "計画にない言葉"}, "synonym-means"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(
    desk: Desk, changed: dict[str, str], field: str
) -> None:
    response = desk.post("/admin/corrections", **(OVERRIDE | changed))
    assert response.status_code == 422 and f'id="{field}-fault"' in response.text
    assert "--" not in response.text.split(f'id="{field}-fault"')[1].split("</p>")[0]
    assert (changed.get("words", OVERRIDE["words"])) in response.text
    assert desk.state.corrections.all() == ()


def test_one_whose_source_changed_is_marked_and_used_again_once_it_was_looked_at(desk: Desk) -> None:
    old = Cited(document_id="akebono-dx", start=0, end=4, quote="むかし")
    common = {"municipality": "akebono", "words": "期間は？", "author": "x", "reason": "x"}
    added = desk.state.corrections.add(
        Draft(kind="override", answer="令和12年度までです。", sources=(old,), **common)
    )
    assert "見直しが必要です" in desk.get("/admin/corrections").text
    refused = desk.post(f"/admin/corrections/{added.id}/review")
    assert refused.status_code == 422 and f'id="review-{added.id}-fault"' in refused.text
    assert desk.post(f"/admin/corrections/{added.id}/review", quote1=QUOTE).status_code == 303
    assert "見直しが必要です" not in desk.get("/admin/corrections").text
    assert (ACTOR, "correction review", str(added.id)) in desk.acts()


def test_the_chat_is_paused_with_what_is_said_and_goes_on(desk: Desk, tmp_path: Path) -> None:
    assert desk.post("/admin/channel/pause", message="点検のため休みます。").status_code == 303
    told = Switch(tmp_path).current()
    assert told and told.message == "点検のため休みます。"
    assert desk.client.post("/api/chat", json={"question": "計画の期間は？"}).status_code == 503
    assert "いま、窓口は休みです" in desk.get("/admin/channel").text
    assert desk.post("/admin/channel/resume").status_code == 303
    assert Switch(tmp_path).current() is None
    assert [a[:2] for a in desk.acts()[1:]] == [(ACTOR, "channel pause"), (ACTOR, "channel resume")]


@pytest.mark.parametrize("message", ["", "  ", "長" * 201])
def test_a_message_that_cannot_be_told_pauses_nothing(desk: Desk, tmp_path: Path, message: str) -> None:
    assert desk.post("/admin/channel/pause", message=message).status_code == 422
    assert Switch(tmp_path).current() is None and len(desk.acts()) == 1


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]


def exported(desk: Desk, what: str, output_format: str) -> Any:
    response = desk.post("/admin/exports", what=what, format=output_format)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="{what}-')
    text = response.content.decode("utf-8")
    if output_format == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    assert text.startswith("\ufeff"), "spreadsheets must know that it is UTF-8"
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize("output_format", ["csv", "jsonl"])
def test_all_is_exported_over_several_pieces_and_noted(
    desk: Desk, ask: Ask, output_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 2)
    ids = [ask("みなとポイントの担当課は？") for _ in range(5)]
    rows = exported(desk, "answers", output_format)
    assert [r["message_id"] for r in rows] == ids
    assert "salt" not in rows[0] and rows[0]["question"] == "みなとポイントの担当課は？"
    assert desk.acts()[-1] == (ACTOR, "console export", "answers")
    assert exported(desk, "feedback", output_format) == []


def test_a_spreadsheet_takes_no_cell_for_a_formula(desk: Desk) -> None:
    for formula in FORMULAS:
        desk.state.keeper.add(Rating(message_id="m" * 12, rating="down", comment=f"{formula}x", at=utc_now()))
        common = {"municipality": "akebono", "words": f"{formula}x", "author": formula, "reason": formula}
        desk.state.corrections.add(Draft(kind="synonym", meant=f"{formula}x", **common))
    desk.state.keeper.flush()
    for what, columns in (
        ("feedback", ("comment",)),
        ("corrections", ("words", "meant", "author", "reason")),
    ):
        rows = exported(desk, what, "csv")
        assert len(rows) == len(FORMULAS)
        for row in rows:
            for column in columns:
                assert row[column].startswith("'"), (what, column, row[column])
    assert exported(desk, "corrections", "jsonl")[0]["words"] == "=1+1x"


@pytest.mark.parametrize(
    ("what", "output_format"), [("admin", "csv"), ("turns", "csv"), ("answers", "xlsx"), ("", "")]
)
def test_nothing_else_is_exported(desk: Desk, what: str, output_format: str) -> None:
    assert desk.post("/admin/exports", what=what, format=output_format).status_code == 422
    assert len(desk.acts()) == 1


def test_the_acts_are_shown(desk: Desk) -> None:
    desk.post("/admin/exports", what="answers", format="csv")
    desk.state.keeper.flush()
    shown = desk.get("/admin/acts").text
    assert ACTOR in shown and "書き出し" in shown and "管理の画面にログイン" in shown
