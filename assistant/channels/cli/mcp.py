"""`mcp`: the tools for another program, over standard input and output."""

from __future__ import annotations

from assistant.logs import configure
from assistant.settings import load_settings
from assistant.state.pause import Switch
from assistant.wiring import build_service


def mcp() -> None:
    """MCPサーバーを標準入出力で始める（AIのアプリが起動する）。"""
    from assistant.channels.mcp.server import PlanServer  # the protocol's library is large

    configure("text", quiet=True)  # standard output carries the protocol and nothing else
    settings = load_settings()
    service = build_service(settings)
    PlanServer(lambda: service, Switch(settings.data_dir).current).run("stdio")
