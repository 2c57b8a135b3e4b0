"""The gate: does a run fall below its baseline, or below what is asked of it?"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from evals.summary import Metrics, is_figure, value_of

# The shares are written with six digits.
ROUNDING = 1e-6
NO_FIGURE = "--fail-under: there is no figure '{}', e.g. answerable_correct, retrieval.recall@5"


class _Outcome(BaseModel):
    correct: bool


class _Baseline(BaseModel):
    """What of a metrics.json the gate cannot do without."""

    outcomes: dict[str, _Outcome]
    by_set: dict[str, dict[str, Any]]


class GateFault(Exception):
    """Report a baseline or a limit that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Missed:
    """One figure that fell too far: its name, what it is and what it was or had to be."""

    name: str
    value: float | None
    limit: float

    def __str__(self) -> str:
        value = "none" if self.value is None else f"{self.value:g}"
        return f"{self.name}: {value}, limit {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found: figures that missed, questions that got worse or better, and those left out."""

    missed: tuple[Missed, ...]
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether the run may pass: nothing missed, and no question of the baseline left out."""
        return not self.missed and not self.left_out


def against(metrics: Metrics, baseline: Mapping[str, Any]) -> Verdict:
    """Return what got worse than the baseline, by the tolerances in gate.toml, over all and each set."""
    outcomes, before = metrics["outcomes"], baseline["outcomes"]
    known = [id_ for id_ in before if id_ in outcomes]
    return Verdict(
        missed=tuple(
            m for place in ("", *_sets(metrics, baseline)) for m in _fallen(metrics, baseline, place)
        ),
        worse=tuple(i for i in known if before[i]["correct"] and not outcomes[i]["correct"]),
        better=tuple(i for i in known if outcomes[i]["correct"] and not before[i]["correct"]),
        left_out=tuple(i for i in before if i not in outcomes),
    )


def under(metrics: Metrics, limits: Mapping[str, float]) -> tuple[Missed, ...]:
    """Return the figures below a limit; raises GateFault for a name that is no figure."""
    found = []
    for name, limit in limits.items():
        try:
            value = value_of(metrics, name)
        except KeyError as error:
            raise GateFault(NO_FIGURE.format(name)) from error
        if value is None or value < limit:
            found.append(Missed(name, value, limit))
    return tuple(found)


def read_baseline(path: Path) -> dict[str, Any]:
    """Return a metrics.json; raises GateFault where it is none, or lacks a figure that the gate compares."""
    try:
        baseline = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise GateFault(f"--baseline: {path}: {error.strerror}") from error
    except ValueError as error:
        raise GateFault(f"--baseline: {path} is not JSON ({error}); name a metrics.json") from error
    try:
        _Baseline.model_validate(baseline)
        for metrics in (baseline, *baseline["by_set"].values()):
            for name in (n for names in _tolerances().values() for n in names):
                value_of(metrics, name)
    except (ValidationError, KeyError) as error:
        place = error.errors()[0]["loc"] if isinstance(error, ValidationError) else error.args
        what = place[0] if place else "figures"
        raise GateFault(f"--baseline: {path} has no {what}; name a metrics.json of this version") from error
    return dict(baseline)


def read_limits(given: Sequence[str]) -> dict[str, float]:
    """Return NAME=VALUE arguments as limits; raises GateFault for any other form or another name."""
    limits = {}
    for argument in given:
        name, _, value = argument.partition("=")
        try:
            limits[name] = float(value)
        except ValueError as error:
            raise GateFault(f"--fail-under: '{argument}' is not NAME=VALUE, e.g. correct=0.95") from error
        if not math.isfinite(limits[name]):
            raise GateFault(f"--fail-under: '{argument}' is no limit that a figure can miss or reach")
        if not is_figure(name):
            raise GateFault(NO_FIGURE.format(name))
    return limits


def _sets(metrics: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[str]:
    return [name for name in baseline["by_set"] if name in metrics["by_set"]]


def _tolerances() -> dict[str, dict[str, float]]:
    return tomllib.loads(resources.files("evals").joinpath("gate.toml").read_text("utf-8"))


def _fallen(metrics: Metrics, baseline: Mapping[str, Any], set_: str) -> list[Missed]:
    now, then = (m["by_set"][set_] if set_ else m for m in (metrics, baseline))
    prefix = f"by_set.{set_}." if set_ else ""
    tolerances = _tolerances()
    found = []
    for sign, names in ((1, tolerances["fall"]), (-1, tolerances["rise"])):
        for name, tolerance in names.items():
            was, is_ = value_of(then, name), value_of(now, name)
            if was is None:
                continue
            limit = was - sign * tolerance
            if is_ is None or sign * is_ < sign * limit - ROUNDING:
                found.append(Missed(prefix + name, is_, limit))
    return found
