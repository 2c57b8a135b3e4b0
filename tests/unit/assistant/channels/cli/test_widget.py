"""`widget tag`: the line for a city's page."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest

from assistant.channels.bundle import integrity
from assistant.channels.cli.widget import tag_of

Run = Callable[..., Any]
URL = "https://chat.example.jp"


def test_the_tag_names_the_service_the_plan_and_the_scripts_hash(run: Run) -> None:
    ran = run("widget", "tag", "--url", f"{URL}/", "--municipality", "hakui", "--language", "en")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f'<script src="{URL}/widget.js" data-municipality="hakui" data-language="en" '
        f'integrity="{integrity()}" crossorigin="anonymous" defer></script>\n'
    )


def test_what_is_given_stays_inside_its_attribute() -> None:
    assert html.escape('"><b>') in tag_of(URL, '"><b>')


@pytest.mark.parametrize(
    "url", ["chat.example.jp", "javascript:alert(1)", "https://a.example/path", 'https://a"']
)
def test_an_address_that_is_none_is_refused(run: Run, url: str) -> None:
    run("widget", "tag", "--url", url).assert_refused(2, "--url")


def test_a_municipality_without_a_plan_is_refused(run: Run) -> None:
    run("widget", "tag", "--url", URL, "--municipality", "nowhere").assert_refused(2, "nowhere", "hakui")


def test_a_language_that_the_widget_does_not_have_is_refused(run: Run) -> None:
    run("widget", "tag", "--url", URL, "--language", "fr").assert_refused(2, "--language", "ja")
