"""`index`: build and publish, say what is published, go back."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.channels.cli.output import print_json, progress, say
from assistant.settings import load_settings
from assistant.wiring import build as build_now
from assistant.wiring import check_index
from index.errors import IndexStale, IndexUnavailable
from index.snapshot import published
from index.snapshot import rollback as go_back

app = typer.Typer(help="索引を作り、公開する。", no_args_is_help=True)


@app.command()
def build(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="いまの計画に合う索引があれば作らない")
    ] = False,
) -> None:
    """索引を作って公開する。"""
    settings = load_settings()
    if if_needed and _fits():
        say("索引は最新です")
        return
    with progress("モデルの準備") as model, progress("索引の作成") as passages:
        manifest = build_now(settings, model, passages)
    counts = "、".join(f"{name} {count:,}件" for name, count in manifest.counts.items())
    print(f"公開しました: {manifest.name}（{counts}、{manifest.seconds:.1f}秒）")


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="JSONで出力する")] = False) -> None:
    """公開している索引を示す。"""
    manifest = published(load_settings().data_dir)
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    print(f"{manifest.name}  {manifest.built:%Y-%m-%d %H:%M} UTC  モデル {manifest.model}")
    for name, count in manifest.counts.items():
        print(f"  {name}  {count:,}件")


@app.command()
def rollback() -> None:
    """一つ前の索引に戻す。"""
    manifest = go_back(load_settings().data_dir)
    print(f"戻しました: {manifest.name}")


def _fits() -> bool:
    try:
        check_index(load_settings())
    except IndexStale as error:
        say(str(error))
        return False
    except IndexUnavailable:
        return False
    return True
