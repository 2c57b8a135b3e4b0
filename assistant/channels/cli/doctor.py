"""`doctor`: what is installed, configured, published and reachable; one line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import version

import typer

from assistant.settings import Settings, load_settings, unknown_settings
from assistant.wiring import embedder_of, library_of
from index.snapshot import open_published

PACKAGES = (
    "torch",
    "sentence-transformers",
    "chromadb",
    "fugashi",
    "unidic-lite",
    "bm25s",
    "langchain",
    "fastapi",
)


def doctor() -> None:
    """環境を確かめる。"""
    settings = load_settings()
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", lambda _: sys.version.split()[0]),
        ("ライブラリ", lambda _: "、".join(f"{p} {version(p)}" for p in PACKAGES)),
        ("データの場所", _data_dir),
        ("計画", lambda s: "、".join(h.plan.municipality.name for h in library_of(s).holdings)),
        ("モデル", lambda s: embedder_of(s).name),
        ("索引", _index),
    )
    failed = False
    for label, check in checks:
        try:
            print(f"ok  {label}: {check(settings)}")
        except Exception as error:
            failed = True
            print(f"NG  {label}: {' '.join(str(error).split())}")
    for name in unknown_settings():
        print(f"--  {name} はこの版では使いません")
    if failed:
        raise typer.Exit(1)


def _data_dir(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data_dir, os.W_OK):
        raise PermissionError(
            f"{settings.data_dir} に書き込めません。PLAN_ASSISTANT_DATA_DIR を変えてください"
        )
    return str(settings.data_dir)


def _index(settings: Settings) -> str:
    snapshot = open_published(settings.data_dir, embedder_of(settings).name, library_of(settings).digest())
    return f"{snapshot.manifest.name}（{sum(snapshot.manifest.counts.values()):,}件）"
