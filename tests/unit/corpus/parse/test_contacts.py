"""Contacts: whom to ask, from the imprint at the end of a document."""

from collections.abc import Callable

import pytest

from corpus.records import Plan

PlanOf = Callable[..., Plan]
BODY = "第1章 はじめに\n\nこの計画は、市民の暮らしを支えるために定めるものです。\n\n"


@pytest.mark.parametrize(
    ("imprint", "name"),
    [
        ("令和8年3月発行\n\n編集　青葉市企画課", "青葉市企画課"),
        ("発行　青葉市\n\n編集　企画部 情報政策課", "企画部 情報政策課"),
        ("編集・発行　青葉市企画課", "青葉市企画課"),
        ("お問い合わせ先　青葉市企画課", "青葉市企画課"),
        ("お問い合わせ\n\n青葉市 企画部", "青葉市 企画部"),
        ("お問い合わせ\n\n担当：青葉市 企画部", "青葉市 企画部"),
    ],
)
def test_who_edited_is_whom_to_ask(plan_of: PlanOf, imprint: str, name: str) -> None:
    plan = plan_of(f"{BODY}{imprint}\n\n〒999-0101 青葉市本町1番地\n\n電話 0999-12-3456\n")
    (contact,) = plan.contacts
    assert (contact.name, contact.phone) == (name, ("0999-12-3456",))
    assert contact.address == "〒999-0101 青葉市本町1番地"


def test_a_fax_number_is_no_telephone_number(plan_of: PlanOf) -> None:
    plan = plan_of(f"{BODY}編集 企画課\n電話 0999-12-3456（直通）\nFAX 0999-12-3457\n")
    assert plan.contacts[0].phone == ("0999-12-3456",)


def test_full_width_figures_are_kept_as_they_are_printed(plan_of: PlanOf) -> None:
    plan = plan_of(f"{BODY}編集　企画課\n電話　０９９９（１２）３４５６\nメール　a@example.jp\n")
    assert plan.contacts[0].phone == ("０９９９（１２）３４５６",)
    assert plan.contacts[0].email == "a@example.jp"


def test_what_stands_on_one_line_is_set_apart(plan_of: PlanOf) -> None:
    plan = plan_of(f"{BODY}発行 青葉市\n編集 企画課〒999-0101 青葉市本町1番地電話 0999-12-3456\n")
    (contact,) = plan.contacts
    assert (contact.name, contact.address) == ("企画課", "〒999-0101 青葉市本町1番地")


def test_without_an_imprint_the_plan_files_contact_holds(plan_of: PlanOf) -> None:
    (contact,) = plan_of(BODY).contacts
    assert (contact.name, contact.source) == ("企画課", None)
