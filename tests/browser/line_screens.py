"""Pictures of conversations of staff on LINE, for docs/line: as sent, drawn by the simulator.

    python -m tests.browser.line_screens    # all anew, over the index of PLAN_ASSISTANT_DATA_DIR

All of them together stay below 1 MB.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from assistant.channels.app import create_app
from assistant.channels.line.simulator.api import create_app as line_api
from assistant.channels.line.simulator.api import serving
from assistant.channels.line.simulator.drawing import Spoken, answered, page, spoken
from assistant.channels.line.simulator.standin import StandIn
from assistant.channels.line.simulator.webhooks import Platform, user_id
from assistant.logs import configure
from assistant.settings import load_settings
from assistant.state.database import Database
from assistant.state.state import State
from assistant.wiring import build_service
from tests.browser.pictures import Album

PICTURES = Album(Path(__file__).parents[2] / "docs" / "line", share=0.7, colours=32, most_bytes=1_000_000)
WIDTH = 760
SECRET, TOKEN = "pictures-channel-secret", "pictures-access-token"

CONVERSATIONS: dict[str, tuple[str, ...]] = {
    "01-code": ("CODE", "スマホ教室の目標は？"),
    "02-indicator": ("羽咋ポイントの登録者数の目標は？", "担当課は？"),
    "03-roadmap": ("羽咋市のデジタル公民館の工程は？", "出典だけ"),
    "04-other-city": ("書かない窓口について教えて", "野々市市は？"),
    "05-list": ("羽咋市のテーマ4の施策は？",),
    "06-years": ("野々市市の書かない窓口はいつ本格導入？", "担当課は？"),
    "07-term": ("EBPMとは？", "羽咋市のCIOは誰？"),
    "08-not-there": ("羽咋市のごみ収集日は？", "ワールドカップの優勝国は？"),
    "09-internal": ("未公表の人事異動の内示について教えて",),
    "10-unlink": ("両市のオンライン申請の目標は？", "解除", "オンライン申請の目標は？"),
}


def main() -> None:
    """Take every picture."""
    configure("text", quiet=True)
    with (
        PICTURES.anew() as browser,
        tempfile.TemporaryDirectory() as folder,
        office(Path(folder)) as (platform, state),
    ):
        for name, said in CONVERSATIONS.items():
            draw(browser, name, page("公式アカウント（見本）", converse(platform, state, said)))


@contextmanager
def office(folder: Path) -> Iterator[tuple[Platform, State]]:
    """Serve the real plans with LINE set to the stand-in, over an empty database."""
    line = StandIn(TOKEN)
    settings = load_settings()
    state = State(Database(f"sqlite:///{folder}/state.db"), folder / "spool", 365)
    with serving(line_api(line)) as api:
        known = {
            "line_channel_secret": SECRET,
            "line_channel_access_token": TOKEN,
            "line_api_url": api,
            "public_url": "https://chat.example.jp",
        }
        chosen = type(settings).model_validate({**settings.model_dump(), **known})
        with serving(create_app(chosen, build_service(settings, state), state=state)) as service:
            yield Platform(line, service, SECRET), state


def converse(platform: Platform, state: State, said: tuple[str, ...]) -> list[Spoken]:
    """Have a conversation as a new member of staff and return it; CODE shows the linking too."""
    user, turns = user_id(), list[Spoken]()
    _, code = state.staff.invite("山田")
    for text in (code, *(t for t in said if t != "CODE")):
        before = len(platform.line.sent_to(user))
        platform.send([platform.text(user, text)])
        while len(platform.line.sent_to(user)) == before:
            platform.line.wait_for(len(platform.line.sent) + 1, 0.1)
        if text != code or "CODE" in said:
            turns += [spoken("ABCD-EFGH-JK23" if text == code else text)]
            turns += [answered(s.messages) for s in platform.line.sent_to(user)[before:]]
    return turns


def draw(browser: Browser, name: str, html: str) -> None:
    """Keep a page, as long as it is."""
    view: dict[str, Any] = {"width": WIDTH, "height": 400}
    opened = browser.new_page(viewport=view)
    opened.set_content(html)
    PICTURES.keep(opened, name, whole=True)
    opened.close()


if __name__ == "__main__":
    main()
