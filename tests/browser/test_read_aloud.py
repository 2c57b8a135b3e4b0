"""What a screen reader is given of a conversation, read line by line and kept: tests/golden/aloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import read_aloud
from tests.browser.conftest import DESK, OpenPage
from tests.browser.test_widget_axe import answered, failed, opened, refused, settings

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("reach", [opened, settings, answered, failed, refused], ids=lambda r: r.__name__)
def test_the_conversation_reads_well(
    open_site: OpenPage, golden: Golden, reach: Callable[[Page], None]
) -> None:
    page = open_site("/page", viewport=DESK)
    reach(page)
    expect(page.get_by_role("dialog", name="みどり市の計画の質問窓口")).to_be_visible()
    golden(f"aloud/{reach.__name__}.txt", read_aloud(page))


def test_furigana_are_not_read_twice(open_site: OpenPage) -> None:
    page = open_site("/page", viewport=DESK)
    answered(page)
    plain = read_aloud(page)
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_label("ふりがなを付ける").press("Space")
    expect(page.locator(".text ruby").first).to_be_attached()
    expect(page.locator(".launcher ruby").first).to_be_attached()
    read = read_aloud(page)
    for words in ("あなたの質問", "閉じる", "送る", "デジタルデバイド", "表示の設定"):
        assert f"「{words}」" in plain and f"「{words}」" in read
    assert "もくひょう" not in read and "ひょうじ" not in read
