"""LINE's webhook events: what is read of them. Whatever else LINE adds changes nothing."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel


class Malformed(Exception):
    """Report a body that is signed and yet no webhook of LINE's."""


class Part(BaseModel):
    """A part of an event, in LINE's own names; unknown members are left out."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, strict=True
    )


class Source(Part):
    """Where an event comes from; groups and rooms may not say who."""

    type: str = ""
    user_id: str | None = Field(None, max_length=64)
    group_id: str | None = Field(None, max_length=64)
    room_id: str | None = Field(None, max_length=64)

    @property
    def alone(self) -> bool:
        """Say whether it is a chat of one person with the account."""
        return self.type == "user" and self.user_id is not None

    @property
    def place(self) -> str | None:
        """Return the id that is sent to: of the group or room, else of the person, or None."""
        return {"group": self.group_id, "room": self.room_id}.get(self.type, self.user_id)


class Mentionee(Part):
    """Who is mentioned in a text, and where."""

    index: int = 0
    length: int = 0
    is_self: bool = False


class Mention(Part):
    """Everyone mentioned in a text."""

    mentionees: tuple[Mentionee, ...] = ()

    @field_validator("mentionees", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Message(Part):
    """A message; only texts are read."""

    id: str = Field("", max_length=64)
    type: str = ""
    text: str | None = None
    mention: Mention | None = None


class Unsend(Part):
    """Which message was taken back."""

    message_id: str = Field(max_length=64)


class Link(Part):
    """How an account link ended."""

    result: str
    nonce: str = Field("", max_length=255)


class Delivery(Part):
    """Whether LINE sends the event again."""

    is_redelivery: bool = False


class Event(Part):
    """One event."""

    type: str = Field(max_length=32)
    webhook_event_id: str = Field(min_length=1, max_length=64)
    delivery_context: Delivery
    timestamp: int = 0
    mode: str = "active"
    source: Source = Source()
    reply_token: str | None = Field(None, max_length=255)
    message: Message | None = None
    unsend: Unsend | None = None
    link: Link | None = None


def events_of(body: bytes) -> tuple[Event, ...]:
    """Return the events of a body whose signature holds; Malformed where it is no webhook.

    A known type whose members are not as LINE documents them is read as an unknown one: kept, and ignored.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    events = payload.get("events") if isinstance(payload, dict) else None
    if not isinstance(events, list):
        raise Malformed("no events")
    return tuple(_event(event) for event in events)


class _Bare(Part):
    """What every event of LINE's has, of whatever type."""

    type: str = Field(min_length=1)
    webhook_event_id: str = Field(min_length=1, max_length=64)
    delivery_context: Delivery


def _event(value: Any) -> Event:
    try:
        return Event.model_validate(value)
    except ValidationError as error:
        try:
            bare = _Bare.model_validate(value)
        except ValidationError:
            places = {".".join(map(str, e["loc"])) for e in error.errors()}
            raise Malformed(f"event: {', '.join(sorted(places)) or 'not an object'}") from None
        return Event(
            type="unknown",
            webhook_event_id=bare.webhook_event_id,
            delivery_context=bare.delivery_context,
        )
