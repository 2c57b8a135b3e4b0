"""An answer's cards as a page without a script shows them: bars, a grid of years, telephone numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from markupsafe import Markup, escape
from pydantic import Field, TypeAdapter

from assistant.cards import Card, KpiCard, MeasureCard, RoadmapCard, TermCard
from assistant.channels.plan_pages import Bar, Grid, bars_of, grid_of

_CARD: TypeAdapter[Card] = TypeAdapter(Annotated[Card, Field(discriminator="type")])
_PHONE = re.compile(r"\+?\d[\d\- ()]{6,}\d")


@dataclass(frozen=True, slots=True)
class CardView:
    """A card, what names it, and what is drawn of it."""

    card: Card
    name: str
    bars: tuple[Bar, ...] = ()
    grid: Grid | None = None


def card_views(cards: Iterable[Mapping[str, Any]]) -> tuple[CardView, ...]:
    """Return the views of an answer's cards, in their order."""
    return tuple(_view(_CARD.validate_python(card)) for card in cards)


def _view(card: Card) -> CardView:
    if isinstance(card, KpiCard):
        return CardView(card, card.indicator, bars=bars_of(card.baseline, card.target))
    if isinstance(card, RoadmapCard):
        return CardView(card, card.measure, grid=grid_of(card.rows))
    if isinstance(card, TermCard):
        return CardView(card, card.term)
    return CardView(card, card.title if isinstance(card, MeasureCard) else card.name)


def telephone(phone: str) -> Markup:
    """Return a telephone number as a link that calls it, where it is one."""
    found = _PHONE.search(unicodedata.normalize("NFKC", phone))
    if found is None:
        return escape(phone)
    digits = re.sub(r"[^+\d]", "", found[0])
    return Markup('<a class="block" href="tel:{0}">{1}</a>').format(digits, phone)
