"""`serve`: the HTTP service."""

from __future__ import annotations

import os
import socket
from typing import Annotated, Any

import typer
import uvicorn

from assistant.channels.app import create_app
from assistant.channels.cli.output import Refused, say
from assistant.logs import configure
from assistant.settings import Settings, load_settings, unknown_settings
from assistant.wiring import build_service, check_index

GRACE_SECONDS = 10


def serve(
    host: Annotated[str, typer.Option(help="待ち受けるアドレス")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="待ち受けるポート")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="プロセスの数")] = 1,
) -> None:
    """HTTPサービスを始める。"""
    settings = load_settings()
    configure(settings.log_format)
    for name in unknown_settings():
        say(f"{name} はこの版では使いません")
    _check_port(host, port)
    _check_data_dir(settings)
    if workers > 1:
        check_index(settings)  # what would otherwise end each worker at its start
        uvicorn.run(
            "assistant.channels.app:app_from_environment",
            factory=True,
            workers=workers,
            **_options(host, port),
        )
        return
    app = create_app(settings, build_service(settings))
    AnnouncingServer(uvicorn.Config(app, **_options(host, port))).run()


class AnnouncingServer(uvicorn.Server):
    """Say where the service is, once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and print the address last."""
        await super().startup(sockets)
        if self.started:
            say(f"==> http://{self.config.host}:{self.config.port} を開いてください（止めるには Ctrl+C）")


def _options(host: str, port: int) -> dict[str, Any]:
    return {
        "host": host,
        "port": port,
        "server_header": False,
        "access_log": False,
        "log_config": None,
        "log_level": "warning",
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "lifespan": "on",
    }


def _check_data_dir(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise Refused(f"PLAN_ASSISTANT_DATA_DIR: {settings.data_dir} に書き込めません", code=3)


def _check_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise Refused(
            f"--port: {host}:{port} は使えません（{error.strerror}）。別のポートを --port で選んでください"
        ) from error
