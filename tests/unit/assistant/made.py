"""Made plans, and what the steps are made of over an index of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.coverage import Vocabulary
from assistant.focus import focus_on
from assistant.form import Form
from assistant.messages import Question, Statement, Turn
from assistant.service import Service
from assistant.state.conversations import Conversations
from assistant.steps.screen import screen
from assistant.steps.understand import language_of
from assistant.steps.verify import Verify
from assistant.subjects import Subject, Subjects
from assistant.wiring import Parts, parts_over
from corpus.library import Library, load_holding
from index.build import build_index
from index.embedders.hashing import HashingEmbedder
from index.evidence import Evidence, open_evidence
from index.passages import Hit, Passage
from index.search import Search
from index.snapshot import open_published

TODAY = datetime.date(2026, 5, 1)
LANGUAGES = ("ja", "easy", "en", "zh")

AKEBONO = """あけぼの市DX計画

第1章 はじめに

1 計画の期間

本計画の期間は、令和8年度から令和12年度までの5年間とします。

2 将来像

- 誰もがつながるまち
- 学びつづけるまち
- 災害につよいまち

第2章 施策

1 施策の一覧

施策\t担当部署\t主な取組内容
(1) みなとポイントの普及\t商工観光課\t買い物で使える「みなとポイント」を広める。 ✓ 加盟店の募集 ✓ 説明会の開催
(2) 移動図書室の運行 新規\t生涯学習課 図書館\t予約に応じて本を届ける移動図書室を走らせる。

2 施策の工程

施策\tR8\tR9\tR10\tR11\tR12
(1) みなとポイントの普及\t設計\t試行\t本格導入\t拡充\t定着

3 成果指標

施策\t成果指標\tR7基準値\tR12目標値
(1) みなとポイントの普及\tみなとポイント登録者数\t1,100人\t2,800人
(2) 移動図書室の運行\t移動図書室の貸出冊数\t1,120,226冊\t1,500,000冊

第3章 用語集

用語\t解説
EBPM\t証拠に基づいて政策を立てること。
みなとポイント\t市内の店で使える電子のポイント。
"""

HARUKAZE = """はるかぜ町情報化計画

第1章 はじめに

1 計画の期間

本計画の期間は、令和7年度から令和9年度までの3年間とします。

第2章 施策

1 施策と工程

施策\t担当部署\t主な取組内容\t工程\t\t
\t\t\tR7\tR8\tR9
(1) 雪みちカメラの設置\t建設課\t町道の積雪をカメラで見せる。\t設置場所の検討\t\t
\t\t\t試験運用\t運用\t
(2) 電子掲示板の整備\t総務課\t駅前に電子掲示板を置く。\t調達\t運用\t
"""

# A plan with themes under pillars, roles, a review, an imprint, and KPIs that are and are not numbers.
WAKABA = """第2次わかば市DX推進計画

第1章 はじめに

1 計画の期間

本計画の期間は、令和8年度から令和10年度までの3年間とします。

第2章 推進体制

市長

市長は、市の全体にわたる改革に責任を持って取り組みます。

CIO（副市長）

CIOは、全庁的な視点からデジタル化を進め、各課の取組を調整します。

第3章 前計画の評価

基本理念1. 市民本位

主な取組実績

- 窓口の整備
- 申請の拡充

成果\t課題\t次期計画に引き継ぐ事項
● 待ち時間が短くなった。\t● 地区によって差がある。\t● 先進事例の調査

第4章 施策

くらしDX テーマ1 つながる暮らし

施策\t担当課\t主な取組内容\tR8\tR9\tR10
(1) オンライン申請の拡充\t市民課\t家から「かんたん申請」で手続できるようにする。\
 ✓ 様式の見直し ✓ 説明会の開催\t設計\t試行\t本格運用
(2) スマホ教室の開催 新規\t生涯学習課 市民課\t高齢者にスマートフォンの使い方を教える。\t準備\t試行\t本格運用
(3) 郷土資料アーカイブの公開\t図書館\t古い写真を撮りためて公開する。\t撮影\t公開\t公開

くらしDX テーマ2 備える安心

施策\t担当課\t主な取組内容\tR8\tR9\tR10
(1) 河川カメラの設置 新規\t建設課\t川の水位をカメラで見せる。\t設計\t設置\t運用

市役所DX テーマ3 身軽な市役所

施策\t担当課\t主な取組内容\tR8\tR9\tR10
(1) 生成AIの活用\t総務課\t議事録の要約に生成AIを使う。\t試行\t本格運用\t見直し
(2) 電子決裁の導入\t総務課\t紙の決裁をなくす。\t設計\t試行\t本格運用

第5章 成果指標

施策\t成果指標\tR7基準値\tR10目標値
(1) オンライン申請の拡充\tオンライン申請の割合\t20.5％\t62％
(2) スマホ教室の開催\tスマホ教室の参加者数\t120人\t480人
(3) 郷土資料アーカイブの公開\t公開写真の枚数\t1.2万枚\t3万枚
(1) 河川カメラの設置\t河川カメラの設置台数\t0台\t6台
(1) 生成AIの活用\t議事録の作成時間\t90分\t30分
(2) 電子決裁の導入\t電子決裁の状況\t未導入\t全課で導入

第6章 用語集

用語\t解説
EBPM（証拠に基づく政策立案）\t証拠に基づいて政策を立てること。
RPA\t決まった作業を自動で行うしくみ。

令和8年3月
編集・発行 わかば市 総務部 デジタル推進課
電話 0999-12-3456
Eメール dx@wakaba.example.jp
"""

# A plan that names no department for its measures, only who leads them all.
SAZANAMI = """さざなみ村情報化計画

第1章 はじめに

1 計画の期間

本計画の期間は、令和8年度から令和10年度までの3年間とします。

第2章 推進体制

本計画は、企画課が中心となって進めます。

第3章 施策

1 施策の一覧

施策\t主な取組内容
(1) 港の混雑情報の配信\t漁港の混み具合を知らせる。
(2) 防災無線の更新\t古い無線機を取り替える。
"""

PLAN = """[municipality]
id = "{id}"
name = "{name}"
aliases = ["{alias}"]

[contact]
name = "{name} 情報係"
phone = ["{phone}"]

[[documents]]
id = "{id}-dx"
file = "{id}.txt"
title = "{title}"
period = {{ start = {start}, end = {end} }}
visibility = "public"

[synonyms]
"移動図書室" = ["本のバス"]
"""

KNOWN: Mapping[str, Mapping[str, str]] = {
    "akebono": {
        "text": AKEBONO,
        "name": "あけぼの市",
        "alias": "あけぼの",
        "phone": "099-999-1111",
        "title": "あけぼの市DX計画",
        "start": "2026",
        "end": "2030",
    },
    "harukaze": {
        "text": HARUKAZE,
        "name": "はるかぜ町",
        "alias": "はるかぜ",
        "phone": "099-999-2222",
        "title": "はるかぜ町情報化計画",
        "start": "2025",
        "end": "2027",
    },
    "sazanami": {
        "text": SAZANAMI,
        "name": "さざなみ村",
        "alias": "さざなみ",
        "phone": "099-999-3333",
        "title": "さざなみ村情報化計画",
        "start": "2026",
        "end": "2028",
    },
    "wakaba": {
        "text": WAKABA,
        "name": "わかば市",
        "alias": "わかば",
        "phone": "099-999-4444",
        "title": "第2次わかば市DX推進計画",
        "start": "2026",
        "end": "2028",
    },
}


def write_plan(folder: Path, identity: str, text: str, **known: str) -> Path:
    """Write a municipality's folder and return its plan.toml."""
    home = folder / identity
    home.mkdir(parents=True)
    (home / f"{identity}.txt").write_text(text, "utf-8")
    (home / "plan.toml").write_text(PLAN.format(id=identity, **known), "utf-8")
    return home / "plan.toml"


@dataclass(frozen=True)
class Bench:
    """What the steps are made of, over the made plans."""

    parts: Parts

    def __repr__(self) -> str:
        return f"Bench({', '.join(h.id for h in self.library.holdings)})"

    @property
    def library(self) -> Library:
        """Return the made plans."""
        return self.parts.library

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the words of the made plans."""
        return self.parts.vocabulary

    @property
    def subjects(self) -> Subjects:
        """Return what questions about the made plans can be about."""
        return self.parts.subjects

    @property
    def form(self) -> Form:
        """Return the judge of questions' forms."""
        return self.parts.judge.form

    @property
    def search(self) -> Search:
        """Return the search over the index of the made plans."""
        return self.parts.search

    @property
    def embedder(self) -> HashingEmbedder:
        """Return the embedder that the index was built by."""
        assert isinstance(self.parts.embedder, HashingEmbedder)
        return self.parts.embedder

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Return every passage there is."""
        return tuple(p for c in self.search.snapshot.collections for p in c.passages)

    def evidence(self, *parts: str) -> Evidence:
        """Return the evidence of the one passage whose headings and body have all the parts."""
        found = [p for p in self.passages if all(s in "\n".join((*p.headings, p.body)) for s in parts)]
        assert len(found) == 1, [p.body for p in found]
        return open_evidence(self.library, Hit(passage=found[0], score=1.0, ranks={}, similarity=0.9))

    def subject(self, municipality: str, name: str) -> Subject:
        """Return the one subject of that name."""
        [found] = [s for s in self.subjects.all(municipality) if s.name == name]
        return found

    def text(self, document_id: str) -> str:
        """Return a document's canonical text."""
        found = self.library.document(document_id)
        assert found
        return found[1].text

    def quotes(self, statement: Statement) -> list[str]:
        """Return what a statement cites, as printed."""
        return [self.text(s.document_id)[s.start : s.end] for s in statement.sources]

    def understood(self, text: str, municipality: str | None = None, language: str | None = None) -> Turn:
        """Return a turn that was screened and understood."""
        asked = Question.model_validate(
            {"question": text, "municipality": municipality, "language": language}
        )
        turn = Turn(asked=asked, today=TODAY, language=asked.language or language_of(text))
        return self.parts.understand(screen(turn))

    def retrieved(self, text: str, municipality: str, language: str | None = None) -> Turn:
        """Return a turn with its evidence and its focus."""
        return self.parts.retrieve(self.understood(text, municipality, language))

    def asking(
        self, text: str, municipality: str, *aspects: str, language: str = "ja", years: Sequence[int] = ()
    ) -> Turn:
        """Return a turn that asks exactly these aspects and years, whatever the words of the text say."""
        turn = self.understood(text, municipality, language)
        return turn.knowing(aspects=aspects, years=tuple(years))

    def told(self, turn: Turn) -> tuple[Statement, ...]:
        """Return what the records say of what a turn names; every statement holds against its quotes."""
        [municipality] = turn.municipalities
        focus = focus_on(self.subjects, municipality, turn.standalone, (), ())
        return self._held(self.parts.facts.of(turn, focus) or ())

    def listed(self, turn: Turn) -> tuple[Statement, ...] | None:
        """Return what the records say of the plan as a whole; every statement holds against its quotes."""
        found = self.parts.facts.whole(turn)
        return None if found is None else self._held(found)

    def _held(self, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        verify = Verify(self.library)
        assert [f for s in statements for f in verify.faults(s)] == []
        return statements

    def service(self, conversations: Conversations | None = None) -> Service:
        """Return a service of the real steps, with conversations of its own."""
        return self.parts.service(conversations or Conversations(), TODAY)


def make_bench(folder: Path, *municipalities: str) -> Bench:
    """Write made plans below a folder, build their index there and open it; without names the first two."""
    paths = [write_plan(folder, i, **KNOWN[i]) for i in municipalities or ("akebono", "harukaze")]
    return bench_over(Library(holdings=tuple(load_holding(p) for p in paths)), folder)


def bench_over(library: Library, folder: Path) -> Bench:
    """Build the index of plans below a folder and open it."""
    embedder = HashingEmbedder()
    build_index(library, embedder, folder / "var")
    search = Search(open_published(folder / "var", embedder.name, library.digest()), embedder, library)
    return Bench(parts_over(library, search, embedder))
