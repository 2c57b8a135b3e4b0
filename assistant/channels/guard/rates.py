"""Rate limits: how often one network, and one conversation, may ask.

Counted in Redis where one is set, so that the limit holds across workers and machines; else in each process,
which then grants its share of the limit alone. While Redis is away each process counts for itself, and more
strictly: all of them together grant half of the limit, beside what Redis had granted already.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import structlog
from fastapi import HTTPException, Request
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.channels.guard.addresses import is_local, network_of
from assistant.channels.guard.origins import SAFE
from assistant.channels.problems import problem
from assistant.settings import Settings
from assistant.watching import metrics

DEFAULT_ADDRESS = "300/minute"
LOGINS = "5/minute;30/hour"
REDIS_SECONDS = 1.0
RETRY_REDIS_SECONDS = 5.0
# What is sent by machines that identify themselves otherwise: LINE signs what it sends.
UNLIMITED = ("/line/webhook",)
# What asks although it is read: a question in a link.
ASKING_PATHS = ("/ask",)

log = structlog.get_logger("plan-assistant")


class Rates:
    """Count how often something is asked; `seconds_to_wait` for one that asked too often."""

    def __init__(
        self,
        address: str | None,
        conversation: str | None,
        redis_url: str | None = None,
        processes: int = 1,
        key_prefix: str = "plan-assistant",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take limits such as `300/minute;2000/hour`; an address limit of None leaves this machine out."""
        self._spares_local = address is None
        self._limits = {
            "address": _items(address or DEFAULT_ADDRESS),
            "conversation": _items(conversation),
            "login": _items(LOGINS),
        }
        self._clock = clock
        self._away_until = 0.0
        self._shared = _redis(redis_url, key_prefix) if redis_url else None
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._share = processes * (2 if redis_url else 1)

    async def seconds_to_wait(self, kind: str, key: str) -> int | None:
        """Count one request; the seconds until another is taken, or None where this one is."""
        for item in self._limits[kind]:
            waiting = await self._hit(item, kind, key)
            if waiting is not None:
                metrics.limited.labels(kind).inc()
                return waiting
        return None

    async def address_wait(self, host: str) -> int | None:
        """Count a request of an address."""
        return None if self._spares(host) else await self.seconds_to_wait("address", network_of(host))

    async def conversation_wait(self, conversation_id: str, host: str) -> int | None:
        """Count a question of a conversation that an address leads."""
        return None if self._spares(host) else await self.seconds_to_wait("conversation", conversation_id)

    async def login_wait(self, host: str) -> int | None:
        """Count an administrator's login; no address is spared."""
        return await self.seconds_to_wait("login", network_of(host))

    def _spares(self, host: str) -> bool:
        return self._spares_local and is_local(host)

    async def _hit(self, item: RateLimitItem, kind: str, key: str) -> int | None:
        if self._shared is not None and self._clock() >= self._away_until:
            try:
                waiting = await _waiting(self._shared, item, kind, key)
                self._found()
                return waiting
            except Exception as error:  # whatever Redis' client raises: the limit must hold all the same
                self._lost(error)
        return await _waiting(self._local, _shared_out(item, self._share), kind, key)

    def _found(self) -> None:
        if self._away_until:
            self._away_until = 0.0
            metrics.limits_local.set(0)
            log.info("rate limits", counted_by="redis")

    def _lost(self, error: Exception) -> None:
        if not self._away_until:
            log.warning("rate limits", counted_by="process", error=type(error).__name__)
        self._away_until = self._clock() + RETRY_REDIS_SECONDS
        metrics.limits_local.set(1)
        metrics.fallbacks.labels("rate_limits_local").inc()


def rates_of(settings: Settings) -> Rates:
    """Return the rate limits as they are set."""
    url = settings.redis_url.get_secret_value() if settings.redis_url else None
    return Rates(settings.rate_limit, settings.conversation_rate_limit, url, settings.workers)


class AddressRates:
    """Refuse with 429 and Retry-After what asks too often from one network."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] == "http" and _asks(scope):
            client = scope.get("client")
            waiting = await self._rates.address_wait(client[0] if client else "")
            if waiting is not None:
                await _too_many("この回線から", waiting)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def admit(request: Request, conversation_id: str | None) -> None:
    """Count a question of a conversation; 429 where there were too many."""
    rates: Rates | None = getattr(request.app.state, "rates", None)
    client = request.client.host if request.client else ""
    if conversation_id is None or rates is None:
        return
    waiting = await rates.conversation_wait(conversation_id, client)
    if waiting is not None:
        raise HTTPException(429, _detail("この会話で", waiting), headers={"Retry-After": str(waiting)})


def _asks(scope: Scope) -> bool:
    path = scope["path"]
    if path in UNLIMITED:
        return False
    return scope["method"] not in SAFE or (path in ASKING_PATHS and bool(scope["query_string"]))


def _too_many(who: str, waiting: int) -> ASGIApp:
    return problem(429, _detail(who, waiting), {"Retry-After": str(waiting)})


def _detail(who: str, waiting: int) -> str:
    return f"requests: {who}の質問が多すぎます。{waiting}秒ほど待ってください"


def _items(limits: str | None) -> Sequence[RateLimitItem]:
    return () if limits in (None, "off") else parse_many(limits or "")


def _shared_out(item: RateLimitItem, among: int) -> RateLimitItem:
    """Return one process's share of a limit."""
    return type(item)(max(1, item.amount // among), item.multiples)


def _redis(url: str, key_prefix: str) -> SlidingWindowCounterRateLimiter:
    storage: Storage = RedisStorage(
        f"async+{url}",
        implementation="redispy",
        key_prefix=key_prefix,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    return SlidingWindowCounterRateLimiter(storage)


async def _waiting(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, kind: str, key: str
) -> int | None:
    if await limiter.hit(item, kind, key):
        return None
    stats = await limiter.get_window_stats(item, kind, key)
    return max(1, math.ceil(stats.reset_time - time.time()))
