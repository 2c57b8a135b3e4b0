"""`line`: LINE's API and a chat, played on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.channels.cli.output import Refused, say
from assistant.settings import PREFIX, load_settings

app = typer.Typer(help="LINEの公式アカウント。", no_args_is_help=True)

SECRET, TOKEN = "simulated-channel-secret", "simulated-access-token"


@app.callback()
def line() -> None:
    """LINEの公式アカウント。"""


@app.command("simulate")
def simulate(
    url: Annotated[str, typer.Option(help="動いているサービスのアドレス")] = "http://127.0.0.1:8000",
    port: Annotated[int, typer.Option(min=1, max=65535, help="LINEのAPIの代わりが使うポート")] = 8090,
    transcript: Annotated[Path | None, typer.Option(help="やりとりをHTMLに描いて書く先")] = None,
) -> None:
    """LINEの代わりになるサーバーを立てて、端末から話しかける。"""
    from assistant.channels.line.simulator import api, drawing, terminal, webhooks
    from assistant.channels.line.simulator.standin import StandIn

    settings = load_settings()
    secret = settings.line_channel_secret
    token = settings.line_channel_access_token
    channel_secret = secret.get_secret_value() if secret else SECRET
    stand_in = StandIn(token.get_secret_value() if token else TOKEN)
    try:
        with api.serving(api.create_app(stand_in), port) as address:
            say(f"LINEのAPIの代わり: {address}")
            if not secret:
                say("サービスは、次の設定で始めてください:")
                say(f"  {PREFIX}LINE_CHANNEL_SECRET={SECRET} {PREFIX}LINE_CHANNEL_ACCESS_TOKEN={TOKEN}")
                say(f"  {PREFIX}LINE_API_URL={address} plan-assistant serve")
            say("話しかけてください（/follow /unfollow /sticker、終わるには Ctrl+D）")
            platform = webhooks.Platform(stand_in, url, channel_secret)
            turns = terminal.converse(platform, iter(sys.stdin.readline, ""), print)
    except (OSError, SystemExit) as error:
        raise Refused(f"--port: {port} は使えません。別のポートを選んでください") from error
    if transcript:
        transcript.write_text(drawing.page("LINE", turns), "utf-8")
        say(f"{transcript} に書きました")
