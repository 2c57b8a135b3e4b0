"""The administrators' console in a browser: accessible on every page, without a script; no payload runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.channels.app import create_app
from assistant.messages import Question
from assistant.settings import Settings
from assistant.state.corrections import Cited, Draft
from assistant.state.feedback import Rating
from assistant.state.stored import utc_now
from assistant.wiring import Opener, build, state_of
from tests.browser.conftest import DESK, PHONE, opening, serving, violations
from tests.browser.payloads import PAYLOADS, RECORD
from tests.browser.test_pages import LEAST_TARGET

TOKEN = "9fK2-hQ7x-Zr4m-Wb8s-Yt6n-Lc3v-Pd5j"
POISON = PAYLOADS[1] + PAYLOADS[26]
QUESTIONS = ("避難所の通信環境の担当課は？", "市長の好きな食べ物は？", POISON)
PATHS = (
    "/admin",
    "/admin?days=90",
    "/admin/answers",
    "/admin/search",
    "/admin/records?municipality=hakui",
    "/admin/records?municipality=nonoichi",
    "/admin/corrections",
    "/admin/channel",
    "/admin/exports",
    "/admin/acts",
    "/admin/answers/none",
)

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve a console with answers, ratings and corrections; give its address and an answer's id."""
    folder = tmp_path_factory.mktemp("console")
    settings = Settings(_env_file=None, data_dir=folder, embedding_model="hashing", admin_token=TOKEN)
    build(settings)
    state = state_of(settings)
    opener = Opener(settings, state)
    service = opener()
    answers = [service.answer(Question(question=q, municipality="hakui")) for q in QUESTIONS]
    for answer in answers:
        state.keeper.add(
            Rating(message_id=answer.message_id, rating="down", reason="誤り", comment=POISON, at=utc_now())
        )
    moved = Cited(document_id=POISON, start=0, end=1, quote=POISON)
    common = {"municipality": "hakui", "words": POISON, "author": POISON, "reason": POISON}
    state.corrections.add(Draft(kind="override", answer=POISON, sources=(moved,), **common))
    state.corrections.add(Draft(kind="synonym", meant="羽咋", **common))
    state.keeper.flush()
    with serving(create_app(settings, service, state=state, opener=opener)) as url:
        yield url, answers[0].message_id


@pytest.fixture(scope="module")
def signed_in(browser: Browser, console: tuple[str, str]) -> object:
    """Sign in once, as people do; give the browser's cookies."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(console[0] + "/admin")
    assert page.url.endswith("/admin/login")
    page.get_by_label("お名前").fill("企画課 佐藤")
    page.get_by_label("鍵").fill(TOKEN)
    page.get_by_role("button", name="ログイン").click()
    assert page.url.endswith("/admin")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def visit(browser: Browser, console: tuple[str, str], signed_in: object) -> Iterator[Visit]:
    """Give a function that opens a page of the console as who signed in; context options by name."""
    with opening(browser, console[0]) as open_:
        yield lambda path, *rest, **options: open_(path, *rest, storage_state=signed_in, **options)


def held(page: Page, width: int) -> None:
    """Hold a page to be accessible, to fit its width, and to have targets that a finger meets."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in page.locator(":is(main, nav) :is(button, select, textarea, input, summary, a)").all():
        box = target.bounding_box() if target.is_visible() else None
        if box and target.get_attribute("type") != "checkbox":
            assert box["height"] >= LEAST_TARGET, target.inner_text()


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_accessible_and_fits(
    visit: Visit, path: str, scheme: str, view: dict[str, int]
) -> None:
    held(visit(path, viewport=view, color_scheme=scheme), view["width"])


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
def test_what_a_form_leads_to_is_accessible_too(
    visit: Visit, console: tuple[str, str], view: dict[str, int]
) -> None:
    held(visit(f"/admin/answers/{console[1]}?replay=1", viewport=view), view["width"])
    page = visit("/admin/search", viewport=view)
    page.get_by_label("質問").fill("避難所の通信環境はいつまでに整備しますか")
    page.get_by_role("button", name="試す").click()
    expect(page.get_by_role("table").first).to_be_visible()
    held(page, view["width"])
    page = visit("/admin/corrections", viewport=view)
    page.get_by_role("button", name="回答の訂正を足す").click()
    expect(page.locator(".fault").last).to_be_visible()
    held(page, view["width"])


def test_the_login_is_accessible_and_tells_a_wrong_token(browser: Browser, console: tuple[str, str]) -> None:
    with opening(browser, console[0]) as open_:
        page = open_("/admin/login")
        held(page, PHONE["width"])
        page.get_by_label("お名前").fill("企画課")
        page.get_by_label("鍵").fill("wrong")
        page.get_by_role("button", name="ログイン").click()
        expect(page.get_by_role("alert")).to_have_text("鍵が正しくありません。")
        held(page, PHONE["width"])


def test_no_payload_that_was_kept_runs(visit: Visit) -> None:
    page = visit("/admin", lambda p: p.add_init_script(RECORD), bypass_csp=True)
    for path in PATHS:
        page.goto(page.url.split("/admin")[0] + path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        page.wait_for_timeout(100)
        assert (path, page.evaluate("window.ran")) == (path, [])


def test_an_export_is_a_file(visit: Visit) -> None:
    page = visit("/admin/exports", java_script_enabled=False)
    with page.expect_download() as download:
        page.get_by_role("button", name="書き出す").click()
    assert download.value.suggested_filename.startswith("answers-")
