"""The working of figures: how much an indicator is to change, from the values that the plan prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from assistant import words


def working_of(cards: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line for each indicator with a number at both ends in one unit: change, ratio, pace."""
    return [line for card in cards if card["type"] == "kpi" and (line := _line(card))]


def _line(card: Mapping[str, Any]) -> str | None:
    baseline, target = card["baseline"], card["target"]
    if not baseline or not target or None in (baseline.get("value"), target.get("value")):
        return None
    if baseline["unit"] != target["unit"]:
        return None
    start, end, unit = _number(baseline["value"]), _number(target["value"]), target["unit"] or ""
    said = words.load("line")["working"]
    known = {"name": card["indicator"], "start": _shown(start), "end": _shown(end)}
    shares = unit in said["shares"]
    change = said["points"] if shares else unit
    parts = [said["change"].format(**known, unit=unit, change=f"{_signed(end - start)}{change}")]
    if start > 0 and not shares:
        parts.append(said["ratio"].format(ratio=_shown(end / start)))
    years = (target.get("fiscal_year") or 0) - (baseline.get("fiscal_year") or 0)
    if baseline.get("fiscal_year") and 1 < years < 50:
        pace = f"{_signed((end - start) / years)}{change}"
        parts.append(said["pace"].format(years=years, pace=pace))
    return "、".join(parts)


def _number(value: float) -> Decimal:
    return Decimal(str(value))


def _shown(number: Decimal) -> str:
    """Return a number with thousands commas and at most two decimals."""
    rounded = round(number, 2)
    text = f"{rounded:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def _signed(number: Decimal) -> str:
    shown = _shown(number)
    return shown if number <= 0 else f"+{shown}"
