"""Two small made plans, and what the steps are made of over an index of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from assistant.composers.extract import Extract
from assistant.coverage import Vocabulary
from assistant.evidence import Evidence, open_evidence
from assistant.messages import Question, Turn
from assistant.service import Service
from assistant.state.conversations import Conversations
from assistant.steps.compose import Compose
from assistant.steps.judge import Judge
from assistant.steps.retrieve import Retrieve
from assistant.steps.screen import screen
from assistant.steps.understand import Understand
from assistant.steps.verify import Verify
from corpus.library import Library, load_holding
from index.build import build_index
from index.embedders.hashing import HashingEmbedder
from index.passages import Hit, Passage
from index.search import Search
from index.snapshot import open_published

TODAY = datetime.date(2026, 5, 1)

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
period = {{ start = 2026, end = 2030 }}
visibility = "public"

[synonyms]
"移動図書室" = ["本のバス"]
"""


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

    library: Library
    search: Search
    vocabulary: Vocabulary
    embedder: HashingEmbedder

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Return every passage there is."""
        return tuple(p for c in self.search.snapshot.collections for p in c.passages)

    def evidence(self, *parts: str) -> Evidence:
        """Return the evidence of the one passage whose headings and body have all the parts."""
        found = [p for p in self.passages if all(s in "\n".join((*p.headings, p.body)) for s in parts)]
        assert len(found) == 1, [p.body for p in found]
        return open_evidence(self.library, Hit(passage=found[0], score=1.0, ranks={}, similarity=0.9))

    def text(self, document_id: str) -> str:
        """Return a document's canonical text."""
        found = self.library.document(document_id)
        assert found
        return found[1].text

    def understood(self, text: str, municipality: str | None = None) -> Turn:
        """Return a turn that was screened and understood."""
        asked = Question(question=text, municipality=municipality)
        return Understand(self.library)(screen(Turn(asked=asked, today=TODAY)))

    def service(self, conversations: Conversations | None = None) -> Service:
        """Return a service of the real steps, with conversations of its own."""
        steps = (
            ("screen", screen),
            ("understand", Understand(self.library)),
            ("retrieve", Retrieve(self.library, self.search, self.vocabulary)),
            ("judge", Judge(self.library, self.vocabulary, self.embedder)),
            ("compose", Compose(Extract(self.vocabulary))),
            ("verify", Verify(self.library)),
        )
        return Service(self.library, self.search, steps, conversations or Conversations(), TODAY)


def make_bench(folder: Path) -> Bench:
    """Write the made plans below a folder, build their index there and open it."""
    akebono = write_plan(
        folder,
        "akebono",
        AKEBONO,
        name="あけぼの市",
        alias="あけぼの",
        phone="099-999-1111",
        title="あけぼの市DX計画",
    )
    harukaze = write_plan(
        folder,
        "harukaze",
        HARUKAZE,
        name="はるかぜ町",
        alias="はるかぜ",
        phone="099-999-2222",
        title="はるかぜ町情報化計画",
    )
    library = Library(holdings=(load_holding(akebono), load_holding(harukaze)))
    embedder = HashingEmbedder()
    build_index(library, embedder, folder / "var")
    search = Search(open_published(folder / "var", embedder.name, library.digest()), embedder, library)
    vocabulary = Vocabulary(library, (p for c in search.snapshot.collections for p in c.passages))
    return Bench(library, search, vocabulary, embedder)
