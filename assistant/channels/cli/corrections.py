"""`corrections`: what staff set right: an answer to a question, or a way of saying a name."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from assistant.channels.cli.output import AsJson, print_result
from assistant.channels.cli.people import actor
from assistant.correcting import Checked, draft_of, question_row, reviewed
from assistant.logs import configure
from assistant.settings import Settings, load_settings
from assistant.state.corrections import Correction, Corrections
from assistant.wiring import library_of, state_of

app = typer.Typer(help="回答を訂正し、言い方を足す。", no_args_is_help=True)

Identity = Annotated[int, typer.Argument(metavar="ID", help="corrections list で分かるID")]


@app.callback()
def quiet() -> None:
    """回答を訂正し、言い方を足す。"""
    configure("text", quiet=True)


@app.command()
def add(
    words: Annotated[str, typer.Argument(help="質問、または住民の言い方")],
    municipality: Annotated[str, typer.Option("--municipality", "-m", help="市町村のID")],
    author: Annotated[str, typer.Option(help="訂正する人")],
    reason: Annotated[str, typer.Option(help="訂正する理由")],
    answer: Annotated[str | None, typer.Option(help="この質問への回答")] = None,
    quote: Annotated[
        list[str] | None, typer.Option(help="回答のもとになる計画の文（そのまま）。何度でも")
    ] = None,
    means: Annotated[str | None, typer.Option(help="この言い方が指す、計画での言葉")] = None,
) -> None:
    """質問への回答（--answer と --quote）か、言い方（--means）を足す。"""
    settings = load_settings()
    draft = draft_of(
        library_of(settings), municipality, words, author, reason, answer, tuple(quote or ()), means
    )
    added = state_of(settings).corrections.add(draft)
    print(f"足しました: {added.id}")


@app.command("list")
def list_corrections(as_json: AsJson = False) -> None:
    """訂正を並べる。"""
    _print(_checked(load_settings()), as_json)


@app.command()
def remove(identity: Identity) -> None:
    """訂正をやめる。"""
    removed = _corrections().remove(identity, actor())
    print(f"やめました: {removed.id} {removed.words}")


@app.command()
def review(
    identity: Annotated[int | None, typer.Argument(metavar="[ID]", help="見直した訂正のID")] = None,
    quote: Annotated[list[str] | None, typer.Option(help="いまの計画の文（そのまま）。何度でも")] = None,
    as_json: AsJson = False,
) -> None:
    """もとの文が変わった訂正を並べる。IDを付けると、いまの計画に合わせて使い始める。"""
    settings = load_settings()
    if identity is None:
        _print([c for c in _checked(settings) if not c.holds], as_json)
        return
    corrections = state_of(settings).corrections
    kept = reviewed(library_of(settings), corrections, identity, actor(), tuple(quote or ()))
    print(f"見直しました: {kept.id}")


@app.command()
def export() -> None:
    """訂正を評価の問題（JSON Lines）にする。"""
    for checked in _checked(load_settings()):
        print(json.dumps(question_row(checked.correction), ensure_ascii=False))


def _print(found: list[Checked], as_json: bool) -> None:
    rows = [c.correction.model_dump(mode="json") | {"holds": c.holds} for c in found]
    print_result({"corrections": rows}, (_line(c.correction, c.holds) for c in found), as_json)


def _line(correction: Correction, holds: bool) -> str:
    said = correction.answer if correction.kind == "override" else f"＝{correction.meant}"
    state = "" if holds else "見直しが必要: もとの文が変わりました"
    named = (str(correction.id), correction.municipality, correction.words)
    return "\t".join((*named, said or "", correction.author, state))


def _checked(settings: Settings) -> list[Checked]:
    return Checked.all(library_of(settings), state_of(settings).corrections)


def _corrections() -> Corrections:
    return state_of(load_settings()).corrections
