"""`state`: what is kept: checked, explained, exported, erased, pruned, backed up and restored."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.channels.cli.output import AsJson, Refused, print_result
from assistant.channels.cli.people import actor
from assistant.channels.explained import explained, replayed
from assistant.logs import configure
from assistant.settings import Settings, load_settings
from assistant.state.audit import find, record_of, verify
from assistant.state.backup import back_up, restore_from
from assistant.state.errors import StateDown
from assistant.state.people import Whose, erase_all, rows_of
from assistant.state.state import State
from assistant.state.tabular import FORMATS, write_rows
from assistant.wiring import build_service, secret_of, state_of

app = typer.Typer(help="残している記録を確かめ、取り出し、消す。", no_args_is_help=True)

Conversation = Annotated[str | None, typer.Option(help="会話のID（回答の conversation_id）")]
LineUser = Annotated[str | None, typer.Option("--line-user", help="LINEのユーザーID")]


@app.callback()
def quiet() -> None:
    """残している記録を確かめ、取り出し、消す。"""
    configure("text", quiet=True)


@app.command("verify")
def verify_chain(as_json: AsJson = False) -> None:
    """回答の記録が書き換えられていないかを確かめる。"""
    with state_of(load_settings()).database.read() as session:
        chain = verify(session)
    counted = f"回答の記録 {chain.rows:,}件（うち消したもの {chain.erased:,}件）、最後のハッシュ {chain.head}"
    print_result(asdict(chain), (counted, *(f"NG  {fault}" for fault in chain.faults)), as_json)
    if chain.faults:
        raise typer.Exit(1)


@app.command()
def explain(
    message_id: Annotated[str, typer.Argument(help="回答の message_id")],
    replay: Annotated[bool, typer.Option("--replay", help="同じ質問にいま答えて、くらべる")] = False,
    as_json: AsJson = False,
) -> None:
    """ある回答が、なぜそう答えたのかを示す。"""
    settings = load_settings()
    with _written(settings).database.read() as session:
        row = find(session, message_id)
        if row is None:
            raise Refused(f"MESSAGE_ID: '{message_id}' の回答の記録はありません")
        record, erased = record_of(row), row.erased
    shown = explained(record, erased.isoformat() if erased else None)
    if replay:
        if erased:
            raise Refused(f"MESSAGE_ID: '{message_id}' の記録は消されているので、くらべられません")
        shown |= replayed(record, build_service(settings))
    print_result(shown, (f"{name}: {value}" for name, value in shown.items()), as_json)


@app.command()
def prune(as_json: AsJson = False) -> None:
    """残す日数を過ぎた記録を消す。"""
    dropped = _written(load_settings()).prune()
    _print_counts(dropped, as_json)


@app.command()
def export(
    output_format: Annotated[str, typer.Option("--format", help="csv または jsonl")] = "jsonl",
    what: Annotated[str, typer.Option(help="answers, feedback, turns, corrections または admin")] = "answers",
    conversation: Conversation = None,
    line_user: LineUser = None,
    out: Annotated[Path | None, typer.Option(help="書き出すファイル（なければ画面）")] = None,
) -> None:
    """記録を取り出す。"""
    settings = load_settings()
    if output_format not in FORMATS:
        raise Refused(f"--format: '{output_format}' は使えません。csv か jsonl を選んでください")
    whose = _whose(settings, conversation, line_user)
    with _written(settings).database.read() as session:
        columns, rows = rows_of(session, what, whose)
        if out is None:
            write_rows(sys.stdout, output_format, columns, rows)
            return
        with out.open("w", encoding="utf-8", newline="") as file:
            write_rows(file, output_format, columns, rows)


@app.command()
def erase(conversation: Conversation = None, line_user: LineUser = None, as_json: AsJson = False) -> None:
    """ある会話、ある人の記録を消す。"""
    settings = load_settings()
    whose = _whose(settings, conversation, line_user)
    if whose is None:
        raise Refused("--conversation か --line-user で、だれの記録かを書いてください")
    erased = erase_all(_written(settings).database, whose, actor())
    _print_counts(erased, as_json)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="書き出すファイル")]) -> None:
    """動かしたまま、データベースの写しを取る（SQLite）。"""
    state = _written(load_settings())
    back_up(state.database, file)
    print(f"写しを取りました: {file}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="backup で取ったファイル")],
    replace: Annotated[bool, typer.Option("--replace", help="いまの記録を置き換える")] = False,
) -> None:
    """写しからデータベースを戻す（SQLite）。サービスは止めておく。"""
    restore_from(state_of(load_settings()).database, file, replace=replace)
    print(f"戻しました: {file}")


def _print_counts(counts: dict[str, int], as_json: bool) -> None:
    print_result(counts, (f"{name}\t{count:,}件" for name, count in counts.items()), as_json)


def _whose(settings: Settings, conversation: str | None, line_user: str | None) -> Whose | None:
    if conversation is None and line_user is None:
        return None
    person = secret_of(settings).person("line", line_user) if line_user else None
    return Whose(state_of(settings).hashes_of(conversation) if conversation else (), person)


def _written(settings: Settings) -> State:
    """Return the state once nothing waits in the spool any more."""
    state = state_of(settings)
    state.keeper.flush()
    if not state.keeper.wait_empty():
        raise StateDown("spool: まだ書かれていない記録があります。サービスのログ（state）を確かめてください")
    return state
