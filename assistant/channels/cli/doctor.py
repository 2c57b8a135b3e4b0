"""`doctor`: what is installed, configured, published and reachable; one line each."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec

import redis
import typer

from assistant.channels.guard.rates import DEFAULT_ADDRESS
from assistant.llm.limits import SWITCH
from assistant.logs import configure
from assistant.settings import Settings, load_settings, unknown_settings
from assistant.state.audit import verify
from assistant.watching.readiness import LEAST_FREE_BYTES
from assistant.wiring import database_of, embedder_of, library_of
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
# Below this, connections that are held open soon leave none for the others.
LEAST_FILES = 4096


def doctor() -> None:
    """環境を確かめる。"""
    configure("text", quiet=True)
    settings = load_settings()
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", lambda _: sys.version.split()[0]),
        ("ライブラリ", lambda _: "、".join(f"{p} {version(p)}" for p in PACKAGES)),
        ("データの場所", _data_dir),
        ("計画", lambda s: "、".join(h.plan.municipality.name for h in library_of(s).holdings)),
        ("モデル", lambda s: embedder_of(s).name),
        ("索引", _index),
        ("データベース", _state),
        ("空き容量", _disk),
        ("接続の数", _connections),
        ("頻度の上限", _rates),
        ("中継", _proxies),
        ("呼び出せるサイト", lambda s: "、".join(s.origins) or "このサービスのページだけ"),
        ("計測", _traces),
        ("管理の画面", _console),
        ("LINE", _line),
        ("言語モデル", _language_model),
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


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.data_dir).free
    if free < LEAST_FREE_BYTES * 10:
        raise OSError(f"{settings.data_dir} の空きが {free >> 20} MiB です。500 MiB 以上にしてください")
    return f"{free >> 30} GiB"


def _connections(_: Settings) -> str:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 <= most < LEAST_FILES:
        raise OSError(f"開けるファイルは {most} までです。ulimit -Hn（systemd: LimitNOFILE）を上げてください")
    return f"{most:,}まで" if most >= 0 else "限りなし"


def _rates(settings: Settings) -> str:
    told = f"回線 {settings.rate_limit or DEFAULT_ADDRESS}、会話 {settings.conversation_rate_limit}"
    if settings.redis_url is None:
        return f"{told}（プロセスごとに数えます）"
    try:
        with redis.Redis.from_url(settings.redis_url.get_secret_value(), socket_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        raise ConnectionError(
            "Redis に届きません。動いているか、PLAN_ASSISTANT_REDIS_URL が正しいかを確かめてください"
        ) from error
    return f"{told}（Redis で数えます）"


def _proxies(settings: Settings) -> str:
    named = "、".join(map(str, settings.proxies))
    return named or "なし（逆プロキシの後ろでは PLAN_ASSISTANT_TRUSTED_PROXIES にその番号を書いてください）"


def _traces(settings: Settings) -> str:
    if settings.otlp_url and find_spec("opentelemetry.exporter.otlp.proto.http") is None:
        raise ImportError("pip install 'plan-assistant[otel]' で OpenTelemetry を入れてください")
    return f"/metrics、{settings.otlp_url}" if settings.otlp_url else "/metrics"


def _console(settings: Settings) -> str:
    ways = [
        *(["鍵"] if settings.admin_token else []),
        *([f"ヘッダー {settings.admin_sso_header}"] if settings.admin_sso_header else []),
    ]
    return f"/admin（{'、'.join(ways)}）" if ways else "使っていません"


def _line(settings: Settings) -> str:
    from assistant.channels.line.start import account_of, missing_of

    if missing := missing_of(settings):
        raise RuntimeError(missing)
    account = account_of(settings)
    if account is None:
        return "使っていません"
    from assistant.channels.line.channel import report

    return report(account, database_of(settings))


def _data_dir(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data_dir, os.W_OK):
        raise PermissionError(
            f"{settings.data_dir} に書き込めません。PLAN_ASSISTANT_DATA_DIR を変えてください"
        )
    return str(settings.data_dir)


def _state(settings: Settings) -> str:
    database = database_of(settings)
    with database.read() as session:
        chain = verify(session)
    if chain.faults:
        raise ValueError(
            f"{database}: 回答の記録: {chain.faults[0]}。plan-assistant state verify で確かめてください"
        )
    return f"{database}（回答の記録 {chain.rows:,}件）"


def _index(settings: Settings) -> str:
    model, plans = embedder_of(settings).name, library_of(settings).digest()
    snapshot = open_published(settings.data_dir, model, plans, settings.chroma_url)
    return f"{snapshot.manifest.name}（{sum(snapshot.manifest.counts.values()):,}件）"


def _language_model(settings: Settings) -> str:
    if settings.llm_model is None:
        return "使わない"
    if settings.llm_base_url is None:
        raise ValueError("PLAN_ASSISTANT_LLM_BASE_URL にそのアドレスを入れてください")
    off = (settings.data_dir / SWITCH).exists()
    return f"{settings.llm_model}（{settings.llm_base_url}）" + (f"：{SWITCH} により停止中" if off else "")
