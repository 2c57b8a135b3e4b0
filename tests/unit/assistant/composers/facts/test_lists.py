"""Facts of a plan as a whole: every list is complete, counted and cited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.composers.facts.asked import Asked
from assistant.composers.facts.lists import listed
from assistant.composers.facts.whole import Filters, Whole
from assistant.figures import figures_in
from assistant.focus import Focus
from assistant.messages import Statement
from assistant.steps.verify import Verify, quoted_in, years_in
from corpus.document import Document
from corpus.records import Measure, Plan, RoadmapRow, Span, Theme
from tests.unit.assistant.made import LANGUAGES, Bench

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
ALL = ["オンライン申請の拡充", "スマホ教室の開催", "郷土資料アーカイブの公開", "河川カメラの設置"]
THEMES = ["つながる暮らし", "備える安心", "身軽な市役所"]


def told(
    rich: Bench, text: str, *aspects: str, municipality: str = "wakaba", **known: object
) -> tuple[Statement, ...] | None:
    return rich.listed(rich.asking(text, municipality, *aspects, **known))  # type: ignore[arg-type]


def one(rich: Bench, text: str, *aspects: str, **known: object) -> Statement:
    [statement] = told(rich, text, *aspects, **known) or ()
    return statement


@in_every_language
def test_measures_are_listed_by_theme_and_their_sum_comes_first(rich: Bench, language: str) -> None:
    total, *groups = told(rich, "施策一覧", "list", language=language) or ()
    assert total.computed == ("6", "3", "1", "2") and "3＋1＋2" in total.text
    assert [quoted_in(s.text)[0] for s in groups] == THEMES
    names = [n for s in groups for n in quoted_in(s.text)[1:]]
    assert names == [m.title for m in rich.subjects.plans["wakaba"].measures]
    assert [s.computed for s in groups] == [("3",), ("1",), ("2",)]


def test_a_plan_without_themes_is_one_list(rich: Bench) -> None:
    statement = one(rich, "施策一覧", "list", municipality="sazanami")
    assert quoted_in(statement.text) == ["港の混雑情報の配信", "防災無線の更新"]
    assert statement.computed == ("2",)


@in_every_language
def test_a_departments_measures_are_cited_with_its_name(rich: Bench, language: str) -> None:
    statement = one(rich, "総務課が担当する施策は？", "list", language=language)
    assert "総務課" in statement.text and statement.computed == ("2",)
    assert any("総務課" in q for q in rich.quotes(statement))


@in_every_language
def test_themes_are_listed_and_counted(rich: Bench, language: str) -> None:
    statement = one(rich, "テーマは何ですか？", "list", language=language)
    assert quoted_in(statement.text) == THEMES and statement.computed == ("3",)
    assert rich.quotes(statement) == THEMES


@in_every_language
def test_kpis_are_listed_with_their_values(rich: Bench, language: str) -> None:
    statement = one(rich, "KPI一覧", "list", language=language)
    assert quoted_in(statement.text) == [k.indicator for k in rich.subjects.plans["wakaba"].kpis]
    assert "1.2万枚→3万枚" in statement.text and "未導入→全課で導入" in statement.text
    assert statement.computed == ("6",)


@in_every_language
def test_a_themes_kpis_are_those_of_its_measures(rich: Bench, language: str) -> None:
    statement = one(rich, "テーマ3のKPIは？", "list", language=language)
    assert quoted_in(statement.text) == ["身軽な市役所", "議事録の作成時間", "電子決裁の状況"]
    assert statement.computed == ("2",)


@in_every_language
def test_terms_and_departments_are_each_told_once(rich: Bench, language: str) -> None:
    terms = one(rich, "用語集の一覧", "list", language=language)
    assert quoted_in(terms.text) == ["EBPM（証拠に基づく政策立案）", "RPA"]
    departments = one(rich, "担当課の一覧", "list", language=language)
    assert quoted_in(departments.text) == ["市民課", "生涯学習課", "図書館", "建設課", "総務課"]
    assert departments.computed == ("5",)


@in_every_language
def test_the_period_is_the_plans_own_sentence(rich: Bench, language: str) -> None:
    statement = one(rich, "計画期間は？", "period", language=language)
    assert rich.quotes(statement) == ["本計画の期間は、令和8年度から令和10年度までの3年間とします。"]
    assert years_in(statement.text) == {2026, 2028}


@in_every_language
def test_the_contact_is_the_printed_one(rich: Bench, language: str) -> None:
    assert "0999-12-3456" in one(rich, "問い合わせ先は？", "contact", language=language).text


@in_every_language
def test_the_theme_with_the_most_measures_is_told_with_the_counts(rich: Bench, language: str) -> None:
    statement = one(rich, "施策が最も多いテーマは？", "most", language=language)
    assert quoted_in(statement.text)[0] == "つながる暮らし"
    assert figures_in(statement.text)[0] == "3"


@pytest.mark.parametrize("language", ["ja", "easy", "en"])
def test_departments_with_equally_many_measures_are_all_told(rich: Bench, language: str) -> None:
    text = one(rich, "施策が最も多い課は？", "most", language=language).text
    assert text.index("市民課") < text.index("2") and text.index("総務課") < text.index("2")


def test_the_theme_with_the_fewest_is_another_than_the_one_with_the_most(rich: Bench) -> None:
    assert quoted_in(one(rich, "施策が最も少ないテーマは？", "least").text)[0] == "備える安心"


@in_every_language
def test_measures_at_a_phase_in_a_year_are_listed_and_counted(rich: Bench, language: str) -> None:
    statement = one(
        rich, "2027年度に試行の施策は何件？", "count", "schedule", years=(2027,), language=language
    )
    names = {"オンライン申請の拡充", "スマホ教室の開催", "電子決裁の導入"}
    assert set(quoted_in(statement.text)) == {"試行", *names}
    assert years_in(statement.text) == {2027} and statement.computed == ("3",)


def test_a_year_alone_lists_every_measures_phase_in_it(rich: Bench) -> None:
    statement = one(rich, "2027年度の各施策は？", "list", years=(2027,))
    plan = rich.subjects.plans["wakaba"]
    pairs = [(m.title, r.text) for m in plan.measures for r in m.roadmap if 2027 in (r.fiscal_years or ())]
    assert quoted_in(statement.text) == [text for pair in pairs for text in pair]


@pytest.mark.parametrize("text", ["KPI一覧", "テーマは何ですか？", "用語集の一覧", "担当課の一覧"])
def test_a_record_that_a_plan_does_not_have_is_an_empty_answer_and_no_search(rich: Bench, text: str) -> None:
    assert told(rich, text, "list", municipality="sazanami") == ()


def test_a_contact_that_no_record_has_is_looked_for_in_the_text(rich: Bench) -> None:
    assert told(rich, "問い合わせ先は？", "contact", municipality="sazanami") is None


def test_what_is_said_of_no_record_does_not_keep_a_narrowed_list_from_being_told(rich: Bench) -> None:
    department = next(d for m in rich.subjects.plans["wakaba"].measures for d in m.departments)
    asked = f"いざというとき頼りになる{department}の施策を全部挙げて"
    plain = told(rich, f"{department}の施策を全部挙げて", "list")
    assert told(rich, asked, "list") == plain and plain


def test_what_the_plan_is_is_told_by_its_vision_its_themes_and_its_period(rich: Bench) -> None:
    statements = told(rich, "どんな計画ですか", "overview")
    assert statements and any("テーマ" in s.text for s in statements)


@pytest.mark.parametrize("aspect", ["budget", "price", "satisfaction"])
def test_what_no_list_of_records_answers_is_no_list(rich: Bench, aspect: str) -> None:
    assert told(rich, "施策の総事業費は？", aspect, "list") is None


def test_a_question_about_something_in_the_plan_is_left_to_the_search(rich: Bench) -> None:
    assert told(rich, "河川カメラの設置の担当課は？", "department") is None
    assert told(rich, "RPAという用語の意味は？", "definition") is None
    assert told(rich, "避難所の施策は？", "list") is None


def test_a_count_that_is_not_that_of_the_names_does_not_pass(rich: Bench) -> None:
    statement = one(rich, "テーマは何ですか？", "list")
    wrong = statement.model_copy(update={"text": statement.text.replace("3", "4")})
    assert Verify(rich.library).faults(wrong) == ("4",)


DEPARTMENTS = ("市民課", "総務課", "建設課", "図書館")
MARKS = "アイウエオカキクケコサシスセソタチツテト"
made_measures = st.lists(
    st.tuples(
        st.sampled_from((None, "1", "2", "3")),
        st.lists(st.sampled_from(DEPARTMENTS), unique=True, max_size=3),
        st.booleans(),
        st.sampled_from((2026, 2027)),
    ),
    min_size=1,
    max_size=len(MARKS),
)
filters_made = st.builds(
    lambda themes, department, new: (themes, department, new),
    st.lists(st.sampled_from(("1", "2", "3")), unique=True, max_size=2),
    st.sampled_from((None, *DEPARTMENTS)),
    st.booleans(),
)
Row = tuple[str | None, list[str], bool, int]


def made_plan(rows: Sequence[Row]) -> tuple[Plan, str]:
    """Return a plan of such measures, and the text that it would be read from."""
    text = ""

    def written(part: str) -> Span:
        nonlocal text
        start = len(text)
        text += part + "\t" * 5
        return Span(document_id="wakaba-dx", start=start, end=start + len(part))

    themes = []
    for number in ("1", "2", "3"):
        span = written(f"主題{number}")
        themes.append(
            Theme(id=number, number=number, title=f"主題{number}", source=span, spans={"title": (span,)})
        )
    measures = []
    for mark, (theme, departments, is_new, year) in zip(MARKS, rows, strict=False):
        title, phase = written(f"{mark}の件"), written("試行")
        held = tuple(written(d) for d in departments)
        measures.append(
            Measure(
                id=mark,
                theme=theme,
                number="",
                title=f"{mark}の件",
                departments=tuple(departments),
                is_new=is_new,
                roadmap=(RoadmapRow(text="試行", fiscal_years=(year,), certain=True, source=phase),),
                source=title,
                spans={"title": (title,), "departments": held},
            )
        )
    plan = Plan(municipality="wakaba", name="", documents=(), themes=tuple(themes), measures=tuple(measures))
    return plan, text


def asked_of(rich: Bench, plan: Plan, text: str, language: str) -> Asked:
    """Return what a composer looks at for a made plan whose text stands in the document's place."""
    held = rich.library.holding("wakaba")
    assert held
    document = Document(document_id="wakaba-dx", text=text)
    holding = held.model_copy(update={"documents": (document,)})
    turn = rich.asking("施策一覧", "wakaba", "list", language=language)
    return Asked(turn, "wakaba", plan, rich.subjects, Focus(), holding, lambda _: None, "")


@given(made_measures, filters_made, st.sampled_from(LANGUAGES))
def test_the_names_listed_are_all_and_only_those_the_filter_keeps_and_the_count_is_theirs(
    rich: Bench, rows: list[Row], narrowed: tuple[list[str], str | None, bool], language: str
) -> None:
    numbers, department, new = narrowed
    plan, text = made_plan(rows)
    filters = Filters(tuple(t for t in plan.themes if t.number in numbers), department, new)
    expected = [
        f"{mark}の件"
        for mark, (theme, departments, is_new, _) in zip(MARKS, rows, strict=False)
        if (not numbers or theme in numbers)
        and (department is None or department in departments)
        and (is_new or not new)
    ]
    asked = asked_of(rich, plan, text, language)
    statements = listed(asked, Whole("measures", filters)) or ()
    names = [n for s in statements for n in quoted_in(s.text) if n.endswith("の件")]
    assert sorted(names) == sorted(expected)
    assert bool(statements) == bool(expected)
    if statements:
        assert str(len(expected)) in figures_in(statements[0].text.replace(department or "", ""))
    verify = Verify(rich.library.model_copy(update={"holdings": (asked.holding,)}))
    lists = [s for s in statements if quoted_in(s.text)]
    assert [f for s in lists for f in verify.faults(s)] == []


@in_every_language
def test_two_pillars_are_compared_by_what_each_of_them_has(rich: Bench, language: str) -> None:
    first, *groups = (
        told(rich, "くらしDXと市役所DXで、KPIが多いのはどちら？", "most", "compare", language=language) or ()
    )
    assert quoted_in(first.text) == ["くらしDX"] and not first.computed
    assert [s.computed for s in groups] == [("4",), ("2",)]


def test_two_departments_are_compared_by_their_measures(rich: Bench) -> None:
    first, *groups = told(rich, "総務課と建設課、施策が少ないのはどっち？", "least", "compare") or ()
    assert quoted_in(first.text) == ["建設課"]
    assert [s.computed for s in groups] == [("2",), ("1",)]


def test_a_theme_is_known_by_its_place_in_the_order(rich: Bench) -> None:
    title, *_ = told(rich, "二つ目の柱は？", "list") or ()
    assert quoted_in(title.text) == ["備える安心"]


def test_what_is_named_to_be_left_out_is_not_asked_for(rich: Bench) -> None:
    text = "令和10年度に「運用」ではなく「公開」となる施策は？"
    statement = one(rich, text, "list", "in_year", years=[2028])
    assert quoted_in(statement.text)[1:] == ["郷土資料アーカイブの公開"]


def test_ai_is_no_filler_of_an_english_question(rich: Bench) -> None:
    assert told(rich, "Which department is in charge of the AI measure?", "department") is None
