"""`index`: build and publish, say what is published, go back."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from assistant.channels.cli.output import AsJson, print_result, progress, say
from assistant.channels.cli.watching import watch_plans
from assistant.settings import Settings, load_settings
from assistant.wiring import build as build_now
from assistant.wiring import check_index, library_of, plans_folder, read_in_bulk, went_back
from corpus.errors import CorpusError
from corpus.library import Library
from index.embedders import ModelUnavailable
from index.errors import IndexBusy, IndexNotBuilt, IndexStale, IndexUnavailable
from index.snapshot import Manifest, published
from index.snapshot import rollback as go_back

app = typer.Typer(help="索引を作り、公開する。", no_args_is_help=True)


@app.command()
def build(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="いまの計画に合う索引があれば作らない")
    ] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="計画のフォルダを見張り、変わるたびに作り直す（止めるには Ctrl+C）"),
    ] = False,
) -> None:
    """索引を作って公開する。"""
    settings = load_settings()
    if if_needed and _fits():
        say("索引は最新です")
    else:
        _build(settings)
    if watch:
        say(f"{plans_folder(settings)} を見張っています")
        watch_plans(plans_folder(settings), lambda: _build_changed(settings), say)


@app.command()
def bulk(
    folder: Annotated[
        Path | None, typer.Argument(help="市町村ごとのフォルダ（plan.toml）がある場所。既定は DATA_DIR/plans")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=512, help="同時に動かすプロセスの数")] = 2,
    address: Annotated[
        str | None, typer.Option(help="Ray クラスタのアドレス（なければこの機械で動かす）")
    ] = None,
) -> None:
    """多数の計画を Ray Data で読み、索引を作って公開する。中断しても続きから始まる。"""
    settings = load_settings()
    with progress("計画の読み取り") as read:
        outcome = read_in_bulk(settings, folder, processes, address, read)
    for failure in outcome.failed:
        say(f"NG  {failure.plan}: {failure.reason}")
    if outcome.failed:
        say(f"読めなかった計画は {outcome.dead_letters} にあります")
    _say_published(outcome.manifest)
    if outcome.failed:
        raise typer.Exit(1)


def _build(settings: Settings, library: Library | None = None) -> None:
    with progress("モデルの準備") as model, progress("索引の作成") as passages:
        _say_published(build_now(settings, model, passages, library))


def _build_changed(settings: Settings) -> None:
    """Build where the plans are not those of the published index; what cannot be read is told, no more."""
    try:
        library = library_of(settings)
        with contextlib.suppress(IndexUnavailable):
            if published(settings.data_dir).corpus == library.digest():
                return
        _build(settings, library)
    except (CorpusError, IndexUnavailable, IndexBusy, IndexNotBuilt, ModelUnavailable) as error:
        say(f"索引はそのままです: {error}")


def _say_published(manifest: Manifest) -> None:
    counts = "、".join(f"{name} {count:,}件" for name, count in manifest.counts.items())
    print(f"公開しました: {manifest.name}（{counts}、{manifest.seconds:.1f}秒）", flush=True)


@app.command()
def status(as_json: AsJson = False) -> None:
    """公開している索引を示す。"""
    manifest = published(load_settings().data_dir)
    published_at = f"{manifest.name}  {manifest.built:%Y-%m-%d %H:%M} UTC  モデル {manifest.model}"
    counts = (f"  {name}  {count:,}件" for name, count in manifest.counts.items())
    print_result(manifest.model_dump(mode="json"), (published_at, *counts), as_json)


@app.command()
def rollback() -> None:
    """一つ前の索引に戻す。"""
    manifest = go_back(load_settings().data_dir)
    print(f"戻しました: {manifest.name}")


def _fits() -> bool:
    """Tell whether nothing is to be built: who went back from an index of these plans keeps the other."""
    settings = load_settings()
    try:
        check_index(settings)
    except IndexStale as error:
        if went_back(settings):
            say("一つ前の索引に戻したままにします（作り直すには plan-assistant index build）")
            return True
        say(str(error))
        return False
    except IndexUnavailable:
        return False
    return True
