"""Ask every route that the service describes what its description allows, and what it does not.

    python -m evals.campaigns.openapi --minutes 5

Counts as a fault: a server error that is no 503, and a status, a content type or a body that the description
does not have. The seed is fixed: the same code is asked the same.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.settings import load_settings
from evals.campaigns.served import served

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What a full or stopping service answers, with Retry-After: no fault of the request.
LATER = 503
SECONDS = 60


def faults_of(url: str, examples: int, number: int = 1) -> tuple[list[str], int]:
    """Return what went against the description at a running service, and how many requests were made."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    faults: list[str] = []
    asked = [0]
    for found in schema.get_all_operations():
        if isinstance(found, Err):
            faults.append(str(found.err()))
            continue
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for fault in _asked(operation.as_strategy(generation_mode=mode), examples, number, asked):
                faults.append(f"{operation.label}: {fault}")
    return faults, asked[0]


def _asked(cases: SearchStrategy[Any], examples: int, number: int, asked: list[int]) -> Iterator[str]:
    faults: dict[str, None] = {}

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def run(case: Any) -> None:
        response = case.call(timeout=SECONDS)
        asked[0] += 1
        checks: list[Callable[..., bool | None]] = list(CHECKS)
        if response.status_code != LATER:
            checks.append(not_a_server_error)
        try:
            case.validate_response(response, checks=checks)
        except (FailureGroup, Failure) as error:
            faults[" ".join(f"{response.status_code} {error}".split())[:400]] = None

    try:
        run()
    except Exception as error:  # what has no wrong input cannot be asked one
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "Skipped"):
            raise
    yield from faults


def main(arguments: list[str] | None = None) -> int:
    """Ask until the time is up, each round with a seed of its own; 1 where there were faults."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=5)
    chosen = parser.parse_args(arguments)
    until, asked, number, faults = time.monotonic() + chosen.minutes * 60, 0, 0, list[str]()
    with served(load_settings().data_dir, 1, openapi="true", rate_limit="off") as service:
        while time.monotonic() < until and not faults:
            number += 1
            faults, more = faults_of(service.url, 30, number)
            asked += more
    print("\n".join((*faults, f"{asked} requests in {number} rounds, {len(faults)} faults")))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
