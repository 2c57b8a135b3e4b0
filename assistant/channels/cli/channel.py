"""`channel`: pause the chat for residents, let it go on, and say which; no process is started anew."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.channels.cli.output import AsJson, Refused, print_result, say
from assistant.settings import load_settings
from assistant.state.pause import LONGEST_MESSAGE, MESSAGE, Switch

app = typer.Typer(help="窓口を休ませる、再開する。", no_args_is_help=True)


@app.command()
def pause(
    message: Annotated[str, typer.Option(help="休みのあいだ住民に伝える文")] = MESSAGE,
) -> None:
    """窓口を休みにする。動いているすべてのプロセスがすぐに従う。"""
    try:
        paused = _switch().pause(message)
    except ValueError:
        raise Refused(f"--message: 1〜{LONGEST_MESSAGE}文字で書いてください") from None
    say(f"窓口を休みにしました（{paused.message}）。再開は plan-assistant channel resume")


@app.command()
def resume() -> None:
    """窓口を再開する。"""
    say("窓口を再開しました" if _switch().resume() else "窓口は休みではありません")


@app.command()
def status(as_json: AsJson = False) -> None:
    """窓口が休みかどうかを示す。"""
    found = _switch().current()
    known = {"paused": found is not None, **(found.model_dump(mode="json") if found else {})}
    print_result(known, [f"休止中: {found.message}" if found else "受付中"], as_json)


def _switch() -> Switch:
    return Switch(load_settings().data_dir)
