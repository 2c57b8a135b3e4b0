"""A model that lies in every sentence reaches nobody, and a true one is heard."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.llm.guard import Guard, Verdict
from assistant.llm.material import Material
from assistant.llm.pieces import Said, Sentences
from assistant.llm.prompts import prompt_of
from assistant.llm.support import Support
from assistant.messages import Question, Source
from corpus.library import load_library
from evals.sets.said import Case, cases, forms
from evals.support import asked
from tests.integration.llm.conftest import MODEL, MakeService
from tests.integration.llm.server import Script, saying
from tests.unit.assistant.made import Bench, bench_over, make_bench

FEWEST_KINDS = 30
FEWEST_TRUE = 100
MOST_DROPPED = 0.03
ATTACKS = Path(__file__).parents[2] / "unit" / "assistant" / "attack_examples.toml"

Told = list[tuple[Case, Material, Guard]]


def told_of(bench: Bench) -> Told:
    """Return each case that the plans' own records answer, with what a model would be given."""
    parts = bench.parts
    guard = Guard(parts.library, parts.subjects, Support(parts.library, parts.vocabulary, parts.embedder))
    found = asked(parts, bench.service(), tuple(cases(parts.library)))
    return [(one.case, one.material, guard) for one in found]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Give the cases of two of the made plans."""
    return told_of(make_bench(tmp_path_factory.mktemp("made"), "akebono", "wakaba"))


@pytest.fixture(scope="module")
def really_told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Give the cases of the shipped plans."""
    return told_of(bench_over(load_library(), tmp_path_factory.mktemp("shipped")))


@pytest.fixture(params=["told", "really_told"])
def each_told(request: pytest.FixtureRequest) -> Told:
    """Give the made plans' cases, then the shipped plans'."""
    found: Told = request.getfixturevalue(request.param)
    return found


def overlap(one: Source, other: Source) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def said(text: str, material: Material) -> Said:
    return Said(text, tuple(e.number for e in material.exhibits))


def test_no_lie_passes(each_told: Told) -> None:
    """At least thirty kinds of lies about the plans' own records."""
    kinds, passed = set(), []
    for case, material, guard in each_told:
        for name, lie in case.lies.items():
            kinds.add(name)
            if guard.check(said(lie, material), material).verdict is not Verdict.FAIL:
                passed.append((name, lie))
    assert passed == []
    assert len(kinds) >= FEWEST_KINDS


def test_few_true_sentences_are_dropped(each_told: Told) -> None:
    tried = [
        (said(text, material), material, guard) for case, material, guard in each_told for text in case.true
    ]
    found = [(one.text, guard.check(one, material)) for one, material, guard in tried]
    dropped = [(text, finding.check) for text, finding in found if finding.verdict is not Verdict.PASS]
    assert len(tried) >= FEWEST_TRUE
    assert len(dropped) <= MOST_DROPPED * len(tried), dropped


def test_a_true_sentence_with_the_quotes_of_another_answer_is_dropped(each_told: Told) -> None:
    passed = [
        text
        for (case, own, _), (_, material, guard) in pairwise(each_told)
        for text in case.true
        if not any(overlap(a.source, b.source) for a in own.exhibits for b in material.exhibits)
        and guard.check(said(text, material), material).verdict is not Verdict.FAIL
    ]
    assert passed == []


def test_no_lie_of_form_passes(told: Told) -> None:
    """Fake markers, markup, addresses, hidden letters, the canary, other languages."""
    prompt = prompt_of("resident", "ja", ())
    case, material, guard = told[0]
    marks = "".join(f"[{e.number}]" for e in material.exhibits)
    values = {
        "true": case.true[0],
        "marks": marks,
        "unrelated": "7",
        "canary": prompt.canary,
        "canary_spaced": " ".join(prompt.canary),
        "canary_backwards": prompt.canary[::-1],
        "instructions": prompt.text.strip().split("\n")[4].lstrip("- "),
    }
    for name, form in forms().items():
        sentences = Sentences()
        found = [*sentences.take(form.format(**values)), *sentences.rest()]
        verdicts = [guard.check(s, material, prompt.secrets) for s in found]
        assert found and all(v.verdict is not Verdict.PASS for v in verdicts), (name, found, verdicts)


def attacks() -> Iterator[str]:
    listed = tomllib.loads(ATTACKS.read_text("utf-8"))
    for value in listed.values():
        rows = value.values() if isinstance(value, dict) else [value]
        yield from (t for row in rows if isinstance(row, list) for t in row if isinstance(t, str))


def test_a_model_that_says_attack_texts_reaches_nobody(told: Told) -> None:
    _, material, guard = told[0]
    texts = list(attacks())
    assert len(texts) > 100
    passed = []
    for text in texts:
        sentences = Sentences()
        for one in (*sentences.take(text[:3000]), *sentences.rest()):
            marked = Said(one.text, (1,))
            if guard.check(marked, material).verdict is Verdict.PASS:
                passed.append(one.text)
    assert passed == []


def test_a_liar_over_http_reaches_nobody(
    bench: Bench, script: Script, make_service: MakeService, told: Told
) -> None:
    """Whatever lie the server tells, the answer is the one without it."""
    service, plain = make_service(), bench.service()
    for case, *_ in [t for t in told if t[0].municipality == "akebono"][:5]:
        asked = Question(question=case.question, municipality=case.municipality)
        draft = plain.answer(asked).answer
        script.says = saying("".join(f"{lie}{{marks}}。" for lie in list(case.lies.values())[:3]))
        answer = service.answer(asked)
        assert answer.answer == draft
        script.says = saying("{draft}{marks}。" + "".join(f"{lie}{{marks}}。" for lie in case.lies.values()))
        answer = service.answer(asked)
        assert answer.engine == f"llm:{MODEL}" and not any(lie in answer.answer for lie in case.lies.values())
