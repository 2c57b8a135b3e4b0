"""What stands between the network and the routes; `add_guards` names each, the outermost first."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from assistant.channels.guard.addresses import TrustedProxies
from assistant.channels.guard.edge import Errors, SecurityHeaders
from assistant.channels.guard.origins import OwnOrigins
from assistant.channels.guard.rates import AddressRates, Rates
from assistant.channels.guard.room import Room
from assistant.channels.guard.watch import TRACE_HEADER, Watch
from assistant.channels.openai.errors import OpenAIErrors
from assistant.channels.staff_access import StaffAccess
from assistant.settings import Settings

LARGEST_BODY = 64 * 1024


def add_guards(app: FastAPI, settings: Settings, rates: Rates) -> None:
    """Put the guards around the app."""
    cors = (
        Middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
            expose_headers=["Retry-After", TRACE_HEADER],
        ),
    )
    app.user_middleware = [
        Middleware(TrustedProxies, proxies=settings.proxies),
        Middleware(Watch, proxies=settings.proxies),
        Middleware(SecurityHeaders, origins=settings.origins),
        Middleware(GZipMiddleware, minimum_size=1024),
        *(cors if settings.origins else ()),
        Middleware(OpenAIErrors),
        Middleware(Errors),
        Middleware(OwnOrigins, origins=settings.origins),
        Middleware(StaffAccess),
        Middleware(AddressRates, rates=rates),
        Middleware(Room),
        Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY),
    ]
