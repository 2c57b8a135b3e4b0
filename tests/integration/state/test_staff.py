"""Staff: keys and codes are shown once and kept as hashes; a revoked one stops at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from assistant.state.errors import StateConflict
from assistant.state.staff import Staff
from assistant.state.state import State
from assistant.state.tables import AdminRow, Base
from tests.integration.state.conftest import Clock, Start

PERSON, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def staff(state: State) -> Staff:
    return state.staff


def test_a_key_is_its_member_s_and_no_other_opens(staff: Staff) -> None:
    identity, key = staff.key("羽咋 太郎")
    found = staff.by_key(key)
    assert found and (found.id, found.name) == (identity, "羽咋 太郎")
    assert len(key) >= 40
    for wrong in ("", key[:-1], key.upper(), key + "x", "pas_", "\ud800"):
        assert staff.by_key(wrong) is None


def test_a_key_that_was_revoked_stops_at_once_in_every_process(start: Start) -> None:
    here, there = start("one").staff, start("two").staff
    identity, key = here.key("職員")
    assert there.by_key(key)
    here.revoke(identity)
    assert there.by_key(key) is None
    with pytest.raises(StateConflict, match="ID"):
        there.revoke(identity)


def test_a_new_key_ends_the_old_one(staff: Staff) -> None:
    first, second = staff.key("職員"), staff.key(" 職員 ")
    assert first[0] == second[0]
    assert staff.by_key(first[1]) is None and staff.by_key(second[1])


def test_no_secret_stands_in_the_database(state: State) -> None:
    _, key = state.staff.key("職員")
    identity, code = state.staff.invite("職員")
    nonce = state.staff.new_nonce(identity)
    with state.database.read() as session:
        tables = Base.metadata.sorted_tables
        kept = "".join(str(row) for t in tables for row in session.execute(text(f'SELECT * FROM "{t.name}"')))
    assert not any(s in kept for s in (key, key[4:], code, code.replace("-", ""), nonce))


def test_a_code_links_once_and_only_while_it_is_young(staff: Staff, clock: Clock) -> None:
    _, code = staff.invite("職員")
    assert staff.redeem("AAAA-AAAA-AAAA", PERSON) is None
    linked = staff.redeem(f" {code.lower()} ", PERSON)
    found = staff.by_person(PERSON)
    assert linked and found and linked.id == found.id
    assert staff.redeem(code, OTHER) is None and staff.by_person(OTHER) is None
    _, late = staff.invite("職員")
    clock.move(hours=25)
    assert staff.redeem(late, OTHER) is None


def test_a_nonce_links_whom_it_was_made_for_once_within_ten_minutes(staff: Staff, clock: Clock) -> None:
    identity, _ = staff.key("職員")
    nonce = staff.new_nonce(identity, PERSON)
    assert staff.use_nonce(nonce, OTHER) is None
    assert staff.use_nonce(nonce, PERSON)
    assert staff.use_nonce(nonce, PERSON) is None
    late = staff.new_nonce(identity)
    clock.move(minutes=11)
    assert staff.use_nonce(late, OTHER) is None


def test_who_is_revoked_or_unlinked_is_not_staff_on_line(staff: Staff) -> None:
    identity, code = staff.invite("職員")
    staff.redeem(code, PERSON)
    assert staff.unlink(PERSON) and staff.by_person(PERSON) is None
    _, code = staff.invite("職員")
    staff.redeem(code, PERSON)
    staff.revoke(identity)
    assert staff.by_person(PERSON) is None and not staff.unlink(PERSON)


@pytest.mark.parametrize("name", ["", " ", "あ" * 101, "改\x00行"])
def test_a_name_that_is_none_is_refused(staff: Staff, name: str) -> None:
    with pytest.raises(StateConflict, match="NAME"):
        staff.key(name)


def test_every_act_is_noted_with_who_did_it(state: State) -> None:
    identity, _ = state.staff.key("職員", "cli:root")
    state.staff.revoke(identity, "cli:root")
    with state.database.read() as session:
        noted = [
            (r.actor, r.action, r.target) for r in session.scalars(select(AdminRow).order_by(AdminRow.id))
        ]
    assert noted == [("cli:root", "staff key", str(identity)), ("cli:root", "staff revoke", str(identity))]
