"""The widget's modules, style and texts joined into the one script that a page loads: no build step.

The modules are plain ES modules, so that editors and type checkers understand them; every name at their top
level is theirs alone (a test holds this). Joining drops the import lines and the `export` before a
declaration, and puts all in one function, so that the page's own names are safe.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from importlib import resources
from typing import Any, get_args

from assistant.channels.colours import widget_colours
from assistant.messages import LONGEST_QUESTION, Language

FOLDER = "widget"
# In the order in which they need each other.
STYLES = ("theme", "panel", "turns")
MODULES = (
    *("dom", "shapes", "client", "preferences", "speech", "furigana"),
    *("cards", "citations", "spoken", "terms", "actions", "answer"),
    *("form", "panel", "print"),
    *("element", "embed"),
)

_IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|class|const|let)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)


@functools.lru_cache(maxsize=1)
def widget_script() -> bytes:
    """Return the script, the same bytes for the same version of the project."""
    body = "".join(_joined(_text(FOLDER, f"{name}.js")) for name in MODULES)
    head = "".join(f"const {name} = {_literal(value)};\n" for name, value in _constants().items())
    return f'"use strict";\n(() => {{\n{head}{body}}})();\n'.encode()


def integrity() -> str:
    """Return the script's hash as the attribute `integrity` takes it (W3C Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(widget_script()).digest()).decode()


def languages() -> tuple[str, ...]:
    """Return the languages of the widget's own texts."""
    return tuple(_messages())


def _messages() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_text(FOLDER, "messages.json"))
    return found


def _constants() -> dict[str, Any]:
    return {
        "STYLE": _plain(widget_colours()) + "".join(_plain(_text(FOLDER, f"{n}.css")) for n in STYLES),
        "MESSAGES": _messages(),
        "LIMITS": {"question": LONGEST_QUESTION, "languages": get_args(Language)},
    }


def _joined(module: str) -> str:
    return _EXPORT.sub("", _IMPORT.sub("", _COMMENT.sub("", module)))


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\u2028", "\\u2028")


def _plain(style: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)).strip()


def _text(folder: str, name: str) -> str:
    return resources.files("assistant.channels").joinpath(folder, name).read_text("utf-8")
