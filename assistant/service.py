"""The service: the steps in order, timed, and one log line a turn."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable, Generator, Sequence
from zoneinfo import ZoneInfo

import structlog

from assistant import words
from assistant.auditing import question_of, record_of
from assistant.cards import cards_of
from assistant.composers.wording import word
from assistant.messages import (
    Answer,
    Citation,
    Exchange,
    Language,
    Question,
    Source,
    Started,
    Statement,
    Turn,
)
from assistant.state.audit import AnswerRecord
from assistant.state.conversations import TURNS, Conversations
from assistant.steps.understand import language_of
from assistant.stopping import Stop
from assistant.suggestions import suggestions_of
from assistant.watching.metrics import count_turn
from assistant.watching.stopwatch import all_timed, stopwatch
from assistant.watching.tracing import trace_id
from corpus.document import Document
from corpus.library import Holding, Library
from corpus.records import Contact
from index.passages import Hit
from index.search import Search
from index.snapshot import Manifest

Step = Callable[[Turn], Turn]
Steps = Sequence[tuple[str, Step]]
Finder = Callable[[str, Sequence[str], int], list[Hit]]
# What words an answered turn anew: yields its statements as they are ready, returns the turn with them.
Writer = Callable[[Turn, Stop | None], Generator[Statement, None, Turn]]

log = structlog.get_logger("plan-assistant")
JAPAN = ZoneInfo("Asia/Tokyo")
# Channels that make the ids of their conversations themselves; what a caller sends is none.
OWN_IDS = frozenset({"line"})
# Ids are hexadecimal: what begins with a hyphen would be an option where it is typed after a command.
ID_BYTES = 16


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
        keep: Callable[[AnswerRecord], None] | None = None,
        for_staff: Service | None = None,
        writer: Writer | None = None,
    ) -> None:
        """Put a service together; `keep` takes each answer's record, `for_staff` answers staff."""
        self.library = library
        self.for_staff = for_staff or self
        self._search = search
        self._find = find
        self._steps = all_timed(steps)
        self._conversations = conversations
        self._today = today
        self._keep_record = keep
        self._writer = writer

    @property
    def manifest(self) -> Manifest:
        """Return the manifest of the index snapshot that is searched."""
        return self._search.snapshot.manifest

    def reach(self) -> None:
        """Raise IndexUnreachable where the vectors' server does not answer."""
        self._search.snapshot.vectors.reach()

    def answer(self, question: Question) -> Answer:
        """Answer one question; raises UnknownMunicipality for one that is named and not held."""
        return self.explain(question)[0]

    def explain(self, question: Question) -> tuple[Answer, Turn]:
        """Answer one question and return the turn as the steps left it, which says why."""
        writing = self.stream(question)
        while True:
            try:
                next(writing)
            except StopIteration as done:
                answer, turn = done.value
                return answer, turn

    def stream(
        self, question: Question, stop: Stop | None = None
    ) -> Generator[Started | str, None, tuple[Answer, Turn]]:
        """Yield the ids of an answer and its text as its sentences are ready; return it and its turn.

        The texts joined are the answer's. Without a language model there is one, the whole, and the answer is
        kept, logged and counted before it is told; with one, as soon as all of it is told.
        """
        self._check(question.municipality)
        made_here = question.channel in OWN_IDS
        conversation_id, history = self._conversations.open(question.conversation_id, made_here)
        started = Started(conversation_id=conversation_id, message_id=secrets.token_hex(ID_BYTES))
        today = self._now()
        turn, timings = self._run(question, history or self._recalled(question, today), today)
        if self._writer is None or turn.ending:
            answer = self._finished(turn, started, timings)
            yield started
            yield answer.answer
            return answer, turn
        yield started
        since = time.perf_counter()
        turn = yield from _written(self._writer(turn, stop), turn.language)
        timings["write"] = round((time.perf_counter() - since) * 1000, 1)
        return self._finished(turn, started, timings), turn

    def _finished(self, turn: Turn, started: Started, timings: dict[str, float]) -> Answer:
        """Return the answer of a turn that is done, kept, logged and counted."""
        answer = self._answer(turn, started)
        self._keep(turn, started)
        if self._keep_record:
            conversation = self._conversations.hash_of(started.conversation_id)
            self._keep_record(record_of(turn, answer, conversation, timings, self.manifest))
        log.info("turn", **_line(turn, answer, timings))
        count_turn(turn, answer, timings)
        return answer

    def replay(self, record: AnswerRecord) -> Answer:
        """Return the answer that is made now of what was asked then; nothing of it is kept."""
        turn, _ = self._run(*question_of(record), by_rules=True)
        return self._unkept(turn)

    def try_out(self, question: Question) -> tuple[Answer, Turn]:
        """Return the answer made by rules alone, and its turn; nothing of it is kept, logged or counted."""
        self._check(question.municipality)
        turn, _ = self._run(question, (), self._now(), by_rules=True)
        return self._unkept(turn), turn

    def _unkept(self, turn: Turn) -> Answer:
        return self._answer(turn, Started(conversation_id="", message_id=secrets.token_hex(ID_BYTES)))

    def _now(self) -> datetime.date:
        return self._today or datetime.datetime.now(JAPAN).date()

    def _run(
        self,
        question: Question,
        history: tuple[Exchange, ...],
        today: datetime.date,
        by_rules: bool = False,
    ) -> tuple[Turn, dict[str, float]]:
        """Return the turn as the steps leave it, and the milliseconds that each took."""
        turn = Turn(
            asked=question,
            today=today,
            language=question.language or language_of(question.question),
            history=history,
            by_rules=by_rules,
        )
        with stopwatch() as timings:
            for step in self._steps:
                turn = step(turn)
                if turn.ending:
                    break
        return turn, timings

    def _recalled(self, question: Question, today: datetime.date) -> tuple[Exchange, ...]:
        """Return what was asked before as a conversation keeps it; none of it is answered, logged or kept."""
        history: tuple[Exchange, ...] = ()
        for earlier in question.earlier[-TURNS:]:
            asked = question.model_copy(update={"question": earlier, "earlier": ()})
            exchange = exchange_of(self._run(asked, history, today, by_rules=True)[0])
            history = (*history, *((exchange,) if exchange else ()))
        return history

    def search(self, query: str, municipality: str | None, limit: int) -> list[tuple[Hit, Citation]]:
        """Return the passages found for a query, each as a citation numbered by its rank."""
        self._check(municipality)
        municipalities = [municipality] if municipality else [h.id for h in self.library.holdings]
        hits = self._find(query, municipalities, limit)
        return [(h, self._citation(i, Source.of(h.passage))) for i, h in enumerate(hits, 1)]

    def cite(self, sources: Sequence[Source]) -> tuple[Citation, ...]:
        """Return places as citations, numbered; those of documents that are not here are left out."""
        seen = [s for s in sources if self.library.document(s.document_id)]
        return tuple(self._citation(number, source) for number, source in enumerate(seen, 1))

    def _check(self, municipality: str | None) -> None:
        if municipality is not None and self.library.holding(municipality) is None:
            known = "、".join(h.id for h in self.library.holdings)
            raise UnknownMunicipality(f"municipality: '{municipality}' の計画はありません（{known}）")

    def _answer(self, turn: Turn, started: Started) -> Answer:
        ending = turn.ending
        values = {
            "conversation_id": started.conversation_id,
            "message_id": started.message_id,
            "language": turn.language,
            "suggestions": suggestions_of(turn, self.library),
            "trace_id": trace_id(),
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
        citing = Citing(turn.language)
        text = "".join(citing.said(statement) for statement in turn.statements)
        return text.rstrip(), tuple(self._citation(n, source) for source, n in citing.numbers.items())

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

    def _keep(self, turn: Turn, started: Started) -> None:
        exchange = exchange_of(turn)
        if exchange:
            self._conversations.add(
                started.conversation_id,
                exchange,
                channel=turn.asked.channel,
                person=turn.asked.person,
                message_id=started.message_id,
            )


class Citing:
    """Write statements out with their markers, numbered in the order of first citation."""

    def __init__(self, language: Language) -> None:
        self.numbers: dict[Source, int] = {}
        self._stop = word("stop", language)

    def said(self, statement: Statement) -> str:
        """Return a statement as it stands in the answer."""
        marks = [self.numbers.setdefault(source, len(self.numbers) + 1) for source in statement.sources]
        return statement.text + "".join(f"[{n}]" for n in dict.fromkeys(marks)) + self._stop


def _written(writing: Generator[Statement, None, Turn], language: Language) -> Generator[str, None, Turn]:
    """Yield the text of each statement as it is written, and return the turn that has them all."""
    citing, blank = Citing(language), ""
    while True:
        try:
            said = blank + citing.said(next(writing))
        except StopIteration as done:
            turn: Turn = done.value
            return turn
        yield said.rstrip()
        blank = said[len(said.rstrip()) :]  # what stands between two sentences ends none


def exchange_of(turn: Turn) -> Exchange | None:
    """Return what a conversation keeps of a turn; None of one that was refused."""
    if turn.ending and turn.ending.status == "refused":
        return None
    municipality = turn.municipality or (turn.municipalities[0] if len(turn.municipalities) == 1 else None)
    return Exchange(
        question=turn.text,
        standalone=turn.standalone or turn.text,
        subject=turn.subject or _still_about(turn),
        municipality=municipality,
        aspects=turn.aspects,
        years=turn.years,
        answered=not turn.ending,
    )


def _still_about(turn: Turn) -> str | None:
    """Return what was spoken of before, where a turn asked of it something that the plan does not say."""
    hangs = turn.ending and turn.history and turn.standalone != turn.text
    return turn.history[-1].subject if hangs else None


def section_of(document: Document, offset: int) -> tuple[str, ...]:
    """Return the labels of the headings above a place."""
    block = next((b for b in document.blocks if b.start <= offset < b.end), None)
    return tuple(h.label for h in block.path) if block else ()


def _line(turn: Turn, answer: Answer, timings: dict[str, float]) -> dict[str, object]:
    """Return the turn's log line: what was decided and how long it took, never what was asked."""
    judgement = turn.judgement
    return {
        "message_id": answer.message_id,
        "trace_id": answer.trace_id,
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
        **({"llm": turn.wording.model_dump()} if turn.wording else {}),
    }
