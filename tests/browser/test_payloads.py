"""Three hundred payloads in all that can be received run no script, also where no policy forbids it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.channels.app import create_app
from assistant.settings import Settings
from assistant.state.pause import Switch
from assistant.wiring import build, plans_folder
from corpus.add import add_documents
from tests.browser.conftest import DESK, OpenPage, opening, serving
from tests.browser.payloads import PAYLOADS, RECORD
from tests.browser.widget import open_by_keyboard

CITY = "payload"
TITLE = PAYLOADS[1] + PAYLOADS[26]


def without_policy(page: Page) -> None:
    page.add_init_script(RECORD)


def ran(page: Page) -> list[int]:
    """Return the payloads that ran, after everything that can be opened or pointed at was."""
    page.evaluate(
        """() => {
          const all = (root) => [...root.querySelectorAll('*')]
            .flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
          for (const e of all(document)) {
            if (e instanceof HTMLDetailsElement) e.open = true;
            for (const kind of ['mouseover', 'focus', 'toggle', 'load', 'error'])
              e.dispatchEvent(new Event(kind));
          }
        }"""
    )
    page.wait_for_timeout(200)
    found: list[int] = page.evaluate("window.ran")
    return found


def test_the_payloads_are_many_and_different_and_run_where_they_are_markup(open_site: OpenPage) -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 300
    page = open_site("/page", without_policy, bypass_csp=True)
    page.evaluate(
        "(all) => { for (const p of all) document.body.insertAdjacentHTML('beforeend', p); }", PAYLOADS[:25]
    )
    page.wait_for_timeout(300)
    assert len(set(page.evaluate("window.ran"))) >= 8


def kept_turns() -> str:
    """Return a kept conversation in which every part of every turn is a payload."""
    contact = lambda p: {"name": p, "phone": [p], "email": p, "address": p}  # noqa: E731
    turns = [
        {
            "question": p,
            "answer": {
                **{"messageId": p, "status": "answered", "language": "ja", "engine": p, "text": f"{p}[1]"},
                "citations": [
                    {"number": 1, "title": p, "section": [p], "quote": p, "url": f"javascript:hit({i})"}
                ],
                "cards": [
                    {"type": "term", "term": p, "definition": p, "source": {"document_id": p}},
                    {"type": "kpi", "indicator": p, "measure": p, "target": {"text": p, "value": 1}},
                    {
                        "type": "roadmap",
                        "measure": p,
                        "rows": [{"text": p, "fiscal_years": [2026], "certain": True}],
                    },
                    {
                        "type": "measure",
                        "title": p,
                        "number": p,
                        "departments": [p],
                        "overview": p,
                        "activities": [p],
                    },
                    {"type": "contact", **contact(p)},
                ],
                **{"suggestions": [p], "notices": [p], "contact": contact(p)},
            },
        }
        for i, p in enumerate(PAYLOADS)
    ]
    return json.dumps({"conversation": PAYLOADS[0], "turns": turns})


def test_the_widget_shows_them_as_text(open_site: OpenPage) -> None:
    page = open_site("/page", without_policy, bypass_csp=True, viewport=DESK)
    page.evaluate(
        """(kept) => {
          localStorage.setItem('plan-assistant:preferences', JSON.stringify({ keep: true, seen: true }));
          sessionStorage.setItem('plan-assistant:conversation:midori', kept);
        }""",
        kept_turns(),
    )
    page.reload()
    open_by_keyboard(page)
    expect(page.locator(".turn")).to_have_count(len(PAYLOADS))
    assert page.locator(".turn .asked").all_text_contents() == list(PAYLOADS)
    foreign = "img, script, iframe, svg, style, object, embed, video, audio, input, form, link, meta, math"
    assert page.locator(f".turn :is({foreign})").count() == 0
    hrefs = page.locator(".turn a").evaluate_all("all => all.map((a) => new URL(a.href).protocol)")
    assert set(hrefs) <= {"http:", "tel:", "mailto:"}
    assert ran(page) == []


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Switch]]:
    """Serve a plan whose text, title, file's name and city's name are payloads."""
    folder = tmp_path_factory.mktemp("payloads")
    cells = "\n".join(f"({i}) {p}\t{p}\t1,100人\t2,800人" for i, p in enumerate(PAYLOADS[:60], 1))
    text = "計画\n\n第1章 はじめに\n\n" + "\n\n".join(f"{p}を進めます。" for p in PAYLOADS)
    text += f"\n\n第2章 {TITLE}\n\n施策\t成果指標\tR7基準値\tR12目標値\n{cells}\n"
    file = folder / PAYLOADS[1].replace("/", "")
    file = file.with_name(file.name + ".txt")
    file.write_text(text, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "var", embedding_model="hashing")
    holding = add_documents(plans_folder(settings), CITY, [file], name=TITLE, title=TITLE)
    build(settings)
    with serving(create_app(settings)) as url:
        yield url, holding.documents[0].document_id, Switch(settings.data_dir)


def test_no_page_runs_them(browser: Browser, poisoned: tuple[str, str, Switch]) -> None:
    url, document, switch = poisoned
    asked = [f"/ask?municipality={CITY}&question={quote(p)}" for p in PAYLOADS[::25]]
    paths = [
        *("/", f"/?municipality={CITY}", "/ask", f"/plans/{CITY}", f"/compare?left={CITY}"),
        *(f"/sources/{document}#c20-400", f"/plans/{CITY}/kpis/kpi-1", *asked),
        f"/ask?municipality={CITY}&question={quote('成果指標の一覧は？')}",
    ]
    with opening(browser, url) as open_:
        page = open_("/", without_policy, bypass_csp=True)
        for path in paths:
            page.goto(url + path)
            assert (path, ran(page)) == (path, [])
        switch.pause(TITLE)
        page.goto(f"{url}/ask")
        assert ran(page) == []
        switch.resume()
