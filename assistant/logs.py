"""Logs: one structured line an event, with personal data masked on its way out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Literal

import structlog

from assistant.masking import mask

# Libraries that tell more than anyone needs, the addresses that are called among it.
NOISY = (
    "chromadb",
    "httpx",
    "httpx2",
    "alembic",
    "mcp",
    "sentence_transformers",
    "transformers",
    "bm25s",
    "uvicorn.access",
)
# Made by us of random characters, in which a run of digits is no telephone number.
IDS = frozenset({"timestamp", "message_id", "trace_id", "passages"})


def configure(log_format: Literal["json", "text"], quiet: bool = False) -> None:
    """Send structlog and the libraries' logs to stderr; `quiet` keeps warnings and worse only."""
    level = logging.WARNING if quiet else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class MaskingFormatter(logging.Formatter):
    """Mask what the libraries log, their tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text without personal data."""
        return mask(super().format(record))


def mask_values(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Mask every text of an event, inside lists and mappings too; our own ids are left as they are."""
    return {k: v if k in IDS else _masked(v) for k, v in event.items()}


def _masked(value: object) -> object:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {_masked(k): _masked(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_masked(v) for v in value]
    return value if value is None or isinstance(value, int | float) else mask(repr(value))
