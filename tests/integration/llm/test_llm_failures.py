"""Bad language models: the asker has the other composer's answer, once, whole, in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.llm.limits import SPEND, SWITCH
from assistant.messages import Question
from assistant.service import Service
from assistant.stopping import Stop
from tests.integration.llm.conftest import KEY, MODEL, MakeService
from tests.integration.llm.server import Script, echo, saying
from tests.unit.assistant.made import Bench

ASKED = Question(question="みなとポイント登録者数の目標は？", municipality="akebono")
BAD = {
    "status": "status",
    "hang": "timeout",
    "hang_after_headers": "timeout",
    "cut": "cut",
    "garbage": "cut",
    "html": "cut",
    "drip": "timeout",
    "flood": "empty",
    "wrong_json": "garbage",
    "empty": "empty",
    "length": "length",
    "filtered": "withheld",
}
TRUE = "計画では、みなとポイント登録者数を令和12年度に2,800人にするとしています{marks}。"


def told(service: Service, asked: Question = ASKED) -> tuple[list[str], str, str]:
    """Return the texts of a stream, the answer they make, and its engine."""
    texts: list[str] = []
    writing = service.stream(asked)
    while True:
        try:
            part = next(writing)
        except StopIteration as done:
            answer = done.value[0]
            return texts, answer.answer, answer.engine
        if isinstance(part, str):
            texts.append(part)


@pytest.mark.parametrize(("mode", "reason"), BAD.items())
def test_a_bad_model_leaves_the_answer_as_it_is_without_one(
    bench: Bench, script: Script, make_service: MakeService, mode: str, reason: str
) -> None:
    """Once, whole, and within two seconds of the limit."""
    script.mode = mode
    plain = bench.service().answer(ASKED)
    started = time.monotonic()
    answer, turn = make_service(llm_timeout=1.5, llm_first_sentence=1).explain(ASKED)
    assert time.monotonic() - started < 1.5 + 2
    assert (answer.answer, answer.engine, answer.citations) == (plain.answer, plain.engine, plain.citations)
    assert turn.wording and turn.wording.fallback in (reason, "garbage")


@pytest.mark.parametrize("mode", ["cut_after_a_sentence", "hang_after_a_sentence"])
def test_what_was_sent_is_completed_and_nothing_is_said_twice(
    bench: Bench, script: Script, make_service: MakeService, mode: str
) -> None:
    script.mode, script.says = mode, saying(TRUE)
    texts, answer, engine = told(make_service(llm_timeout=1.5, llm_first_sentence=1))
    draft = bench.service().answer(ASKED).answer
    assert "".join(texts) == answer and engine == f"llm:{MODEL}"
    assert len(texts) == 2 and texts[0].startswith("計画では") and "1,100人" not in texts[0]
    assert texts[1].split("[")[0] == draft.split("[")[0]  # it has the baseline, which was not said


def test_a_statement_that_the_sentences_hold_is_not_said_again(
    script: Script, make_service: MakeService
) -> None:
    script.mode = "cut_after_a_sentence"
    script.says = saying(
        "みなとポイント登録者数は、令和7年度の1,100人から令和12年度に2,800人にする目標です{marks}。"
    )
    texts, answer, _ = told(make_service())
    assert len(texts) == 1 and answer.count("2,800人") == 1


def test_a_good_model_words_the_answer_and_only_its_sentences_are_sent(
    script: Script, make_service: MakeService
) -> None:
    script.says = saying(
        "みなとポイント登録者数は、令和7年度の1,100人を令和12年度に2,800人とする目標です{marks}。"
        "市長が必ず達成すると約束しています{marks}。"
    )
    texts, answer, engine = told(make_service())
    assert engine == f"llm:{MODEL}"
    assert answer == "みなとポイント登録者数は、令和7年度の1,100人を令和12年度に2,800人とする目標です[1][2]。"
    assert "".join(texts) == answer


def test_the_model_is_asked_once_at_temperature_0_with_a_limit_of_tokens(
    script: Script, make_service: MakeService
) -> None:
    script.mode = "status"
    make_service(llm_max_tokens=123).answer(ASKED)
    [body] = script.requests
    assert (body["temperature"], body["max_tokens"], body["stream"], body["model"]) == (0, 123, True, MODEL)


def test_the_model_is_sent_no_personal_data_no_id_no_address_and_no_key(
    script: Script, make_service: MakeService
) -> None:
    """The question as it was masked, the quotes, and the draft; nothing else."""
    service = make_service()
    asked = "みなとポイント登録者数の目標は？ 電話は090-1234-5678、メールはtaro@example.jpです"
    first = service.answer(Question(question=asked, municipality="akebono"))
    sent = str(script.requests)
    for secret in (
        "090-1234-5678",
        "taro@example.jp",
        KEY,
        first.conversation_id,
        first.message_id,
        "127.0.0.1",
    ):
        assert secret not in sent
    assert "/sources/" not in sent and "http" not in sent


def test_a_model_that_is_slow_to_begin_has_the_time_that_the_settings_give(
    script: Script, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No limit of the client library's own ends it before."""
    monkeypatch.setenv("LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", "0.2")

    def says(sent: dict[str, Any], told: str) -> Iterator[str]:
        time.sleep(1)
        yield from echo(sent, told)

    script.says = says
    assert make_service(llm_timeout=10, llm_first_sentence=8).answer(ASKED).engine == f"llm:{MODEL}"


def test_other_conversations_are_not_sent(script: Script, make_service: MakeService) -> None:
    service = make_service()
    service.answer(Question(question="移動図書室の貸出冊数の目標は？", municipality="akebono"))
    script.requests.clear()
    service.answer(ASKED)
    assert "移動図書室" not in str(script.requests)


def test_a_model_that_is_down_is_left_alone(script: Script, make_service: MakeService) -> None:
    """After three failures nobody waits for it."""
    script.mode = "status"
    service = make_service()
    for _ in range(6):
        service.answer(ASKED)
    assert len(script.requests) == 3


def test_the_switch_turns_the_model_off_and_on_while_the_service_runs(
    script: Script, make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service()
    (tmp_path / SWITCH).touch()
    assert service.answer(ASKED).engine == "facts" and not script.requests
    (tmp_path / SWITCH).unlink()
    assert service.answer(ASKED).engine == f"llm:{MODEL}"


def test_when_the_days_tokens_are_spent_the_model_is_not_asked(
    script: Script, make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service(llm_daily_tokens=2500)
    engines = [service.answer(ASKED).engine]
    while engines[-1] != "facts" and len(engines) < 20:
        engines.append(service.answer(ASKED).engine)
    assert engines[0] == f"llm:{MODEL}" and engines[-1] == "facts"
    # Each costs 120 of its own count; what is taken before a call must be there.
    assert 1 <= len(script.requests) < 20 and (tmp_path / SPEND).exists()


@pytest.mark.parametrize("mode", ["hang", "drip", "hang_after_headers"])
def test_where_the_asker_goes_the_call_is_cancelled(
    script: Script, make_service: MakeService, mode: str
) -> None:
    """Within two seconds."""
    script.mode = mode
    stop = Stop()
    service = make_service(llm_timeout=60, llm_first_sentence=60)
    answering = threading.Thread(target=lambda: list(service.stream(ASKED, stop)))
    answering.start()
    while not script.open:
        time.sleep(0.01)
    stop.set()
    assert script.gone.wait(2)
    answering.join(2)
    assert not answering.is_alive()


@pytest.mark.parametrize("language", ["ja", "easy", "en"])
def test_questions_in_each_language_are_worded_and_chinese_is_left_alone(
    script: Script, make_service: MakeService, language: str
) -> None:
    service = make_service()
    asked = ASKED.model_copy(update={"language": language})
    assert service.answer(asked).engine == f"llm:{MODEL}"
    assert service.answer(ASKED.model_copy(update={"language": "zh"})).engine == "facts"
