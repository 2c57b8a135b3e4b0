"""The widget's one script: made of its modules, small, and the same each time."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest

import assistant.channels
from assistant.channels.bundle import MODULES, STYLES, integrity, widget_script

FOLDER = Path(assistant.channels.__file__).parent / "widget"
MOST_BYTES = 30_000
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
_IMPORTED = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', re.MULTILINE | re.DOTALL)


def module(name: str) -> str:
    """Return a module's text."""
    return (FOLDER / f"{name}.js").read_text("utf-8")


def test_every_module_is_joined() -> None:
    assert {path.stem for path in FOLDER.glob("*.js")} == set(MODULES)


def test_every_style_is_joined() -> None:
    assert {path.stem for path in FOLDER.glob("*.css")} == set(STYLES)


def test_no_two_modules_declare_the_same_name() -> None:
    declared = Counter(name for m in MODULES for name in _DECLARED.findall(module(m)))
    assert [name for name, times in declared.items() if times > 1] == []


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_imports_another_exports(name: str) -> None:
    for names, source in _IMPORTED.findall(module(name)):
        for imported in filter(None, (n.strip() for n in names.split(","))):
            assert re.search(
                rf"^export (?:async )?(?:function\*?|class|const) {imported}\b", module(source), re.M
            )


def test_joined_it_is_one_function_without_imports() -> None:
    script = widget_script().decode()
    assert script.startswith('"use strict";\n(() => {') and script.endswith("})();\n")
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)


@pytest.mark.parametrize(
    "forbidden", ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "document.write"]
)
def test_nothing_received_can_become_markup_or_code(forbidden: str) -> None:
    assert all(forbidden not in module(name) for name in MODULES)


def test_it_is_light_and_the_same_each_time() -> None:
    assert len(gzip.compress(widget_script())) <= MOST_BYTES
    first = integrity()
    widget_script.cache_clear()
    assert integrity() == first
    assert re.fullmatch(r"sha384-[A-Za-z0-9+/]{64}", first)


def test_every_language_says_everything_with_the_same_blanks() -> None:
    messages = json.loads((FOLDER / "messages.json").read_text("utf-8"))
    assert set(messages) == {"ja", "easy", "en", "zh"}
    blanks = re.compile(r"\{\w+\}")
    examples = {"example_1", "example_2", "example_3"}  # in Japanese these come from the plan
    for language in ("en", "zh"):
        assert set(messages[language]) - examples == set(messages["ja"])
    assert set(messages["easy"]) <= set(messages["ja"])
    for texts in messages.values():
        for name, text in texts.items():
            assert set(blanks.findall(text)) <= {*blanks.findall(messages["ja"].get(name, "")), "{n}"}


def test_every_text_that_the_modules_name_is_there() -> None:
    named = {n for m in MODULES for n in re.findall(r'\bt\("(\w+)"', module(m))}
    assert named <= set(json.loads((FOLDER / "messages.json").read_text("utf-8"))["ja"])
