"""What the report calls the measures, the slices and their values: `names.toml`, read once."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

Unit = Literal["share", "score", "count", "ms"]


class Frozen(BaseModel):
    """Be the base of what the file holds: immutable, and nothing in it that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(Frozen):
    """One figure of metrics.json: `name` is its dotted path there."""

    name: str
    label: str
    unit: Unit
    better: Literal["higher", "lower"]
    definition: str
    in_slices: bool = False


class Group(Frozen):
    """Measures that are read together."""

    title: str
    measure: tuple[Measure, ...]


class Names(Frozen):
    """All of `names.toml`; what it does not name goes by its own id."""

    group: tuple[Group, ...]
    dimension: dict[str, str]
    filter: dict[str, str]
    value: dict[str, dict[str, str]]
    recipe: dict[str, str]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Return the measures of all groups, in order."""
        return tuple(measure for group in self.group for measure in group.measure)

    def of(self, field: str, value: str) -> str:
        """Return what a value of a field is called."""
        return self.value.get(field, {}).get(value, value)


@functools.cache
def names() -> Names:
    """Return the names of the report."""
    text = resources.files("evals.report").joinpath("names.toml").read_text("utf-8")
    return Names.model_validate(tomllib.loads(text))
