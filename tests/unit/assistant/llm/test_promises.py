"""検討 is not 導入, and 予定 is not 完了."""

from __future__ import annotations

import pytest

from assistant.llm.promises import Level, denies_more, level_after, promises_more


@pytest.mark.parametrize(
    ("rest", "level"),
    [
        ("しません", Level.DENIED),
        ("を検討します", Level.CONSIDERED),
        ("について、効果を検討する", Level.CONSIDERED),
        ("を目指します", Level.INTENDED),
        ("する予定です", Level.INTENDED),
        ("します", Level.PLAIN),
        ("し、運用を検討します", Level.PLAIN),
        ("しています", Level.ONGOING),
        ("しました", Level.DONE),
        ("が完了", Level.DONE),
    ],
)
def test_what_follows_a_word_says_how_much_is_promised(rest: str, level: Level) -> None:
    assert level_after(rest) is level


@pytest.mark.parametrize(
    ("sentence", "quote", "more"),
    [
        ("窓口を導入します", "窓口の導入を検討する。", True),
        ("窓口の導入を検討します", "窓口の導入を検討する。", False),
        ("窓口の導入を検討します", "窓口を導入する。", False),
        ("窓口を導入しました", "窓口を導入する。", True),
        ("窓口を導入します", "窓口の導入を目指す。", True),
        ("導入を行います", "検討\t導入\t運用", False),
        ("導入します", "電子決裁の導入\t導入を検討する。", True),
    ],
)
def test_a_sentence_may_not_promise_more_than_its_quote(sentence: str, quote: str, more: bool) -> None:
    assert promises_more("導入", sentence, quote) is more


@pytest.mark.parametrize(
    ("sentence", "quote", "more"),
    [
        ("書かない窓口を整備します", "書かない窓口の整備", False),
        ("窓口の整備は行いません", "書かない窓口の整備", True),
        ("行かない窓口の整備は行いません", "行かない窓口の整備を行う。", True),
        ("担当課は総務課ではありません", "対応できていない。担当課は総務課。", True),
        ("まだ対応できていません", "対応ができていない。", False),
        ("教室は中止します", "届かない方への教室", True),
        ("教室は中止となりました", "教室の中止", False),
        ("誰も取り残しません", "誰一人取り残されない社会", False),
    ],
)
def test_a_sentence_denies_only_what_its_quote_denies(sentence: str, quote: str, more: bool) -> None:
    assert denies_more(sentence, quote, "ja") is more
