"""The source page of a PDF: its pages as pictures with the cited passage marked, the text below."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.channels.app import create_app
from assistant.settings import Settings
from assistant.wiring import build, plans_folder
from corpus.add import add_documents
from corpus.document import Document
from tests.browser.conftest import DESK, PHONE, OpenPage, opening, serving, violations

PLAN = """<html lang="ja"><style>h2 { break-before: page } td, th { border: 1px solid }</style>
<h1>みどり市DX推進計画</h1><h2>第1章 はじめに</h2><h3>1 計画の期間</h3>
<p>本計画の期間は、令和8年度から令和12年度までの5年間とします。</p><h2>第2章 施策</h2><h3>1 成果指標</h3>
<table><tr><th>施策</th><th>成果指標</th><th>R7基準値</th><th>R12目標値</th></tr>
<tr><td>(1) 健康ポイントの普及</td><td>健康ポイント登録者数</td><td>1,100人</td><td>2,800人</td></tr>
</table></html>"""
PERIOD = "本計画の期間は、令和8年度から令和12年度までの5年間とします。"


@pytest.fixture(scope="module")
def source(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Document]]:
    """Serve a plan that a browser printed as a PDF; give its address and what was read of it."""
    folder = tmp_path_factory.mktemp("sheet")
    printing = browser.new_page()
    printing.set_content(PLAN)
    printing.pdf(path=folder / "plan.pdf", prefer_css_page_size=True)
    printing.close()
    settings = Settings(_env_file=None, data_dir=folder / "var", embedding_model="hashing")
    holding = add_documents(plans_folder(settings), "midori", [folder / "plan.pdf"], name="みどり市")
    build(settings)
    with serving(create_app(settings)) as url:
        yield url, holding.documents[0]


@pytest.fixture
def open_source(browser: Browser, source: tuple[str, Document]) -> Iterator[OpenPage]:
    with opening(browser, source[0]) as open_:
        yield open_


def cited(document: Document, passage: str) -> str:
    """Return the address of a passage."""
    start = document.text.index(passage)
    return f"/sources/{document.document_id}#c{start}-{start + len(passage)}"


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
def test_the_cited_page_is_shown_with_the_passage_marked(
    open_source: OpenPage, source: tuple[str, Document], view: dict[str, int]
) -> None:
    page = open_source(cited(source[1], PERIOD), viewport=view)
    expect(page.locator("mark").first).to_be_in_viewport()
    assert page.locator(".sheet[open]").count() == 0
    page.get_by_role("button", name="紙面の画像で見る").press("Enter")
    sheet = page.locator(".sheet[open]")
    expect(sheet).to_have_count(1)
    expect(sheet.locator("summary")).to_be_focused()
    expect(sheet.locator("summary")).to_have_text("2ページの紙面を画像で見る")
    expect(sheet.locator("rect")).to_have_count(1)
    expect(sheet.locator("rect")).to_be_in_viewport()
    assert ink_under(page) > 0
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= view["width"]


def ink_under(page: Page) -> float:
    """Return which share of the marked place of the picture is dark: letters stand there."""
    share: float = page.evaluate(
        """async () => {
          const sheet = document.querySelector('.sheet[open]');
          const [picture, mark] = ['img', 'rect'].map((s) => sheet.querySelector(s));
          await picture.decode();
          const [x, y, w, h] = ['x', 'y', 'width', 'height'].map((n) => Number(mark.getAttribute(n)));
          const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 40 });
          const context = canvas.getContext('2d');
          const [W, H] = [picture.naturalWidth, picture.naturalHeight];
          context.drawImage(picture, x * W, y * H, w * W, h * H, 0, 0, 200, 40);
          const { data } = context.getImageData(0, 0, 200, 40);
          return data.filter((v, i) => i % 4 === 0 && v < 128).length / (200 * 40);
        }"""
    )
    return share


def test_another_passage_is_marked_on_its_own_page(
    open_source: OpenPage, source: tuple[str, Document]
) -> None:
    page = open_source(cited(source[1], "健康ポイント登録者数"), viewport=DESK)
    page.locator(".sheet summary").nth(1).press("Enter")
    expect(page.locator(".sheet img").nth(1)).to_be_visible()
    assert page.locator("rect").count() == 0
    page.get_by_role("button", name="紙面の画像で見る").press("Enter")
    expect(page.locator(".sheet").nth(2).locator("rect")).to_have_count(1)
    page.evaluate("(hash) => { location.hash = hash; }", cited(source[1], PERIOD).split("#")[1])
    expect(page.locator(".sheet").nth(1).locator("rect")).to_have_count(1)


def test_without_a_citation_or_a_script_the_pages_are_there_to_be_opened(
    open_source: OpenPage, source: tuple[str, Document]
) -> None:
    path = f"/sources/{source[1].document_id}"
    expect(open_source(path).get_by_role("button", name="紙面の画像で見る")).to_be_hidden()
    page = open_source(path, java_script_enabled=False)
    page.locator(".sheet summary").first.click()
    expect(page.get_by_role("img", name="1ページの紙面の画像")).to_be_visible()


def test_a_source_that_is_no_pdf_has_none(open_source: OpenPage) -> None:
    page = open_source("/sources/hakui-dx-2", viewport=DESK)
    assert page.locator(".sheet, #to-sheet").count() == 0
