"""What documents say of settings and commands is what there is."""

from pathlib import Path

import pytest

from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
COMMANDS = ("serve", "ask", "search", "doctor", "corpus list", "corpus show", "corpus add", "corpus check")
MORE_COMMANDS = ("corpus remove", "index build", "index status", "index rollback")


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_setting_stands_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    for name in Settings.model_fields:
        assert f"`{PREFIX}{name.upper()}`" in text


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_command_stands_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    for command in (*COMMANDS, *MORE_COMMANDS):
        assert command in text


def test_the_architecture_opens_with_the_flow_as_one_line() -> None:
    lines = [line for line in (ROOT / "docs/architecture.md").read_text("utf-8").splitlines() if line.strip()]
    assert lines[1].strip() == "document → plan → passages → index → hits → verified answer → channels"


def test_both_readmes_have_the_same_sections_and_commands() -> None:
    english, japanese = (
        (ROOT / name).read_text("utf-8").splitlines() for name in ("README.md", "README.ja.md")
    )

    def shape(lines: list[str]) -> list[str]:
        return [line[:3] for line in lines if line.startswith(("#", "    ", "| `"))]

    assert shape(english) == shape(japanese)


def test_no_file_names_a_path_of_one_machine() -> None:
    folders = ("assistant", "corpus", "docs", "evals", "index", "tests")
    files = [p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in (".py", ".md", ".toml", ".js")]
    marks = ("/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/")
    assert [str(p) for p in files if any(m in p.read_text("utf-8") for m in marks)] == []
