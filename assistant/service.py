"""The service: the steps in order, timed, and one log line a turn."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import structlog

from assistant import words
from assistant.cards import cards_of
from assistant.composers.wording import word
from assistant.messages import Answer, Citation, Exchange, Question, Source, Turn
from assistant.state.conversations import Conversations
from assistant.steps.understand import language_of
from assistant.suggestions import suggestions_of
from corpus.document import Document
from corpus.library import Holding, Library
from corpus.records import Contact
from index.passages import Hit
from index.search import Search
from index.snapshot import Manifest

Step = Callable[[Turn], Turn]
Steps = Sequence[tuple[str, Step]]
Finder = Callable[[str, Sequence[str], int], list[Hit]]

log = structlog.get_logger("plan-assistant")
JAPAN = ZoneInfo("Asia/Tokyo")


class UnknownMunicipality(Exception):
    """Report a municipality that has no plan here; the message names those that have."""


class Service:
    """Answer questions from a library by the steps given."""

    def __init__(
        self,
        library: Library,
        search: Search,
        find: Finder,
        steps: Steps,
        conversations: Conversations,
        today: datetime.date | None = None,
    ) -> None:
        self.library = library
        self._search = search
        self._find = find
        self._steps = tuple(steps)
        self._conversations = conversations
        self._today = today

    @property
    def manifest(self) -> Manifest:
        """Return the manifest of the index snapshot that is searched."""
        return self._search.snapshot.manifest

    def answer(self, question: Question) -> Answer:
        """Answer one question; raises UnknownMunicipality for one that is named and not held."""
        return self.explain(question)[0]

    def explain(self, question: Question) -> tuple[Answer, Turn]:
        """Answer one question and return the turn as the steps left it, which says why."""
        self._check(question.municipality)
        conversation_id, history = self._conversations.open(question.conversation_id)
        turn = Turn(
            asked=question,
            today=self._today or datetime.datetime.now(JAPAN).date(),
            language=question.language or language_of(question.question),
            history=history,
        )
        timings: dict[str, float] = {}
        for name, step in self._steps:
            started = time.perf_counter()
            turn = step(turn)
            timings[name] = round((time.perf_counter() - started) * 1000, 1)
            if turn.ending:
                break
        answer = self._answer(turn, conversation_id)
        self._keep(turn, conversation_id)
        log.info("turn", **_line(turn, answer, timings))
        return answer, turn

    def search(self, query: str, municipality: str | None, limit: int) -> list[tuple[Hit, Citation]]:
        """Return the passages found for a query, each as a citation numbered by its rank."""
        self._check(municipality)
        municipalities = [municipality] if municipality else [h.id for h in self.library.holdings]
        hits = self._find(query, municipalities, limit)
        return [
            (
                h,
                self._citation(
                    i, Source(document_id=h.passage.document_id, start=h.passage.start, end=h.passage.end)
                ),
            )
            for i, h in enumerate(hits, 1)
        ]

    def _check(self, municipality: str | None) -> None:
        if municipality is not None and self.library.holding(municipality) is None:
            known = "、".join(h.id for h in self.library.holdings)
            raise UnknownMunicipality(f"municipality: '{municipality}' の計画はありません（{known}）")

    def _answer(self, turn: Turn, conversation_id: str) -> Answer:
        ending = turn.ending
        values = {
            "conversation_id": conversation_id,
            "message_id": secrets.token_urlsafe(12),
            "language": turn.language,
            "suggestions": suggestions_of(turn, self.library),
        }
        if ending:
            return Answer(
                status=ending.status,
                answer=self._reply(turn, ending.reply, ending.values),
                contact=self._contact(turn),
                notices=self._contacts(turn),
                **values,
            )
        text, citations = self._cited(turn)
        return Answer(
            status="answered",
            engine=turn.engine,
            answer=text,
            citations=citations,
            cards=cards_of(turn, self.library),
            notices=self._notices(turn),
            **values,
        )

    def _cited(self, turn: Turn) -> tuple[str, tuple[Citation, ...]]:
        """Return the answer's text with its markers, and the citations they number."""
        numbers: dict[Source, int] = {}
        sentences = []
        stop = word("stop", turn.language)
        for statement in turn.statements:
            marks = [numbers.setdefault(source, len(numbers) + 1) for source in statement.sources]
            sentences.append(statement.text + "".join(f"[{n}]" for n in dict.fromkeys(marks)) + stop)
        return "".join(sentences).rstrip(), tuple(self._citation(n, source) for source, n in numbers.items())

    def _citation(self, number: int, source: Source) -> Citation:
        found = self.library.document(source.document_id)
        if found is None:
            raise KeyError(source.document_id)
        holding, document = found
        return Citation(
            number=number,
            municipality=holding.id,
            document_id=source.document_id,
            title=holding.info(source.document_id).title,
            section=section_of(document, source.start),
            page=document.page_of(source.start),
            quote=document.text[source.start : source.end],
            start=source.start,
            end=source.end,
            url=f"/sources/{source.document_id}#c{source.start}-{source.end}",
        )

    def _reply(self, turn: Turn, reply: str, values: dict[str, str]) -> str:
        held = self._held(turn)
        name = reply if held or not reply.startswith("not_in_plan") else "not_in_plans"
        texts = words.load("replies")[name]
        names = "、".join(h.plan.municipality.name for h in self.library.holdings)
        title = held.plan.documents[0].title if held else names
        return str(texts.get(turn.language, texts["ja"])).format(**{"names": names, "title": title, **values})

    def _held(self, turn: Turn) -> Holding | None:
        """Return the holding of the one municipality that the turn is about, or None."""
        ids = turn.municipalities or ((turn.asked.municipality,) if turn.asked.municipality else ())
        return self.library.holding(ids[0]) if len(ids) == 1 else None

    def _contact(self, turn: Turn) -> Contact | None:
        holding = self._held(turn) or (self.library.holdings[0] if len(self.library.holdings) == 1 else None)
        return holding.plan.contact if holding else None

    def _contacts(self, turn: Turn) -> tuple[str, ...]:
        """Return every municipality's contact where a refusal cannot tell which one is meant."""
        if self._contact(turn) or (turn.ending and turn.ending.status == "clarify"):
            return ()
        contacts = (h.plan.contact for h in self.library.holdings)
        lines = (" ".join(filter(None, (c.name, *c.phone, c.email))) for c in contacts)
        return tuple(words.load("replies")["notices"]["contact"].format(contact=line) for line in lines)

    def _notices(self, turn: Turn) -> tuple[str, ...]:
        """Return what the asker should know: whose plan answered where it was not named, and the language."""
        notices = words.load("replies")["notices"]
        found = list(turn.notices)
        holding = self.library.holding(turn.municipality or "")
        chosen = turn.asked.municipality == turn.municipality
        if holding and not chosen and (turn.asked.municipality or not turn.decided):
            found.append(notices["other_municipality"].format(name=holding.plan.municipality.name))
        if turn.language not in ("ja", "easy"):
            found.append(notices["source_language"])
        for municipality in turn.unanswered:
            missing = self.library.holding(municipality)
            name = missing.plan.municipality.name if missing else municipality
            found.append(notices["unanswered_municipality"].format(name=name))
        found += [notices["unanswered_part"].format(question=q) for q in turn.unanswered_parts]
        return tuple(found)

    def _keep(self, turn: Turn, conversation_id: str) -> None:
        if turn.ending and turn.ending.status == "refused":
            return
        municipality = turn.municipality or (
            turn.municipalities[0] if len(turn.municipalities) == 1 else None
        )
        self._conversations.add(
            conversation_id,
            Exchange(
                question=turn.text,
                standalone=turn.standalone or turn.text,
                subject=turn.subject,
                municipality=municipality,
                aspects=turn.aspects,
                years=turn.years,
            ),
        )


def section_of(document: Document, offset: int) -> tuple[str, ...]:
    """Return the labels of the headings above a place."""
    block = next((b for b in document.blocks if b.start <= offset < b.end), None)
    return tuple(h.label for h in block.path) if block else ()


def _line(turn: Turn, answer: Answer, timings: dict[str, float]) -> dict[str, object]:
    """Return the turn's log line: what was decided and how long it took, never what was asked."""
    judgement = turn.judgement
    return {
        "message_id": answer.message_id,
        "status": answer.status,
        "reply": turn.ending.reply if turn.ending else None,
        "engine": answer.engine,
        "municipality": turn.municipality or ",".join(turn.municipalities),
        "language": answer.language,
        "characters": len(turn.text),
        "aspects": ",".join(turn.aspects),
        "passages": [e.hit.passage.id for e in turn.evidence[:3]],
        "probability": round(judgement.probability, 3) if judgement else None,
        "citations": len(answer.citations),
        "ms": timings,
    }
