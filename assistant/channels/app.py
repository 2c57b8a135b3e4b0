"""The HTTP service: routes, limits and headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.channels import asking, browse, chat, feedback, pages, stream, widget_api
from assistant.channels.problems import FIELDS, add_handlers, problem
from assistant.service import Service
from assistant.settings import Settings, load_settings
from assistant.state.feedback import FOLDER, Feedback, FeedbackFiles
from assistant.wiring import build_service, plans_folder
from corpus.readings import plan_readings

LARGEST_BODY = 64 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(
    settings: Settings | None = None, service: Service | None = None, ratings: Feedback | None = None
) -> FastAPI:
    """Return the app; the service is built at its start unless one is given."""
    chosen = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        built = service or build_service(chosen)
        built.search("計画の期間", None, 1)
        app.state.service = built
        app.state.readings = plan_readings(built.library, plans_folder(chosen))
        templates = pages.environment()
        app.include_router(pages.pages_router(built.library, templates))
        app.include_router(browse.browse_router(built.library, templates))
        app.include_router(asking.asking_router(built.library, templates))
        yield

    app = FastAPI(
        title="plan-assistant",
        version=version("plan-assistant"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.slots = stream.Slots()
    app.state.feedback = ratings or FeedbackFiles(chosen.data_dir / FOLDER)
    for routes in (chat, stream, feedback, widget_api):
        app.include_router(routes.router)
    _add_status_routes(app)
    add_handlers(app, HEADERS)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY)
    app.add_middleware(Edge)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    if chosen.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=chosen.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
            expose_headers=["Retry-After"],
        )

    return app


def app_from_environment() -> FastAPI:
    """Return the app as the environment sets it: what each worker of the server starts."""
    return create_app(load_settings())


def _add_status_routes(app: FastAPI) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz(request: Request) -> JSONResponse:
        """Say whether questions can be answered: the index is open and the model is warm."""
        ready = getattr(request.app.state, "service", None) is not None
        return JSONResponse({"status": "ready" if ready else "starting"}, 200 if ready else 503)

    @app.get("/version")
    def app_version(request: Request) -> dict[str, str]:
        """Give the versions of the code, the index and the model."""
        service = chat.service_of(request)
        manifest = service.manifest
        return {"version": app.version, "snapshot": manifest.name, "model": manifest.model}


class Edge:
    """Add the security headers to every response, and give the body limit's refusal as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; only what is sent back is changed."""
        replaced = False

        async def changed(message: Message) -> None:
            nonlocal replaced
            if message["type"] != "http.response.start":
                if not replaced:
                    await send(message)
                return
            headers = MutableHeaders(scope=message)
            if message["status"] == 413 and "problem" not in headers.get("content-type", ""):
                replaced = True
                await problem(413, FIELDS[413])(scope, receive, with_headers)
                return
            await with_headers(message)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, changed if scope["type"] == "http" else send)
