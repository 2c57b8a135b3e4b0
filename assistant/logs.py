"""Logs: one structured line an event, with personal data masked on its way out."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

from assistant.masking import mask


def configure(log_format: Literal["json", "text"], quiet: bool = False) -> None:
    """Send structlog and the libraries' logs to stderr; `quiet` keeps warnings and worse only."""
    level = logging.WARNING if quiet else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("chromadb", "httpx", "sentence_transformers", "transformers", "bm25s", "uvicorn.access"):
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
    """Mask every text of an event but the time; nested values are left to those who log them."""
    return {
        k: mask(v) if isinstance(v, str) and k not in ("timestamp", "message_id") else v
        for k, v in event.items()
    }
