"""The source page: every printed character, and the cited passage marked, in view and in focus."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from corpus.document import BlockKind, Document, Region
from corpus.library import load_library

OpenPage = Callable[..., Page]

SHIPPED = {d.document_id: d for h in load_library().holdings for d in h.documents}
IDS = sorted(SHIPPED)
# So many places of a document apart is each that is tried.
EVERY = 3

RUNS = "[...document.querySelectorAll('[data-start]')].map(e => [Number(e.dataset.start), e.textContent])"
MARKS = "[...document.querySelectorAll('mark')].map(e => e.textContent).join('')"
GO = """(hash) => new Promise((done) => {
  if (location.hash === hash) done();
  addEventListener('hashchange', () => setTimeout(done), { once: true });
  location.hash = hash;
})"""


def printed(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())


def citation(place: Region) -> str:
    """Return the fragment that names a place."""
    return f"#c{place.start}-{place.end}"


def table_row(document: Document) -> Region:
    """Return a row of the first exact table."""
    table = next(b.table for b in document.blocks if b.table and b.table.exact)
    return table.groups[0]


def paragraph(document: Document) -> Region:
    """Return a long paragraph from the middle of a document."""
    found = [b for b in document.blocks if b.kind is BlockKind.PARAGRAPH and b.end - b.start > 60]
    return found[len(found) // 2]


@pytest.mark.parametrize("document_id", IDS)
def test_the_page_holds_every_printed_character_at_its_offset(open_page: OpenPage, document_id: str) -> None:
    text = SHIPPED[document_id].text
    page = open_page(f"/sources/{document_id}")
    runs = page.evaluate(RUNS)
    assert all(shown == text[start : start + len(shown)] for start, shown in runs)
    assert printed("".join(shown for _, shown in runs)) == printed(text)


@pytest.mark.parametrize("document_id", IDS)
def test_any_range_is_marked_wholly_and_nothing_else(open_page: OpenPage, document_id: str) -> None:
    document = SHIPPED[document_id]
    places = [Region(start=b.start, end=b.end) for b in document.blocks]
    places += [Region(start=a.start + 1, end=b.end - 1) for a, b in itertools.pairwise(document.blocks)]
    places += [
        c for b in document.blocks if b.table for g in b.table.groups for c in g.cells if c.end > c.start
    ]
    page = open_page(f"/sources/{document_id}")
    before = page.evaluate(RUNS)
    for place in places[::EVERY]:
        if place.start >= place.end:
            continue
        page.evaluate(GO, citation(place))
        assert printed(page.evaluate(MARKS)) == printed(place.of(document.text)), place
    page.evaluate(GO, "#")
    assert page.locator("mark").count() == 0
    assert page.evaluate(RUNS) == before


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 900}])
@pytest.mark.parametrize("place_of", [table_row, paragraph])
def test_the_passage_is_in_the_middle_and_in_focus(
    open_page: OpenPage, viewport: dict[str, int], place_of: Callable[[Document], Region]
) -> None:
    place = place_of(SHIPPED["hakui-dx-2"])
    page = open_page(f"/sources/hakui-dx-2{citation(place)}", viewport=viewport)
    first, last = page.locator("mark").first, page.locator("mark").last
    expect(first).to_be_focused()
    expect(first).to_have_accessible_description("引用箇所")
    expect(first).to_be_in_viewport(ratio=1)
    top, bottom = first.bounding_box(), last.bounding_box()
    assert top and bottom
    middle = (top["y"] + bottom["y"] + bottom["height"]) / 2
    assert 0.25 < middle / viewport["height"] < 0.7


def test_the_button_goes_back_to_the_passage(open_page: OpenPage) -> None:
    place = paragraph(SHIPPED["hakui-dx-2"])
    page = open_page(f"/sources/hakui-dx-2{citation(place)}")
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("mark").first).not_to_be_in_viewport()
    page.get_by_role("button", name="引用した所へ").click()
    expect(page.locator("mark").first).to_be_in_viewport()
    expect(page.locator("mark").first).to_be_focused()


def test_offsets_count_code_points(open_page: OpenPage) -> None:
    def prepare(page: Page) -> None:
        def more(route):  # type: ignore[no-untyped-def]
            response = route.fetch()
            added = '<p><span data-start="900000">𠮷野家🏙️と羽咋</span></p></main>'
            route.fulfill(response=response, body=response.text().replace("</main>", added))

        page.route("**/sources/*", more)

    page = open_page("/sources/hakui-dx-2#c900001-900004", prepare)
    assert page.evaluate(MARKS) == "野家🏙"


@pytest.mark.parametrize(
    "fragment",
    [
        "#c",
        "#c5",
        "#c9-3",
        "#c99999998-99999999",
        "#cx-y",
        "#c1-2-3",
        "#c-1-5",
        "#c" + "9" * 40 + "-1",
        "#%F0%9F",
        "#text",
    ],
)
def test_a_wrong_fragment_marks_nothing_and_hurts_nothing(open_page: OpenPage, fragment: str) -> None:
    page = open_page(f"/sources/hakui-dx-2{fragment}")
    assert page.locator("mark").count() == 0
    expect(page.get_by_role("button", name="引用した所へ")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


def test_stray_markup_is_kept_but_not_seen(open_page: OpenPage) -> None:
    text = SHIPPED["nonoichi-dx-2"].text
    start = text.index("<ul style")
    end = text.index("\n", start)
    page = open_page(f"/sources/nonoichi-dx-2#c{start}-{end}")
    assert "<ul style" in page.evaluate(MARKS)
    for stray in page.locator(".stray").all():
        box = stray.bounding_box()
        assert box and box["width"] <= 1
    expect(page.get_by_text(re.compile("書式の記号"))).to_be_visible()


def test_tables_have_headers_and_can_be_moved_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/sources/hakui-dx-2")
    table = page.locator("table", has_text="R12目標値").first
    assert table.locator("th[scope=col]").all_inner_texts() == ["施策", "成果指標", "R7基準値", "R12目標値"]
    assert table.locator("th[scope=row]").count() == table.locator("tr").count() - 1
    wide = page.get_by_role("region", name="表1").first
    wide.focus()
    expect(wide).to_be_focused()


def test_the_contents_lead_to_every_heading_they_name(open_page: OpenPage) -> None:
    page = open_page("/sources/nonoichi-dx-2")
    page.get_by_text("目次", exact=True).first.click()
    anchors = [a.get_attribute("href") for a in page.locator(".toc a").all()]
    assert len(anchors) > 10
    assert all(anchor and page.locator(f"main {anchor}").count() == 1 for anchor in anchors)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("document_id", IDS)
def test_axe_finds_nothing(open_page: OpenPage, document_id: str, scheme: str) -> None:
    place = table_row(SHIPPED[document_id])
    page = open_page(f"/sources/{document_id}{citation(place)}", color_scheme=scheme)
    broken = [f"{v['id']}: {v['nodes'][0]['html']}" for v in Axe().run(page).response["violations"]]
    assert broken == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_reflows(open_page: OpenPage, width: int) -> None:
    page = open_page("/sources/hakui-dx-2#c13932-13965", viewport={"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_mark_is_seen_in_forced_colors(open_page: OpenPage) -> None:
    place = paragraph(SHIPPED["hakui-dx-2"])
    page = open_page(f"/sources/hakui-dx-2{citation(place)}", forced_colors="active")
    ground = "(e) => getComputedStyle(e).backgroundColor"
    assert page.locator("mark").first.evaluate(ground) != page.locator("body").evaluate(ground)


def test_it_is_read_without_script(open_page: OpenPage) -> None:
    page = open_page("/sources/hakui-dx-2", java_script_enabled=False)
    expect(page.get_by_role("heading", name="第3章 施策の概要と計画").first).to_be_visible()


def test_a_document_that_is_not_there_is_not_found(open_page: OpenPage, server_url: str) -> None:
    page = open_page("/")
    response = page.request.get(f"{server_url}/sources/nowhere")
    assert response.status == 404
    assert "document_id" in response.json()["detail"]


def test_what_is_searched_for_is_found_over_line_breaks_and_however_it_is_written(
    open_page: OpenPage,
) -> None:
    page = open_page("/sources/hakui-dx-2")
    field = page.get_by_role("searchbox", name="この原文の中を探す")
    field.fill("ｄｘ 推進計画")
    field.press("Enter")
    report = page.locator("#found")
    expect(report).to_contain_text("件のうち1件目です。")
    found = int(report.inner_text().split("件")[0])
    text = "".join(printed(SHIPPED["hakui-dx-2"].text)).lower()
    assert 0 < found <= text.count("dx推進計画")
    field.press("Enter")
    expect(report).to_contain_text("2件目です。")
    page.get_by_role("button", name="次を探す").press("Enter")
    expect(report).to_contain_text("3件目です。")
    field.fill("どこにもない言葉")
    field.press("Enter")
    expect(report).to_have_text("見つかりませんでした。")
