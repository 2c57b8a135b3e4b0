"""What documents say of commands, routes, settings and files is what there is."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer
from fastapi import FastAPI
from starlette.routing import Route

from assistant.channels.app import create_app
from assistant.channels.cli.main import app as commands
from assistant.service import Service
from assistant.settings import PREFIX, Settings
from corpus.library import Library, load_library
from evals.cli import app as evaluation
from evals.questions import load_questions
from evals.report.names import names

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ja.md")
DOCUMENTS = tuple(
    str(path.relative_to(ROOT))
    for pattern in ("README*.md", "CHANGELOG.md", "docs/*.md", "docs/adr/*.md")
    for path in sorted(ROOT.glob(pattern))
)
# Where a path in a document may begin, beside the root.
PLACES = (".", "docs", "assistant", "corpus", "evals", "index", "assistant/channels", "index/embedders")
# Folders of the data directory, which the repository does not hold.
MADE = ("var/", "models/", "bulk/")
# The steps have a table of their own.
PACKAGES = sorted(
    str(path.parent.relative_to(ROOT))
    for room in ("corpus", "index", "assistant", "evals")
    for path in (ROOT / room).rglob("__init__.py")
    if path.parent.name not in ("steps", "words")
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def routes(library: Library, tmp_path_factory: pytest.TempPathFactory) -> tuple[Route, ...]:
    """Return the routes of the service as it runs, with a search that finds nothing."""
    service = SimpleNamespace(library=library, search=lambda *_: [])
    opened = {"admin_token": "9fK2-hQ7x-Zr4m-Wb8s-Yt6n-Lc3v-Pd5j"}
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"), **opened)
    return asyncio.run(_routes_of(create_app(settings, cast(Service, service))))


async def _routes_of(app: FastAPI) -> tuple[Route, ...]:
    async with app.router.lifespan_context(app):
        return tuple(_flat(app.routes))


def _flat(routes: Any) -> Iterator[Route]:
    """Give the routes, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from _flat(inner.routes) if inner else (route,)


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def commands_of(command: Any, *above: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each command by its whole name, with its long options."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands_of(inner, *above, name)
    if not hasattr(command, "commands"):
        yield " ".join(above), tuple(o for p in command.params for o in p.opts if o.startswith("--"))


def every_command() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the commands of the program and of its plugin, which only `main` adds to it."""
    own = dict(commands_of(typer.main.get_command(commands)))
    return iter((own | dict(commands_of(typer.main.get_command(evaluation), "eval"))).items())


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_stands_in_the_readme_and_no_other(readme: str) -> None:
    told = set(re.findall(rf"^\| `({PREFIX}\w+)`", text_of(readme), re.MULTILINE))
    assert told == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_the_readme_with_its_options(readme: str) -> None:
    lines = text_of(readme).splitlines()
    missed = [
        f"{command} {option}"
        for command, options in every_command()
        for option in (options or ("",))
        if not any(re.search(rf"[` ]{command}(?![\w-])", line) and option in line for line in lines)
    ]
    assert missed == []


@pytest.mark.parametrize("readme", READMES)
def test_every_route_stands_in_the_readme_and_no_other(readme: str, routes: tuple[Route, ...]) -> None:
    there = {route.path for route in routes}
    table = "\n".join(line for line in text_of(readme).splitlines() if line.startswith("| `"))
    told = {path for path in re.findall(r"`(?:[A-Z]+ )?(/[^`\s]*)`", table) if path}
    assert told == there
    methods = {(m, r.path) for r in routes for m in r.methods or () if m not in ("HEAD", "OPTIONS")}
    assert set(re.findall(r"`([A-Z]+) (/[^`\s]*)`", table)) <= methods
    assert [path for method, path in methods if method == "POST" and f"`POST {path}`" not in table] == []


def test_the_architecture_opens_with_the_flow_as_one_line() -> None:
    lines = [line for line in text_of("docs/architecture.md").splitlines() if line.strip()]
    assert lines[1].strip() == "document → plan → passages → index → hits → verified answer → channels"


def test_both_readmes_have_the_same_sections_and_commands() -> None:
    english, japanese = (text_of(name).splitlines() for name in READMES)

    def shape(lines: list[str]) -> list[str]:
        return [
            line if line[0] == " " else line[:3] for line in lines if line.startswith(("#", "    ", "| `"))
        ]

    assert shape(english) == shape(japanese)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_packages_table_names_each_of_its_modules_and_folders_once_and_no_other(package: str) -> None:
    table = re.escape(f"| module of `{package}/` | is |\n| --- | --- |\n") + r"((?:\|.*\n)+)"
    rows = "\n".join(re.findall(table, text_of("docs/architecture.md"))).splitlines()
    told = [name for row in rows for name in re.findall(r"`([\w/.]+)`", row.split("|")[1])]
    modules = [path.name for path in (ROOT / package).glob("*.py") if not path.name.startswith("__")]
    folders = [f"{path.name}/" for path in (ROOT / package).glob("[!._]*") if path.is_dir()]
    assert sorted(told) == sorted(modules + folders)


def test_every_step_stands_in_the_architecture() -> None:
    text = text_of("docs/architecture.md")
    steps = [p.stem for p in (ROOT / "assistant/steps").glob("*.py") if not p.name.startswith("__")]
    assert [step for step in steps if f"`{step}`" not in text] == []


def test_every_program_stands_in_the_development_guide_and_no_other() -> None:
    told = set(re.findall(r"python -m ((?:evals|tests)[\w.]*)", text_of("docs/development.md")))
    there = {
        found[1]
        for folder in ("evals", "tests/browser")
        for path in (ROOT / folder).rglob("*.py")
        if (
            found := re.search(
                r"^    python -m ((?:evals|tests)[\w.]*)", path.read_text("utf-8"), re.MULTILINE
            )
        )
    }
    assert told == there


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_only_programs_that_there_are(document: str) -> None:
    for name in re.findall(r"python -m ((?:evals|tests|assistant)[\w.]*)", text_of(document)):
        module = ROOT.joinpath(*name.split("."))
        assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file(), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_only_files_that_there_are(document: str) -> None:
    text = text_of(document)
    links = [(ROOT / document).parent / link for link in re.findall(r"\]\(([^)#:\s]+)\)", text)]
    assert [str(link) for link in links if not link.exists()] == []
    named = [
        n
        for n in re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|toml|jsonl|js|css))`", text)
        if not n.startswith(MADE)
    ]
    assert [n for n in named if not any((ROOT / place / n).exists() for place in PLACES)] == []


def test_every_make_target_is_told_of() -> None:
    targets = re.search(r"^\.PHONY: (.+)$", text_of("Makefile"), re.MULTILINE)
    told = text_of("README.md") + text_of("docs/development.md")
    assert targets and [t for t in targets[1].split() if f"make {t}" not in told] == []


def test_every_figure_of_the_report_is_defined() -> None:
    text = text_of("docs/evaluation.md")
    assert [m.name for group in names().group for m in group.measure if f"`{m.name}`" not in text] == []
    gate = tomllib.loads(text_of("evals/gate.toml"))
    assert [name for figures in gate.values() for name in figures if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", ["dev", "test"])
def test_the_sizes_of_the_sets_are_those_told(name: str, library: Library) -> None:
    questions = load_questions([ROOT / "evals" / "sets" / f"{name}.jsonl"], library)
    row = f"| `{name}` | {len(questions)} | {sum(q.answerable for q in questions)} |"
    assert row in text_of("docs/evaluation.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    heads = [path.read_text("utf-8").partition("\n")[0] for path in files]
    numbers = range(1, len(files) + 1)
    assert [path.name[:5] for path in files] == [f"{n:04}-" for n in numbers]
    assert [head.partition(". ")[0] for head in heads] == [f"# {n}" for n in numbers]


def test_no_file_names_a_path_of_one_machine() -> None:
    folders = ("assistant", "corpus", "docs", "evals", "index", "tests")
    files = [p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in (".py", ".md", ".toml", ".js")]
    path = re.compile(r"/(?:home|root|work)/[\w.-]")
    assert [str(p) for p in files if path.search(p.read_text("utf-8"))] == []
