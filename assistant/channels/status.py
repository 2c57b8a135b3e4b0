"""What those who run the service ask it: alive, ready, which versions, which figures."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from assistant.channels.chat import service_of
from assistant.channels.problems import documented
from assistant.channels.serving import SMOKE_QUERY, current_of, problem_of, service_now
from assistant.settings import Settings
from assistant.watching import metrics
from assistant.watching.readiness import Readiness, Report, check_disk
from index.errors import IndexUnavailable

router = APIRouter()


def prepare(app: FastAPI) -> None:
    """Give the app what readiness and figures are kept in, before anything is ready."""
    app.state.readiness = Readiness()
    app.state.readings_now = metrics.Readings()
    metrics.forget_the_dead()


def watch_parts(app: FastAPI, settings: Settings) -> None:
    """Watch the parts that answering needs; more parts and figures are added to the same two objects."""
    readiness: Readiness = app.state.readiness

    def index() -> None:
        service_now(app)

    def search() -> None:
        service_now(app).search(SMOKE_QUERY, None, 1)

    def published() -> None:
        problem = problem_of(app)
        if problem:
            raise IndexUnavailable(problem)

    def age() -> float:
        service = current_of(app)
        built = service.manifest.built if service else None
        return time.time() - built.timestamp() if built else 0.0

    readiness.add("index", index)
    readiness.add("search", search)
    # What is published and cannot be served: what was served before goes on.
    readiness.add("published", published, needed=False)
    if settings.data_dir.is_dir():
        readiness.add("disk", check_disk(settings.data_dir))
    figures: metrics.Readings = app.state.readings_now
    figures.add("snapshot_age_seconds", "Seconds since the index was built", age)
    figures.add("spool_bytes", "Bytes that wait for the database", app.state.state.keeper.waiting)


def stop(app: FastAPI) -> None:
    """Say that no more questions should be sent here."""
    app.state.readiness.stopping = True


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Report, responses={503: {"model": Report}})
async def readyz(request: Request) -> JSONResponse:
    """Say whether questions can be answered, and how each part is that they need."""
    readiness: Readiness = request.app.state.readiness
    report = await readiness.report()
    told = report.model_copy(update={"problem": problem_of(request.app)})
    return JSONResponse(told.model_dump(exclude_none=True), 200 if report.serving else 503)


@router.get("/version", responses=documented(503))
def app_version(request: Request) -> dict[str, str]:
    """Give the versions of the code, the index and the model."""
    manifest = service_of(request).manifest
    return {"version": request.app.version, "snapshot": manifest.name, "model": manifest.model}


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def figures(request: Request) -> Any:
    """Give the figures as Prometheus reads them."""
    return Response(metrics.page(request.app.state.readings_now), media_type=metrics.MEDIA_TYPE)
