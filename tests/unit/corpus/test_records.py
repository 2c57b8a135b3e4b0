"""Records: they never change, and what is not known of them is said."""

import pytest
from pydantic import ValidationError

from corpus.library import load_library
from corpus.records import Plan, Quantity, Span


def test_a_record_does_not_change() -> None:
    with pytest.raises(ValidationError):
        Span(document_id="aoba", start=0, end=1).start = 2  # type: ignore[misc]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate({"text": "1人", "colour": "red"})


@pytest.mark.parametrize("municipality", ["hakui", "nonoichi"])
def test_a_plan_survives_its_json(municipality: str) -> None:
    holding = load_library().holding(municipality)
    assert holding
    assert Plan.model_validate_json(holding.records.model_dump_json()) == holding.records


def test_a_plan_has_what_the_contract_names() -> None:
    holding = load_library().holding("hakui")
    assert holding
    plan = holding.records.model_dump(mode="json")
    assert {
        "municipality",
        "name",
        "documents",
        "themes",
        "measures",
        "kpis",
        "terms",
        "contacts",
        "doubts",
    } <= {*plan}
    assert {
        "id",
        "theme",
        "number",
        "title",
        "departments",
        "is_new",
        "overview",
        "activities",
        "roadmap",
    } <= {*plan["measures"][0]}
    assert {"text", "fiscal_years", "certain"} <= {*plan["measures"][0]["roadmap"][0]}
    assert {"text", "value", "unit", "fiscal_year"} <= {*plan["kpis"][0]["baseline"]}
    assert plan["documents"][0]["period"] == {"start": 2026, "end": 2030}
