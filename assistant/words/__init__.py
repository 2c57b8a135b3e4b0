"""The assistant's words as data: what staff can edit without code."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any


@functools.cache
def load(name: str) -> dict[str, Any]:
    """Return the content of words/<name>.toml."""
    return tomllib.loads(resources.files("assistant.words").joinpath(f"{name}.toml").read_text("utf-8"))
