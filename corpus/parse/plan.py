"""A plan: the records of all its documents, put together."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.document import BlockKind, Document
from corpus.parse.contacts import find_contacts
from corpus.parse.fields import Pieces
from corpus.parse.glossary import find_terms
from corpus.parse.kpis import find_kpis
from corpus.parse.misprints import Spelling, find_misprints, spelling_of
from corpus.parse.narrative import find_period, find_relations, find_reviews, find_roles, find_statistics
from corpus.parse.sections import find_measures, parts_of
from corpus.parse.themes import with_names
from corpus.records import Contact, DocumentInfo, Doubt, Kpi, Plan, Section, Span


def read_plan(
    municipality: str,
    name: str,
    contact: Contact,
    documents: tuple[tuple[DocumentInfo, Document], ...],
    corrections: Mapping[str, str],
) -> Plan:
    """Return the records of a municipality's documents; what none of them took is in `sections`."""
    infos = tuple(_with_period(info, document) for info, document in documents)
    plan = Plan(municipality=municipality, name=name, documents=infos)
    for _, document in documents:
        plan = _with_document(plan, document, spelling_of(document, corrections))
    return plan if plan.contacts else plan.model_copy(update={"contacts": (contact,)})


def _with_period(info: DocumentInfo, document: Document) -> DocumentInfo:
    """Return what is known of a document, with the period that it prints where plan.toml gives none."""
    found = None if info.period else find_period(Pieces(document))
    return info.model_copy(update={"period": found[0]}) if found else info


def _with_document(plan: Plan, document: Document, spelling: Spelling) -> Plan:
    pieces = Pieces(document, spelling)
    parts = parts_of(pieces)
    found = find_measures(pieces, parts)
    kpis, kpi_doubts = find_kpis(pieces, found.measures, parts)
    kpis = tuple(k for k in kpis if not _is_past(k, plan, document))
    whole = Span(document_id=document.document_id, start=0, end=0)
    notes = tuple(Doubt(kind="reader", message=note, source=whole) for note in document.notes)
    return plan.model_copy(
        update={
            "themes": plan.themes + with_names(found.themes, pieces),
            "measures": plan.measures + found.measures,
            "kpis": plan.kpis + kpis,
            "terms": plan.terms + find_terms(pieces),
            "contacts": plan.contacts + find_contacts(pieces),
            "reviews": plan.reviews + find_reviews(pieces),
            "roles": plan.roles + find_roles(pieces),
            "statistics": plan.statistics + find_statistics(pieces),
            "relations": plan.relations + find_relations(pieces),
            "sections": plan.sections + _sections(document),
            "doubts": plan.doubts + notes + found.doubts + kpi_doubts + find_misprints(document, spelling),
        }
    )


def _is_past(kpi: Kpi, plan: Plan, document: Document) -> bool:
    """Tell whether what seems an aim lies before the plan: it tells how something went."""
    starts = [d.period.start for d in plan.documents if d.document_id == document.document_id and d.period]
    year = kpi.target.fiscal_year if kpi.target else None
    return bool(starts and year and year < min(starts))


def _sections(document: Document) -> tuple[Section, ...]:
    """Return every block, so that nothing of the text is lost."""
    return tuple(
        Section(
            kind=block.kind.value,
            headings=tuple(h.label for h in block.path[: -1 if block.kind is BlockKind.HEADING else None]),
            source=Span(document_id=document.document_id, start=block.start, end=block.end),
        )
        for block in document.blocks
    )
