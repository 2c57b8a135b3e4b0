"""What an app serves at the moment, as every route asks for it."""

from __future__ import annotations

from fastapi import FastAPI

from assistant.service import Service
from index.errors import IndexUnavailable

# Searched once where a snapshot must be seen to answer.
SMOKE_QUERY = "計画の期間"


def current_of(app: FastAPI) -> Service | None:
    """Return the service that answers now, or None while there is none that can."""
    service: Service | None = getattr(app.state, "service", None)
    return None if getattr(app.state, "unreachable", False) else service


def service_now(app: FastAPI) -> Service:
    """Return the service that answers now; raises IndexUnavailable while there is none that can."""
    service = current_of(app)
    if service is None:
        raise IndexUnavailable(problem_of(app) or "no index is open")
    return service


def problem_of(app: FastAPI) -> str | None:
    """Return why what is published is not served, or None."""
    problem: str | None = getattr(app.state, "problem", None)
    return problem
