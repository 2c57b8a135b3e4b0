"""axe finds nothing against WCAG 2.2 AA in any state, theme, language or size of the widget."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage, violations
from tests.browser.widget import ask, begin, open_by_keyboard, press

THEMES = ["自動", "明るい", "暗い", "くっきり"]


def closed(page: Page) -> None:
    """Leave the widget closed."""


def opened(page: Page) -> None:
    """Open it: the first notice is there."""
    open_by_keyboard(page)


def settings(page: Page) -> None:
    """Open the settings."""
    open_by_keyboard(page)
    page.get_by_role("button", name="表示の設定").press("Enter")


def streaming(page: Page) -> None:
    """Ask what does not end."""
    open_by_keyboard(page)
    begin(page, "止まらない質問")
    expect(page.locator(".streaming")).to_contain_text("デジタルデバイド")


def answered(page: Page) -> None:
    """Ask what brings every card, and open what can be opened."""
    open_by_keyboard(page)
    ask(page, "図で見せて")
    press(page, "デジタルデバイド")
    press(page, "出典 1")
    press(page, "役に立たなかった")


def failed(page: Page) -> None:
    """Ask while the service is paused."""
    open_by_keyboard(page)
    ask(page, "休止中の質問")


def refused(page: Page) -> None:
    """Ask what the plan does not say."""
    open_by_keyboard(page)
    ask(page, "載っていない質問")


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


STATES = [closed, opened, settings, streaming, cut_short, answered, failed, offline, refused]


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
def test_axe_finds_nothing_in_a_state(
    open_site: OpenPage, reach: Callable[[Page], None], scheme: str, view: dict[str, int]
) -> None:
    page = open_site("/page", viewport=view, color_scheme=scheme)
    reach(page)
    assert violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_a_theme(open_site: OpenPage, theme: str) -> None:
    page = open_site("/page", viewport=DESK)
    settings(page)
    page.get_by_role("radio", name=theme).check()
    ask(page, "図で見せて")
    press(page, "役に立たなかった")
    assert violations(page) == []
    ask(page, "故障の質問")
    assert violations(page) == []


@pytest.mark.parametrize("language", ["やさしい日本語", "English", "中文"])
def test_axe_finds_nothing_in_a_language(open_site: OpenPage, language: str) -> None:
    page = open_site("/page", viewport=DESK)
    settings(page)
    page.get_by_role("radio", name=language).click()
    ask(page, "図で見せて")
    assert violations(page) == []


@pytest.mark.parametrize(
    "wish", [{"contrast": "more"}, {"forced_colors": "active"}, {"reduced_motion": "reduce"}]
)
def test_axe_finds_nothing_where_the_system_asks_for_something(
    open_site: OpenPage, wish: dict[str, str]
) -> None:
    page = open_site("/page", viewport=DESK, **wish)
    answered(page)
    assert violations(page) == []


def test_axe_finds_nothing_with_furigana_and_the_largest_text(open_site: OpenPage) -> None:
    page = open_site("/page")
    settings(page)
    page.get_by_role("radio", name="特大").check()
    page.get_by_label("ふりがなを付ける").click()
    ask(page, "図で見せて")
    expect(page.locator("ruby").first).to_be_attached()
    assert violations(page) == []
