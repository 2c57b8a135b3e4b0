"""The HTTP service: its routes, and what stands around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from assistant.channels import chat, feedback, pages, status, stream, widget_api
from assistant.channels.admin.start import add_console
from assistant.channels.current import Current
from assistant.channels.guard import add_guards
from assistant.channels.guard.rates import rates_of
from assistant.channels.guard.stopping import Stopping, notice_of_signals
from assistant.channels.line import link_page
from assistant.channels.line import webhook as line
from assistant.channels.line.start import line_at_work
from assistant.channels.mcp.http import tools_at_mcp
from assistant.channels.openai import routes as openai
from assistant.channels.paused import Paused, say_paused
from assistant.channels.problems import add_handlers, documented
from assistant.channels.serving import service_now
from assistant.logs import configure
from assistant.service import Service
from assistant.settings import Settings, load_settings
from assistant.state.feedback import Feedback
from assistant.state.pause import Switch
from assistant.state.state import State
from assistant.watching import tracing
from assistant.wiring import Opener, state_of


def create_app(
    settings: Settings | None = None,
    service: Service | None = None,
    ratings: Feedback | None = None,
    state: State | None = None,
    opener: Opener | None = None,
) -> FastAPI:
    """Return the app; with an opener, or without a service, it serves what is published, now and later."""
    chosen = settings or load_settings()
    kept = state or state_of(chosen)
    switch = Switch(chosen.data_dir)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if chosen.otlp_url:
            tracing.export_to(chosen.otlp_url, app.version)
        if service is None or state is not None:
            kept.start()
        current = Current(app, chosen)
        if service:
            current.show(service)

        def now() -> Service:
            return service_now(app)

        async with AsyncExitStack() as at_work:
            if opener or not service:
                built = await run_in_threadpool(Opener, chosen, kept) if opener is None else opener
                await at_work.enter_async_context(current.following(built))
            status.watch_parts(app, chosen)
            app.state.stopping = Stopping()
            at_work.enter_context(notice_of_signals(app.state.stopping, lambda: status.stop(app)))
            at_work.enter_context(line_at_work(app.state, chosen, now, kept, switch.current))
            await at_work.enter_async_context(tools_at_mcp(app, now, switch.current))
            yield
        await run_in_threadpool(kept.stop)

    app = FastAPI(
        title="plan-assistant",
        version=version("plan-assistant"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if chosen.openapi else None,
        # A redirect would take its host from a header that anyone can write.
        redirect_slashes=False,
    )
    app.state.slots = stream.Slots()
    app.state.switch = switch
    app.state.state = kept
    app.state.feedback = ratings or kept.keeper
    app.state.rates = rates_of(chosen)
    status.prepare(app)
    for routes in (chat, stream, feedback, widget_api, openai, line, link_page):
        app.include_router(routes.router, responses=documented())
    app.include_router(status.router)
    app.include_router(pages.files_router())
    add_console(app, chosen, kept)
    add_handlers(app)
    app.add_exception_handler(Paused, say_paused)
    add_guards(app, chosen, app.state.rates)
    return app


def app_from_environment() -> FastAPI:
    """Return the app as the environment sets it: what each worker of the server starts."""
    chosen = load_settings()
    configure(chosen.log_format)
    return create_app(chosen)
