"""The machine is told as the system tells it."""

from evals.bench.machine import this_machine
from tests.unit.evals.bench.made import MACHINE


def test_a_machine_reads_as_one_line() -> None:
    assert str(MACHINE) == "A CPU, 2 cores, 24 GiB, Python 3.11.7, OMP_NUM_THREADS=1"


def test_this_machine_has_a_processor_cores_and_memory() -> None:
    machine = this_machine()
    assert machine.cpu and machine.cores >= 1 and machine.ram > 0
    assert set(machine.as_json()) == {"cpu", "cores", "ram", "python", "threads"}
