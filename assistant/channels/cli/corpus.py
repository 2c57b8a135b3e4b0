"""`corpus`: the plans there are, what was read from them, and how one is added or taken out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from assistant.channels.cli.output import AsJson, Refused, print_result, say, working
from assistant.channels.views import plan_line
from assistant.settings import load_settings
from assistant.wiring import library_of, plans_folder
from corpus.add import add_documents, remove_plan
from corpus.check import Place, Report, report
from corpus.library import Holding
from corpus.records import Plan

app = typer.Typer(help="計画を扱う。", no_args_is_help=True)

PlanId = Annotated[str, typer.Argument(metavar="ID", help="市町村のID")]


@app.command("list")
def list_plans(as_json: AsJson = False) -> None:
    """収録している計画を並べる。"""
    holdings = library_of(load_settings()).holdings
    lines = (line for holding in holdings for line in _document_lines(holding))
    print_result({"plans": [plan_line(h) for h in holdings]}, lines, as_json)


@app.command()
def show(plan: PlanId, as_json: AsJson = False) -> None:
    """一つの計画を、読み取った記録として示す。"""
    records = _holding(plan).records
    print_result(records.model_dump(mode="json"), _record_lines(records), as_json)


@app.command()
def check(plan: PlanId, as_json: AsJson = False) -> None:
    """読み取りの報告を示す。"""
    found = report(_holding(plan))
    print_result(found.model_dump(mode="json"), _report_lines(found), as_json)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="計画の文書")],
    municipality: Annotated[str, typer.Option("--municipality", "-m", help="市町村のID（例: hakui）")],
    name: Annotated[str | None, typer.Option(help="市町村の名前（例: 羽咋市）")] = None,
    title: Annotated[str | None, typer.Option(help="計画の題名（なければ、文書の表紙にあるもの）")] = None,
    visibility: Annotated[str, typer.Option(help="public または staff")] = "public",
) -> None:
    """文書を加え、読み取りの報告を示す。"""
    if visibility not in ("public", "staff"):
        raise Refused(f"--visibility: '{visibility}' は使えません。public か staff を選んでください")
    folder = plans_folder(load_settings())
    with working(f"{'、'.join(f.name for f in files)} を読んでいます"):
        holding = add_documents(folder, municipality, files, name, title, visibility)  # type: ignore[arg-type]
    print("\n".join(_report_lines(report(holding))))
    say("次に plan-assistant index build を実行すると、質問に使われます")


@app.command()
def remove(plan: PlanId) -> None:
    """計画を外す。"""
    remove_plan(plans_folder(load_settings()), plan)
    say(f"{plan} を外しました。次に plan-assistant index build を実行すると、質問に使われなくなります")


def _holding(plan: str) -> Holding:
    library = library_of(load_settings())
    holding = library.holding(plan)
    if holding is None:
        known = "、".join(h.id for h in library.holdings)
        raise Refused(f"ID: '{plan}' の計画はありません（{known}）")
    return holding


def _document_lines(holding: Holding) -> Iterator[str]:
    for document in holding.plan.documents:
        period = document.period
        years = f"{period.start}–{period.end}年度" if period else ""
        name = holding.plan.municipality.name
        yield f"{holding.id}\t{name}\t{document.title}\t{years}\t{document.visibility}"


def _record_lines(records: Plan) -> Iterator[str]:
    for measure in records.measures:
        new = "（新規）" if measure.is_new else ""
        title = " ".join((measure.title_normalised or measure.title).split())
        yield f"{measure.theme or ''}\t{measure.number} {title}{new}\t{'、'.join(measure.departments)}"
    for kpi in records.kpis:
        values = (q.text if q else "—" for q in (kpi.baseline, kpi.target))
        yield f"KPI\t{kpi.indicator_normalised or kpi.indicator}\t{' → '.join(values)}"


def _report_lines(found: Report) -> Iterator[str]:
    yield f"{found.municipality}: 本文の {found.covered:.1%} を記録として読み取りました"
    for kind in found.recognised:
        yield f"  {kind.kind}\t{kind.count}\t{' / '.join(kind.examples)}"
    yield f"確かでないところ: {len(found.doubts)}"
    for doubt in found.doubts:
        yield f"  {_where(doubt.place)} {doubt.message}"
    yield f"記録にならなかったところ（文章としては探せます）: {len(found.left_over)}"
    for place in found.left_over:
        yield f"  {_where(place)} {place.text}"


def _where(place: Place) -> str:
    page = f"p.{place.page} " if place.page else ""
    return f"{place.document_id} {page}{place.line}行目:"
