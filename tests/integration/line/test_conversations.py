"""Whole conversations through the stand-in: what people are sent, as residents and as staff."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from assistant.channels.line.chat import says
from assistant.channels.line.simulator.drawing import page
from assistant.channels.line.simulator.terminal import converse
from assistant.channels.line.simulator.webhooks import user_id
from assistant.state.pause import Switch
from tests.integration.line.conftest import HIDDEN, Office, words_of


@pytest.fixture
def resident() -> str:
    return user_id()


def test_a_question_is_answered_once_by_reply(office: Office, resident: str) -> None:
    [sent] = office.say(resident, "みなとポイントの登録者数の目標は？")
    assert sent.route == "reply"
    assert sent.messages[0]["text"].splitlines()[0].startswith("みなとポイント登録者数は")
    assert "「" in sent.messages[0]["text"] and "2,800人" in sent.messages[0]["text"]
    assert sent.messages[-1]["altText"].startswith("みなとポイント登録者数は")
    assert office.line.loading == [(resident, 20)]


def test_a_follow_up_is_understood_from_the_conversation(sqlite_office: Office, resident: str) -> None:
    office = sqlite_office
    office.say(resident, "みなとポイントの登録者数の目標は？")
    [sent] = office.say(resident, "担当課は？")
    assert "商工観光課" in sent.messages[0]["text"]


def test_the_sources_alone_are_given_when_asked_for(sqlite_office: Office, resident: str) -> None:
    office = sqlite_office
    assert says("no_sources") in words_of(*office.say(resident, "出典だけ"))
    office.say(resident, "みなとポイントの登録者数の目標は？")
    [sent] = office.say(resident, "出典だけ")
    assert says("sources") in sent.messages[0]["text"]
    assert "2,800人" not in sent.messages[0]["text"]
    assert "2,800人" in words_of(sent)


def test_staff_hear_the_other_city_the_working_and_a_passage_to_paste(
    sqlite_office: Office, resident: str
) -> None:
    office = sqlite_office
    office.invite(resident, "山田")
    [sent] = office.say(resident, "みなとポイントの登録者数の目標は？")
    said = words_of(sent)
    assert "2,800 − 1,100 ＝ +1,700人" in said
    assert "はるかぜ町" in said and "【貼り付け用】" in said
    assert "（あけぼの市DX計画　" in said


def test_only_staff_learn_of_a_document_for_staff(office: Office, resident: str) -> None:
    question = "庁舎移転用地の取得交渉の担当課は？"
    assert "管財課" not in words_of(*office.say(resident, question))
    member = office.invite(resident, "山田")
    assert "管財課" in words_of(*office.say(resident, question))
    office.state.staff.revoke(member)
    said = words_of(*office.say(resident, question), *office.say(resident, "出典だけ"))
    assert "管財課" not in said and "内部検討資料" not in said


def test_unlinking_makes_a_resident_of_staff(sqlite_office: Office, resident: str) -> None:
    office = sqlite_office
    office.invite(resident, "山田")
    [sent] = office.say(resident, "解除")
    assert "解除しました" in words_of(sent)
    assert HIDDEN not in words_of(*office.say(resident, "庁舎移転用地の計画は？"))
    assert "職員の登録はありません" in words_of(*office.say(resident, "解除"))


def test_a_code_works_once_and_wrong_ones_are_counted(office: Office, resident: str) -> None:
    _, code = office.state.staff.invite("山田")
    office.say(resident, code)
    other = user_id()
    assert "確かめられません" in words_of(*office.say(other, code))
    for _ in range(4):
        wrong = "-".join(secrets.token_hex(2).upper() for _ in range(3))
        assert "確かめられません" in words_of(*office.say(other, wrong))
    _, good = office.state.staff.invite("佐藤")
    assert "しばらく受け付けられません" in words_of(*office.say(other, good))


def test_two_of_staff_have_two_conversations(office: Office) -> None:
    one, two = user_id(), user_id()
    office.invite(one, "山田")
    office.invite(two, "佐藤")
    office.say(one, "みなとポイントの登録者数の目標は？")
    office.say(two, "移動図書室の運行について教えて")
    assert "商工観光課" in words_of(*office.say(one, "担当課は？"))
    assert "生涯学習課" in words_of(*office.say(two, "担当課は？"))


def test_while_the_chat_is_paused_staff_are_answered_and_nobody_else(
    sqlite_office: Office, resident: str, tmp_path: Path
) -> None:
    office, member, switch = sqlite_office, user_id(), Switch(tmp_path)
    office.invite(member, "山田")
    switch.pause("点検のため、5時まで休みます。")
    question = "みなとポイントの登録者数の目標は？"
    assert words_of(*office.say(resident, question)) == "text\n点検のため、5時まで休みます。"
    assert "2,800人" in words_of(*office.say(member, question))
    switch.resume()
    assert "2,800人" in words_of(*office.say(resident, question))


def test_what_looks_internal_is_warned_of(sqlite_office: Office, resident: str) -> None:
    office = sqlite_office
    assert says("warning") in words_of(*office.say(resident, "未公表の人事異動の内示について教えて"))
    assert says("warning") not in words_of(*office.say(resident, "みなとポイントの目標は？"))


def test_a_chat_in_the_terminal_shows_what_was_sent_and_can_be_drawn(sqlite_office: Office) -> None:
    shown: list[str] = []
    lines = ["/follow", "", "みなとポイントの登録者数の目標は？", "/sticker", "/unfollow"]
    turns = converse(sqlite_office.platform, lines, shown.append, 60)
    said = "\n".join(shown)
    assert "人ではありません" in said and "2,800人" in said and "（担当課は？）" in said
    assert said.count("[reply]") == 3 and shown[-1] == "（返事はありません）"
    html = page("<見本>", turns)
    assert "&lt;見本&gt;" in html and html.count('class="bubble') == 2 and "<script" not in html
