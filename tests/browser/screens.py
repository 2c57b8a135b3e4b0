"""Pictures of every state of the widget and of every page, for docs/screens.

    python -m tests.browser.screens        # all anew; look at them before keeping them

All of them together stay below 2 MB.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, app_for_tests, opening, serving
from tests.browser.pictures import Album
from tests.browser.test_widget_axe import (
    answered,
    closed,
    cut_short,
    failed,
    offline,
    opened,
    refused,
    settings,
    streaming,
)
from tests.browser.widget import ask, open_by_keyboard
from tests.browser.widget_host import Host

SCREENS = Album(Path(__file__).parents[2] / "docs" / "screens", share=0.8, colours=64, most_bytes=2_000_000)

Reach = Callable[[Page], None]


def in_theme(name: str) -> Reach:
    """Return what chooses a theme and asks for cards."""

    def reach(page: Page) -> None:
        settings(page)
        page.get_by_role("radio", name=name).click()
        page.locator(".tools button").first.press("Enter")
        ask(page, "図で見せて")

    return reach


def cards(page: Page) -> None:
    """Ask what brings every card, and move to the roadmap."""
    open_by_keyboard(page)
    ask(page, "図で見せて")
    page.locator(".card.roadmap").first.evaluate("e => e.scrollIntoView()")


def largest_with_furigana(page: Page) -> None:
    """Ask with the largest text and furigana."""
    settings(page)
    page.get_by_role("radio", name="特大").check()
    page.get_by_label("ふりがなを付ける").click()
    page.locator(".tools button").first.press("Enter")
    ask(page, "目標は？")
    expect(page.locator("ruby").first).to_be_attached()


WIDGET: dict[str, tuple[Reach, dict[str, object]]] = {
    "closed": (closed, {}),
    "first-notice": (opened, {}),
    "settings": (settings, {}),
    "streaming": (streaming, {}),
    "stopped": (cut_short, {}),
    "answered": (answered, {}),
    "cards": (cards, {}),
    "not-in-plan": (refused, {}),
    "paused": (failed, {}),
    "offline": (offline, {}),
    "phone-first-notice": (opened, {"viewport": PHONE}),
    "phone-answered": (answered, {"viewport": PHONE}),
    "dark": (answered, {"color_scheme": "dark"}),
    "high-contrast": (in_theme("くっきり"), {}),
    "more-contrast": (answered, {"contrast": "more"}),
    "forced-colours": (answered, {"forced_colors": "active"}),
    "reduced-motion": (streaming, {"reduced_motion": "reduce"}),
    "english": (in_theme("English"), {}),
    "chinese": (in_theme("中文"), {}),
    "easy-japanese": (in_theme("やさしい日本語"), {}),
    "zoom-400": (answered, {"viewport": {"width": 320, "height": 256}}),
    "furigana-largest": (largest_with_furigana, {"viewport": PHONE}),
}
PAGES = {
    "page-front": "/?municipality=hakui",
    "page-ask": "/ask?municipality=hakui&question=羽咋ポイント登録者数の目標は？",
    "page-plan": "/plans/hakui",
    "page-measure": "/plans/nonoichi/measures/5.1-1",
    "page-indicator": "/plans/hakui/kpis/kpi-4",
    "page-compare": "/compare",
    "page-source": "/plans/hakui/measures/1-3",
}
PHONE_PAGES = ("page-ask", "page-plan", "page-measure", "page-compare", "page-source")


def main() -> None:
    """Take every picture."""
    with SCREENS.anew() as browser, tempfile.TemporaryDirectory() as folder:
        with serving(Host().app()) as url:
            take_widget(browser, url)
        with serving(app_for_tests(Path(folder))) as url:
            take_pages(browser, url)


def take_widget(browser: Browser, url: str) -> None:
    """Take the widget's states on the city's page."""
    for name, (reach, options) in WIDGET.items():
        with opening(browser, url) as open_:
            page = open_("/page", **{"viewport": DESK, **options})
            reach(page)
            keep(page, name)


def take_pages(browser: Browser, url: str) -> None:
    """Take the pages over the real plans; of the source, the place that a measure links to."""
    views = [(name, name, DESK) for name in PAGES] + [(n, f"phone-{n}", PHONE) for n in PHONE_PAGES]
    for name, picture, view in views:
        with opening(browser, url) as open_:
            page = open_(PAGES[name], viewport=view)
            if name == "page-source":
                page.get_by_role("link", name="原文のこの箇所を開く").click()
                page.locator("mark").first.wait_for()
                page.locator(".record:visible summary").click()
            keep(page, picture)


def keep(page: Page, name: str) -> None:
    """Keep what the view shows once it is at rest."""
    page.wait_for_timeout(200)
    SCREENS.keep(page, name)


if __name__ == "__main__":
    main()
