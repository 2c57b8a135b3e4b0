"""The pages over the real plans: the front page, /ask without a script, the plans, /compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage, violations
from tests.browser.widget import LAUNCH, ask, open_by_keyboard, press

PATHS = [
    "/",
    "/?municipality=hakui",
    "/ask",
    "/ask?municipality=hakui&question=この計画の期間は？",
    "/ask?municipality=hakui&question=ビットコインの値段は？",
    "/plans/hakui",
    "/plans/nonoichi",
    "/plans/hakui/measures/1-3",
    "/plans/nonoichi/measures/5.1-1",
    "/plans/hakui/kpis/kpi-4",
    "/compare",
]
LEAST_TARGET = 44


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(open_page: OpenPage, path: str, scheme: str, view: dict[str, int]) -> None:
    assert violations(open_page(path, viewport=view, color_scheme=scheme)) == []


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_it_reflows_and_targets_are_large(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, viewport={"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in page.locator(
        ":is(header a, main :is(button, select, textarea, summary, .links a, .block))"
    ).all():
        box = target.bounding_box()
        assert box is None or box["height"] >= LEAST_TARGET, target.inner_text()


def test_a_real_answer_of_the_widget_leads_to_its_place_in_the_source(open_page: OpenPage) -> None:
    page = open_page("/?municipality=hakui", viewport=DESK)
    open_by_keyboard(page)
    answers: list[Any] = []
    page.on("response", lambda r: answers.append(r) if r.url.endswith("/api/chat/stream") else None)
    ask(page, "この計画の期間は？")
    expect(page.locator(".text")).to_contain_text("令和8年度")
    press(page, "出典 1")
    with page.expect_popup() as opened:
        page.locator("details.citation").first.get_by_role("link", name="原文を開く").press("Enter")
    marked = opened.value.locator("mark")
    marked.first.wait_for()
    quote = "".join(page.locator("details.citation").first.locator("mark").all_inner_texts())
    assert "".join("".join(marked.all_text_contents()).split()) == "".join(quote.replace("｜", "").split())
    assert len(answers) == 1


def test_the_widget_of_the_front_page_reads_the_plans_own_words(open_page: OpenPage) -> None:
    page = open_page("/?municipality=hakui", viewport=DESK)
    open_by_keyboard(page)
    expect(page.get_by_role("dialog", name="羽咋市の計画の質問窓口")).to_be_visible()
    expect(page.locator(".examples button")).to_have_count(3)
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_label("ふりがなを付ける").press("Space")
    ask(page, "この計画の期間は？")
    readings = page.locator(".text ruby rt")
    expect(readings.first).to_be_attached()
    assert "れいわ" in readings.all_inner_texts()


def without_script(open_page: OpenPage, path: str) -> Page:
    """Open a page in a browser that runs no script."""
    return open_page(path, java_script_enabled=False)


def test_without_a_script_the_front_page_leads_to_a_form_that_answers(open_page: OpenPage) -> None:
    page = without_script(open_page, "/?municipality=hakui")
    assert page.get_by_role("button", name=LAUNCH).count() == 0
    page.get_by_role("link", name="質問のページ").click()
    expect(page.get_by_label("どちらの計画ですか")).to_have_value("hakui")
    page.get_by_label("知りたいこと").fill("この計画の期間は？")
    page.get_by_role("button", name="質問を送る").click()
    assert page.url.endswith("/ask")
    expect(page.locator(".answer")).to_contain_text("令和8年度")
    expect(page.locator(".sources blockquote").first).to_be_visible()
    page.get_by_role("link", name="出典 1").first.click()
    assert page.url.endswith("#s1")
    page.locator(".sources").get_by_role("link", name="原文を開く").first.click()
    expect(page.locator("#text")).to_be_visible()


def test_without_a_script_an_empty_question_is_told(open_page: OpenPage) -> None:
    page = without_script(open_page, "/ask")
    page.get_by_role("button", name="質問を送る").click()
    expect(page.locator(".fault")).to_have_text("質問を入力してください")
    assert page.title().startswith("エラー")


def test_an_answers_page_prints_with_its_date_and_without_the_form(open_page: OpenPage) -> None:
    page = open_page("/ask?municipality=hakui&question=この計画の期間は？")
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_contain_text("年")
    expect(page.locator(".sources")).to_be_visible()
    expect(page.locator("form.asking")).to_be_hidden()


def test_a_plan_is_looked_through_from_theme_to_measure_to_source(open_page: OpenPage) -> None:
    page = open_page("/plans/hakui")
    page.get_by_role("link", name="デジタル公民館機能としての環境整備").first.click()
    assert page.url.endswith("/plans/hakui/measures/1-3")
    expect(page.get_by_text("生涯学習課")).to_be_visible()
    expect(page.locator(".bars").first).to_contain_text("令和7年度（2025年度）")
    page.get_by_role("link", name="原文のこの箇所を開く").click()
    expect(page.locator("mark").first).to_be_visible()
    record = page.locator(".record:visible")
    expect(record).to_have_count(1)
    record.locator("summary").press("Enter")
    expect(record.get_by_role("link", name="成果指標：").first).to_be_visible()
    assert violations(page) == []
    record.get_by_role("link", name="成果指標：").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()


def test_roadmaps_are_tables_where_the_years_are_certain_and_lists_where_not(open_page: OpenPage) -> None:
    certain = open_page("/plans/nonoichi/measures/5.1-1")
    expect(certain.get_by_role("columnheader")).to_have_count(6)
    plan = open_page("/plans/nonoichi")
    plan.get_by_text("(1) 書かない窓口の拡充", exact=True).last.press("Enter")
    expect(
        plan.get_by_role("region", name="進め方（工程） 書かない窓口の拡充").get_by_role("columnheader")
    ).to_have_count(6)
    uncertain = open_page("/plans/hakui/measures/1-1")
    assert uncertain.locator("table").count() == 0
    assert uncertain.locator("ol.phases li").count() > 1


def test_bars_have_the_colour_of_the_text_in_forced_colours(open_page: OpenPage) -> None:
    page = open_page("/plans/hakui/kpis/kpi-4", forced_colors="active", color_scheme="dark")
    ink = page.locator("main").evaluate("e => getComputedStyle(e).color")
    for bar in page.locator(".bars rect").all():
        assert bar.evaluate("e => getComputedStyle(e).fill") == ink


def test_what_one_plan_lacks_is_said_plainly(open_page: OpenPage) -> None:
    page = open_page("/compare?left=nonoichi&right=hakui", viewport=DESK)
    row: Callable[[str], list[str]] = lambda name: (  # noqa: E731
        page.get_by_role("row").filter(has_text=name).get_by_role("cell").all_inner_texts()
    )
    assert row("成果指標") == ["計画に書かれていません", "14件"]
    assert row("電話")[0] == "計画に書かれていません"
