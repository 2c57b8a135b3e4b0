"""The machine that figures are measured on."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import asdict, dataclass
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """Hold what times and memory depend on: `ram` in GiB; `threads` is OMP_NUM_THREADS, if it is set."""

    cpu: str
    cores: int
    ram: float
    python: str
    threads: str | None

    def __str__(self) -> str:
        threads = f", OMP_NUM_THREADS={self.threads}" if self.threads else ""
        return f"{self.cpu}, {self.cores} cores, {self.ram:.0f} GiB, Python {self.python}{threads}"

    def as_json(self) -> dict[str, object]:
        """Return the fields by their names."""
        return asdict(self)


def this_machine() -> Machine:
    """Return what the system says of this machine."""
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        ram=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        python=platform.python_version(),
        threads=os.environ.get("OMP_NUM_THREADS"),
    )


def _cpu() -> str:
    try:
        named = re.search(r"^model name\s*:\s*(.+)$", _CPUINFO.read_text(), re.MULTILINE)
    except OSError:
        named = None
    return named[1].strip() if named else platform.processor() or platform.machine()
