"""Again: a question that no rule understood, put by a model as asked alone or in parts, and asked anew.

Only where the answer was that the plan does not say. What the model writes is held against the words that the
same person said, and is then looked up and judged as any question is; none of it is shown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from assistant import clauses, words
from assistant.llm.errors import ModelFailed
from assistant.llm.limits import Limits
from assistant.llm.model import ChatModel, whole_answer
from assistant.llm.prompts import is_cued, task_prompt
from assistant.messages import Part, Turn, Wording
from assistant.steps.screen import is_attack
from assistant.steps.understand import Understand
from index import tokens

COST = 1200
LONGEST = 200
MOST_EARLIER = 4
Step = Callable[[Turn], Turn]
Clock = Callable[[], float]


class Again:
    """Answer a turn, and where that came to nothing once more, as a model puts the question."""

    def __init__(
        self,
        answer: Step,
        understand: Understand,
        model: ChatModel,
        limits: Limits,
        seconds: float,
        clock: Clock = time.monotonic,
    ) -> None:
        self._answer, self._understand = answer, understand
        self._model, self._limits = model, limits
        self._seconds, self._clock = seconds, clock

    def __call__(self, turn: Turn) -> Turn:
        """Return the turn answered; as the rules understood it where the second try is no better."""
        first = self._answer(turn)
        if turn.by_rules or len(turn.parts) != 1:
            return first
        if not first.ending or first.ending.status != "not_in_plan":
            return first
        started = self._clock()
        task = "follow_up" if self._hangs(turn) else "several" if is_cued("several", turn.text) else None
        parts = self._parts(turn, task, started) if task else ()
        if not parts:
            return first
        again = self._answer(
            turn.knowing(
                parts=parts, standalone=parts[0].standalone, aspects=parts[0].aspects, years=parts[0].years
            )
        )
        if again.ending:
            return first
        spent = self._clock() - started
        return again.knowing(wording=Wording(model=self._model.name, asked=True, rewritten=task, spent=spent))

    def _hangs(self, turn: Turn) -> bool:
        """Tell whether a turn has a conversation before it that the rules did not take it to hang on."""
        return bool(turn.history) and turn.parts[0].standalone == turn.parts[0].text

    def _parts(self, turn: Turn, task: str, started: float) -> tuple[Part, ...]:
        lines = self._put(turn, task, started)
        if not lines or not (_is_whole(turn, lines[0]) if task == "follow_up" else _are_parts(turn, lines)):
            return ()
        return tuple(self._part(turn, line, turn.text if task == "follow_up" else line) for line in lines)

    def _part(self, turn: Turn, line: str, said: str) -> Part:
        """Return a line as a question alone, to the municipalities that it names, or else the turn's."""
        places = tuple(m for m in self._understand.named(line) if m in turn.municipalities)
        part = self._understand.alone(turn.knowing(text=line))
        return part.model_copy(update={"text": said, "municipalities": places or turn.municipalities})

    def _put(self, turn: Turn, task: str, started: float) -> list[str]:
        """Return the lines that the model writes; none where it is not asked, or fails."""
        earlier = [e.question for e in turn.history[-MOST_EARLIER:]]
        sent: dict[str, object] = {"question": turn.text}
        if task == "follow_up":
            sent = {"earlier": earlier, **sent}
        prompt = task_prompt(task)
        if self._limits.closed(COST):
            return []
        try:
            said = whole_answer(
                self._model,
                prompt.text,
                json.dumps(sent, ensure_ascii=False),
                lambda: started + self._seconds - self._clock(),
            )
        except ModelFailed:
            self._limits.breaker.failed()
            return []
        self._limits.breaker.succeeded()
        lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
        fits = [clauses.SHORTEST <= len(x) <= LONGEST and prompt.canary not in x for x in lines]
        fair = all(fits) and not any(map(is_attack, lines))
        most = 1 if task == "follow_up" else clauses.MOST
        return lines if fair and 1 <= len(lines) <= most else []


def _is_whole(turn: Turn, line: str) -> bool:
    """Tell whether a line asks all that a follow-up asks, in the words of this conversation alone."""
    earlier = [t for e in turn.history for t in (e.question, e.standalone, e.subject or "")]
    asked, said = _words(turn.text), _words(line)
    return asked - _back() <= said <= _words("\n".join((turn.text, *earlier))) and said != asked


def _are_parts(turn: Turn, lines: Sequence[str]) -> bool:
    """Tell whether lines are the parts of a question: its words, all of them, and no others."""
    asked = _words(turn.text)
    return len(lines) > 1 and set().union(*map(_words, lines)) == asked


def _words(text: str) -> set[str]:
    return set(tokens.words(text))


def _back() -> set[str]:
    """Return the words that only point back: それ, そちら."""
    return set(tokens.words(" ".join(words.load("model")["back"]["words"])))
