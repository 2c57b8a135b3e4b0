"""How long a connection may take: to send its request, and to take what it is sent.

A caller that holds a connection open without saying or reading anything costs a few kilobytes, and no
worker; it is let go all the same, so that sockets do not run out. This is done below HTTP, in the server.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from assistant.channels.guard.edge import security_headers
from assistant.channels.problems import TITLES

# A request has arrived whole after this long, or at this many bytes a second.
REQUEST_SECONDS = 15.0
LEAST_BYTES_A_SECOND = 2048
# What was sent is taken after this long.
READ_SECONDS = 30.0
LONGEST_HEAD = 32 * 1024
STATUS_LINES = {
    400: b"HTTP/1.1 400 Bad Request\r\n",
    408: b"HTTP/1.1 408 Request Timeout\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
}


class Punctual(HttpToolsProtocol):
    """The server's own protocol, with an end to waiting."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._came = 0
        self._since = 0.0
        self._in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came; a head that does not end is refused."""
        if self._waiting is None and self._between_requests():
            self._wait()
        self._came += len(data)
        super().data_received(data)
        if self._in_head and self._came > LONGEST_HEAD and not self.transport.is_closing():
            self._refuse(431, "headers: 32KiB以内で送ってください")

    def on_headers_complete(self) -> None:
        """Take the head as read."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take the request as read."""
        self._in_head = True
        self._came = 0
        self._stop_waiting()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give the caller so long to read."""
        super().pause_writing()
        if self._reading is None:
            self._reading = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the caller reads."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if self.flow is not None:
            super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one that never took its answer is cut."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP."""
        self._refuse(400, "request: HTTPとして読めません")

    def _between_requests(self) -> bool:
        return self.cycle is None or bool(self.cycle.response_complete)

    def _wait(self) -> None:
        self._came, self._since = 0, self.loop.time()
        self._waiting = self.loop.call_later(REQUEST_SECONDS, self._waited)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _waited(self) -> None:
        """Go on with what still comes fast enough; refuse what does not, where it can still be told."""
        self._waiting = None
        body_wanted = not self._in_head and not self.cycle.response_complete
        enough = self._came >= (self.loop.time() - self._since) * LEAST_BYTES_A_SECOND
        if enough and body_wanted:
            self._waiting = self.loop.call_later(REQUEST_SECONDS, self._waited)
        elif self._came and (self._in_head or (body_wanted and not self.cycle.response_started)):
            self._refuse(408, "request: 時間内に届きませんでした")
        else:
            self.transport.abort()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer in the app's stead, which never saw the request, and close."""
        self._stop_waiting()
        body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = security_headers() | {
            "Content-Type": "application/problem+json",
            "Content-Length": str(len(content)),
            "Connection": "close",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(STATUS_LINES[status] + lines.encode() + b"\r\n" + content)
        self.transport.close()
