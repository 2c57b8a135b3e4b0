"""The chat page: asking, answers and sources, faults told in words, and use by everyone (R38, R56)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

OpenPage = Callable[..., Page]
Reply = dict[str, Any]

LEAST_TARGET = 44

CITATION = {
    "number": 1,
    "municipality": "hakui",
    "document_id": "hakui-dx-2",
    "title": "計画の名前",
    "section": ["第3章 施策", "3 成果指標"],
    "page": 12,
    "quote": '施策\t目標\n<ul style="x"> 登録者\t\t2,800人',
    "start": 13786,
    "end": 13806,
    "url": "/sources/hakui-dx-2#c13786-13806",
}
CONTACT = {"name": "総務部", "phone": ["0767-22-1111"], "email": "it@example.lg.jp", "address": "旭町1"}
ANSWERED: Reply = {
    "conversation_id": "conversation-1",
    "message_id": "m-1",
    "status": "answered",
    "language": "ja",
    "answer": "目標は令和12年度に2,800人です[1]。記号の[7]はそのままです。",
    "citations": [CITATION],
    "suggestions": ["担当課はどこですか？"],
    "contact": None,
    "engine": "facts",
    "notices": ["原文のとおりの表記です。"],
}
REFUSED: Reply = ANSWERED | {
    "status": "not_in_plan",
    "answer": "計画には記載がありません。",
    "citations": [],
    "suggestions": [],
    "notices": [],
    "contact": CONTACT,
}


class Server:
    """Stand in for POST /api/chat: keep what was asked, reply in turn; the last reply is repeated."""

    def __init__(self, *replies: Reply | Callable[[Route], None]) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, page: Page) -> None:
        page.route("**/api/chat", self._reply)

    def _reply(self, route: Route) -> None:
        self.asked.append(route.request.post_data_json or {})
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            reply(route)
        else:
            route.fulfill(json=reply)


def problem(status: int, headers: dict[str, str] | None = None, **more: object) -> Callable[[Route], None]:
    """Return a reply with a problem document."""
    body = json.dumps({"type": "about:blank", "title": "題", "status": status, "detail": "詳細", **more})
    content_type = "application/problem+json"
    return lambda r: r.fulfill(status=status, body=body, content_type=content_type, headers=headers)


def send(page: Page, question: str = "登録者数の目標は？") -> None:
    """Ask through the form and wait for what comes of it."""
    page.get_by_label("知りたいこと").fill(question)
    page.get_by_role("button", name="質問を送る").click()
    settled(page)


def settled(page: Page) -> None:
    """Wait until nothing is under way."""
    expect(page.locator("#transcript")).to_have_attribute("aria-busy", "false")


def test_the_municipality_of_the_address_is_chosen_and_sent_and_the_conversation_goes_on(
    open_page: OpenPage,
) -> None:
    server = Server(ANSWERED)
    page = open_page("/?municipality=hakui", server)
    assert page.locator("input[name=municipality]:checked").get_attribute("value") == "hakui"
    send(page, "一つ目の質問")
    send(page, "二つ目の質問")
    first, second = server.asked
    assert first == {"question": "一つ目の質問", "municipality": "hakui", "conversation_id": None}
    assert second["conversation_id"] == "conversation-1"
    expect(page.get_by_label("知りたいこと")).to_have_value("")


def test_an_answer_shows_text_markers_sources_notices_and_what_to_ask_next(open_page: OpenPage) -> None:
    page = open_page("/", Server(ANSWERED))
    send(page)
    answer = page.locator(".answer")
    expect(answer).to_have_text("目標は令和12年度に2,800人です[1]。記号の[7]はそのままです。")
    assert answer.get_by_role("link").count() == 1
    source = page.locator(".citations li")
    expect(source).to_contain_text("計画の名前")
    expect(source).to_contain_text("第3章 施策 ＞ 3 成果指標（p.12）")
    assert source.locator("blockquote p").all_inner_texts() == ["施策 ｜ 目標", "登録者 ｜ 2,800人"]
    link = source.get_by_role("link", name="原文を開く")
    assert str(link.get_attribute("href")).endswith(CITATION["url"])  # type: ignore[arg-type]
    expect(page.get_by_text("原文のとおりの表記です。")).to_be_visible()
    expect(page.locator(".caution")).to_contain_text("抜き出して作りました")
    answer.get_by_role("link").click()
    expect(source).to_be_focused()


def test_an_answer_of_a_language_model_says_so(open_page: OpenPage) -> None:
    page = open_page("/", Server(ANSWERED | {"engine": "llm:some-model", "language": "en"}))
    send(page)
    expect(page.locator(".caution")).to_contain_text("AIの回答はまちがうことがあります。")
    expect(page.locator(".answer")).to_have_attribute("lang", "en")


def test_suggestions_and_examples_ask(open_page: OpenPage) -> None:
    server = Server(ANSWERED)
    page = open_page("/", server)
    page.get_by_label("知りたいこと").fill("書きかけの質問")
    page.locator(".examples button").first.click()
    settled(page)
    page.get_by_role("button", name="担当課はどこですか？").click()
    settled(page)
    assert server.asked[0]["question"] == page.locator(".examples button").first.inner_text()
    assert server.asked[1]["question"] == "担当課はどこですか？"
    expect(page.get_by_label("知りたいこと")).to_have_value("書きかけの質問")


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("not_in_plan", "計画には書かれていません"),
        ("out_of_scope", "この窓口ではお答えできません"),
        ("refused", "お答えできません"),
    ],
)
def test_a_refusal_gives_the_contact(open_page: OpenPage, status: str, label: str) -> None:
    page = open_page("/", Server(REFUSED | {"status": status}))
    send(page)
    expect(page.get_by_role("heading", name=label, exact=True)).to_be_visible()
    contact = page.locator(".contact")
    for text in (CONTACT["name"], CONTACT["email"], CONTACT["address"], "0767-22-1111"):
        expect(contact).to_contain_text(text)
    links = [a.get_attribute("href") for a in contact.get_by_role("link").all()]
    assert links == ["tel:0767221111", "mailto:it@example.lg.jp"]


def test_a_question_back_offers_its_choices(open_page: OpenPage) -> None:
    server = Server(
        REFUSED | {"status": "clarify", "contact": None, "suggestions": ["甲市", "乙市"]}, ANSWERED
    )
    page = open_page("/", server)
    send(page)
    expect(page.get_by_role("heading", name="次から選んでください")).to_be_visible()
    page.get_by_role("button", name="乙市").click()
    settled(page)
    assert server.asked[1] == {"question": "乙市", "municipality": None, "conversation_id": "conversation-1"}


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (problem(429, {"Retry-After": "20"}), "20秒ほど待ってから"),
        (problem(429), "少し待ってから"),
        (problem(503), "お休みしています"),
        (problem(500), "うまくお答えできませんでした"),
        (problem(422), "質問を受け取れませんでした"),
        (problem(413), "質問を受け取れませんでした"),
        (lambda r: r.abort("internetdisconnected"), "通信できませんでした"),
        (lambda r: r.fulfill(body="<html>proxy</html>"), "うまくお答えできませんでした"),
        (lambda r: r.fulfill(json={"answer": 1}), "うまくお答えできませんでした"),
    ],
)
def test_a_fault_is_a_sentence_keeps_the_text_and_can_be_tried_again(
    open_page: OpenPage, reply: Callable[[Route], None], sentence: str
) -> None:
    server = Server(reply, ANSWERED)
    page = open_page("/", server)
    send(page, "大事な質問")
    told = page.locator(".failure p").inner_text()
    assert sentence in told
    assert not any(
        code in page.locator(".reply").inner_text() for code in ("429", "503", "500", "422", "413")
    )
    expect(page.get_by_role("status")).to_have_text(told)
    expect(page.get_by_label("知りたいこと")).to_have_value("大事な質問")
    page.get_by_role("button", name="もう一度送る").click()
    settled(page)
    expect(page.locator(".answer")).to_be_visible()
    expect(page.get_by_label("知りたいこと")).to_have_value("")
    assert [asked["question"] for asked in server.asked] == ["大事な質問", "大事な質問"]


def test_a_pause_gives_the_contact(open_page: OpenPage) -> None:
    page = open_page("/", Server(problem(503, contact=CONTACT)))
    send(page)
    expect(page.locator(".contact")).to_contain_text("0767-22-1111")


def test_no_answer_within_the_limit_is_told(open_page: OpenPage) -> None:
    def prepare(page: Page) -> None:
        page.clock.install()
        Server(lambda route: None)(page)

    page = open_page("/", prepare)
    page.get_by_label("知りたいこと").fill("返ってこない質問")
    page.get_by_role("button", name="質問を送る").click()
    expect(page.get_by_role("status")).to_have_text("調べています")
    expect(page.get_by_role("button", name="質問を送る")).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(31_000)
    expect(page.locator(".failure")).to_contain_text("30秒待ちましたが")
    expect(page.get_by_label("知りたいこと")).to_have_value("返ってこない質問")


def test_waiting_can_be_stopped(open_page: OpenPage) -> None:
    page = open_page("/", Server(lambda route: None))
    page.get_by_label("知りたいこと").fill("やめる質問")
    page.get_by_role("button", name="質問を送る").click()
    page.get_by_role("button", name="調べるのをやめる").click()
    expect(page.locator(".failure")).to_contain_text("調べるのをやめました")
    expect(page.get_by_label("知りたいこと")).to_be_focused()


def test_enter_sends_but_not_while_composing_and_shift_makes_a_line(open_page: OpenPage) -> None:
    server = Server(ANSWERED)
    page = open_page("/", server)
    field = page.get_by_label("知りたいこと")
    field.fill("へんかん")
    for how in ({"isComposing": True}, {"keyCode": 229}):
        field.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **how})
    field.press("Shift+Enter")
    expect(field).to_have_value("へんかん\n")
    assert server.asked == []
    field.press("Enter")
    settled(page)
    assert [asked["question"] for asked in server.asked] == ["へんかん"]


def test_an_empty_and_a_long_question_are_held_back_with_a_reason(open_page: OpenPage) -> None:
    server = Server(ANSWERED)
    page = open_page("/", server)
    field = page.get_by_label("知りたいこと")
    field.press("Enter")
    expect(page.get_by_text("知りたいことを書いてください。")).to_be_visible()
    field.fill("長" * 1003)
    field.press("Enter")
    expect(page.get_by_text("あと3文字けずってください。")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("𠮷" * 1000)
    field.press("Enter")
    settled(page)
    assert len(server.asked) == 1


def test_the_counter_is_announced_only_near_the_limit(open_page: OpenPage) -> None:
    page = open_page("/", lambda page: page.clock.install())
    field = page.get_by_label("知りたいこと")
    field.fill("字" * 800)
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("status")).to_have_text("")
    field.fill("字" * 900)
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("status")).to_have_text("あと100文字書けます")


def test_one_live_region_is_there_from_the_start_outside_the_transcript(open_page: OpenPage) -> None:
    page = open_page("/", Server(ANSWERED))
    region = page.locator("[aria-live]")
    assert region.count() == 1
    assert page.locator("#transcript [aria-live], #transcript[aria-live]").count() == 0
    send(page)
    expect(region).to_contain_text("目標は令和12年度に2,800人です。")
    assert region.count() == 1


def test_the_conversation_can_be_cleared(open_page: OpenPage) -> None:
    server = Server(ANSWERED)
    page = open_page("/", server)
    send(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="会話を消す").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("会話を消しました")
    send(page)
    assert server.asked[1]["conversation_id"] is None


PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg/onload=alert(1)>',
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "</p></article><a href=javascript:alert(1)>x</a>",
    "{{7*7}}${7*7}<math><mtext><style><img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_received_becomes_markup(open_page: OpenPage, payload: str) -> None:
    citation = CITATION | {
        "title": payload,
        "section": [payload],
        "quote": payload,
        "url": "javascript:alert(1)",
    }
    contact = {"name": payload, "phone": [payload], "email": payload, "address": payload}
    texts = {"answer": payload, "suggestions": [payload], "notices": [payload], "contact": contact}
    page = open_page("/", Server(ANSWERED | texts | {"citations": [citation]}))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    send(page, payload)
    expect(page.locator(".answer")).to_have_text(payload)
    expect(page.locator(".turn h3")).to_contain_text(payload)
    inside = page.locator(".turn")
    assert inside.locator("img, script, svg, iframe, math, style").count() == 0
    assert inside.locator("a:not(.marker)").count() == 0
    assert dialogs == []


@pytest.mark.parametrize("url", ["//evil.example/x", "https://evil.example/x", "data:text/html,x", ""])
def test_a_source_elsewhere_is_no_link(open_page: OpenPage, url: str) -> None:
    page = open_page("/", Server(ANSWERED | {"citations": [CITATION | {"url": url}]}))
    send(page)
    assert page.locator(".citations a").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("reply", [None, ANSWERED, REFUSED, problem(503, contact=CONTACT)])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str, reply: Reply | None) -> None:
    page = open_page("/", Server(reply) if reply else None, color_scheme=scheme)
    if reply:
        send(page)
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_reflows_and_targets_are_large(open_page: OpenPage, width: int) -> None:
    page = open_page("/", Server(ANSWERED | {"contact": CONTACT}), viewport={"width": width, "height": 640})
    send(page, "と" * 300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in page.locator("main button:visible, main a:visible:not(.marker), .choice, textarea").all():
        box = target.bounding_box()
        assert box and box["height"] >= LEAST_TARGET and box["width"] >= LEAST_TARGET, target.inner_text()


def test_it_is_used_by_keyboard_alone(open_page: OpenPage) -> None:
    server = Server(ANSWERED)
    page = open_page("/", server)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_label("知りたいこと")).to_be_focused()
    page.keyboard.type("目標は？")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_role("button", name="質問を送る")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    assert len(server.asked) == 1


def test_without_script_it_says_so_and_leads_to_the_sources(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("JavaScript を使える設定にしてください")
    expect(page.get_by_label("知りたいこと")).to_be_hidden()
    link = page.locator(".notice a").first
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("main h2").first).to_be_visible()


def test_a_real_answer_leads_to_its_place_in_the_source(open_page: OpenPage) -> None:
    page = open_page("/?municipality=hakui")
    with page.expect_response("**/api/chat") as reply:
        send(page, "この計画の期間は？")
    answer = reply.value.json()
    assert answer["status"] == "answered"
    with page.expect_popup() as opened:
        page.get_by_role("link", name="原文を開く").first.click()
    marked = opened.value.locator("mark")
    marked.first.wait_for()
    quote = answer["citations"][0]["quote"]
    assert "".join("".join(marked.all_text_contents()).split()) == "".join(quote.split())
