"""The commands, and how each ends: 0 done, 1 a failed result, 2 wrong input, 3 something is missing."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from assistant.channels.cli import (
    ask,
    channel,
    corpus,
    corrections,
    doctor,
    index,
    line,
    mcp,
    serve,
    staff,
    state,
    widget,
)
from assistant.channels.cli.output import Refused, fail
from assistant.service import UnknownMunicipality
from assistant.settings import SettingsError
from assistant.state.errors import StateConflict, StateDown, StateNewer
from corpus.errors import CorpusError
from index.embedders import ModelUnavailable
from index.errors import IndexBusy, IndexNotBuilt, IndexUnavailable

app = typer.Typer(
    name="plan-assistant",
    help="市町村の計画について、出典を付けて答えます。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serve.serve)
app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("mcp")(mcp.mcp)
app.add_typer(index.app, name="index")
app.add_typer(corpus.app, name="corpus")
app.add_typer(staff.app, name="staff")
app.add_typer(corrections.app, name="corrections")
app.add_typer(state.app, name="state")
app.add_typer(widget.app, name="widget")
app.add_typer(channel.app, name="channel")
app.add_typer(line.app, name="line")
app.command("doctor")(doctor.doctor)

# Commands of the packages above this one, which it must not import: each names its own here.
PLUGINS = "plan_assistant.commands"

WRONG_INPUT = (StateConflict, SettingsError, UnknownMunicipality, CorpusError)
MISSING = (StateDown, StateNewer, ModelUnavailable, IndexUnavailable, IndexBusy, IndexNotBuilt)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command; every way it can fail ends in one line on stderr and its exit code."""
    for plugin in entry_points(group=PLUGINS):
        app.add_typer(plugin.load(), name=plugin.name)
    try:
        code = app(arguments, standalone_mode=False, prog_name="plan-assistant")
    except Refused as error:
        fail(str(error), error.code)
    except WRONG_INPUT as error:
        fail(str(error), 2)
    except MISSING as error:
        fail(str(error), 3)
    except TyperException as error:
        message = error.format_message()
        if message.lstrip().startswith("Usage:"):  # no command was given: the help is the answer
            print(message)
            sys.exit(2)
        fail(message, 2)
    except (typer.Abort, KeyboardInterrupt):
        fail("止めました", 130)
    except OSError as error:
        place = f"{Path(str(error.filename))}: " if error.filename else ""
        fail(f"{place}{error.strerror or error}", 3)
    sys.exit(code if isinstance(code, int) else 0)
