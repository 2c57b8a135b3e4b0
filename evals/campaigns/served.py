"""A service in processes of its own, and what it weighs."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from assistant.settings import PREFIX

STARTS_SECONDS = 300.0
# Settings where nothing is to be limited.
UNLIMITED = {"rate_limit": "off", "conversation_rate_limit": "off"}


@dataclass(frozen=True)
class Served:
    """A running service."""

    url: str
    port: int
    process: subprocess.Popen[bytes]

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer."""
        own = psutil.Process(self.process.pid)
        return [p for p in own.children(recursive=True) if is_worker(p)] or [own]

    def weight(self) -> tuple[int, int]:
        """Return the bytes of memory and the open files of the processes that answer."""
        memory = files = 0
        for worker in self.workers():
            with contextlib.suppress(psutil.Error):
                memory += worker.memory_info().rss
                files += worker.num_fds()
        return memory, files

    def ready(self, within: float) -> float | None:
        """Return the seconds until it says that it is ready, or None; one that has ended never will."""
        started = time.perf_counter()
        while time.perf_counter() - started < within and self.process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200:
                    return time.perf_counter() - started
            time.sleep(0.2)
        return None


def is_worker(process: psutil.Process) -> bool:
    """Tell whether a process of the service is one that answers; one that has just ended is none."""
    with contextlib.suppress(psutil.Error):
        return "spawn_main" in " ".join(process.cmdline())
    return False


def tell_faults(log: Path) -> None:
    """Print the first fault of the service's own that it logged, and how many there were."""
    faults = [line for line in log.read_text("utf-8", "replace").splitlines() if '"unexpected"' in line]
    shutil.rmtree(log.parent)
    if faults:
        print(f"{len(faults)} faults in the log, the first: {faults[0][:3000]}", file=sys.stderr, flush=True)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(data_dir: Path, workers: int = 2, **settings: str) -> Iterator[Served]:
    """Serve a data directory until the block is left; settings are those of the environment."""
    port = free_port()
    chosen = {"data_dir": str(data_dir), "log_format": "json", **settings}
    environment = {**os.environ, **{PREFIX + name.upper(): value for name, value in chosen.items()}}
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--workers", str(workers)]
    log = Path(tempfile.mkdtemp(prefix="plan-assistant-")) / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    running = Served(f"http://127.0.0.1:{port}", port, process)
    try:
        if running.ready(STARTS_SECONDS) is None:
            raise SystemExit("the service did not start")
        yield running
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        tell_faults(log)
