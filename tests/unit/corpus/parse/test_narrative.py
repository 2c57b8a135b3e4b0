"""What a plan tells in prose: the review of the plan before, roles, figures, other plans."""

from collections.abc import Callable

from corpus.library import load_library
from corpus.records import Plan

PlanOf = Callable[..., Plan]


def test_the_earlier_plans_review_has_its_four_lists(plan_of: PlanOf) -> None:
    plan = plan_of(
        "第1章 前計画の評価\n\n基本理念1. 市民本位\n\n主な取組実績\n\n- 窓口の整備\n- 申請の拡充\n\n"
        "成果\t課題\t次期計画に引き継ぐ事項\n● 便利になった。\t● 差がある。\t● 先進事例の調査\n"
    )
    (review,) = plan.reviews
    assert (review.number, review.title) == ("基本理念1", "市民本位")
    assert review.achievements == ("窓口の整備", "申請の拡充")
    assert (review.results, review.issues) == (("便利になった。",), ("差がある。",))
    assert review.carried_over == ("先進事例の調査",)


def test_roles_follow_the_section_on_the_organisation(plan_of: PlanOf) -> None:
    plan = plan_of(
        "第2章 推進体制\n\n市長\n\n市長は、市の全体にわたる改革に責任を持って取り組みます。\n\n"
        "第3章 期間\n\n対象\n\n計画の期間は、令和8年度からの五年間とします。\n"
    )
    assert [(r.name, r.duty) for r in plan.roles] == [
        ("市長", "市長は、市の全体にわたる改革に責任を持って取り組みます。")
    ]


def test_a_table_on_the_organisation_has_a_role_a_row(plan_of: PlanOf) -> None:
    rows = "推進本部長\t市長\t本部を総括します。\nCIO\t副市長\t各部を調整します。\n"
    text = f"1 推進体制\n\n組織\t担い手\t役割\n{rows}"
    roles = plan_of(text).roles
    assert [r.name for r in roles] == ["推進本部長", "CIO"]
    assert roles[1].duty.split("\t") == ["副市長", "各部を調整します。"]


def test_a_background_sentence_with_figures_is_a_statistic(plan_of: PlanOf) -> None:
    plan = plan_of("第1章 計画の背景\n\n市の人口は8,726万人、割合は41.7%です。人口は減っています。\n")
    assert [s.figures for s in plan.statistics] == [("8,726万人", "41.7%")]


def test_another_plan_is_told_with_its_issuer_and_its_date(plan_of: PlanOf) -> None:
    plan = plan_of(
        "第1章 位置づけ\n\n国の「自治体DX推進計画」（令和7年12月改定）と、"
        "県の「石川県デジタル化推進計画」に合わせます。\n"
    )
    assert [(r.title, r.issuer, r.dated) for r in plan.relations] == [
        ("自治体DX推進計画", "national", "令和7年12月改定"),
        ("石川県デジタル化推進計画", "prefectural", None),
    ]


def test_the_periods_of_hakuis_plans_are_read_from_their_table() -> None:
    holding = load_library().holding("hakui")
    assert holding
    periods = {r.title: (r.period.start, r.period.end) for r in holding.records.relations if r.period}
    assert periods == {
        "第1次DX推進計画": (2022, 2025),
        "第2次DX推進計画": (2026, 2030),
        "第6次総合計画": (2021, 2030),
        "総合戦略": (2024, 2027),
    }
