"""The widget on a page of another origin: the printed tag, its hash, and who may call."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from assistant.channels.cli.widget import tag_of
from tests.browser.conftest import DESK, app_for_tests, opening, serving
from tests.browser.widget import ask, open_by_keyboard, press
from tests.browser.widget_host import Host


@pytest.fixture(scope="module")
def service_url(widget_host: tuple[Host, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a service that the city's site may call."""
    with serving(app_for_tests(tmp_path_factory.mktemp("elsewhere"), widget_host[1])) as url:
        yield url


def test_the_printed_tag_works_on_the_citys_page(
    browser: Browser, widget_host: tuple[Host, str], service_url: str
) -> None:
    query = urlencode({"tag": tag_of(service_url, "hakui"), "service": service_url})
    with opening(browser, widget_host[1], service_url) as open_:
        page = open_(f"/page?{query}", viewport=DESK)
        open_by_keyboard(page)
        ask(page, "この計画の期間は？")
        expect(page.locator(".text")).to_contain_text("令和12年度")
        link = page.locator("details.citation").first
        link.locator("summary").press("Enter")
        address = str(link.get_by_role("link", name="原文を開く").get_attribute("href"))
        assert address.startswith(f"{service_url}/sources/hakui-dx-2#c")
        press(page, "役に立った")
        expect(page.get_by_role("status")).to_have_text("ご意見をありがとうございました。")


def test_a_script_that_was_changed_is_not_run(
    browser: Browser, widget_host: tuple[Host, str], service_url: str
) -> None:
    tag = tag_of(service_url, "hakui").replace("sha384-", "sha384-AAAA")
    query = urlencode({"tag": tag, "service": service_url})
    with opening(browser, widget_host[1], service_url) as open_:
        page = open_(f"/page?{query}", viewport=DESK)
        page.wait_for_timeout(300)
        assert page.locator("plan-assistant").count() == 0


def test_a_site_that_is_not_the_citys_gets_no_answer(browser: Browser, service_url: str) -> None:
    with serving(Host().app()) as stranger, opening(browser, stranger, service_url) as open_:
        tag = f'<script src="{service_url}/widget.js" data-municipality="hakui" defer></script>'
        page = open_(f"/page?{urlencode({'tag': tag, 'service': service_url})}", viewport=DESK)
        open_by_keyboard(page)
        ask(page, "この計画の期間は？")
        expect(page.locator(".failure")).to_be_visible()
