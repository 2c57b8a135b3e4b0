"""What a table's column holds, by its header: the roles of `columns.toml`, and fiscal years."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from corpus.document import Cell
from corpus.normalize import compact, narrow
from corpus.wareki import ERAS, find_years

LONGEST_HEADER = 20
LONGEST_LABEL = 10
# What the labels of one measure's fields name, and those of them whose words begin no other cell.
FIELD_ROLES = frozenset(
    [
        *("number", "measure", "department", "overview", "activity", "roadmap", "status"),
        *("indicator", "baseline", "interim", "target"),
    ]
)
VALUE_ROLES = frozenset(["baseline", "interim", "target"])
SURE_ROLES = frozenset(["department", "overview", "activity"])
_NO_UNIT = re.compile(r"(?:明治|大正|昭和|平成|令和)\s*(?:元|\d{1,2})|(?:19|20)\d{2}")
_BARE_YEAR = re.compile(r"(\d{1,2})\s*年度")
_NOTE = re.compile(r"\([^()]*\)|[①-⑳\d]+$")
_ENDS = ("", "課", "名", "等", "欄")
_LEADS = ("", "主な", "具体的な", "個別")
_STAGE = re.compile(r"[前後短中長]期|[1-9]年目|初年度")
_RANGE = re.compile(r"\s*(?:年度?)?\s*(?:[~〜\-－―]|から)\s*")
LONGEST_RANGE = 12
_DATED = re.compile(
    r"(?P<year>(?:(?:令和|平成|[RH])\s*(?:元|\d{1,2})|20\d{2})\s*(?:年度?)?(?:\([^()]*\))?(?:末|時点|現在)?\s*[:\s]\s*)"
    r"約?\d[\d,.]*(?!\d*\s*(?:年|月|[~〜]))"
)
_STACKED = re.compile(
    r"(?P<label>[^\d\s:()]{2,8}\s*(?:\([^()]*\))?)\s*(?P<colon>:?)\s*(?P<value>\S.*)", re.DOTALL
)
_BRACKETS = "【】[]〔〕〈〉<>■●○◆□◇▼・: "


@dataclass(frozen=True)
class Role:
    """One row of `columns.toml`; a dated role's labels name a fiscal year."""

    name: str
    words: tuple[str, ...]
    unless: tuple[str, ...]
    dated: bool


@functools.lru_cache(maxsize=1)
def roles() -> tuple[Role, ...]:
    """Return the column roles, in the order in which they are tried."""
    rows = tomllib.loads(resources.files("corpus.parse").joinpath("columns.toml").read_text("utf-8"))["role"]
    return tuple(
        Role(r["name"], tuple(r["words"]), tuple(r.get("unless", ())), r.get("dated", False)) for r in rows
    )


def role_of(label: str) -> str:
    """Return what a column with this header holds; "year" for a fiscal year, "" where it is not known."""
    folded = compact(label)
    if len(folded) > LONGEST_HEADER:
        return ""
    for role in roles():
        if any(w in folded for w in role.words) and not any(w in folded for w in role.unless):
            if role.dated and not find_years(label):
                continue
            return role.name
    dated = fiscal_year_in(label) is not None or year_range_in(label) or _STAGE.fullmatch(folded)
    return "year" if dated else ""


def year_range_in(label: str) -> tuple[int, ...]:
    """Return the fiscal years of a header that names the first and the last of them: 前期（R8～R10）."""
    plain = narrow(label)
    found = find_years(plain)
    if len(found) != 2 or not _RANGE.fullmatch(plain[found[0].end : found[1].start]):
        return ()
    first, last = found[0].year, found[1].year
    return tuple(range(first, last + 1)) if first < last < first + LONGEST_RANGE else ()


def dated_value_at(text: str) -> int | None:
    """Return where the value begins in a cell such as 「令和7年度 48.6％」."""
    match = _DATED.match(narrow(text))
    return match.end("year") if match else None


def stacked_at(text: str) -> int | None:
    """Return where the value begins in a cell that prints it below its own label: 現状値（R6）12か所."""
    plain = narrow(text)
    match = _STACKED.fullmatch(plain)
    if not match or label_role(match["label"]) not in VALUE_ROLES:
        return None
    years = find_years(match["value"])
    left = match["value"] if not years else match["value"][: years[0].start] + match["value"][years[-1].end :]
    told = re.search(r"\d", left) or (left.strip() and (match["colon"] or "(" in match["label"]))
    return match.start("value") if told else None


def fiscal_year_in(label: str) -> int | None:
    """Return the one fiscal year that a header names: 令和8年度, R8, 2026(R8), 令和8 without a unit."""
    plain = narrow(label).strip()
    years = {y.year for y in find_years(f"{plain}年度" if _NO_UNIT.fullmatch(plain) else plain)}
    return years.pop() if len(years) == 1 else None


def year_at(text: str, cell: Cell) -> int | None:
    """Return the fiscal year that a header cell names; 8年度 is of the era that was named last before it."""
    year = fiscal_year_in(cell.of(text))
    bare = _BARE_YEAR.fullmatch(narrow(cell.of(text)))
    if year is not None or not bare:
        return year
    start = era_before(text, cell.start)
    return start + int(bare[1]) - 1 if start else None


def era_before(text: str, offset: int) -> int | None:
    """Return the first year of the era of the year that is named last before the offset."""
    named = find_years(text[:offset])
    return max((s for s in ERAS.values() if named and s <= named[-1].year), default=None)


def role_at(text: str, cell: Cell) -> str:
    """Return what the column below a header cell holds."""
    role = role_of(cell.of(text))
    return role or ("year" if year_at(text, cell) is not None else "")


@functools.lru_cache(maxsize=4096)
def label_role(label: str) -> str:
    """Return which of a measure's fields a label names; a role's word must end it, but for a note."""
    plain = narrow(label).strip(_BRACKETS)
    bare = compact(_NOTE.sub("", plain))
    role = role_of(plain)
    if role not in FIELD_ROLES or len(bare) > LONGEST_LABEL:
        return ""
    words = [w for r in roles() if r.name == role for w in r.words]
    if role == "measure":  # 道路事業 and 地震対策 are names of measures, 事業名 and 主な施策 are labels
        return role if any(bare == lead + w + end for lead in _LEADS for w in words for end in _ENDS) else ""
    return role if any(bare.endswith(w + end) for w in words for end in _ENDS) else ""
