"""Conversations in the database: any process goes on with them, and nobody with another's."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from assistant.messages import Exchange
from assistant.state.conversations import IDLE_SECONDS, TURNS
from assistant.state.state import State
from assistant.state.stored import StoredConversations
from assistant.state.tables import ConversationRow, TurnRow
from tests.integration.state.conftest import Clock, Start


def exchange(text: str) -> Exchange:
    return Exchange(question=text, standalone=text, aspects=("target",), years=(2030,))


def asked(kept: StoredConversations, identity: str) -> list[str]:
    return [e.question for e in kept.open(identity)[1]]


@pytest.fixture
def kept(state: State) -> StoredConversations:
    return state.conversations("public")


def test_a_new_conversation_has_a_new_id_of_128_bits_and_no_past(kept: StoredConversations) -> None:
    ids = {kept.open(None)[0] for _ in range(50)}
    assert len(ids) == 50 and all(len(i) >= 22 for i in ids)


@pytest.mark.parametrize("made_up", ["", "1", "../etc", "x" * 128, "\ud800", "%", "'; DROP TABLE turns; --"])
def test_an_unknown_id_is_never_taken_over(kept: StoredConversations, made_up: str) -> None:
    given, past = kept.open(made_up)
    assert given != made_up and past == ()


def test_another_process_goes_on_with_it(start: Start) -> None:
    first, second = (start(f"spool-{n}").conversations("public") for n in range(2))
    identity, _ = first.open(None)
    first.add(identity, exchange("一"))
    assert second.open(identity) == (identity, (exchange("一"),))
    second.add(identity, exchange("二"))
    assert asked(first, identity) == ["一", "二"]


def test_the_id_itself_is_not_kept(state: State, kept: StoredConversations) -> None:
    identity, _ = kept.open(None)
    kept.add(identity, exchange("問"))
    with state.database.read() as session:
        [row] = session.scalars(select(ConversationRow))
    assert identity not in row.id and row.id == kept.hash_of(identity)


def test_what_is_kept_does_not_open_it(state: State, kept: StoredConversations) -> None:
    identity, _ = kept.open(None)
    kept.add(identity, exchange("問"))
    assert asked(kept, kept.hash_of(identity)) == []


def test_one_conversation_does_not_see_another(kept: StoredConversations) -> None:
    first, second = kept.open(None)[0], kept.open(None)[0]
    kept.add(first, exchange("ひとりめ"))
    kept.add(second, exchange("ふたりめ"))
    assert (asked(kept, first), asked(kept, second)) == (["ひとりめ"], ["ふたりめ"])


def test_residents_do_not_find_a_conversation_of_staff(state: State) -> None:
    staff, public = state.conversations("staff"), state.conversations("public")
    identity, _ = staff.open(None)
    staff.add(identity, exchange("内規について"))
    assert asked(staff, identity) == ["内規について"]
    assert public.open(identity)[0] != identity and asked(public, identity) == []


def test_only_the_last_turns_are_kept(state: State, kept: StoredConversations) -> None:
    identity, _ = kept.open(None)
    for n in range(TURNS + 3):
        kept.add(identity, exchange(str(n)))
    assert asked(kept, identity) == [str(n) for n in range(3, TURNS + 3)]
    with state.database.read() as session:
        assert session.scalars(select(func.count()).select_from(TurnRow)).one() == TURNS


def test_an_idle_conversation_cannot_be_read(kept: StoredConversations, clock: Clock) -> None:
    identity, _ = kept.open(None)
    kept.add(identity, exchange("前"))
    clock.move(seconds=IDLE_SECONDS - 1)
    assert asked(kept, identity) == ["前"]
    clock.move(seconds=2)
    assert kept.open(identity)[0] != identity


def test_a_conversation_in_use_is_not_forgotten(kept: StoredConversations, clock: Clock) -> None:
    identity, _ = kept.open(None)
    for _ in range(4):
        kept.add(identity, exchange("つづき"))
        clock.move(seconds=IDLE_SECONDS * 0.6)
    assert kept.open(identity)[0] == identity
