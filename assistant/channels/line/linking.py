"""Who is staff: a one-time code in the chat, or the account link through a login; and 解除."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant import words
from assistant.channels.line import render
from assistant.channels.line.events import Event, Link
from assistant.channels.line.flex import Node
from assistant.channels.line.keys import Keys

PAGE = "/line/link"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}|(?=[A-Z]*\d)[0-9A-Z]{12}")
WRONG_CODE = "wrong code"
MOST_WRONG = 5
WRONG_MINUTES = 15


class Member(Protocol):
    """A member of staff."""

    @property
    def id(self) -> int:
        """Return the member's number."""

    @property
    def name(self) -> str:
        """Return what the member is called."""


class Staff(Protocol):
    """Who may ask as staff, by the keyed hash of a LINE user's id."""

    def by_person(self, person: str) -> Member | None:
        """Return the member of staff that a person is, unless revoked."""

    def redeem(self, code: str, person: str) -> Member | None:
        """Link a person by a code, which works once; None for a wrong one."""

    def use_nonce(self, nonce: str, person: str) -> Member | None:
        """Link a person by a nonce of the account link, which works once; None for a wrong one."""

    def unlink(self, person: str) -> bool:
        """Take a person's link away; False where there was none."""


class Menus(Protocol):
    """What LINE is asked for while someone is linked."""

    def issue_link_token(self, user_id: str) -> str | None:
        """Return a token for account linking, or None."""

    def link_menu(self, user_id: str, menu_id: str) -> object:
        """Show a person a rich menu of their own."""

    def unlink_menu(self, user_id: str) -> object:
        """Show a person the account's rich menu again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said to a code or a command: a text, and where to go."""

    text: str
    uri: str | None = None
    note: str | None = None
    """What the queue keeps of it."""

    @property
    def messages(self) -> list[Node]:
        """Return the messages of it; the text is the alternative of a way to go."""
        if self.uri is None:
            return render.plain(self.text)
        button = {"type": "uri", "label": _says("link_button"), "uri": self.uri}
        contents: list[Node] = [
            {"type": "text", "text": self.text, "wrap": True},
            {"type": "button", "style": "primary", "action": button},
        ]
        body = {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents}
        return [{"type": "flex", "altText": self.text, "contents": {"type": "bubble", "body": body}}]


@dataclass(frozen=True, slots=True)
class Linking:
    """Link people to members of staff, in chats of one person only."""

    staff: Staff
    line: Menus
    keys: Keys
    wrong_codes: Callable[[str, datetime.timedelta], int]
    """Return how many wrong codes a person gave of late."""
    address: str | None = None
    menu: str | None = None
    """The rich menu of staff, where the account has one."""

    def answer(self, event: Event, text: str, command: str | None) -> Told | None:
        """Return what is said to a code or a command of staff's; None for anything else."""
        user = event.source.user_id
        code = code_of(text)
        if code is None and command not in ("link", "unlink"):
            return None
        if not event.source.alone or user is None:
            return Told(_says("only_alone"))
        if command == "unlink":
            return Told(_says("unlinked" if self.forget(user) else "not_linked"))
        return self._redeem(user, code) if code else self._invite(user)

    def finish(self, user_id: str, link: Link) -> str:
        """Return what is said when the account link has ended."""
        member = None
        if link.result == "ok" and link.nonce:
            member = self.staff.use_nonce(link.nonce, self.keys.person(user_id))
        return self._linked(user_id, member) if member else _says("link_failed")

    def forget(self, user_id: str) -> bool:
        """Take a person's link away, and the menu of staff; False where there was none."""
        gone = self.staff.unlink(self.keys.person(user_id))
        if gone and self.menu:
            self.line.unlink_menu(user_id)
        return gone

    def _redeem(self, user_id: str, code: str) -> Told:
        person = self.keys.person(user_id)
        if self.wrong_codes(person, datetime.timedelta(minutes=WRONG_MINUTES)) >= MOST_WRONG:
            return Told(_says("too_many", minutes=WRONG_MINUTES))
        member = self.staff.redeem(code, person)
        return Told(self._linked(user_id, member)) if member else Told(_says("bad_code"), note=WRONG_CODE)

    def _linked(self, user_id: str, member: Member) -> str:
        if self.menu:
            self.line.link_menu(user_id, self.menu)
        return _says("linked", name=member.name)

    def _invite(self, user_id: str) -> Told:
        known = self.staff.by_person(self.keys.person(user_id))
        if known:
            return Told(_says("already", name=known.name))
        token = self.line.issue_link_token(user_id) if self.address else None
        if token is None:
            return Told(_says("link_unavailable"))
        return Told(_says("link"), f"{self.address}{PAGE}?linkToken={token}")


def code_of(text: str) -> str | None:
    """Return the code that a whole message is, in its plain form, or None."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    plain = re.sub(r"[\s‐-―−ー]+", "-", plain)
    return plain.replace("-", "") if CODE.fullmatch(plain) else None


def _says(name: str, /, **values: object) -> str:
    return str(words.load("line")["says"]["staff"][name]).format(**values)
