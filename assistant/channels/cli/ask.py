"""`ask` and `search`: one answer, or retrieval alone."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from assistant.channels.chat import clean_question
from assistant.channels.cli.output import AsJson, Refused, print_result
from assistant.logs import configure
from assistant.messages import Answer, Citation, Language, Question
from assistant.settings import load_settings
from assistant.wiring import build_service, state_of

Municipality = Annotated[str | None, typer.Option("--municipality", "-m", help="市町村のID（hakui など）")]


def ask(
    question: Annotated[str, typer.Argument(help="質問（1〜1,000文字）")],
    municipality: Municipality = None,
    lang: Annotated[str | None, typer.Option(help="ja, easy, en または zh")] = None,
    as_json: AsJson = False,
) -> None:
    """質問に出典を付けて答える。"""
    text = _text("QUESTION", question)
    language = _language(lang)
    settings = _quiet_settings()
    state = state_of(settings)
    service = build_service(settings, state)
    asked = Question(question=text, municipality=municipality, language=language, channel="cli")
    answer = service.answer(asked)
    state.keeper.stop()
    print_result(answer.model_dump(mode="json"), _lines(answer), as_json)


def search(
    query: Annotated[str, typer.Argument(help="探す言葉")],
    municipality: Municipality = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="件数")] = 10,
    as_json: AsJson = False,
) -> None:
    """計画の本文を探す。"""
    text = _text("QUERY", query)
    found = build_service(_quiet_settings()).search(text, municipality, limit)
    hits: list[dict[str, Any]] = [
        {"rank": c.number, "score": round(h.score, 6), "citation": c.model_dump(mode="json")}
        for h, c in found
    ]
    lines = (f"{c.number:2} {h.score:.4f} {_place(c)}\n   {_short(c.quote)}" for h, c in found)
    print_result({"hits": hits}, lines, as_json)


def _quiet_settings() -> Any:
    configure("text", quiet=True)
    return load_settings()


def _text(argument: str, text: str) -> str:
    try:
        return clean_question(text)
    except ValueError as error:
        raise Refused(f"{argument}: {error}") from error


def _language(lang: str | None) -> Language | None:
    if lang not in (None, "ja", "easy", "en", "zh"):
        raise Refused(f"--lang: '{lang}' は使えません。ja, easy, en, zh から選んでください")
    return lang  # type: ignore[return-value]


def _lines(answer: Answer) -> list[str]:
    lines = [answer.answer]
    for citation in answer.citations:
        lines += [
            "",
            f"[{citation.number}] {_place(citation)}",
            f"    「{_short(citation.quote)}」",
            f"    {citation.url}",
        ]
    if answer.contact:
        contact = answer.contact
        known = (contact.name, *contact.phone, contact.email, contact.address)
        lines += ["", "お問い合わせ: " + "  ".join(part for part in known if part)]
    lines += [f"・{s}" for s in answer.suggestions]
    return lines + [f"※ {n}" for n in answer.notices]


def _place(citation: Citation) -> str:
    page = f" p.{citation.page}" if citation.page else ""
    return " ＞ ".join((citation.title, *citation.section)) + page


def _short(quote: str) -> str:
    return " ｜ ".join(" ".join(part.split()) for part in quote.split("\t") if part.strip())
