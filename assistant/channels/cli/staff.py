"""`staff`: who may ask as staff: through LINE by a one-time code, over HTTP by a key, shown once."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.channels.cli.output import AsJson, print_result
from assistant.channels.cli.people import actor
from assistant.logs import configure
from assistant.settings import load_settings
from assistant.state.staff import INVITED, Member, Staff
from assistant.wiring import state_of

app = typer.Typer(help="職員として質問できる人を決める。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="職員の名前")]


@app.callback()
def quiet() -> None:
    """職員として質問できる人を決める。"""
    configure("text", quiet=True)


@app.command()
def invite(name: Name) -> None:
    """LINEで職員になるための、一回だけ使えるコードを出す。"""
    identity, code = _staff().invite(name, actor())
    hours = int(INVITED.total_seconds() // 3600)
    print(code)
    typer.echo(
        f"ID {identity}: このコードを、{hours}時間以内にLINEの公式アカウントへ送ってもらってください",
        err=True,
    )


@app.command()
def key(name: Name) -> None:
    """HTTPで職員になるためのキーを出す。前のキーは使えなくなる。"""
    identity, made = _staff().key(name, actor())
    print(made)
    typer.echo(f"ID {identity}: このキーは二度と表示されません（Authorization: Bearer …）", err=True)


@app.command("list")
def list_members(as_json: AsJson = False) -> None:
    """職員を並べる。"""
    members = _staff().members()
    lines = (f"{m.id}\t{m.name}\t{_means(m)}" for m in members)
    print_result({"staff": [m.model_dump(mode="json") for m in members]}, lines, as_json)


@app.command()
def revoke(identity: Annotated[int, typer.Argument(metavar="ID", help="staff list で分かるID")]) -> None:
    """職員をやめさせる。キーもLINEのつながりも、すぐに使えなくなる。"""
    member = _staff().revoke(identity, actor())
    print(f"取り消しました: {member.id} {member.name}")


def _means(member: Member) -> str:
    if member.revoked:
        return f"取り消し済み（{member.revoked:%Y-%m-%d}）"
    means = [*(["キー"] if member.has_key else []), *([f"LINE {member.links}"] if member.links else [])]
    return "、".join(means) or "まだ使っていません"


def _staff() -> Staff:
    return state_of(load_settings()).staff
