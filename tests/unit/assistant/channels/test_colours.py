"""The colours' roles: the same in every theme, of the palette, and far enough apart (WCAG 1.4.3, 1.4.11)."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

import assistant.channels
from assistant.channels.bundle import STYLES
from assistant.channels.colours import page_colours, palette, roles, widget_colours

FOLDER = Path(assistant.channels.__file__).parent
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", palette()))
STYLE_FILES = [*(FOLDER / "web").glob("*.css"), *(FOLDER / "widget" / f"{s}.css" for s in STYLES)]
THEMES = list(roles())
TEXTS = [
    *itertools.product(("ink", "muted", "primary"), ("paper", "ground")),
    *(("ink", "soft"), ("ink", "warn-ground"), ("ink", "error-ground"), ("error", "paper")),
    *(("error", "ground"), ("primary", "soft"), ("on-primary", "primary"), ("on-primary", "strong")),
    ("mark-ink", "mark"),
]
EDGES = [("control", "paper"), ("control", "ground"), ("primary", "paper"), ("warn", "warn-ground")]


def brightness(name: str) -> float:
    """Return a colour's relative luminance."""
    parts = [int(COLOURS[name][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(theme: str, one: str, other: str) -> float:
    low, high = sorted(brightness(roles()[theme][role]) for role in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_every_theme_has_every_role_in_colours_of_the_palette() -> None:
    assert len({frozenset(theme) for theme in roles().values()}) == 1
    assert {colour for theme in roles().values() for colour in theme.values()} <= set(COLOURS)


def test_no_colour_of_the_palette_is_there_for_nothing() -> None:
    styles = "".join(path.read_text("utf-8") for path in STYLE_FILES if path.name != "palette.css")
    used = {colour for theme in roles().values() for colour in theme.values()}
    assert set(COLOURS) - used - set(re.findall(r"var\(--([\w-]+)", styles)) == set()


@pytest.mark.parametrize("path", STYLE_FILES, ids=lambda path: path.name)
def test_a_style_names_only_roles_and_colours_that_are_there(path: Path) -> None:
    own = {"stack", "height", "plan-font"}
    assert set(re.findall(r"var\(--([\w-]+)", path.read_text("utf-8"))) <= {*roles()["light"], *COLOURS, *own}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_is_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(theme, text, ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_an_edge_is_seen_on_its_ground(theme: str, edge: str, ground: str) -> None:
    assert contrast(theme, edge, ground) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_two_rings_of_the_focus_are_apart(theme: str) -> None:
    assert contrast(theme, "focus", "focus-ground") >= 3


def test_pages_follow_the_system_and_the_widget_its_own_choice() -> None:
    assert page_colours().count("--ink:") == 2
    assert "prefers-color-scheme: dark" in page_colours() and "prefers-color-scheme" not in widget_colours()
    assert '.root[data-theme="contrast"]' in widget_colours()


def test_on_paper_every_theme_is_the_light_one() -> None:
    for style in (page_colours(), widget_colours()):
        screen = style[style.index("@media screen") :]
        assert style.count("color-scheme: dark;") == screen.count("color-scheme: dark;") > 0
