"""`widget tag`: the line that a city puts on its page."""

from __future__ import annotations

import html
import re
from typing import Annotated

import typer

from assistant.channels.bundle import integrity, languages
from assistant.channels.cli.output import Refused
from assistant.service import UnknownMunicipality
from assistant.settings import load_settings
from assistant.wiring import library_of

ORIGIN = r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?"

app = typer.Typer(no_args_is_help=True, help="市のページに置くウィジェット")


@app.callback()
def widget() -> None:
    """市のページに置くウィジェット。"""


@app.command("tag")
def tag(
    url: Annotated[str, typer.Option(help="このサービスの公開アドレス")],
    municipality: Annotated[str | None, typer.Option(help="市町村のID")] = None,
    language: Annotated[str | None, typer.Option(help="ja・easy・en・zh")] = None,
) -> None:
    """ページに貼る1行を表示する。改ざんを見分ける値（integrity）が付き、更新のたびに貼り直す。"""
    if not re.fullmatch(ORIGIN, url.rstrip("/")):
        raise Refused(f"--url: '{url}' は https://chat.example.jp のように書いてください")
    if language is not None and language not in languages():
        raise Refused(f"--language: '{language}' は {'・'.join(languages())} のどれかにしてください")
    library = library_of(load_settings())
    if municipality is not None and library.holding(municipality) is None:
        known = "、".join(h.id for h in library.holdings)
        raise UnknownMunicipality(f"--municipality: '{municipality}' の計画はありません（{known}）")
    print(tag_of(url.rstrip("/"), municipality, language))


def tag_of(url: str, municipality: str | None = None, language: str | None = None) -> str:
    """Return the script element for a page that is not served from here."""
    data = {"data-municipality": municipality, "data-language": language}
    chosen = "".join(f' {name}="{html.escape(value)}"' for name, value in data.items() if value)
    return (
        f'<script src="{html.escape(url)}/widget.js"{chosen} integrity="{integrity()}" '
        'crossorigin="anonymous" defer></script>'
    )
