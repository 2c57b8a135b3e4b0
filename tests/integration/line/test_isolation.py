"""What is for staff stays with staff, whoever is invited, linked and revoked; the account link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.channels.line.link_page import COOKIE
from assistant.channels.line.linking import PAGE
from assistant.channels.line.simulator.webhooks import user_id
from tests.integration.line.conftest import Office, words_of

PEOPLE = ("one", "two", "three")
HIDDEN = ("管財課", "候補地", "地権者", "内部検討資料", "akebono-staff", "3か所")
"""Words that only the document for staff has."""
QUESTIONS = (
    "庁舎移転用地の取得交渉の担当課は？",
    "候補地は何か所に絞り込む？",
    "庁舎移転用地の取得交渉について教えて",
    "内部検討資料には何が書いてある？",
    "担当課は？",
    "みなとポイントの目標は？",
    "出典だけ",
)
STEPS = st.one_of(
    st.tuples(st.just("invite"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.just("unlink"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("revoke"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("ask"), st.sampled_from(PEOPLE), st.sampled_from(QUESTIONS)),
    st.tuples(st.just("ask in a group"), st.sampled_from(PEOPLE), st.sampled_from(QUESTIONS)),
)


def in_group(text: str, user: str) -> dict[str, object]:
    mention = {"mentionees": [{"index": 0, "length": 2, "isSelf": True}]}
    message = {"id": "7", "type": "text", "text": f"@市{text}", "mention": mention}
    return {"source": {"type": "group", "groupId": "C1", "userId": user}, "message": message}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
def test_no_answer_to_a_resident_holds_a_word_of_a_document_for_staff(
    sqlite_office: Office, steps: list[tuple[str, str, object]]
) -> None:
    office = sqlite_office
    users = {person: user_id() for person in PEOPLE}
    linked: dict[str, int] = {}
    staff = office.state.staff
    for act, person, more in steps:
        user = users[person]
        if act == "invite":
            identity, code = staff.invite(f"{user[:8]}")
            if more:
                office.say(user, code)
                linked[person] = identity
        elif act == "unlink":
            office.say(user, "解除")
            linked.pop(person, None)
        elif act == "revoke" and person in linked:
            staff.revoke(linked.pop(person))
        elif act == "ask":
            said = words_of(*office.say(user, str(more)))
            assert said
            if person not in linked:
                assert [w for w in HIDDEN if w in said] == []
        elif act == "ask in a group":
            before = len(office.line.sent)
            office.platform.send([office.platform.event("message", user, **in_group(str(more), user))])
            office.drained()
            assert [w for w in HIDDEN if w in words_of(*office.line.sent[before:])] == []


def test_staff_are_told_what_the_property_looks_for(sqlite_office: Office) -> None:
    office = sqlite_office
    user = user_id()
    office.invite(user, "山田")
    said = words_of(*office.say(user, QUESTIONS[0]))
    assert "管財課" in said and "取扱注意" in said


def login(office: Office, user: str, key: str) -> httpx.Response:
    """Ask for the login in the chat, open it, and send the key."""
    words = words_of(*office.say(user, "職員登録"))
    found = re.search(rf"https://chat\.example\.jp({PAGE}\?linkToken=\S+)", words)
    assert found, words
    service = office.platform._url.removesuffix("/line/webhook")
    with httpx.Client(base_url=service) as browser:
        page = browser.get(found[1])
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf and page.status_code == 200
        token = parse_qs(urlsplit(found[1]).query)["linkToken"][0]
        fields = {"linkToken": token, "csrf": csrf[1], "key": key}
        return browser.post(PAGE, data=fields)


def nonce_of(response: httpx.Response) -> str:
    assert response.status_code == 303, response.text
    place = urlsplit(response.headers["location"])
    assert place.netloc == "access.line.me"
    return parse_qs(place.query)["nonce"][0]


def link(office: Office, user: str, nonce: str, result: str = "ok") -> str:
    before = len(office.line.sent)
    event = office.platform.event(
        "accountLink", user, reply=result == "ok", link={"result": result, "nonce": nonce}
    )
    office.platform.send([event])
    office.drained()
    return words_of(*office.line.sent[before:])


def test_the_account_link_makes_staff_of_whoever_logs_in_once(sqlite_office: Office) -> None:
    office = sqlite_office
    one, two = user_id(), user_id()
    _, key = office.state.staff.key("山田")
    nonce = nonce_of(login(office, one, key))
    assert "職員として登録しました（山田）" in link(office, one, nonce)
    assert "管財課" in words_of(*office.say(one, QUESTIONS[0]))
    assert "登録できませんでした" in link(office, two, nonce)
    assert "登録できませんでした" in link(office, two, "made-up")
    assert link(office, two, nonce, result="failed") == ""
    assert "管財課" not in words_of(*office.say(two, QUESTIONS[0]))


def test_the_login_takes_neither_a_wrong_key_nor_a_form_of_another_page(sqlite_office: Office) -> None:
    office = sqlite_office
    user = user_id()
    assert login(office, user, "pas_wrong").status_code == 403
    service = office.platform._url.removesuffix("/line/webhook")
    fields = {"linkToken": "x" * 20, "csrf": "guessed", "key": "k"}
    assert httpx.post(service + PAGE, data=fields).status_code == 403
    assert httpx.post(service + PAGE, data=fields, cookies={COOKIE: "other"}).status_code == 403
    assert httpx.post(service + PAGE, content=b"\xff&" * 40).status_code == 403
