"""Personal data is masked however it is typed; the figures of a plan are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp.in_ import calc_check_digit

from assistant.masking import mask
from corpus.library import load_library
from corpus.normalize import narrow

WIDE = str.maketrans("0123456789-@.() ", "０１２３４５６７８９－＠．（）　")
GAPS = ("", "-", " ", "－", "ー", "―", "−", ".", "　", " - ", "- ", "\n")
digits = st.sampled_from("0123456789")


def numbers(size: int) -> st.SearchStrategy[str]:
    return st.text(digits, min_size=size, max_size=size)


def joined(parts: tuple[str, ...], gap: str, wide: bool) -> str:
    text = gap.join(parts)
    return text.translate(WIDE) if wide else text


phones = st.tuples(
    st.one_of(
        st.tuples(st.sampled_from(("090", "080", "070", "050")), numbers(4), numbers(4)),
        st.tuples(st.sampled_from(("0767", "0120")), numbers(2), numbers(4)),
        st.tuples(st.just("03"), numbers(4), numbers(4)),
        st.tuples(st.just("+81"), st.sampled_from(("90", "80")), numbers(4), numbers(4)),
    ),
    st.sampled_from(GAPS),
    st.booleans(),
)
cards = st.tuples(
    st.tuples(numbers(4), numbers(4), numbers(4), numbers(4)), st.sampled_from(GAPS), st.booleans()
)
individual = st.tuples(st.tuples(numbers(4), numbers(4), numbers(4)), st.sampled_from(GAPS), st.booleans())
names = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789._+-"), min_size=1, max_size=12)
mails = st.tuples(names, st.sampled_from(("example.com", "city.example.lg.jp", "a-b.co.jp")), st.booleans())

befores = st.sampled_from(("", "私の番号は", "連絡先：", "tel ", "（", "令和8年度の件で"))
afters = st.sampled_from(("", "です", "に電話してください。", "）", " まで", "、羽咋市の計画は？"))


@given(befores, st.one_of(phones, cards, individual), afters)
def test_numbers_of_people_are_masked(
    before: str, number: tuple[tuple[str, ...], str, bool], after: str
) -> None:
    typed = joined(*number)
    masked = mask(before + typed + after)
    assert typed not in masked
    assert not any(part in narrow(masked) for part in number[0] if len(part) == 4)
    assert masked.startswith(before) and masked.endswith(after)


@given(befores, mails, afters)
def test_mail_addresses_are_masked(before: str, mail: tuple[str, str, bool], after: str) -> None:
    name, host, wide = mail
    typed = f"{name}@{host}".translate(WIDE) if wide else f"{name}@{host}"
    masked = mask(f"{before} {typed} {after}")
    assert "@" not in narrow(masked)
    assert host not in narrow(masked)
    assert "[mail]" in masked


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("電話は０７６７（２２）１１１１です", "電話は[phone]です"),
        ("(0767) 22-1111", "([phone]"),
        ("090-1234\n-5678まで", "[phone]まで"),
        ("taro ＠ example.com", "[mail]"),
        ("〒９２５－８５０１", "[postcode]"),
        ("〒925-8501と090-0000-1111", "[postcode]と[phone]"),
        ("マイナンバー123456789012と口座", "マイナンバー[number]と口座"),
        ("4111 1111 1111 1111", "[card]"),
    ],
)
def test_it_says_what_it_masked(typed: str, masked: str) -> None:
    assert mask(typed) == masked


@given(st.tuples(numbers(11), st.lists(st.sampled_from(GAPS), min_size=12, max_size=12), st.booleans()))
def test_an_individual_number_is_masked_however_its_digits_are_parted(
    made: tuple[str, list[str], bool],
) -> None:
    first, gaps, wide = made
    whole = first + calc_check_digit(first)
    typed = "".join(digit + gap for digit, gap in zip(whole, gaps, strict=True)).rstrip()
    typed = typed.translate(WIDE) if wide else typed
    assert not any(c.isdigit() for c in narrow(mask(f"番号は{typed}です")))


@pytest.mark.parametrize(
    "figures",
    [
        "電話以外の 12 34 56 78 90 12 という並び",
        "1,120,226枚",
        "1120226枚",
        "R12",
        "令和12年度",
        "2,800人から2,900人",
        "2026年度から2030年度まで",
        "令和8年度～令和12年度（2026～2030）",
        "2026-04-01 10:00",
        "41.7%（令和6年10月1日現在）",
        "8,726万人だった2015年",
        "R8 R9 R10 R11 R12",
        "0.5人、100人、2030年",
        "119番と110番",
        "第9条第3項",
        "1 2 3 4 5",
        "2030.04.01 1000円",
    ],
)
def test_figures_of_a_plan_are_left(figures: str) -> None:
    assert mask(figures) == figures


@given(st.integers(0, 99_999_999), st.sampled_from(("人", "枚", "件", "円", "％")), st.booleans())
def test_a_count_with_thousands_commas_is_left(value: int, unit: str, wide: bool) -> None:
    typed = f"目標は{value:,}{unit}です"
    typed = typed.translate(WIDE) if wide else typed
    assert mask(typed) == typed


@given(st.text())
def test_any_text_can_be_masked_and_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_the_plans_lose_nothing_but_their_own_contacts() -> None:
    for holding in load_library().holdings:
        contact = holding.plan.contact
        for document in holding.documents:
            masked = mask(document.text)
            lost = sum(masked.count(label) for label in ("[card]", "[number]"))
            assert lost == 0
            assert masked.count("[phone]") <= len(contact.phone) * 2
