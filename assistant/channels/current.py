"""What is served now: it follows what is published, without a restart and without a request that fails.

A new snapshot is opened beside the one that serves, searched once, and then takes its place by one
assignment; requests that have begun end with the one they began with. A snapshot that cannot be opened
changes nothing but what `/readyz` says; it is tried again from time to time, as its files may still be on
their way from a backup.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from assistant.channels import asking, browse, page_pictures, pages
from assistant.channels.serving import SMOKE_QUERY, problem_of
from assistant.service import Service
from assistant.settings import Settings
from assistant.wiring import plans_folder
from corpus.errors import CorpusError
from corpus.readings import plan_readings
from index.embedders import ModelUnavailable
from index.errors import IndexUnavailable, IndexUnreachable
from index.snapshot import published_name

POLL_SECONDS = 1.0
# What could not be opened is tried again after so many looks.
REFUSED_LOOKS = 10

log = structlog.get_logger("plan-assistant")


class Current:
    """What an app serves, and the routes of its pages."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._pages: list[object] = []
        self._refused: str | None = None
        self._looks_left = 0
        self._tell(None)

    def show(self, service: Service) -> None:
        """Serve from now on from this service; to be called from the event loop alone."""
        templates = pages.environment()
        readings = plan_readings(service.library, plans_folder(self._settings))
        routes = self._app.router.routes
        routes[:] = [route for route in routes if route not in self._pages]
        others = len(routes)
        library, plans = service.library, plans_folder(self._settings)
        pictured = page_pictures.pictured(library, plans)
        for router in (
            pages.pages_router(library, templates, pictured),
            page_pictures.pictures_router(library, plans),
            browse.browse_router(library, templates),
            asking.asking_router(library, templates),
        ):
            self._app.include_router(router)
        self._pages = list(routes[others:])
        self._app.state.service = service
        self._app.state.readings = readings
        self._refused = None
        self._tell(None)

    @asynccontextmanager
    async def following(self, opener: Callable[[], Service]) -> AsyncIterator[None]:
        """Serve what is published, and whatever is published later, until the context ends."""
        await self._look(opener)
        watching = asyncio.create_task(self._follow(opener))
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _follow(self, opener: Callable[[], Service]) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._look(opener)
            except Exception as error:  # whatever it is, the next look may be better
                log.error("index", problem=type(error).__name__, exc_info=error)

    async def _look(self, opener: Callable[[], Service]) -> None:
        """Open what is published if it is not what is served, and see that its vectors can be reached."""
        service: Service | None = getattr(self._app.state, "service", None)
        try:
            name = published_name(self._settings.data_dir)
            self._looks_left -= 1
            if self._refused and self._looks_left <= 0:
                self._refused = None
            if name != self._refused and (service is None or name != service.manifest.name):
                opened = await run_in_threadpool(_opened, opener)
                self.show(opened)
                log.info("index", snapshot=opened.manifest.name)
                del service, opened
                gc.collect()  # what served before holds a copy of its vectors
            elif service is not None:
                await run_in_threadpool(service.reach)
                self._tell(problem_of(self._app) if name == self._refused else None)
        except IndexUnreachable as error:
            self._tell(str(error), unreachable=True)
        except (IndexUnavailable, ModelUnavailable, CorpusError) as error:
            with contextlib.suppress(IndexUnavailable):
                self._refused, self._looks_left = published_name(self._settings.data_dir), REFUSED_LOOKS
            self._tell(str(error))

    def _tell(self, problem: str | None, unreachable: bool = False) -> None:
        if problem and problem != problem_of(self._app):
            log.error("index", problem=problem)
        self._app.state.problem = problem
        self._app.state.unreachable = unreachable


def _opened(opener: Callable[[], Service]) -> Service:
    service = opener()
    service.search(SMOKE_QUERY, None, 1)
    return service
