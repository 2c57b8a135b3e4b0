"""How a plan's own words are read: readings.toml beside plan.toml, and the municipality's name."""

from __future__ import annotations

import tomllib
from pathlib import Path

from corpus.errors import PlanFileError
from corpus.library import Library, shipped_plans

READINGS_FILE = "readings.toml"


def plan_readings(library: Library, *folders: Path) -> dict[str, str]:
    """Return the words of every plan whose reading is known, in hiragana.

    `folders` hold added plans, beside the shipped ones. Raises PlanFileError naming the file that is wrong.
    """
    found = {m.name: m.reading for h in library.holdings if (m := h.plan.municipality).reading}
    for folder in (shipped_plans(), *folders):
        for path in sorted(folder.glob(f"*/{READINGS_FILE}")):
            found |= _read(path)
    return found


def _read(path: Path) -> dict[str, str]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanFileError(f"{path}: {error}") from error
    for word, reading in data.items():
        if not isinstance(reading, str) or not reading:
            raise PlanFileError(f'{path}: {word}: write the reading in hiragana, such as "{word}" = "…"')
    return data
