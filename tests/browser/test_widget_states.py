"""The widget by keyboard alone, in every state a question can come to."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import DESK, OpenPage, opening
from tests.browser.widget import LAUNCH, ask, begin, field, focused, open_by_keyboard, press
from tests.browser.widget_host import PAUSE, Host

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["desk", "phone"])
def page(request: pytest.FixtureRequest, open_site: OpenPage) -> Page:
    """Give the city's page on a desk's and on a phone's screen."""
    return open_site("/page", viewport=DESK) if request.param == "desk" else open_site("/page")


def status(page: Page) -> str:
    """Return what the live region says."""
    return page.get_by_role("status").inner_text()


def test_closed_it_is_a_named_button_of_its_size_and_nothing_else(page: Page) -> None:
    launcher = page.get_by_role("button", name=LAUNCH)
    expect(launcher).to_have_attribute("aria-expanded", "false")
    box = launcher.bounding_box()
    assert box and box["width"] >= 44 and box["height"] >= 44
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_it_opens_and_escape_closes_it_and_gives_the_focus_back(page: Page) -> None:
    open_by_keyboard(page)
    expect(page.get_by_role("dialog", name="みどり市の計画の質問窓口")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page) == LAUNCH


def test_what_the_service_tells_late_does_not_take_the_focus_away(open_site: OpenPage) -> None:
    held: list[Route] = []
    page = open_site(
        "/page", lambda page: page.route("**/api/widget*", lambda r: held.append(r)), viewport=DESK
    )
    page.get_by_role("button", name=LAUNCH).focus()
    held.pop().continue_()
    expect(page.get_by_role("heading", name="みどり市", include_hidden=True)).to_have_count(1)
    assert focused(page) == LAUNCH
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="みどり市の計画の質問窓口")).to_be_visible()


def test_the_first_notice_says_three_things_and_is_not_shown_again(page: Page) -> None:
    open_by_keyboard(page)
    for words in ("計画に書かれていることだけ", "個人情報は書かないで", "まちがうことがあります"):
        expect(page.locator(".notice")).to_contain_text(words)
    press(page, "わかりました")
    expect(page.locator(".notice")).to_be_hidden()
    page.reload()
    open_by_keyboard(page)
    expect(page.locator(".notice")).to_be_hidden()


def test_three_suggested_questions_come_first_and_two_after_each_answer(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    expect(page.locator(".examples button")).to_have_count(3)
    press(page, "この計画の期間は？")
    expect(page.locator(".suggestions button")).to_have_count(2)
    press(page, "工程を教えてください")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".suggestions")).to_have_count(2)
    assert [a["question"] for a in host.asked] == ["この計画の期間は？", "工程を教えてください"]
    assert [a["conversation_id"] for a in host.asked] == [None, "conversation-1"]
    assert {a["municipality"] for a in host.asked} == {"midori"}


def test_a_turn_has_headings_and_is_announced_at_its_start_and_its_end_only(page: Page) -> None:
    open_by_keyboard(page)
    page.evaluate(
        """() => {
          const region = document.querySelector('plan-assistant').shadowRoot.querySelector('[role=status]');
          window.said = [];
          new MutationObserver(() => said.push(region.textContent)).observe(region, {childList: true});
        }"""
    )
    ask(page, "目標は？")
    for name in ("あなたの質問", "回答"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    said = page.evaluate("said")
    assert said[0] == "調べています。"
    assert len(said) == 2 and "2,800人です。記号の[7]は" in said[1]
    assert page.locator("[aria-live]").count() == 1
    assert page.locator(".transcript [aria-live]").count() == 0
    expect(field(page)).to_have_value("")


def test_a_stream_can_be_stopped_and_what_was_there_stays_marked(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    begin(page, "止まらない質問")
    expect(page.locator(".streaming")).to_contain_text("デジタルデバイド")
    expect(page.get_by_role("button", name="送る")).to_have_attribute("aria-disabled", "true")
    press(page, "止める")
    expect(page.locator(".cut")).to_have_text("（途中まで）")
    expect(page.locator(".turn .text")).to_contain_text("デジタルデバイド")
    assert status(page) == "回答を止めました。"
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("止まらない質問")
    limit = time.monotonic() + 2
    while host.streaming and time.monotonic() < limit:
        page.wait_for_timeout(50)
    assert host.streaming == 0


def test_while_one_question_is_under_way_no_other_is_sent(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    begin(page, "止まらない質問")
    expect(page.locator(".streaming")).to_contain_text("デジタルデバイド")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("いま調べています。少しお待ちください。")
    assert len(host.asked) == 1


def test_a_stream_that_breaks_off_keeps_its_part_and_can_be_tried_again(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    ask(page, "途中で切れる質問")
    expect(page.locator(".cut")).to_have_text("（途中まで）")
    expect(page.locator(".failure")).to_contain_text("通信が途中で切れました")
    expect(page.locator(".turn .contact")).to_contain_text("0767-22-1111")
    expect(field(page)).to_have_value("途中で切れる質問")
    page.locator(".failure button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".failure")).to_be_visible()
    assert [a["question"] for a in host.asked] == ["途中で切れる質問"] * 2
    expect(page.locator(".turn")).to_have_count(1)


def test_a_server_killed_in_mid_stream_is_told_in_words(browser: Browser) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "tests.browser.widget_host", str(port)], cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        await_answer(address)
        with opening(browser, address) as open_:
            page = open_("/page")
            open_by_keyboard(page)
            begin(page, "止まらない質問")
            expect(page.locator(".streaming")).to_contain_text("デジタルデバイド")
            server.kill()
            expect(page.locator(".failure")).to_contain_text("通信が途中で切れました")
            expect(page.locator(".turn .text")).to_contain_text("デジタルデバイド")
            press(page, "もう一度")
            expect(page.locator(".failure")).to_contain_text("つながりませんでした")
            expect(page.locator(".turn .contact")).to_contain_text("0767-22-1111")
    finally:
        server.kill()
        server.wait()


def await_answer(address: str) -> None:
    """Wait until a server answers."""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            urllib.request.urlopen(f"{address}/page").close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("休止中の質問", "お休みしています"),
        ("混雑の質問", "20秒ほど待って"),
        ("故障の質問", "うまくお答えできませんでした"),
        ("不正な質問", "質問を受け取れませんでした"),
    ],
)
def test_a_fault_is_plain_words_with_the_telephone_and_never_a_code(
    page: Page, question: str, words: str
) -> None:
    open_by_keyboard(page)
    ask(page, question)
    expect(page.locator(".failure")).to_contain_text(words)
    expect(page.locator(".turn").get_by_role("link", name="0767-22-1111")).to_have_attribute(
        "href", "tel:0767221111"
    )
    assert not any(code in page.locator(".reply").inner_text() for code in ("503", "429", "500", "422"))
    assert words in status(page)
    expect(field(page)).to_have_value(question)


def test_a_pause_is_told_in_the_citys_own_words_too(page: Page) -> None:
    open_by_keyboard(page)
    ask(page, "休止中の質問")
    for words in ("お休みしています", PAUSE, "お電話ください"):
        expect(page.locator(".turn .failure")).to_contain_text(words)


def test_a_pause_is_told_before_anyone_asks_and_ends_when_it_is_opened_again(page: Page, host: Host) -> None:
    host.paused = True
    page.reload()
    open_by_keyboard(page)
    told = page.locator(".pause")
    expect(told).to_contain_text(PAUSE)
    expect(told.get_by_role("link", name="0767-22-1111")).to_be_visible()
    expect(page.locator(".examples")).to_be_hidden()
    page.keyboard.press("Escape")
    host.paused = False
    page.keyboard.press("Enter")
    expect(told).to_be_hidden()
    expect(page.locator(".examples")).to_be_visible()


def test_letters_that_come_one_by_one_and_what_is_no_json_make_the_whole_answer(page: Page) -> None:
    open_by_keyboard(page)
    for question in ("ゆっくりの質問", "壊れた一行の質問"):
        ask(page, question)
        expect(page.locator(".turn .text").last).to_contain_text("記号の[7]はそのままです。")
        expect(page.locator(".turn .marker").last).to_be_visible()


def test_an_error_after_some_words_keeps_these(page: Page) -> None:
    open_by_keyboard(page)
    ask(page, "途中で誤る質問")
    expect(page.locator(".turn .text")).to_contain_text("デジタルデバイド")
    expect(page.locator(".cut")).to_have_text("（途中まで）")
    expect(page.locator(".failure")).to_contain_text("うまくお答えできませんでした")
    expect(field(page)).to_have_value("途中で誤る質問")


def test_while_the_service_gives_signs_of_life_it_is_waited_for(open_site: OpenPage, host: Host) -> None:
    page = open_site("/page", lambda page: page.clock.install())
    open_by_keyboard(page)
    begin(page, "考え込む質問")
    expect(page.locator(".streaming")).to_contain_text("デジタルデバイド")
    for _ in range(3):
        page.clock.run_for(20_000)
        heard = host.signs
        while host.signs < heard + 3:
            page.wait_for_timeout(20)
    expect(page.locator(".streaming")).to_be_visible()
    host.thought = True
    expect(page.locator(".turn .text")).to_contain_text("記号の[7]")


def test_offline_is_told_and_the_text_stays(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    page.context.set_offline(True)
    ask(page, "大事な質問")
    expect(page.locator(".failure")).to_contain_text("インターネットにつながっているか")
    expect(page.locator(".turn .contact")).to_contain_text("0767-22-1111")
    page.context.set_offline(False)
    press(page, "もう一度")
    expect(page.locator(".text")).to_contain_text("2,800人")
    expect(field(page)).to_have_value("")
    assert len(host.asked) == 1


def test_silence_ends_after_the_limit(open_site: OpenPage) -> None:
    page = open_site("/page", lambda page: page.clock.install())
    open_by_keyboard(page)
    begin(page, "止まらない質問")
    expect(page.locator(".streaming")).to_contain_text("デジタルデバイド")
    page.clock.fast_forward(31_000)
    expect(page.locator(".failure")).to_contain_text("31秒待ちましたが")
    expect(page.locator(".cut")).to_be_visible()


def test_enter_during_composition_never_sends(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    field(page).focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "きかん", "selectionStart": 3, "selectionEnd": 3})
    for how in ({"isComposing": True}, {"keyCode": 229}):
        field(page).dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **how})
        field(page).dispatch_event("keydown", {"key": "Escape", "bubbles": True, "cancelable": True, **how})
    assert host.asked == []
    expect(page.get_by_role("dialog")).to_be_visible()
    session.send("Input.insertText", {"text": "期間"})
    page.keyboard.press("Shift+Enter")
    expect(field(page)).to_have_value("期間\n")
    page.keyboard.press("Enter")
    expect(page.locator(".suggestions")).to_be_visible()
    assert [a["question"] for a in host.asked] == ["期間"]


def test_an_empty_and_a_long_question_are_held_back_with_a_reason(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    field(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("知りたいことを書いてください。")).to_be_visible()
    field(page).fill("長" * 1003)
    page.keyboard.press("Enter")
    expect(page.get_by_text("あと3文字けずってください。")).to_be_visible()
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    assert host.asked == []
    field(page).fill("𠮷" * 1000)
    page.keyboard.press("Enter")
    expect(page.locator(".suggestions")).to_be_visible()


def test_the_counter_is_announced_only_after_four_fifths(open_site: OpenPage) -> None:
    page = open_site("/page", lambda page: page.clock.install())
    open_by_keyboard(page)
    field(page).fill("字" * 800)
    page.clock.fast_forward(2_000)
    assert status(page) == ""
    field(page).fill("字" * 900)
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("status")).to_have_text("あと100文字書けます。")


def test_the_conversation_is_cleared_and_kept_only_if_asked(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    ask(page, "目標は？")
    page.reload()
    open_by_keyboard(page)
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_label("会話を残す").press("Space")
    ask(page, "図で見せて")
    page.reload()
    open_by_keyboard(page)
    expect(page.locator(".card.kpi")).to_be_visible()
    ask(page, "それは？")
    assert host.asked[-1]["conversation_id"] == "conversation-1"
    page.get_by_role("button", name="会話を消す").press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    assert status(page) == "会話を消しました。"
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    open_by_keyboard(page)
    expect(page.locator(".turn")).to_have_count(0)


def test_a_question_back_offers_all_its_choices(page: Page, host: Host) -> None:
    open_by_keyboard(page)
    ask(page, "どちらの質問")
    expect(page.get_by_role("heading", name="次の中から選んでください")).to_be_visible()
    press(page, "丙市")
    expect(page.locator(".suggestions")).to_have_count(2)
    assert host.asked[1]["question"] == "丙市"
