"""A session is what its signed cookie says, no longer than it lives, and of the token that opened it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.admin.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from assistant.state.secret import Secret

SECRET = Secret(b"a secret of this installation")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(SECRET, "token", clock)


def test_a_cookie_says_whose_session_it_is(sessions: Sessions) -> None:
    session = sessions.begin("佐藤", "token")
    assert sessions.read(sessions.cookie(session)) == session
    assert session.actor == "佐藤（鍵）" and sessions.begin("sato", "sso").actor == "sato"


def test_one_that_is_not_used_ends_and_one_that_is_goes_on_until_it_is_too_old(
    sessions: Sessions, clock: Clock
) -> None:
    cookie = sessions.cookie(sessions.begin("佐藤", "token"))
    begun = clock.now
    while clock.now < begun + LONGEST_SECONDS - IDLE_SECONDS:
        clock.now += IDLE_SECONDS - 1
        session = sessions.read(cookie)
        assert session is not None
        cookie = sessions.cookie(session)
    clock.now = begun + LONGEST_SECONDS
    assert sessions.read(cookie) is None
    other = sessions.cookie(sessions.begin("佐藤", "token"))
    clock.now += IDLE_SECONDS
    assert sessions.read(other) is None


def test_another_token_or_secret_ends_every_session(sessions: Sessions, clock: Clock) -> None:
    cookie = sessions.cookie(sessions.begin("佐藤", "token"))
    assert Sessions(SECRET, "another", clock).read(cookie) is None
    assert Sessions(Secret(b"another"), "token", clock).read(cookie) is None


@given(st.integers(min_value=0, max_value=400), st.characters(codec="ascii"))
def test_no_other_cookie_is_believed(at: int, character: str) -> None:
    sessions = Sessions(SECRET, "token")
    cookie = sessions.cookie(sessions.begin("佐藤", "token"))
    at %= len(cookie)
    changed = cookie[:at] + character + cookie[at + 1 :]
    assert changed == cookie or sessions.read(changed) is None


@given(st.text(max_size=300))
def test_nothing_that_is_sent_breaks_the_reading(text: str) -> None:
    assert Sessions(SECRET).read(text) is None


def test_a_forms_token_is_of_one_session_and_no_cookie(sessions: Sessions) -> None:
    one, other = sessions.begin("佐藤", "token"), sessions.begin("佐藤", "token")
    assert sessions.is_form_token(one, sessions.form_token(one))
    assert not sessions.is_form_token(one, sessions.form_token(other))
    assert not sessions.is_form_token(one, "") and not sessions.is_form_token(one, "鍵")
