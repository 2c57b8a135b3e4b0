"""Pictures of every state of the widget and of every page, for docs/screens.

    python -m tests.browser.screens        # all anew; look at them before keeping them

They are palette PNGs of reduced size, so that all of them together stay below 2 MB.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import DESK, FLAGS, PHONE, app_for_tests, chromium, opening, serving
from tests.browser.test_widget_axe import answered, closed, failed, opened, refused, settings, streaming
from tests.browser.widget import ask, open_by_keyboard
from tests.browser.widget_host import Host

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
MOST_BYTES = 2_000_000
COLOURS = 64
SHARE = 0.8

Reach = Callable[[Page], None]


def in_theme(name: str) -> Reach:
    """Return what chooses a theme and asks for cards."""

    def reach(page: Page) -> None:
        settings(page)
        page.get_by_role("radio", name=name).check()
        page.locator(".tools button").first.press("Enter")
        ask(page, "図で見せて")

    return reach


def cut_short(page: Page) -> None:
    """Stop in the middle of an answer."""
    streaming(page)
    page.get_by_role("button", name="止める").press("Enter")
    expect(page.locator(".cut")).to_be_visible()


def offline(page: Page) -> None:
    """Ask without a connection."""
    open_by_keyboard(page)
    page.context.set_offline(True)
    ask(page, "目標は？")


def largest_with_furigana(page: Page) -> None:
    """Ask with the largest text and furigana."""
    settings(page)
    page.get_by_role("radio", name="特大").check()
    page.get_by_label("ふりがなを付ける").check()
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
    "page-ask": "/ask?municipality=hakui&question=この計画の期間は？",
    "page-plan": "/plans/hakui",
    "page-measure": "/plans/nonoichi/measures/5.1-1",
    "page-indicator": "/plans/hakui/kpis/kpi-4",
    "page-compare": "/compare",
    "page-source": "/plans/hakui/measures/1-3",
}


def main() -> None:
    """Take every picture; end with 1 where together they are too large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving(Host().app()) as url:
            take_widget(browser, url)
        with serving(app_for_tests(Path(folder))) as url:
            take_pages(browser, url)
        browser.close()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{FOLDER}: {len(list(FOLDER.glob('*.png')))} pictures, {size:,} bytes")
    sys.exit(1 if size > MOST_BYTES else 0)


def take_widget(browser: Browser, url: str) -> None:
    """Take the widget's states on the city's page."""
    for name, (reach, options) in WIDGET.items():
        with opening(browser, url) as open_:
            page = open_("/page", **{"viewport": DESK, **options})
            reach(page)
            keep(page, name)


def take_pages(browser: Browser, url: str) -> None:
    """Take the pages over the real plans; of the source, the place that a measure links to."""
    for name, path in PAGES.items():
        with opening(browser, url) as open_:
            page = open_(path, viewport=DESK)
            if name == "page-source":
                page.get_by_role("link", name="原文のこの箇所を開く").click()
                page.locator("mark").first.wait_for()
                page.locator(".record:visible summary").click()
            keep(page, name)


def keep(page: Page, name: str) -> None:
    """Write what the view shows as a small palette PNG."""
    page.wait_for_timeout(200)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.resize(
        (round(picture.width * SHARE), round(picture.height * SHARE)), Image.Resampling.LANCZOS
    )
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
