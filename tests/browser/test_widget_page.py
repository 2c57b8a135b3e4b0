"""The widget on a city's page: its policy, its styles, other widgets, a phone's screen, weight and speed."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import assistant.channels
from assistant.channels.bundle import widget_script
from tests.browser.conftest import DESK, OpenPage
from tests.browser.widget import LAUNCH, ask, field, focused, keep_turns, open_by_keyboard
from tests.browser.widget_host import Host

MOST_BYTES = 30_000


def test_the_types_of_the_modules_hold() -> None:
    checker = shutil.which("tsc")
    if checker is None:
        pytest.skip("there is no TypeScript checker (npm install --global typescript)")
    config = Path(assistant.channels.__file__).parent / "widget" / "jsconfig.json"
    checked = subprocess.run([checker, "-p", str(config)], capture_output=True, text=True, check=False)
    assert checked.stdout == ""


def test_the_script_is_light() -> None:
    assert len(gzip.compress(widget_script())) <= MOST_BYTES


def test_it_works_under_the_strictest_policy_and_asks_no_other_host(open_site: OpenPage) -> None:
    asked: list[str] = []
    page = open_site("/page", lambda page: page.on("request", lambda r: asked.append(r.url)), viewport=DESK)
    open_by_keyboard(page)
    ask(page, "図で見せて")
    expect(page.locator(".card.kpi")).to_be_visible()
    assert page.locator("plan-assistant [style*=':'] style, plan-assistant script").count() == 0
    assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}


def test_a_page_with_hostile_styles_does_not_change_it(open_site: OpenPage) -> None:
    calm, hostile = (open_site(f"/page?hostile={h}", viewport=DESK) for h in ("false", "true"))
    measured = []
    for page in (calm, hostile):
        open_by_keyboard(page)
        ask(page, "図で見せて")
        names = (".launcher", ".panel", "textarea", ".card.kpi", ".text")
        boxes = [page.locator(name).first.bounding_box() for name in names]
        styles = page.locator(".text").evaluate(
            "e => [getComputedStyle(e).color, getComputedStyle(e).fontSize]"
        )
        measured.append((boxes, styles))
    assert measured[0] == measured[1]


def test_two_widgets_stand_apart_and_only_one_is_open(open_site: OpenPage, host: Host) -> None:
    one, two = ' data-municipality="midori"', ' data-municipality="akane" data-title="あかね市に聞く"'
    page = open_site(f"/page?tags={quote(one + '|' + two)}", viewport=DESK)
    first, second = page.get_by_role("button", name=LAUNCH).all()
    boxes = [launcher.bounding_box() for launcher in (first, second)]
    assert boxes[0] and boxes[1] and boxes[1]["y"] + boxes[1]["height"] <= boxes[0]["y"]
    first.press("Enter")
    expect(page.get_by_role("dialog", name="みどり市")).to_be_visible()
    second.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.get_by_role("dialog", name="あかね市に聞く")).to_be_visible()
    ask(page, "目標は？")
    assert host.asked[0]["municipality"] == "akane"
    assert page.locator(".turn").count() == 1


def test_the_tag_decides_language_and_side(open_site: OpenPage) -> None:
    tags = ' data-language="en" data-position="bottom-left"'
    page = open_site(f"/page?tags={quote(tags)}", viewport=DESK)
    box = page.get_by_role("button", name="Ask about the plan").bounding_box()
    assert box and box["x"] < DESK["width"] / 4


def test_on_a_phone_it_fills_the_view_and_the_rest_is_out_of_reach(open_site: OpenPage) -> None:
    page = open_site("/page")
    open_by_keyboard(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_attribute("aria-modal", "true")
    box = dialog.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert page.evaluate("document.querySelector('main').inert")
    for _ in range(40):
        page.keyboard.press("Tab")
        assert focused(page) not in ("窓口のご案内", "検索")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.querySelector('main').inert")


def test_on_a_desk_the_page_stays_in_reach(open_site: OpenPage) -> None:
    page = open_site("/page", viewport=DESK)
    open_by_keyboard(page)
    assert page.get_by_role("dialog").get_attribute("aria-modal") is None
    page.locator("#other").focus()
    assert focused(page) == "検索"
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("size", ["標準", "特大"])
@pytest.mark.parametrize("view", [(320, 640), (320, 256), (640, 400), (1280, 800)])
def test_it_reflows_and_targets_are_large(open_site: OpenPage, view: tuple[int, int], size: str) -> None:
    """A view of 320 by 256 is 1,280 by 1,024 enlarged to 400 %."""
    page = open_site("/page", viewport={"width": view[0], "height": view[1]})
    open_by_keyboard(page)
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name=size, exact=True).check()
    page.get_by_role("button", name="表示の設定").press("Enter")
    ask(page, "図で見せて" + "と" * 200)
    wide = page.evaluate(
        """() => {
          const root = document.querySelector('plan-assistant').shadowRoot;
          const parts = [...root.querySelectorAll('.panel *:not(.scroll *, .hidden)')];
          const over = (e) => e.getBoundingClientRect().right > innerWidth + 1;
          return parts.filter(over).map((e) => e.outerHTML);
        }"""
    )
    assert wide == []
    for target in page.locator(
        "plan-assistant .panel :is(button, .button, summary, textarea):not(.term)"
    ).all():
        target.scroll_into_view_if_needed() if target.is_visible() else None
        box = target.bounding_box()
        assert box is None or (box["height"] >= 44 and box["width"] >= 44), target.inner_text()
    field(page).scroll_into_view_if_needed()
    box = field(page).bounding_box()
    assert box and box["y"] >= 0 and box["y"] + box["height"] <= view[1]


@pytest.mark.parametrize("size", ["標準", "特大"])
@pytest.mark.parametrize("height", [600, 800])
def test_on_a_desk_open_settings_leave_the_button_that_sends_in_reach(
    open_site: OpenPage, height: int, size: str
) -> None:
    page = open_site("/page", viewport={"width": 1280, "height": height})
    open_by_keyboard(page)
    page.get_by_role("button", name="表示の設定").press("Enter")
    page.get_by_role("radio", name=size, exact=True).check()
    send = page.get_by_role("button", name="送る")
    send.focus()
    expect(send).to_be_in_viewport(ratio=1)
    inside = page.evaluate(
        """() => {
          const root = document.querySelector('plan-assistant').shadowRoot;
          const box = (name) => root.querySelector(name).getBoundingClientRect();
          const [panel, send] = [box('.panel'), box('.primary')];
          return send.bottom <= panel.bottom && send.top >= panel.top;
        }"""
    )
    assert inside


def test_a_question_can_be_written_before_the_service_has_said_anything(open_site: OpenPage) -> None:
    """How soon: python -m tests.browser.speed."""
    page = open_site("/page", lambda page: page.route("**/api/**", lambda route: None), viewport=DESK)
    open_by_keyboard(page)
    expect(field(page)).to_be_focused()
    page.keyboard.insert_text("目標は？")
    expect(field(page)).to_have_value("目標は？")


def test_typing_changes_nothing_but_the_form_however_long_the_conversation(open_site: OpenPage) -> None:
    """How long a frame takes: python -m tests.browser.speed."""
    page = open_site("/page", viewport=DESK)
    keep_turns(page, 200)
    open_by_keyboard(page)
    expect(page.locator(".turn")).to_have_count(200)
    field(page).focus()
    page.evaluate(
        """() => {
          const root = document.querySelector('plan-assistant').shadowRoot;
          window.changed = [];
          const watch = new MutationObserver((all) => changed.push(...all.map((m) => m.target)
            .filter((t) => !(t.nodeType === 1 ? t : t.parentElement).closest('form'))
            .map((t) => t.nodeName)));
          watch.observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
        }"""
    )
    page.keyboard.type("nagai shitsumon " * 5)
    assert page.evaluate("changed") == []
