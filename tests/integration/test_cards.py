"""Cards and suggestions over the shipped plans: what is offered is answered, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.cards import name_of
from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.settings import Settings
from assistant.wiring import build_service

LANGUAGES = ("ja", "easy", "en", "zh")
SAMPLE = 40


@pytest.fixture(scope="module")
def service(data_dir: Path) -> Service:
    return build_service(Settings(_env_file=None, data_dir=data_dir))


def ask(service: Service, question: str, municipality: str | None, language: str | None = None) -> Answer:
    asked = {"question": question, "municipality": municipality, "language": language}
    return service.answer(Question.model_validate(asked))


def sampled(service: Service) -> Iterator[tuple[str, str]]:
    """Give a municipality and the name of a record, of all measures, KPIs and terms a sample."""
    records = [
        (h.id, name_of(r))
        for h in service.library.holdings
        for p in (h.public_records,)
        for r in (*p.measures, *p.kpis, *p.terms)
    ]
    yield from (records[n * len(records) // SAMPLE] for n in range(SAMPLE))


def test_every_question_offered_is_answered_when_it_is_asked_first(service: Service) -> None:
    unanswered = []
    for n, (municipality, name) in enumerate(sampled(service)):
        language = LANGUAGES[n % len(LANGUAGES)]
        chosen = municipality if n % 3 else None
        offered = ask(service, f"「{name}」について教えてください", chosen, language).suggestions
        assert len(offered) == 2, name
        for question in offered:
            answer = ask(service, question, chosen, language if language == "easy" else None)
            if (answer.status, answer.language) != ("answered", language):
                unanswered.append((question, answer.status, answer.language))
    assert unanswered == []


@pytest.mark.parametrize(
    ("question", "municipality", "kinds"),
    [
        ("羽咋ポイントの登録者数の目標は？", "hakui", ["kpi"]),
        ("のるまいカーの担当課は？", "hakui", ["measure"]),
        ("書かない窓口はいつ本格導入？", "nonoichi", ["roadmap"]),
        ("EBPMとは？", "hakui", ["term"]),
        ("計画の問い合わせ先は？", "hakui", ["contact"]),
        ("施策を全部教えて", "hakui", []),
        ("計画の期間は？", "hakui", []),
    ],
)
def test_an_answer_shows_the_cards_of_its_records(
    service: Service, question: str, municipality: str, kinds: list[str]
) -> None:
    answer = ask(service, question, municipality)
    assert answer.status == "answered"
    assert [c["type"] for c in answer.cards] == kinds
    cited = {c.document_id: service.library.document(c.document_id) for c in answer.citations}
    assert all(c["source"]["document_id"] in cited for c in answer.cards)
