"""The process above the workers: it starts others for those that end or hang, and waits for none of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from socket import socket

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

log = structlog.get_logger("plan-assistant")


class Supervisor(Multiprocess):
    """Look after worker processes.

    uvicorn's own waits for the answer of each worker in turn: one that is killed between the question and
    its answer, or that still starts, would keep a stop and the death of others unheard meanwhile.
    """

    def __init__(
        self, config: uvicorn.Config, sockets: Sequence[socket], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(config, list(sockets))
        self._clock = clock
        self._asked: dict[Process, float] = {}

    def keep_subprocess_alive(self) -> None:
        """Start another for each worker that has ended, or is silent too long; stop where none can start."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if self._lives(process):
                continue
            self._asked.pop(process, None)
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:  # every other would fail the same way
                log.error("worker could not start", pid=process.pid)
                self.should_exit.set()
                return
            log.warning("worker ended", pid=process.pid, exitcode=process.exitcode)
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    def _lives(self, process: Process) -> bool:
        """Tell whether a worker runs and has not been silent too long; it is asked, and answers later."""
        if not process.process.is_alive():
            return False
        now = self._clock()
        try:
            if process not in self._asked:
                process.parent_conn.send(b"ping")
                self._asked[process] = now
            elif process.parent_conn.poll():
                process.parent_conn.recv()
                del self._asked[process]
        except (OSError, EOFError):
            return False
        return now - self._asked.get(process, now) < self.config.timeout_worker_healthcheck
