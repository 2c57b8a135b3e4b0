"""The console within the service: its routes are there where a setting opens it, and nowhere else."""

from __future__ import annotations

from fastapi import FastAPI

from assistant.channels.admin import (
    acts,
    answers,
    channel,
    corrections,
    exports,
    login,
    overview,
    records,
    trial,
)
from assistant.channels.admin.console import Console
from assistant.settings import Settings
from assistant.state.state import State

ROUTERS = (
    login.router,
    login.leaving,
    overview.router,
    answers.router,
    trial.router,
    records.router,
    corrections.router,
    channel.router,
    exports.router,
    acts.router,
)


def add_console(app: FastAPI, settings: Settings, state: State) -> None:
    """Add the console to an app where a token or the city's own sign-in is set."""
    if settings.admin_token is None and settings.admin_sso_header is None:
        return
    app.state.console = Console(settings, state)
    for router in ROUTERS:
        app.include_router(router)
