"""Facts of a plan as a whole: its measures, themes, KPIs, terms and departments, listed and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from assistant.composers.facts import others
from assistant.composers.facts.asked import Asked, Composed
from assistant.composers.facts.kpis import shown_values
from assistant.composers.facts.measures import phase_sources, vision_of
from assistant.composers.facts.whole import Filters, Group, Whole
from assistant.composers.wording import quoted, said, spanning, statement, word, year_label
from assistant.messages import Source, Statement
from corpus.document import BlockKind
from corpus.normalize import compact
from corpus.records import Kpi, Measure, Span, Theme
from corpus.sentences import sentences
from corpus.wareki import find_years
from index.evidence import one_line

COMPARING = {"compare", "most", "least"}
# Rows so near each other are quoted as one.
ADJACENT = 4
_PARTS = re.compile(r"[・、／/\s]+")


def listed(asked: Asked, whole: Whole) -> Composed:
    """List what is asked for as a whole; no statements where the plan has no such record."""
    if len(whole.groups) > 1 and whole.record in ("measures", "kpis") and set(asked.turn.aspects) & COMPARING:
        return _compared(asked, whole)
    if whole.record == "measures":
        if {"most", "least"} & set(asked.turn.aspects):
            return _extreme(asked, whole.filters)
        by_phase = _by_phase(asked, whole.filters)
        return _measures(asked, whole.filters) if by_phase is None else by_phase
    makers: Mapping[str, Callable[[Asked, Filters], Composed]] = {
        "themes": _themes,
        "kpis": _kpis,
        "terms": _terms,
        "departments": _departments,
        "period": _period,
        "published": lambda asked, _: others.published(asked),
        "plan": _plan,
    }
    return makers[whole.record](asked, whole.filters)


def _chosen(asked: Asked, filters: Filters) -> list[Measure]:
    return [m for m in asked.plan.measures if filters.keep(m)]


def _measures(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    """List the measures, a statement a theme; each count is of the names listed, the sum is first."""
    chosen = _chosen(asked, filters)
    statements: list[Statement] = []
    counts: list[int] = []
    for number in dict.fromkeys(m.theme for m in chosen):
        group = [m for m in chosen if m.theme == number]
        theme = next((t for t in asked.plan.themes if t.number == number), None)
        counts.append(len(group))
        statements.append(_theme_measures(asked, filters, theme, group))
    if len(statements) > 1:
        statements.insert(0, _total(asked, filters, counts, chosen))
    return tuple(statements)


def _theme_measures(
    asked: Asked, filters: Filters, theme: Theme | None, group: Sequence[Measure]
) -> Statement:
    spans = [s for m in group for s in m.spans["title"]]
    if filters.department:
        spans += [s for m in group for s in m.spans["departments"]]
    about = [spanning(theme.spans["title"][0])] if theme else []
    text = said(
        "measures",
        asked.language,
        theme=f"「{one_line(theme.title)}」" if theme else word("plan", asked.language),
        of=_of(asked, filters),
        count=len(group),
        items=quoted(one_line(m.title) for m in group),
    )
    return statement(text, *about, *_merged(spans)).computing(str(len(group)))


def _total(asked: Asked, filters: Filters, counts: Sequence[int], chosen: Sequence[Measure]) -> Statement:
    working = "＋".join(str(c) for c in counts)
    of = _of(asked, filters)
    if len(filters.themes) > 1:
        of = word("of_theme", asked.language, value=_scope(asked, filters)) + of
    text = said("total", asked.language, of=of, count=sum(counts), working=working)
    numbers = {m.theme for m in chosen}
    about = [t.spans["title"][0] for t in asked.plan.themes if t.number in numbers]
    if filters.department:
        about += [s for m in chosen for s in m.spans["departments"]]
    sources = _merged([*_scope_spans(filters), *(about or [s for m in chosen for s in m.spans["title"]])])
    return statement(text, *sources).computing(str(sum(counts)), *(str(c) for c in counts))


def _scope_spans(filters: Filters) -> list[Span]:
    """Return where the name of what several themes are narrowed to is printed."""
    if len(filters.themes) < 2:
        return []
    return [t.spans["pillar" if "pillar" in t.spans else "title"][0] for t in filters.themes]


def _scope(asked: Asked, filters: Filters) -> str:
    """Return the name of the themes that a list is narrowed to: their pillar where they share one."""
    pillars = {t.pillar for t in filters.themes}
    names = [one_line(p) for p in pillars if p] if len(filters.themes) > 1 and len(pillars) == 1 else []
    return "」「".join(names or [one_line(t.title) for t in filters.themes])


def _of(asked: Asked, filters: Filters) -> str:
    found = word("of_new", asked.language) if filters.new else ""
    if filters.department:
        found += word("of_department", asked.language, value=filters.department)
    return found


def _themes(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    if filters.themes:
        return (*(_named_theme(asked, t) for t in filters.themes), *_measures(asked, filters))
    themes = asked.plan.themes
    if not themes:
        return ()
    items = quoted(one_line(t.title) for t in themes)
    text = said("themes", asked.language, count=len(themes), items=items)
    sources = (spanning(t.spans["title"][0]) for t in themes)
    return (statement(text, *sources).computing(str(len(themes))),)


def _named_theme(asked: Asked, theme: Theme) -> Statement:
    return statement(
        said("theme", asked.language, title=one_line(theme.title)), spanning(theme.spans["title"][0])
    )


def _kpis(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    held = {m.id for m in _chosen(asked, filters)}
    chosen = [k for k in asked.plan.kpis if not filters or k.measure in held]
    if not chosen:
        return ()
    scope = word("of_theme", asked.language, value=_scope(asked, filters)) if filters.themes else ""
    if filters.department:
        scope += word("of_department", asked.language, value=filters.department)
    text = said(
        "kpis",
        asked.language,
        of=scope,
        count=len(chosen),
        items="、".join(f"「{one_line(k.indicator)}」（{shown_values(k)}）" for k in chosen),
    )
    spans = _scope_spans(filters) or [t.spans["title"][0] for t in filters.themes]
    if filters.department:
        spans += [s for m in _chosen(asked, filters) for s in m.spans["departments"] if m.id in held]
    about = _merged(spans)
    sources = (*about, *_merged([k.source for k in chosen]))
    return (statement(text, *sources).computing(str(len(chosen))),)


def _terms(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    terms = asked.plan.terms
    if not terms:
        return ()
    text = said("terms", asked.language, count=len(terms), items=quoted(one_line(t.term) for t in terms))
    return (statement(text, *_merged([t.source for t in terms])).computing(str(len(terms))),)


def _departments(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    chosen = _chosen(asked, filters)
    names = list(dict.fromkeys(one_line(d) for m in chosen for d in m.departments))
    if not names:
        return ()
    text = said("departments", asked.language, count=len(names), items=quoted(names))
    firsts = {
        one_line(d): s
        for m in reversed(chosen)
        for d, s in zip(m.departments, m.spans["departments"], strict=False)
    }
    return (statement(text, *_merged(list(firsts.values()))).computing(str(len(names))),)


def _by_phase(asked: Asked, filters: Filters) -> tuple[Statement, ...] | None:
    """List the measures at the phase asked in the year asked, or every measure's phase in that year."""
    year = next(iter(asked.turn.years), None)
    rows = [
        (m, r)
        for m in _chosen(asked, filters)
        for r in m.roadmap
        if r.certain and r.fiscal_years and year in r.fiscal_years
    ]
    if year is None or not any(r.certain for m in asked.plan.measures for r in m.roadmap):
        return None
    if not rows:
        return ()
    asked_for = {one_line(r.text) for _, r in rows if compact(r.text) in asked.text}
    longest = max(asked_for, key=len, default=None)
    at_phase = [
        (m, r) for m, r in rows if longest and longest in (one_line(r.text), *_PARTS.split(one_line(r.text)))
    ]
    label = year_label(year, asked.language)
    chosen = at_phase or rows
    sources = [s for m, r in chosen for s in phase_sources(asked, m, (r,))]
    if longest:
        text = said(
            "phase_list",
            asked.language,
            year=label,
            phase=longest,
            count=len(at_phase),
            items=quoted(one_line(m.title) for m, _ in at_phase),
        )
    else:
        items = "、".join(f"「{one_line(m.title)}」は「{one_line(r.text)}」" for m, r in rows)
        text = said("year_list", asked.language, year=label, items=items)
    return (statement(text, *_merged_sources(sources)).computing(str(len(at_phase))),)


def _compared(asked: Asked, whole: Whole) -> tuple[Statement, ...]:
    """Say which of the groups named has the most, or the fewest, of what is asked for, and what each has."""
    least = "least" in asked.turn.aspects
    counts = {g.name: len(_records(asked, whole.record, g.filters)) for g in whole.groups}
    best = (min if least else max)(counts.values())
    text = said(
        "most_of",
        asked.language,
        what=word("measure_count" if whole.record == "measures" else "kpi_count", asked.language),
        extreme=word("least" if least else "most", asked.language),
        subject=quoted(one_line(name) for name, n in counts.items() if n == best),
    )
    spans = [s for g in whole.groups for s in _named_at(asked, g)]
    spans += [r.source for g in whole.groups for r in _records(asked, whole.record, g.filters)]
    each = _measures if whole.record == "measures" else _kpis
    return (statement(text, *_merged(spans)), *(s for g in whole.groups for s in each(asked, g.filters)))


def _records(asked: Asked, record: str, filters: Filters) -> Sequence[Measure | Kpi]:
    """Return the measures that the filters keep, or the KPIs of those."""
    chosen = _chosen(asked, filters)
    held = {m.id for m in chosen}
    return chosen if record == "measures" else [k for k in asked.plan.kpis if k.measure in held]


def _named_at(asked: Asked, group: Group) -> list[Span]:
    """Return where a group's name is printed."""
    if group.filters.department:
        return [s for m in _chosen(asked, group.filters) for s in m.spans["departments"]]
    themes = group.filters.themes
    return [
        t.spans["pillar" if group.name == t.pillar and "pillar" in t.spans else "title"][0] for t in themes
    ]


def _extreme(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    """Say which department or theme has the most, or the fewest, measures."""
    language = asked.language
    least = "least" in asked.turn.aspects
    by_theme = bool(re.search(r"テーマ|柱|theme|pillar|主题|支柱", asked.text))
    if by_theme:
        counts = Counter(m.theme for m in asked.plan.measures)
        names = {t.number: f"「{one_line(t.title)}」" for t in asked.plan.themes}
    else:
        counts = Counter(d for m in asked.plan.measures for d in m.departments)
        names = {d: one_line(d) for d in counts if d}
    ranked = sorted(((n, k) for k, n in counts.items() if k in names), reverse=not least, key=lambda p: p[0])
    if not ranked:
        return ()
    first = [(n, k) for n, k in ranked if n == ranked[0][0]]
    subject = "、".join(names[k] for _, k in first if k)
    text = said(
        "most",
        language,
        what=word("measure_count", language),
        extreme=word("least" if least else "most", language),
        subject=subject,
        value=f"{first[0][0]}件" if language in ("ja", "easy") else str(first[0][0]),
        working="、".join(f"{names[k]}{n}" for n, k in ranked[:5] if k),
    )
    keys = {k for _, k in ranked[:5]}
    spans = [
        s
        for m in asked.plan.measures
        for s in ((*m.spans["title"],) if by_theme else m.spans["departments"])
        if (m.theme in keys if by_theme else keys & set(m.departments))
    ]
    if by_theme:
        spans += [t.spans["title"][0] for t in asked.plan.themes if t.number in keys]
    return (statement(text, *_merged(spans)).computing(*(str(n) for n, _ in ranked[:5])),)


def _plan(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    """Say what a plan is for and how it is made up: its vision, its themes, its period."""
    return (*(vision_of(asked) or ()), *_themes(asked, filters), *_period(asked, filters))


def _period(asked: Asked, filters: Filters) -> tuple[Statement, ...]:
    """Quote the sentence on the plan's period: the first with two years in the section on it."""
    for document in asked.documents():
        for block in document.blocks:
            about = block.kind is BlockKind.PARAGRAPH and any("期間" in h.title for h in block.path[-1:])
            for region in sentences(document.text, block.start, block.end) if about else ():
                if len({y.year for y in find_years(region.of(document.text))}) > 1:
                    value = one_line(region.of(document.text)).rstrip("。")
                    source = Source(document_id=document.document_id, start=region.start, end=region.end)
                    return (statement(said("verbatim", asked.language, value=value), source),)
    return ()


def _merged(spans: Sequence[Span]) -> tuple[Source, ...]:
    """Return sources for the spans in the order of the text, those next to each other as one."""
    return _merged_sources([spanning(s) for s in spans])


def _merged_sources(sources: Iterable[Source]) -> tuple[Source, ...]:
    found: list[Source] = []
    for source in sorted(set(sources), key=lambda s: (s.document_id, s.start, s.end)):
        last = found[-1] if found else None
        if last and last.document_id == source.document_id and source.start <= last.end + ADJACENT:
            found[-1] = spanning(last, source)
        else:
            found.append(source)
    return tuple(found)
