"""A city that is not in the repository: its PDF is added, indexed and asked; no code or words change."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.messages import Question
from assistant.service import Service
from assistant.settings import Settings
from assistant.wiring import build, build_service, library_of, plans_folder
from corpus.add import add_documents, remove_plan

MADE_PDF = Path(__file__).parents[1] / "golden" / "plans" / "made_pdf.py"


@pytest.fixture(scope="module")
def service(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("other-city")
    (folder / "models").symlink_to(data_dir / "models", target_is_directory=True)
    settings = Settings(_env_file=None, data_dir=folder)
    spec = importlib.util.spec_from_file_location("made_pdf", MADE_PDF)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    made.write(folder / "plan.pdf")
    add_documents(plans_folder(settings), "sena", [folder / "plan.pdf"], "瀬名川市", "瀬名川市みどりの計画")
    build(settings)
    yield build_service(settings)
    remove_plan(plans_folder(settings), "sena")
    assert library_of(settings).holding("sena") is None


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("校庭の芝生化の担当課は？", ["教育総務課", "公園緑地課"]),
        ("街路樹の植替えの目標は？", ["900本", "120本"]),
        ("里山の保全は令和8年度に何をする？", ["要綱の制定"]),
        ("水辺の再生の工事はいつ？", ["令和10年度"]),
        ("どんな施策がありますか？", ["「校庭の芝生化」", "「水辺の再生」"]),
        ("新規の施策は？", ["「校庭の芝生化」"]),
        ("問い合わせ先は？", ["0994-55-6677"]),
        ("護岸って何？", ["川の岸"]),
    ],
)
def test_its_plan_is_answered_with_citations(service: Service, question: str, facts: list[str]) -> None:
    answer = service.answer(Question(question=question, municipality="sena"))
    assert answer.status == "answered"
    for fact in facts:
        assert fact in answer.answer
    for citation in answer.citations:
        found = service.library.document(citation.document_id)
        assert found is not None and found[1].text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["市営プールの料金は？", "ごみの収集日は？", "市長の名前は？"])
def test_what_its_plan_does_not_say_is_not_answered(service: Service, question: str) -> None:
    assert service.answer(Question(question=question, municipality="sena")).status != "answered"


def test_the_period_is_read_from_its_cover(service: Service) -> None:
    holding = service.library.holding("sena")
    assert holding is not None
    period = holding.records.documents[0].period
    assert period is not None and (period.start, period.end) == (2026, 2029)
