"""What the widget makes of an answer: sources, cards, terms, ratings, languages, sizes, furigana, print."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, OpenPage
from tests.browser.widget import ask, field, open_by_keyboard, press
from tests.browser.widget_host import MARKUP, Host

SCRIPTED_SPEECH = """
window.spoken = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, 'speechSynthesis', { value: {
  cancel() {}, speak(said) { spoken.push([said.text, said.lang]); window.finish = said.onend; } } });
"""


@pytest.fixture
def page(open_site: OpenPage) -> Page:
    """Give the city's page with the widget open."""
    page = open_site("/page", viewport=DESK)
    open_by_keyboard(page)
    return page


def test_a_citation_mark_opens_its_card(page: Page) -> None:
    ask(page, "目標は？")
    card = page.locator("details.citation")
    expect(card.locator("blockquote")).to_be_hidden()
    assert page.locator(".text a").count() == 1
    press(page, "出典 1")
    expect(card.locator("summary")).to_be_focused()
    expect(card.locator("summary")).to_contain_text("みどり市DX推進計画")
    expect(card.locator("summary")).to_contain_text("第3章 施策 ＞ 3 成果指標（12ページ）")
    assert card.locator("mark").all_inner_texts() == ["健康ポイント ｜ 登録者数", "1,100人 ｜ 2,800人"]
    link = card.get_by_role("link", name="原文を開く")
    assert str(link.get_attribute("href")).endswith("/sources/midori-dx#c10-20")
    expect(page.locator(".caution")).to_contain_text("抜き出して作りました")


def test_an_answer_of_a_language_model_says_so(page: Page) -> None:
    ask(page, "AIが書いた回答")
    expect(page.locator(".caution")).to_contain_text("AIの回答は間違うことがあります。")


def test_an_indicator_has_its_figures_as_text_and_bars_in_proportion(page: Page) -> None:
    ask(page, "図で見せて")
    card = page.locator(".card.kpi")
    assert card.locator("dd strong").all_inner_texts() == ["1,100人", "2,800人"]
    expect(card).to_contain_text("令和7年度（2025年度）")
    widths = [bar.bounding_box()["width"] for bar in card.locator(".bar").all()]  # type: ignore[index]
    assert widths[0] / widths[1] == pytest.approx(1100 / 2800, abs=0.01)


def test_a_roadmap_is_a_table_of_years_or_where_these_are_uncertain_an_ordered_list(page: Page) -> None:
    ask(page, "図で見せて")
    table = page.get_by_role("table", name="進め方（工程） 健康ポイントの普及")
    heads = [f"令和{n}年度（{n + 2018}年度）" for n in (8, 9, 10)]
    assert table.get_by_role("columnheader").all_inner_texts() == ["取り組み", *heads]
    rows = table.get_by_role("row").all()[1:]
    planned = [["行う年度" in cell.inner_text() for cell in row.get_by_role("cell").all()] for row in rows]
    assert planned == [[True, False, False], [False, True, True]]
    uncertain = page.locator(".card.roadmap").nth(1)
    assert uncertain.locator("table").count() == 0
    assert uncertain.locator("ol li").all_inner_texts() == ["車両の調達", "運行"]
    expect(uncertain).to_contain_text("原文の表で確かめてください")


def test_measure_term_and_contact_are_cards_and_an_unknown_kind_is_passed_over(page: Page) -> None:
    ask(page, "図で見せて")
    for words in ("新規", "商工観光課、健康福祉課", "歩いた分だけポイントがたまる。", "加盟店の募集"):
        expect(page.locator(".card.measure")).to_contain_text(words)
    expect(page.locator(".card.term")).to_contain_text("使える人と使えない人の差。")
    links = [a.get_attribute("href") for a in page.locator(".card.contact a").all()]
    assert links == ["tel:0767221111", "mailto:it@example.lg.jp"]
    expect(page.locator(".card")).to_have_count(6)
    source = page.locator(".card.measure").get_by_role("link", name="原文を開く")
    assert str(source.get_attribute("href")).endswith("/sources/midori-dx#c10-20")


def test_the_plans_own_term_opens_its_definition_on_first_use_only(page: Page) -> None:
    ask(page, "目標は？")
    expect(page.locator("button.term")).to_have_count(1)
    press(page, "デジタルデバイド")
    expect(page.locator(".meaning")).to_have_text("（情報機器を使える人と使えない人の差。）")
    page.keyboard.press("Enter")
    expect(page.locator(".meaning")).to_be_hidden()


def test_a_rating_is_sent_and_a_bad_one_asks_for_the_reason(page: Page, host: Host) -> None:
    ask(page, "目標は？")
    press(page, "役に立たなかった")
    press(page, "古い")
    expect(page.get_by_role("status")).to_have_text("ご意見をありがとうございました。")
    page.wait_for_timeout(100)
    sent = {"message_id": "message-1", "rating": "down"}
    assert host.ratings == [sent | {"reason": None}, sent | {"reason": "古い"}]
    expect(page.get_by_role("button", name="古い")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="役に立った", exact=True).press("Enter")
    expect(page.get_by_role("button", name="古い")).to_be_hidden()


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "目標は？")
    press(page, "コピー")
    expect(page.get_by_role("status")).to_have_text("回答をコピーしました。")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "2,800人です[1]。" in copied
    assert "[1] みどり市DX推進計画 ＞ 第3章 施策" in copied
    assert "/sources/midori-dx#c10-20" in copied


def test_an_answer_has_an_address_that_asks_it_again(page: Page) -> None:
    ask(page, "目標は？")
    address = str(page.get_by_role("link", name="この回答のリンク").get_attribute("href"))
    assert address.endswith("/ask?municipality=midori&question=%E7%9B%AE%E6%A8%99%E3%81%AF%EF%BC%9F")


def test_printing_shows_one_answer_with_sources_and_date_and_nothing_else(page: Page) -> None:
    ask(page, "目標は？")
    ask(page, "二つ目の質問")
    page.evaluate("window.print = () => { window.printing = true }")
    page.locator(".turn").first.get_by_role("button", name="印刷").press("Enter")
    assert page.evaluate("printing")
    page.emulate_media(media="print")
    assert "年" in page.locator(".printed").inner_text() and "回答" in page.locator(".printed").inner_text()
    expect(page.locator(".turn").first.locator("blockquote")).to_be_visible()
    expect(page.locator(".turn").nth(1)).to_be_hidden()
    for hidden in ("main", ".head", ".actions >> nth=0", "form", ".launcher"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.locator(".turn").nth(1)).to_be_visible()
    expect(page.locator("main")).to_be_visible()


def test_an_answer_is_read_aloud_and_silenced(open_site: OpenPage) -> None:
    page = open_site("/page", lambda page: page.add_init_script(SCRIPTED_SPEECH))
    open_by_keyboard(page)
    ask(page, "目標は？")
    page.get_by_role("button", name="読み上げる").press("Enter")
    [[text, language]] = page.evaluate("spoken")
    assert "2,800人です。" in text and "[1]" not in text and language == "ja-JP"
    expect(page.get_by_role("button", name="読み上げを止める")).to_be_focused()
    page.evaluate("finish()")
    expect(page.get_by_role("button", name="読み上げる")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(("size", "pixels"), [("標準", 16), ("大", 20), ("特大", 24)])
def test_text_has_three_sizes_that_are_remembered(page: Page, size: str, pixels: int) -> None:
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name=size, exact=True).check()
    for _ in range(2):
        measured = page.locator(".asks button").first.evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        assert measured == pixels
        page.reload()
        open_by_keyboard(page)


@pytest.mark.parametrize(
    ("choice", "launch", "asked_in"),
    [("English", "Ask about the plan", "en"), ("やさしい日本語", "計画に ついて 聞く", "easy")],
)
def test_another_language_is_that_of_the_interface_and_of_the_answers(
    page: Page, host: Host, choice: str, launch: str, asked_in: str
) -> None:
    ask(page, "目標は？")
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name=choice).press("Space")
    expect(page.locator("[name=language]:checked")).to_be_focused()
    expect(page.locator(".launcher rt")).to_have_count(2 if asked_in == "easy" else 0)
    assert without_readings(page, ".launcher") == launch
    expect(page.locator(".turn .text")).to_contain_text("2,800人")
    ask(page, "What is the target?")
    assert [a["language"] for a in host.asked] == [None, asked_in]


def test_a_language_of_the_interface_that_answers_do_not_have_is_left_to_the_question(
    page: Page, host: Host
) -> None:
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name="中文").press("Space")
    expect(page.get_by_role("dialog")).to_contain_text("请勿填写个人信息")
    ask(page, "目标是多少？")
    assert host.asked[0]["language"] in (None, "zh")


def without_readings(page: Page, name: str) -> str:
    """Return an element's words."""
    said: str = page.locator(name).evaluate(
        """(e) => {
          const copy = e.cloneNode(true);
          copy.querySelectorAll('rt, rp').forEach((r) => r.remove());
          return copy.textContent;
        }"""
    )
    return said


def furigana_of(page: Page, name: str) -> list[str]:
    """Return the readings that stand over an element's words."""
    return page.locator(f"{name} rt").all_text_contents()


def test_furigana_stand_over_every_word_and_go_away(page: Page) -> None:
    ask(page, "目標は？")
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_label("ふりがなを付ける").press("Space")
    expect(page.locator(".text ruby").first).to_be_attached()
    assert "もくひょう" in furigana_of(page, ".text") and "おく" in furigana_of(page, "form .primary")
    assert furigana_of(page, ".launcher") == ["けいかく", "き"]
    assert "だい" in furigana_of(page, ".settings fieldset")
    assert page.locator(".text ruby").first.locator("rp").count() == 2
    ask(page, "もう一つの質問")
    expect(page.locator(".turn").last.locator(".asked rt")).to_have_text(["ひと", "しつもん"])
    expect(page.locator(".turn").last.locator(".text rt").first).to_be_attached()
    field(page).press("Enter")
    expect(page.locator(".error rt").first).to_be_attached()
    page.locator(".switch input").first.press("Space")
    expect(page.locator("ruby")).to_have_count(0)
    expect(page.locator(".switch input").first).to_be_focused()


def test_in_another_language_what_the_plan_says_is_japanese_and_has_furigana(page: Page) -> None:
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name="English").press("Space")
    page.get_by_label("Show furigana").press("Space")
    ask(page, "図で見せて")
    expect(page.locator(".text ruby").first).to_be_attached()
    assert "とうろく" in furigana_of(page, ".card.kpi")
    spoken = page.evaluate(
        """() => {
          const root = document.querySelector('plan-assistant').shadowRoot;
          const walker = document.createTreeWalker(root.querySelector('.reply'), NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) found.push(walker.currentNode);
          return found.filter((n) => /[\u3040-\u30ff]/.test(n.data))
            .filter((n) => n.parentElement.closest('[lang]').lang !== 'ja').map((n) => n.data);
        }"""
    )
    assert spoken == []


def test_easy_japanese_has_furigana_unless_they_are_taken_away(page: Page) -> None:
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name="やさしい日本語").press("Space")
    switch = page.locator(".switch input").first
    expect(switch).to_be_checked()
    ask(page, "目標は？")
    expect(page.locator(".text ruby").first).to_be_attached()
    switch.press("Space")
    expect(page.locator("ruby")).to_have_count(0)
    page.reload()
    page.locator(".launcher").press("Enter")
    expect(page.locator("form .primary")).to_have_text("送る")
    assert page.locator("ruby").count() == 0


@pytest.mark.parametrize("question", ["攻撃", MARKUP])
def test_markup_in_questions_and_answers_is_text(page: Page, question: str) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    ask(page, f"攻撃 {question}")
    expect(page.locator(".text")).to_have_text(MARKUP)
    inside = page.locator(".turn")
    assert inside.locator("img, script, iframe, svg, style").count() == 0
    expect(inside.locator(".card")).to_have_count(4)
    hrefs = [str(a.get_attribute("href")) for a in inside.locator("a").all()]
    own = (page.url.removesuffix("/page"), "#")
    assert [href for href in hrefs if not href.startswith(own)] == []
    assert dialogs == []
    expect(field(page)).to_have_value("")
