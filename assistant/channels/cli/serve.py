"""`serve`: the HTTP service."""

from __future__ import annotations

import os
import resource
import socket
import tempfile
from contextlib import suppress
from typing import Annotated, Any

import typer
import uvicorn

from assistant.channels.app import create_app
from assistant.channels.cli.output import Refused, say
from assistant.channels.cli.supervisor import Supervisor
from assistant.channels.guard.connections import Punctual
from assistant.channels.guard.stopping import GRACE_SECONDS
from assistant.logs import configure
from assistant.settings import PREFIX, Settings, load_settings, unknown_settings
from assistant.state.errors import StateDown
from assistant.watching import metrics
from assistant.wiring import Opener, check_served, state_of
from index.errors import IndexUnreachable

# A worker that says nothing for so long hangs and is started anew. One that starts says nothing while it
# reads its libraries, which takes long on a busy machine; one that was killed is noticed at once.
HEALTH_SECONDS = 120


def serve(
    host: Annotated[str, typer.Option(help="待ち受けるアドレス")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="待ち受けるポート")] = 8000,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="プロセスの数")] = None,
) -> None:
    """HTTPサービスを始める。"""
    settings = load_settings()
    if workers is not None:
        settings = settings.model_copy(update={"workers": workers})
    configure(settings.log_format)
    for name in unknown_settings():
        say(f"{name} はこの版では使いません")
    _check_port(host, port)
    _check_data_dir(settings)
    _allow_many_connections()
    state = state_of(settings)
    with suppress(StateDown):
        state.database.start()  # a database that cannot be used ends the start; one that is down does not
    if settings.workers > 1:
        _serve_by_several(settings, host, port)
        return
    opener = Opener(settings, state)
    try:
        service = opener()
    except IndexUnreachable as error:  # the server of the vectors may yet come
        say(str(error))
        service = None
    app = create_app(settings, service, state=state, opener=opener)
    AnnouncingServer(uvicorn.Config(app, **_options(host, port))).run()


def _serve_by_several(settings: Settings, host: str, port: int) -> None:
    """Serve by worker processes; one that dies is started again."""
    check_served(settings)  # what would otherwise end each worker at its start
    os.environ[PREFIX + "WORKERS"] = str(settings.workers)
    with tempfile.TemporaryDirectory(prefix="plan-assistant-metrics-") as folder:
        os.environ[metrics.FOLDER] = folder  # the workers, which are new processes, count into it
        say(f"==> http://{host}:{port} で {settings.workers} つのプロセスを始めます（止めるには Ctrl+C）")
        config = uvicorn.Config(
            "assistant.channels.app:app_from_environment",
            factory=True,
            workers=settings.workers,
            **_options(host, port),
        )
        Supervisor(config, [config.bind_socket()]).run()


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
        "http": Punctual,
        "ws": "none",
        "proxy_headers": False,  # the app knows its own proxies
        "server_header": False,
        "access_log": False,
        "log_config": None,
        "log_level": "warning",
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "timeout_worker_healthcheck": HEALTH_SECONDS,
        "lifespan": "on",
    }


def _allow_many_connections() -> None:
    """Raise the number of sockets that may be open to what the system lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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
