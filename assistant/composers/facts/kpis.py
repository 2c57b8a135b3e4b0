"""Facts of KPIs: baseline and target, and what follows from the two: difference, ratio, yearly pace."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from assistant.composers.facts.asked import Asked, Composed
from assistant.composers.wording import region_source, said, spanning, statement, word, year_label
from assistant.figures import figures_in
from assistant.messages import Source, Statement
from assistant.subjects import Subject
from corpus.records import Kpi, Quantity
from corpus.wareki import without_years
from index.evidence import one_line

CHANGES = ("difference", "ratio", "pace")
_PRINTED = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([^\d\s(（]*)")


def kpi(asked: Asked) -> Composed:
    """Say the baseline and the target of the KPIs asked about."""
    subjects = asked.kpis()
    found = [value_of(asked, s) for s in subjects]
    if found and "confirm" in asked.turn.aspects and not _as_said(asked, _kpi(subjects[0])):
        corrected = word("not_as_said", asked.language) + found[0].text
        found[0] = found[0].model_copy(update={"text": corrected})
    return tuple(found) or None


def _as_said(asked: Asked, record: Kpi) -> bool:
    """Tell whether the figures and the years that a question takes for granted are a KPI's own."""
    values = [q for q in (record.baseline, record.target) if q]
    printed = {f for q in values for f in figures_in(q.text)}
    before, after = _number(record.baseline), _number(record.target)
    if before and after:
        printed |= set(figures_in(_shown(abs(after[0] - before[0]))))
    said_of = set(figures_in(without_years(asked.turn.text))) - set(figures_in(_indicator(record)))
    years = {q.fiscal_year for q in values if q.fiscal_year}
    return said_of <= printed and (not years or set(asked.turn.years) <= years)


def change(asked: Asked) -> Composed:
    """Say how target and baseline differ, with the working; both values where there are no numbers."""
    found: list[Statement] = []
    wanted = [a for a in asked.turn.aspects if a in CHANGES] or ["difference"]
    for subject in asked.kpis():
        worked = [s for name in wanted if (s := _worked(asked, subject, name))]
        found += worked or [value_of(asked, subject)]
        if worked and "difference" not in wanted:
            found.append(value_of(asked, subject))
    return tuple(found) or None


def value_of(asked: Asked, subject: Subject) -> Statement:
    """Return the sentence that says a KPI's baseline and target with their years."""
    record = _kpi(subject)
    language = asked.language
    values = {"subject": "", "indicator": _indicator(record)}
    values |= _filled(record.baseline, "baseline", asked) | _filled(record.target, "target", asked)
    dated = all(q and q.fiscal_year for q in (record.baseline, record.target))
    numeric = all(q and q.value is not None for q in (record.baseline, record.target))
    if record.baseline is None:
        name = "target" if record.target and record.target.fiscal_year else "kpi_undated"
    elif not dated:
        name = "kpi_undated"
    else:
        name = "kpi" if numeric else "kpi_state"
    return statement(said(name, language, **values), *_sources(asked, subject))


def _worked(asked: Asked, subject: Subject, name: str) -> Statement | None:
    record = _kpi(subject)
    before, after = _number(record.baseline), _number(record.target)
    if before is None or after is None or before[1] != after[1]:
        return None
    (low, unit, lower), (high, _, higher) = sorted((before, after))
    values = {
        "indicator": _indicator(record),
        **_filled(record.baseline, "baseline", asked),
        **_filled(record.target, "target", asked),
        "baseline_number": before[2],
        "target_number": after[2],
        "high": higher,
        "low": lower,
        "difference": _shown(high - low) + unit,
    }
    text = {"difference": _difference, "ratio": _ratio, "pace": _pace}[name](
        asked, record, before, after, values
    )
    if text is None:
        return None
    return statement(text, *_sources(asked, subject)).computing(*_worked_figures(record, before, after))


def _worked_figures(record: Kpi, before: Amount, after: Amount) -> tuple[str, ...]:
    """Return the figures that a change is told with and no quote prints."""
    found = [abs(after[0] - before[0])]
    if before[0]:
        found.append(round(after[0] / before[0], 1))
    years = _years(record)
    if years:
        found += [
            Decimal(1),
            Decimal(years),
            round(abs(after[0] - before[0]) / years, 1),
        ]  # in 1 year, in years
    return tuple(figures_in(" ".join(_shown(f) for f in found)))


def _years(record: Kpi) -> int | None:
    first = record.baseline.fiscal_year if record.baseline else None
    last = record.target.fiscal_year if record.target else None
    return last - first if first is not None and last is not None and last > first else None


# A number, its unit, and the number as printed.
Amount = tuple[Decimal, str, str]


def _difference(asked: Asked, record: Kpi, before: Amount, after: Amount, values: dict[str, str]) -> str:
    name = "increase" if after > before else "decrease" if after < before else "unchanged"
    return said(name, asked.language, **values)


def _ratio(asked: Asked, record: Kpi, before: Amount, after: Amount, values: dict[str, str]) -> str | None:
    if not before[0]:
        return None
    return said("ratio", asked.language, **values, ratio=_shown(round(after[0] / before[0], 1)))


def _pace(asked: Asked, record: Kpi, before: Amount, after: Amount, values: dict[str, str]) -> str | None:
    years = _years(record)
    if years is None:
        return None
    exact = abs(after[0] - before[0]) / years
    told = round(exact, 1)
    about = "" if told == exact else word("about", asked.language)
    return said("pace", asked.language, **values, about=about, pace=_shown(told) + before[1], years=years)


def _number(quantity: Quantity | None) -> Amount | None:
    """Return the printed number with its unit, as 316 and 万枚; None where the text is not one number."""
    if quantity is None or quantity.value is None:
        return None
    plain = unicodedata.normalize("NFKC", quantity.text)
    outside = re.sub(r"[(（][^()（）]*[)）]", " ", plain)
    match = _PRINTED.search(outside) or _PRINTED.search(plain)
    return (Decimal(match[1].replace(",", "")), match[2], match[1]) if match else None


def _shown(number: Decimal) -> str:
    whole = number.normalize()
    return f"{whole:,f}"


def _filled(quantity: Quantity | None, name: str, asked: Asked) -> dict[str, str]:
    if quantity is None:
        return {name: "－", f"{name}_year": ""}
    year = year_label(quantity.fiscal_year, asked.language) if quantity.fiscal_year else ""
    return {name: one_line(quantity.text).replace(" ", ""), f"{name}_year": year}


def _indicator(record: Kpi) -> str:
    return one_line(record.indicator_normalised or record.indicator)


def _sources(asked: Asked, subject: Subject) -> tuple[Source, ...]:
    """Return the printed row and, where the years stand in the head of the table, the head."""
    record = _kpi(subject)
    found = asked.row_at(record.source)
    units = found.of_role("baseline", "target") if found else ()
    heads = [u.header for u in units if u.header]
    row = spanning(record.source)
    return (row, region_source(row.document_id, *heads)) if heads else (row,)


def _kpi(subject: Subject) -> Kpi:
    if not isinstance(subject.record, Kpi):
        raise TypeError(f"{subject.name} is no KPI")
    return subject.record


def shown_values(record: Kpi) -> str:
    """Return a KPI's baseline and target as printed, with an arrow between them."""
    return "→".join(one_line(q.text).replace(" ", "") for q in (record.baseline, record.target) if q)
