"""The colours of the pages and of the widget: one palette, and one list of what each colour is for."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

# Paper is always light.
DARK = "screen and (prefers-color-scheme: dark)"
SCHEMES = {"light": "light", "dark": "dark", "contrast": "dark"}


def page_colours() -> str:
    """Return the style of the pages: the palette, and the theme that the system asks for."""
    return f"{palette()}\n{_rule(':root', 'light')}\n@media {DARK} {{\n{_rule(':root', 'dark')}\n}}\n"


def widget_colours() -> str:
    """Return the style of the widget: the palette, and the theme that its root names."""
    themes = (_rule(f'.root[data-theme="{theme}"]', theme) for theme in ("dark", "contrast"))
    return "\n".join([palette(), _rule(".root", "light"), "@media screen {", *themes, "}", ""])


def palette() -> str:
    """Return the palette's own style."""
    return _web("palette.css")


@functools.cache
def roles() -> dict[str, dict[str, str]]:
    """Return for each theme the colour of each role, by their names."""
    return tomllib.loads(_web("roles.toml"))


def _rule(selector: str, theme: str) -> str:
    said = "".join(f"--{role}: var(--{colour});\n" for role, colour in roles()[theme].items())
    return f"{selector} {{\n{said}color-scheme: {SCHEMES[theme]};\n}}"


def _web(name: str) -> str:
    return resources.files("assistant.channels").joinpath("web", name).read_text("utf-8")
