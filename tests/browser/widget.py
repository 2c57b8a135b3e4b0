"""How tests use the widget as a person does: by name and by keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

LAUNCH = "計画について聞く"
FIELD = "知りたいこと"


def open_by_keyboard(page: Page) -> None:
    """Go to the launcher with Tab, and open the dialog with Enter."""
    launcher = page.get_by_role("button", name=LAUNCH)
    expect(launcher.first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if focused(page) == LAUNCH:
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def ask(page: Page, question: str) -> None:
    """Type a question, send it with Enter and wait for what comes of it."""
    turns = page.locator(".turn")
    before = turns.count()
    begin(page, question)
    expect(turns).to_have_count(before + 1)
    expect(turns.last.locator(".streaming")).to_have_count(0)
    expect(page.get_by_role("button", name="止める", exact=True)).to_be_hidden()


def begin(page: Page, question: str) -> None:
    """Type a question and send it with Enter."""
    field(page).focus()
    page.keyboard.insert_text(question)
    page.keyboard.press("Enter")


def field(page: Page) -> Locator:
    """Return the question's field."""
    return page.get_by_role("textbox")


def press(page: Page, name: str) -> None:
    """Move to a button or link by Tab until it is reached, and press Enter on it."""
    for _ in range(80):
        if focused(page) == name:
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach 「{name}」")


def focused(page: Page) -> str:
    """Return the text or value of what has the focus, also inside the widget."""
    return str(
        page.evaluate(
            """() => {
              let active = document.activeElement;
              while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
              return active?.getAttribute('aria-label') ?? active?.textContent?.trim() ?? '';
            }"""
        )
    )


def keep_turns(page: Page, turns: int) -> None:
    """Put a long conversation where the widget keeps one, and load the page anew."""
    page.evaluate(
        """(turns) => {
          const answer = { messageId: 'message-1', status: 'answered', language: 'ja', engine: 'facts',
            text: '目標は2,800人です[1]。'.repeat(5), cards: [], suggestions: ['次は？'], notices: [],
            citations: [{ number: 1, title: '計画', section: [], quote: '2,800人', url: '/' }] };
          const kept = Array.from({ length: turns }, (_, i) => ({ question: `質問${i}`, answer }));
          localStorage.setItem('plan-assistant:preferences', JSON.stringify({ keep: true }));
          const conversation = JSON.stringify({ conversation: 'c', turns: kept });
          sessionStorage.setItem('plan-assistant:conversation:midori', conversation);
        }""",
        turns,
    )
    page.reload()
