"""`corpus`: the plans there are."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.channels.cli.output import print_json
from assistant.channels.views import plan_view
from assistant.settings import load_settings
from assistant.wiring import library_of

app = typer.Typer(help="計画を扱う。", no_args_is_help=True)


@app.callback()
def corpus() -> None:
    """計画を扱う。"""


@app.command("list")
def list_plans(as_json: Annotated[bool, typer.Option("--json", help="JSONで出力する")] = False) -> None:
    """収録している計画を並べる。"""
    holdings = library_of(load_settings()).holdings
    if as_json:
        print_json({"plans": [plan_view(h) for h in holdings]})
        return
    for holding in holdings:
        for document in holding.plan.documents:
            period = document.period
            years = f"{period.start}–{period.end}年度" if period else ""
            print(
                f"{holding.id}\t{holding.plan.municipality.name}\t{document.title}\t{years}\t{document.visibility}"
            )
