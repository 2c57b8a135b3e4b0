"""The report: one file that loads nothing, in which whatever comes from a run is data."""

from __future__ import annotations

import base64
import copy
import hashlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from evals.report.render import render
from tests.unit.evals.report.sample import Run, sample_run

MARKUP = """</style></script><script>alert(1)</script><img src=x onerror="x()">"><b>&amp;{{ 7 * 7 }}"""


def page_of(run: Run) -> html.HtmlElement:
    return html.document_fromstring(render(run.metrics, run.results, run.recipe, run.baseline))


def marked(data: Any) -> Any:
    """Return the data with markup before every text in it, keys of slices and ids too."""
    if isinstance(data, dict):
        return {key: marked(value) for key, value in data.items()}
    if isinstance(data, list):
        return [marked(value) for value in data]
    return MARKUP + data if isinstance(data, str) else data


def small(**question: Any) -> Run:
    """Return a run of one question that failed."""
    run = sample_run(1, wrong=1.0)
    run.results[0]["question"].update(question)
    return run


def words(element: html.HtmlElement) -> str:
    return str(element.text_content())


def test_it_loads_nothing_and_handles_nothing_inline() -> None:
    page = page_of(sample_run())
    assert [href for href in page.xpath("//@href") if not href.startswith("#")] == ["data:,"]
    assert not page.xpath("//@src | //@srcset | //@style | //@action | //@*[starts-with(name(), 'on')]")
    assert len(page.xpath("//script")) == len(page.xpath("//style")) == 1


def test_the_policy_allows_its_own_style_and_script_by_hash_and_no_other() -> None:
    page = page_of(sample_run())
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for rule, tag in (("style-src", "style"), ("script-src", "script")):
        digest = hashlib.sha256(page.xpath(f"//{tag}")[0].text.encode()).digest()
        assert rules[rule] == f"'sha256-{base64.b64encode(digest).decode()}'"
    order = [e.tag for e in page.head if e.tag in ("meta", "style")]
    assert order.index("style") > order.index("meta")


def test_every_link_leads_somewhere_and_no_id_is_there_twice() -> None:
    page = page_of(sample_run())
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//a/@href")} <= set(ids)
    named = page.xpath("//@aria-labelledby | //@aria-describedby | //label/@for")
    assert set(" ".join(named).split()) <= set(ids)


def test_markup_in_the_data_is_shown_and_not_obeyed() -> None:
    run = sample_run(24, wrong=1.0)
    kinds = {MARKUP + kind: figures for kind, figures in run.metrics["by_kind"].items()}
    outcomes = {MARKUP + id_: outcome for id_, outcome in run.metrics["outcomes"].items()}
    right = {id_: {"correct": True} for id_ in outcomes}
    attacked = Run(
        {**run.metrics, "by_kind": kinds, "outcomes": outcomes},
        marked(run.results),
        {**marked(run.recipe), MARKUP: MARKUP},
        {**run.metrics, "outcomes": right},
    )
    plain, page = page_of(run), page_of(attacked)
    assert len(page.xpath("//script")) == 1 and not page.xpath("//img")
    # The only <b> are our own verdicts.
    assert len(page.xpath("//b")) == len(plain.xpath("//b"))
    (case, *_) = page.xpath("//article")
    assert MARKUP in words(case.find_class("question")[0])
    assert "{{ 7 * 7 }}" in words(page) and "49" not in words(case.find_class("question")[0])


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_written_and_leaves_the_page_whole(text: str) -> None:
    run = small(question=text, note=text, history=[{"role": "user", "content": text}])
    run.results[0].update(id=text, error=text)
    page = render(run.metrics, run.results, run.recipe, None)
    assert "\0" not in page
    parsed = html.document_fromstring(page.encode("utf-8").decode("utf-8"))
    assert len(parsed.xpath("//article")) == 1 and len(parsed.xpath("//script")) == 1


def test_without_anything_it_is_still_a_report() -> None:
    page = page_of(Run({}, [], {}, None))
    assert [words(h) for h in page.xpath("//h2")] == ["主な数値", "誤った質問（0件）", "測り方", "実行の条件"]


@pytest.mark.parametrize(
    "part", ["intervals", "retrieval", "latency_ms", "by_kind", "by_style", "outcomes", "n", "correct"]
)
def test_any_part_of_the_metrics_may_be_missing_or_null(part: str) -> None:
    run = sample_run(16)
    for metrics in ({k: v for k, v in run.metrics.items() if k != part}, {**run.metrics, part: None}):
        assert page_of(Run(metrics, run.results, run.recipe, metrics)).xpath("//h1")


@pytest.mark.parametrize(
    "part", ["set", "question", "response", "error", "latency_ms", "retrieved", "judgement", "scores"]
)
def test_any_part_of_a_result_may_be_missing_or_null(part: str) -> None:
    run = sample_run(16, wrong=1.0)
    for row in run.results[::2]:
        row[part] = None
    for row in run.results[1::2]:
        del row[part]
    assert page_of(run).xpath("//h1")


def test_a_figure_shows_its_interval_its_baseline_and_its_change() -> None:
    metrics = {"correct": 0.91, "intervals": {"correct": [0.88, 0.94]}}
    page = page_of(Run(metrics, [], {}, {"correct": 0.93}))
    told = " ".join(words(page.find_class("figure")[0]).split())
    assert told == "正解率 correct 91.0% 95%区間 88.0〜94.0% 基準 93.0% −2.0ポイント 悪化（区間内）"


def test_every_failed_question_is_there_with_what_was_expected_and_got() -> None:
    run = sample_run()
    page = page_of(run)
    failed = [r["id"] for r in run.results if not r["scores"]["correct"]]
    listed = [a.get("id") for a in page.xpath("//article")]
    assert failed and {f"q-{id_}" for id_ in failed} <= set(listed)
    beyond = [r["id"] for r in run.results if r["scores"]["correct"] and r["scores"]["unsupported_figures"]]
    assert len(listed) == len(failed) + len(beyond)
    for article in page.xpath("//article"):
        assert [words(h) for h in article.xpath(".//h4")] == ["期待", "実際"]


def test_questions_that_got_worse_lead_to_their_answers() -> None:
    run = sample_run()
    assert run.baseline
    now, before = run.metrics["outcomes"], run.baseline["outcomes"]
    worse = [q for q in now if before[q]["correct"] and not now[q]["correct"]]
    links = page_of(run).xpath("//ul[@class='worse']//a/@href")
    assert worse and links == [f"#q-{id_}" for id_ in worse]


def test_an_id_with_blanks_can_be_linked_to() -> None:
    run = sample_run(1, wrong=1.0)
    id_ = run.results[0]["id"] = "a b/日本 <c>"
    now, before = ({"outcomes": {id_: {"correct": correct}}} for correct in (False, True))
    page = page_of(Run(now, run.results, {}, before))
    (link,) = page.xpath("//ul[@class='worse']//a/@href")
    (article,) = page.xpath("//article/@id")
    assert link == f"#{article}" and not any(c.isspace() for c in article)


def test_a_question_that_got_worse_is_named_even_without_its_row() -> None:
    outcomes = {"q-1": {"correct": False}}
    page = page_of(Run({"outcomes": outcomes}, [], {}, {"outcomes": {"q-1": {"correct": True}}}))
    assert "q-1" in words(page.find_class("worse")[0])


def test_the_recipe_is_whole() -> None:
    run = sample_run(8)
    recipe = {**run.recipe, "machine": {"cores": 2}, "seed": 7}
    page = page_of(Run(run.metrics, run.results, recipe, None))
    told = words(page.xpath("//section[@aria-labelledby='recipe']")[0])
    for text in ("5212a07c0ffee", "あり", "in process", "dev.jsonl", "9f86d081", '"passages": 812'):
        assert text in told
    assert '"cores": 2' in told and "seed" in told


def test_the_inputs_are_left_as_they_were() -> None:
    run = sample_run(16)
    before = copy.deepcopy(run)
    render(run.metrics, run.results, run.recipe, run.baseline)
    assert run == before


def test_four_thousand_results_are_a_matter_of_seconds() -> None:
    run = sample_run(4000)
    started = time.perf_counter()
    page = render(run.metrics, run.results, run.recipe, run.baseline)
    assert time.perf_counter() - started < 10
    assert len(page) < 5_000_000
