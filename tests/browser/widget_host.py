"""A city's page with the widget on it, and a service whose answers are written beforehand.

Every page is sent with the strictest policy that a city's site has. What a question brings is decided by its
own words, so that a page in a browser, a test and the screenshots all can ask for each state.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from assistant.channels.bundle import widget_script
from assistant.channels.stream import event
from assistant.channels.widget_api import readings_of

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
TAG = '<script src="/widget.js"{attributes} defer></script>'
PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>市のページ</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{style}{tags}</head>
<body><header><h1>市のページ</h1></header><main>
<p>ごみの出し方や、窓口のご案内です。</p><p><a id="link" href="#link">窓口のご案内</a></p>
<p><button id="other" type="button">検索</button></p></main></body></html>"""
HOSTILE = """html { font-size: 62.5% }
* { all: unset !important; display: none !important; color: lime !important; font: 40px fantasy !important;
  position: static !important; visibility: hidden !important; opacity: 0 !important }
html, body, main, p { display: block !important; visibility: visible !important; opacity: 1 !important }
plan-assistant { display: none !important; transform: scale(0.1) !important;
  pointer-events: none !important; clip-path: inset(50%) !important }
button, textarea, a { all: unset !important; width: 1px !important }"""

CONTACT = {
    "name": "みどり市 企画課",
    "phone": ["0767-22-1111"],
    "email": "it@example.lg.jp",
    "address": "旭町1",
}
INTRODUCTION = {
    "municipality": "midori",
    "names": ["みどり市"],
    "contacts": [CONTACT],
    "questions": ["健康ポイントの目標は？", "移動図書室の担当課はどこですか？", "この計画の期間は？"],
    "terms": [
        {"term": "デジタルデバイド", "definition": "情報機器を使える人と使えない人の差。"},
        {"term": "AI", "definition": "人工知能。"},
    ],
}
SOURCE = {"document_id": "midori-dx", "start": 10, "end": 20}
CITATION = {
    "number": 1,
    "municipality": "midori",
    "document_id": "midori-dx",
    "title": "みどり市DX推進計画",
    "section": ["第3章 施策", "3 成果指標"],
    "page": 12,
    "quote": '健康ポイント\t登録者数\n<ul style="x"> 1,100人\t\t2,800人',
    "start": 10,
    "end": 20,
    "url": "/sources/midori-dx#c10-20",
}
CARDS = [
    {
        "type": "kpi",
        "measure": "健康ポイントの普及",
        "indicator": "健康ポイント登録者数",
        "baseline": {"text": "1,100人", "value": 1100, "unit": "人", "fiscal_year": 2025},
        "target": {"text": "2,800人", "value": 2800, "unit": "人", "fiscal_year": 2030},
        "source": SOURCE,
    },
    {
        "type": "roadmap",
        "measure": "健康ポイントの普及",
        "rows": [
            {"text": "設計", "fiscal_years": [2026], "certain": True},
            {"text": "本格導入", "fiscal_years": [2027, 2028], "certain": True},
        ],
        "source": SOURCE,
    },
    {
        "type": "roadmap",
        "measure": "移動図書室の運行",
        "rows": [
            {"text": "車両の調達", "fiscal_years": None, "certain": False},
            {"text": "運行", "fiscal_years": None, "certain": False},
        ],
        "source": SOURCE,
    },
    {
        "type": "measure",
        "title": "健康ポイントの普及",
        "number": "(1)",
        "theme": "健康なまち",
        "departments": ["商工観光課", "健康福祉課"],
        "is_new": True,
        "overview": "歩いた分だけポイントがたまる。",
        "activities": ["加盟店の募集", "説明会の開催"],
        "source": SOURCE,
    },
    {
        "type": "term",
        "term": "デジタルデバイド",
        "definition": "使える人と使えない人の差。",
        "source": SOURCE,
    },
    {"type": "contact", **CONTACT},
    {"type": "unheard-of"},
]
ANSWERED: dict[str, Any] = {
    "conversation_id": "conversation-1",
    "message_id": "message-1",
    "status": "answered",
    "language": "ja",
    "answer": "デジタルデバイドへの対策として、目標は令和12年度に2,800人です[1]。記号の[7]はそのままです。",
    "citations": [CITATION],
    "cards": [],
    "suggestions": ["担当課はどこですか？", "工程を教えてください", "三つ目"],
    "contact": None,
    "engine": "facts",
    "notices": [],
}
MARKUP = "</p><img src=x onerror=alert(1)><script>alert(2)</script><a href=javascript:alert(3)>x</a>{{7*7}}"
ATTACK = ANSWERED | {
    "answer": MARKUP,
    "notices": [MARKUP],
    "suggestions": [MARKUP],
    "citations": [
        CITATION | {"title": MARKUP, "section": [MARKUP], "quote": MARKUP, "url": "javascript:alert(4)"}
    ],
    "cards": [
        {"type": "term", "term": MARKUP, "definition": MARKUP, "source": {"document_id": MARKUP}},
        {"type": "kpi", "indicator": MARKUP, "baseline": {"text": MARKUP, "value": 1e300}, "target": MARKUP},
        {"type": "constructor"},
        {"type": "roadmap", "rows": "none"},
    ],
    "contact": {"name": MARKUP, "phone": [MARKUP], "email": MARKUP, "address": MARKUP},
}
REPLIES: dict[str, dict[str, Any]] = {
    "図で": ANSWERED | {"cards": CARDS},
    "攻撃": ATTACK,
    "載っていない": ANSWERED
    | {
        "status": "not_in_plan",
        "answer": "計画には記載がありません。",
        "citations": [],
        "suggestions": [],
        "contact": CONTACT,
    },
    "どちら": ANSWERED
    | {
        "status": "clarify",
        "answer": "どちらですか。",
        "citations": [],
        "suggestions": ["甲市", "乙市", "丙市"],
    },
    "AIが": ANSWERED | {"engine": "llm:some-model"},
}
PAUSE = "点検のため、5時まで休みます。"
PROBLEMS = {"休止": 503, "混雑": 429, "故障": 500, "不正": 422}


class Host:
    """The service's memory: what it was sent, and how long a slow answer lasts."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.streaming = 0
        self.signs = 0
        self.pause = PAUSE
        self.paused = False
        self.thought = False

    def app(self) -> FastAPI:
        """Return the app."""
        app = FastAPI()
        app.get("/page")(self._page)
        app.get("/hostile.css")(lambda: Response(HOSTILE, media_type="text/css"))
        app.get("/widget.js")(lambda: Response(widget_script(), media_type="text/javascript"))
        app.get("/api/widget")(lambda: INTRODUCTION | {"paused": self.pause if self.paused else None})
        app.post("/api/chat/stream")(self._stream)
        app.post("/api/feedback")(self._feedback)
        app.post("/api/furigana")(self._furigana)
        app.get("/{path:path}")(lambda path: PlainTextResponse("", 404))
        return app

    def _page(
        self,
        hostile: bool = False,
        tags: str = ' data-municipality="midori"',
        tag: str = "",
        service: str = "",
    ) -> HTMLResponse:
        """Send a page; `tags` are the attributes of each script tag, by bars.

        A `tag` stands in the place of these, for a `service` that is not the page's own.
        """
        style = '<link rel="stylesheet" href="/hostile.css">' if hostile else ""
        made = tag or "".join(TAG.format(attributes=attributes) for attributes in tags.split("|"))
        policy = POLICY.replace("script-src 'self'", f"script-src 'self' {service}")
        headers = {"Content-Security-Policy": f"{policy} {service}"}
        return HTMLResponse(PAGE.format(style=style, tags=made), headers=headers)

    async def _stream(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        status = next((s for word, s in PROBLEMS.items() if word in body["question"]), None)
        if status:
            headers = {"Retry-After": "20"} if status == 429 else None
            contact = {"contact": CONTACT, "detail": self.pause} if status == 503 else {}
            return JSONResponse(
                {"title": "題", "status": status} | contact,
                status,
                headers=headers,
                media_type="application/problem+json",
            )
        return StreamingResponse(self._events(body["question"]), media_type="text/event-stream")

    async def _events(self, question: str) -> AsyncIterator[bytes]:
        reply = next((r for word, r in REPLIES.items() if word in question), ANSWERED)
        self.streaming += 1
        try:
            yield b": asked\n\n"
            yield event("start", {"conversation_id": reply["conversation_id"], "message_id": "message-1"})
            middle = len(reply["answer"]) // 2
            yield event("delta", {"text": reply["answer"][:middle]})
            if "途中で切れる" in question:
                return
            if "止まらない" in question:
                await asyncio.sleep(60)
            if "途中で誤る" in question:
                yield event("error", {"code": "internal", "message": "内部で問題が起きました"})
                return
            if "考え込む" in question:
                while not self.thought:
                    yield b": waiting\n\n"
                    self.signs += 1
                    await asyncio.sleep(0.05)
            if "ゆっくり" in question:
                for letter in reply["answer"][middle:]:
                    yield event("delta", {"text": letter}).replace(b"\n", b"\r\n")
                    await asyncio.sleep(0.01)
                yield event("done", reply)
                return
            if "壊れた" in question:
                yield b"event: delta\ndata: {not json\n\n"
            yield event("delta", {"text": reply["answer"][middle:]})
            yield event("done", reply)
        finally:
            self.streaming -= 1

    async def _feedback(self, request: Request) -> dict[str, str]:
        self.ratings.append(await request.json())
        return {}

    async def _furigana(self, request: Request) -> dict[str, Any]:
        texts = (await request.json())["texts"]
        return {"texts": readings_of(texts, {})}


def main(port: str, make: Callable[[], Host] = Host) -> None:
    """Serve on a port of this machine until killed."""
    uvicorn.run(make().app(), host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1])
