"""How fast the widget is, measured in Chromium; nothing here is a test.

    python -m tests.browser.speed        # prints the figures that docs/benchmarks.md keeps

A frame of typing is what one letter costs by the clock until the page is laid out anew; beside it stands what
the page's thread worked for it, painting too, which others on the machine do not lengthen. At a sixth of its
speed the processor is about that of an old phone.
"""

from __future__ import annotations

import gzip

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from assistant.channels.bundle import widget_script
from tests.browser.conftest import DESK, FLAGS, chromium, opening, serving
from tests.browser.widget import field, keep_turns, open_by_keyboard
from tests.browser.widget_host import Host

TURNS = (0, 200)
SLOWED = (1, 6)
LETTERS = 200
TYPE = """async (letters) => {
  const field = document.querySelector('plan-assistant').shadowRoot.querySelector('textarea');
  const spent = [];
  for (let i = 0; i < letters; i += 1) {
    await new Promise((go) => requestAnimationFrame(go));
    const started = performance.now();
    field.setRangeText('あ', field.value.length, field.value.length, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    field.getBoundingClientRect();
    spent.push(performance.now() - started);
  }
  return spent.sort((a, b) => a - b);
}"""
LOAD = """async () => {
  const started = performance.now();
  const script = document.createElement('script');
  script.src = '/widget.js?again';
  script.dataset.open = '';
  document.head.append(script);
  const last = () => [...document.querySelectorAll('plan-assistant')].at(-1)?.shadowRoot;
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  while (last()?.activeElement?.tagName !== 'TEXTAREA') await frame();
  return performance.now() - started;
}"""


def main() -> None:
    """Measure and print."""
    print(f"widget.js: {len(gzip.compress(widget_script())):,} bytes gzip")
    with sync_playwright() as playwright, serving(Host().app()) as url:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for slowed in SLOWED:
            print(f"processor 1/{slowed}: ready {ready(browser, url, slowed):.0f} ms after the tag")
            for turns in TURNS:
                spent, work = typed(browser, url, turns, slowed)
                p50, p95 = (spent[int(len(spent) * share)] for share in (0.5, 0.95))
                print(
                    f"  {turns} turns: a letter p50 {p50:.1f} ms, p95 {p95:.1f} ms, worst {spent[-1]:.1f} ms;"
                    f" {work:.1f} ms of work"
                )
        browser.close()


def ready(browser: Browser, url: str, slowed: int) -> float:
    """Return the milliseconds from a script tag to a field that can be written in."""
    with opening(browser, url) as open_:
        page = open_("/page", viewport=DESK)
        slow(page, slowed)
        return float(page.evaluate(LOAD))


def typed(browser: Browser, url: str, turns: int, slowed: int) -> tuple[list[float], float]:
    """Return the milliseconds that letters cost, the least first, and the work for one on average."""
    with opening(browser, url) as open_:
        page = open_("/page", viewport=DESK)
        if turns:
            keep_turns(page, turns)
        open_by_keyboard(page)
        field(page).focus()
        slow(page, slowed)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = worked(session)
        spent: list[float] = page.evaluate(TYPE, LETTERS)
        return spent, (worked(session) - before) / LETTERS


def worked(session: CDPSession) -> float:
    """Return the milliseconds that a page's thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(m["value"]) * 1000 for m in metrics if m["name"] == "TaskDuration")


def slow(page: Page, times: int) -> None:
    """Slow the page's processor down."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


if __name__ == "__main__":
    main()
