"""Put the report together: figures, plots and failed questions in one HTML file.

Everything that comes from a run is data and is escaped. The file carries its style and its script, and a
policy that allows these two by their hashes and nothing else, so that even markup that slipped through could
neither run nor load anything.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2
from markupsafe import Markup

from evals.report.cases import cases_of, compare, correct_by_question, filters_of
from evals.report.figures import Figures, headline, mapping, printed, slice_tables
from evals.report.names import Names, names
from evals.report.plots import plots_of
from evals.report.rows import parse_results

TEMPLATE = "report.html.j2"
IN_HEAD = ("created", "commit", "mode")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the run was made with: facts, of them those for the head, question files, and the rest as JSON."""

    head: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    sets: tuple[Mapping[str, object], ...]
    documents: tuple[tuple[str, str], ...]


def render(
    metrics: Mapping[str, object],
    results: Sequence[Mapping[str, object]],
    recipe: Mapping[str, object],
    baseline: Mapping[str, object] | None,
) -> str:
    """Return the report of a run as one HTML document; what the run does not have is left out.

    `metrics` and `baseline` are metrics.json, `results` the rows of results.jsonl. Raises ValueError naming
    the field where a row of the results is something else.
    """
    called = names()
    now, before = Figures(metrics), Figures(baseline) if baseline is not None else None
    rows = parse_results(results)
    earlier = before.correct_by_question() if before else None
    cases = cases_of(rows, earlier)
    outcomes = now.correct_by_question() or correct_by_question(rows)
    style, script = _part("report.css"), _part("report.js")
    page = (
        _environment()
        .get_template(TEMPLATE)
        .render(
            policy=policy(style, script),
            style=Markup(style),
            script=Markup(script),
            names=called,
            n=now.value("n"),
            figures=headline(now, before, called),
            tables=tuple(slice_tables(now, before, called)),
            plots=plots_of(now, rows, called),
            cases=cases,
            wrong=sum(case.result.wrong for case in cases),
            filters=tuple(filters_of(cases, called)),
            comparison=compare(outcomes, earlier, cases) if earlier is not None else None,
            recipe=_recipe(recipe, called),
        )
    )
    # A browser drops NUL, and half of a surrogate pair cannot be written to a file.
    return page.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def policy(style: str, script: str) -> str:
    """Return the content security policy that allows one style sheet and one script and loads nothing."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _recipe(recipe: Mapping[str, object], called: Names) -> Recipe:
    sets = recipe.get("sets")
    told = {key: value for key, value in recipe.items() if key != "sets" and value is not None}
    parts = {key: value for key, value in told.items() if isinstance(value, Mapping | list | tuple)}
    facts = {key: (called.recipe.get(key, key), _fact(told[key])) for key in told if key not in parts}
    return Recipe(
        tuple(facts[key] for key in IN_HEAD if key in facts),
        tuple(facts.values()),
        tuple(mapping(file) for file in sets) if isinstance(sets, list | tuple) else (),
        tuple(
            (called.recipe.get(key, key), json.dumps(part, ensure_ascii=False, indent=2, default=str))
            for key, part in parts.items()
        ),
    )


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "あり" if value else "なし"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def _part(name: str) -> str:
    return resources.files("evals.report").joinpath(name).read_text("utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printed"] = printed
    return environment
