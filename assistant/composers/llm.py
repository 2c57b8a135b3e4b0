"""A language model's words for an answer that is already there: guarded, in time, and never less than it.

The answer that the steps made is the draft. A model words it anew from the numbered quotes; each sentence
that the guard lets through goes out at once. What the draft says and those sentences do not then follows as
the draft says it, so that nothing is lost, whatever the model did; where no sentence came through, that is
the draft itself. A statement of the draft that the sentences hold is not said again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.figures import figures_in
from assistant.llm.bindings import DEPARTMENT
from assistant.llm.errors import ModelFailed
from assistant.llm.guard import Finding, Guard, Verdict
from assistant.llm.limits import Limits
from assistant.llm.material import Material, Materials
from assistant.llm.model import ChatModel, Ended
from assistant.llm.pieces import Said, Sentences
from assistant.llm.prompts import LANGUAGES, Prompt, prompt_of, tasks_of
from assistant.messages import Source, Statement, Turn, Wording
from assistant.steps.verify import Verify, quoted_in, years_in
from assistant.stopping import Stop
from corpus.normalize import compact
from corpus.wareki import without_years
from index import tokens

if TYPE_CHECKING:  # its library is read only where a model is set
    from assistant.llm.lookups import Lookups

# So many sentences in a row that are not let through, and the model is not listened to any more.
MOST_DROPPED = 4
# A statement is said where all its figures and names are, and so much of its words; more where it has none.
SAID_WITH_FACTS = 0.5
SAID = 0.7
# A list of more statements or letters is not worded anew.
LONGEST_DRAFT = 700
MOST_STATEMENTS = 8
# A letter of Japanese is about a token; what a call costs is taken before it and settled after.
TOKENS_A_LETTER = 1.2
BEFORE = 0.3
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Times:
    """How many seconds there are for an answer, and for its first sentence."""

    total: float
    first: float

    @property
    def before(self) -> float:
        """Return the seconds that putting a question anew, or looking records up, may take of the total."""
        return self.total * BEFORE


class Progress:
    """What came of one answer so far, and how much time is left for it."""

    def __init__(self, times: Times, clock: Clock, spent: float = 0.0) -> None:
        self._clock, self._times = clock, times
        self._asked = clock()
        self._started = self._asked - spent
        self.passed: list[Statement] = []
        self.dropped: list[str] = []
        self.first_ms: float | None = None
        self.tokens: int | None = None
        self.failure: str | None = None

    def begin(self) -> None:
        """Count the time for the first sentence from now."""
        self._asked = self._clock()

    def left(self) -> float:
        """Return the seconds that the model has for its next piece."""
        end = self._started + self._times.total
        return (end if self.passed else min(end, self._asked + self._times.first)) - self._clock()

    def left_before(self) -> float:
        """Return the seconds that there are for what comes before the answer."""
        return self._started + self._times.before - self._clock()

    def keep(self, statement: Statement) -> None:
        """Keep a statement that has passed."""
        if self.first_ms is None:
            self.first_ms = round((self._clock() - self._started) * 1000, 1)
        self.passed.append(statement)


class Write:
    """Word answered turns by a model; a turn that it is not asked for is as it was."""

    def __init__(
        self,
        model: ChatModel,
        limits: Limits,
        guard: Guard,
        materials: Materials,
        verify: Verify,
        lookups: Lookups,
        times: Times,
        max_tokens: int,
        clock: Clock = time.monotonic,
    ) -> None:
        self._model, self._limits, self._guard = model, limits, guard
        self._materials, self._verify, self._lookups = materials, verify, lookups
        self._times, self._max_tokens, self._clock = times, max_tokens, clock

    def __call__(self, turn: Turn, stop: Stop | None = None) -> Generator[Statement, None, Turn]:
        """Yield the statements of the answer as they are ready; return the turn that has them all."""
        if turn.ending or not _is_suitable(turn):
            yield from turn.statements
            return self._unworded(turn)
        progress = Progress(self._times, self._clock, turn.wording.spent if turn.wording else 0.0)
        more = self._looked_up(turn, progress)
        tasks = tasks_of(turn)
        material = self._materials.of(turn, more, wide=bool(tasks))
        if material is None:
            yield from turn.statements
            return self._unworded(turn)
        asked = yield from self._ask(
            material, prompt_of(turn.asked.audience, turn.language, tasks), progress, stop
        )
        whole = "summary" in tasks and progress.failure is None and progress.passed
        rest = () if whole else left_out(turn.statements, progress.passed)
        yield from rest
        return self._worded(turn, progress, tuple(rest), asked, len(more))

    def _looked_up(self, turn: Turn, progress: Progress) -> tuple[Source, ...]:
        """Return the sources of records that the model asks for, where staff ask of several."""
        if not self._lookups.fit(turn):
            return ()
        try:
            return self._lookups(turn, progress.left_before)
        except ModelFailed:
            return ()

    def _ask(
        self, material: Material, prompt: Prompt, progress: Progress, stop: Stop | None
    ) -> Generator[Statement, None, bool]:
        """Yield the statements that pass; whatever goes wrong is the progress's failure."""
        sent = material.sent()
        taken = cost_of(prompt.text + sent, self._max_tokens)
        progress.begin()
        progress.failure = self._limits.closed(taken)
        if progress.failure:
            return False
        used = taken
        try:
            yield from self._passed(sent, material, prompt, progress, Stop() if stop is None else stop)
            used = progress.tokens or taken
            self._limits.breaker.succeeded()
            progress.failure = None if progress.passed else "empty"
        except ModelFailed as failure:
            progress.failure = failure.reason
            if failure.reason not in ("stopped", "leak", "guard"):
                self._limits.breaker.failed()
        except GeneratorExit:
            raise
        except Exception:
            progress.failure = "guard"
        finally:
            self._limits.spend.settle(taken, used)
        return True

    def _passed(
        self, sent: str, material: Material, prompt: Prompt, progress: Progress, stop: Stop
    ) -> Iterator[Statement]:
        row = 0
        for said in self._sentences(prompt.text, sent, progress, stop):
            statement, finding = self._statement(said, material, prompt, progress)
            if statement is None:
                progress.dropped.append(finding.check)
                row += 1
                if row >= MOST_DROPPED:
                    raise ModelFailed("empty")
                continue
            row = 0
            progress.keep(statement)
            yield statement

    def _sentences(self, told: str, sent: str, progress: Progress, stop: Stop) -> Iterator[Said]:
        """Yield a model's sentences as they become whole; one without a full stop only when it is done."""
        sentences = Sentences()
        for item in self._model.stream(told, sent, progress.left, stop):
            if isinstance(item, Ended):
                progress.tokens = item.tokens
                yield from sentences.rest()
                return
            yield from sentences.take(item)
        raise ModelFailed("cut")

    def _statement(
        self, said: Said, material: Material, prompt: Prompt, progress: Progress
    ) -> tuple[Statement | None, Finding]:
        """Return a sentence as a statement where it passes; anything but a clear verdict ends the answer."""
        finding = self._guard.check(said, material, prompt.secrets)
        if finding.verdict is Verdict.ABORT:
            raise ModelFailed("leak")
        if finding.verdict is Verdict.FAIL:
            return None, finding
        if finding.verdict is not Verdict.PASS:
            raise ModelFailed("guard")
        statement = _as_statement(said, material)
        if any(compact(s.text) == compact(said.text) for s in progress.passed):
            return None, Finding(Verdict.FAIL, "twice")
        if self._verify.faults(statement):
            return None, Finding(Verdict.FAIL, "verify")
        return statement, finding

    def _unworded(self, turn: Turn) -> Turn:
        if turn.ending:
            return turn
        return turn.knowing(wording=Wording(model=self._model.name, fallback="unsuitable"))

    def _worded(
        self, turn: Turn, progress: Progress, rest: tuple[Statement, ...], asked: bool, lookups: int
    ) -> Turn:
        wording = Wording(
            model=self._model.name,
            asked=asked,
            passed=len(progress.passed),
            dropped=tuple(progress.dropped),
            fallback=progress.failure,
            completed=len(rest) if progress.passed else 0,
            first_ms=progress.first_ms,
            tokens=progress.tokens,
            lookups=lookups,
            rewritten=turn.wording.rewritten if turn.wording else None,
        )
        if not progress.passed:
            return turn.knowing(wording=wording)
        statements = (*progress.passed, *rest)
        return turn.knowing(statements=statements, engine=f"llm:{self._model.name}", wording=wording)


def _is_suitable(turn: Turn) -> bool:
    """Tell whether an answer may gain by being worded anew, in a language that the guard can read."""
    letters = sum(len(s.text) for s in turn.statements)
    few = len(turn.statements) <= MOST_STATEMENTS and letters <= LONGEST_DRAFT
    return turn.language in LANGUAGES and bool(turn.statements) and few


def _as_statement(said: Said, material: Material) -> Statement:
    """Return a sentence with its sources, and what was worked out for the draft it rests on."""
    numbers = set(said.numbers)
    sources = tuple(e.source for n in said.numbers if (e := material.exhibit(n)))
    whole = [d.statement for d in material.drafted if set(d.numbers) <= numbers]
    named = (*quoted_in(said.text), *DEPARTMENT.findall(said.text))  # the guard has held them
    computed = tuple(dict.fromkeys(f for s in whole for f in s.computed))
    return Statement(text=said.text, sources=sources, computed=(*computed, *named))


def left_out(draft: Sequence[Statement], passed: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the statements of the draft that the passed sentences do not hold, in their order."""
    told = "\n".join(s.text for s in passed)
    return tuple(s for s in draft if not passed or not is_said(s, told))


def is_said(statement: Statement, told: str) -> bool:
    """Tell whether a text holds a statement: all its figures, years, names and quotes, and most words."""
    text, held = statement.text, compact(told)
    figures, names = set(figures_in(without_years(text))), (*DEPARTMENT.findall(text), *quoted_in(text))
    if figures - set(figures_in(told)) or years_in(text) - years_in(told):
        return False
    if any(compact(n) not in held for n in names):
        return False
    wanted = [t.lemma for t in tokens.tokens(text) if t.content]
    lemmas = set(tokens.words(told))
    borne = math.fsum(w in lemmas for w in wanted)
    return not wanted or borne / len(wanted) >= (SAID_WITH_FACTS if figures or names else SAID)


def cost_of(sent: str, max_tokens: int) -> int:
    """Return what a call costs at most, in tokens, as nearly as letters tell."""
    return math.ceil(len(sent) * TOKENS_A_LETTER) + max_tokens
