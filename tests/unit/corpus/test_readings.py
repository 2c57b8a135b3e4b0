"""readings.toml: how a plan's own words are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import PlanFileError
from corpus.library import load_library
from corpus.readings import plan_readings

LIBRARY = load_library()


def test_the_names_of_municipalities_and_the_words_of_every_plan_are_there(tmp_path: Path) -> None:
    (tmp_path / "aoba").mkdir()
    (tmp_path / "aoba/readings.toml").write_text('"青葉" = "あおば"', "utf-8")
    found = plan_readings(LIBRARY, tmp_path)
    assert (found["羽咋市"], found["結ネット"], found["青葉"]) == ("はくいし", "ゆいねっと", "あおば")


@pytest.mark.parametrize("text", ["青葉 = 1", '"青葉" = ""', "[青葉]", "？", "\udc80"])
def test_a_file_that_is_wrong_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "aoba").mkdir()
    (tmp_path / "aoba/readings.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(PlanFileError, match=r"readings\.toml"):
        plan_readings(LIBRARY, tmp_path)
