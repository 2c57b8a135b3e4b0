"""The report of an evaluation in a browser: on any screen, with or without script, by keyboard, by axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from evals.report.render import render
from tests.unit.evals.report.sample import Run, sample_run

OpenReport = Callable[..., Page]

PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1200, "height": 900}
FILTERS = ("質問の種類", "自治体", "質問する人", "言語", "書き方", "質問セット", "応答", "問題点")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def run() -> Run:
    return sample_run()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path, run: Run) -> Iterator[OpenReport]:
    """Give a function that opens the report of a run from its file; context options by name.

    A script error, a break of the policy or a request for anything but the file fails the test.
    """
    faults: list[str] = []
    contexts = []

    def open_(of: Run = run, **options: object) -> Page:
        path = tmp_path / "report.html"
        path.write_text(render(of.metrics, of.results, of.recipe, of.baseline), "utf-8")
        context = browser.new_context(**{"viewport": PHONE, "locale": "ja-JP", **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.on("request", lambda r: faults.append(r.url) if r.url != path.as_uri() else None)
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def shown(page: Page) -> Locator:
    return page.locator(".case:visible")


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).select_option(value)


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")])
def test_axe_finds_nothing(open_report: OpenReport, viewport: dict[str, int], scheme: str) -> None:
    page = open_report(sample_run(40, wrong=0.5), viewport=viewport, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found] == []


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_it_reflows(open_report: OpenReport, width: int) -> None:
    page = open_report(viewport={"width": width, "height": 640})
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_filter_leaves_what_fits_and_says_how_many(open_report: OpenReport, run: Run) -> None:
    page = open_report()
    every = page.locator(".case").count()
    choose(page, "質問の種類", "schedule")
    status = page.get_by_role("status")
    fitting = page.locator(".case[data-kind=schedule]").count()
    expect(status).to_have_text(f"{every}件のうち{fitting}件を表示しています。")
    assert {case.get_attribute("data-kind") for case in shown(page).all()} == {"schedule"}
    choose(page, "質問する人", "staff")
    choose(page, "応答", "not_in_plan")
    expect(shown(page)).to_have_count(
        page.locator(".case[data-kind=schedule][data-audience=staff][data-status=not_in_plan]").count()
    )
    page.get_by_role("button", name="条件を消す").click()
    expect(shown(page)).to_have_count(every)
    expect(status).to_have_text(f"{every}件すべてを表示しています。")


def test_every_option_finds_as_many_as_it_says(open_report: OpenReport) -> None:
    page = open_report()
    for label in (*FILTERS, "基準との比較"):
        select = page.get_by_label(label, exact=True)
        options = select.locator("option:not([value=''])").all()
        assert len(options) > 1
        for option in options:
            count = int((option.text_content() or "").rpartition("（")[2].rstrip("）"))
            select.select_option(option.get_attribute("value") or "")
            expect(shown(page)).to_have_count(count)
        select.select_option("")


@pytest.mark.parametrize(
    "typed", ["kpi_value-0000", "ＫＰＩ＿ＶＡＬＵＥ－００００", "ポイントカード   kpi_value-0000"]
)
def test_words_are_found_in_any_width_and_case(open_report: OpenReport, typed: str) -> None:
    page = open_report()
    page.get_by_label("語句で探す").fill(typed)
    expect(shown(page)).to_have_count(1)
    page.get_by_label("語句で探す").fill("どこにもない語")
    expect(page.get_by_role("status")).to_contain_text("のうち0件")


def test_filters_work_by_keyboard_alone(open_report: OpenReport) -> None:
    page = open_report()
    every = page.locator(".case").count()
    search = page.get_by_label("語句で探す")
    search.focus()
    page.keyboard.type("department")
    page.keyboard.press("Enter")
    expect(shown(page)).to_have_count(page.locator(".case[data-kind=department]").count())
    page.keyboard.press("Tab")
    expect(page.get_by_label("質問の種類", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("質問の種類", exact=True).input_value() != ""
    page.get_by_role("button", name="条件を消す").focus()
    page.keyboard.press("Enter")
    expect(shown(page)).to_have_count(every)


def test_a_link_leads_to_a_question_that_a_filter_hid(open_report: OpenReport) -> None:
    page = open_report()
    link = page.locator(".worse a").first
    case = page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
    page.get_by_label("語句で探す").fill("どこにもない語")
    expect(case).to_be_hidden()
    link.click()
    expect(case).to_be_in_viewport()


def test_without_script_everything_is_shown_and_no_dead_control(open_report: OpenReport) -> None:
    page = open_report(java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    assert shown(page).count() == page.locator(".case").count() > 20
    expect(page.get_by_role("heading", name="質問の種類ごとの正解率")).to_be_visible()


def test_markup_in_an_answer_is_read_and_does_not_run(open_report: OpenReport) -> None:
    run = sample_run(8, wrong=1.0)
    attack = "<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script>"
    for row in run.results:
        row["question"]["question"] = attack
        row["response"] = {"status": "answered", "answer": attack}
    page = open_report(run)
    expect(page.locator(".case blockquote").first).to_have_text(attack)
    expect(page).to_have_title("評価の報告")


def test_the_policy_stops_a_script_that_is_not_its_own(browser: Browser, tmp_path: Path, run: Run) -> None:
    page_text = render(run.metrics, run.results, run.recipe, run.baseline)
    path = tmp_path / "report.html"
    path.write_text(page_text.replace("</main>", "<script>document.title = 'x'</script></main>"), "utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    expect(page).to_have_title("評価の報告")
    page.close()


def test_plots_go_by_their_titles(open_report: OpenReport) -> None:
    page = open_report()
    for name in ("質問の種類ごとの正解率", "「計画に答えがあるか」の見込みの正しさ", "応答時間の分布"):
        plot = page.get_by_role("img", name=name)
        expect(plot).to_be_visible()
        expect(plot).to_have_accessible_description(re.compile(".{40}"))


def test_lettering_in_plots_is_legible_on_a_phone(open_report: OpenReport) -> None:
    page = open_report()
    heights = page.locator("svg text").evaluate_all("es => es.map(e => e.getBoundingClientRect().height)")
    assert heights and min(h for h in heights if h) >= 11


def test_on_paper_tables_are_open_and_controls_are_gone(open_report: OpenReport) -> None:
    page = open_report(viewport=DESKTOP)
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#plots ~ .plots table").first).to_be_visible()


def test_four_thousand_failures_can_be_filtered(open_report: OpenReport) -> None:
    page = open_report(sample_run(4000, wrong=1.0))
    page.get_by_label("語句で探す").fill("schedule")
    expect(page.get_by_role("status")).to_contain_text("4000件のうち500件", timeout=20_000)
