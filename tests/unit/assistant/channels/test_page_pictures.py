"""Pictures of a PDF's pages over HTTP: of public documents alone, kept until the plan goes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.channels import page_pictures
from assistant.channels.page_pictures import KEPT, pictured, pictures_router
from corpus.add import add_documents
from corpus.library import Library, load_library
from tests.unit.corpus.readers.test_pdf import drawn
from tests.unit.corpus.test_pictures import FIRST, two_lines


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Library]:
    """Give a folder of plans, a public and a staff PDF and a text, and what was read of them."""
    folder = tmp_path_factory.mktemp("pictures")
    public, staff, text = folder / "public.pdf", folder / "staff.pdf", folder / "plan.txt"
    public.write_bytes(drawn(two_lines, pages=2))
    staff.write_bytes(drawn(two_lines))
    text.write_text("計画\n", "utf-8")
    add_documents(folder / "plans", "midori", [public, text], name="みどり市")
    add_documents(folder / "plans", "midori", [staff], visibility="staff")
    return folder / "plans", load_library(folder / "plans")


@pytest.fixture
def plans(added: tuple[Path, Library], tmp_path: Path) -> Path:
    """Give a copy of the folder, of the test's own."""
    return Path(shutil.copytree(added[0], tmp_path / "plans"))


@pytest.fixture
def library(added: tuple[Path, Library]) -> Library:
    return added[1]


def ids(library: Library) -> dict[str, str]:
    holding = library.holding("midori")
    assert holding
    return {d.title: d.document_id for d in holding.plan.documents}


def client_of(library: Library, plans: Path) -> TestClient:
    app = FastAPI()
    app.include_router(pictures_router(library, plans))
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(library: Library, plans: Path) -> TestClient:
    return client_of(library, plans)


def test_only_public_pdfs_have_pictures(client: TestClient, library: Library, plans: Path) -> None:
    known = ids(library)
    assert pictured(library, plans) == {known["public"]}
    for name, status in (("public", 200), ("staff", 404), ("plan", 404)):
        address = f"/sources/{known[name]}/pages/1"
        assert client.get(f"{address}.png").status_code == status
        assert client.get(f"{address}/places?start=0&end=5").status_code == status


def test_a_passage_has_its_places(client: TestClient, library: Library) -> None:
    document = ids(library)["public"]
    found = library.document(document)
    assert found
    start = found[1].pages[1].start + found[1].pages[1].of(found[1].text).index(FIRST)
    address = f"/sources/{document}/pages/2/places?start={start}&end={start + len(FIRST)}"
    assert len(client.get(address).json()["places"]) == 1
    assert client.get(address.replace("/2/", "/1/")).json()["places"] == []


@pytest.mark.parametrize("page", ["0", "3", "-1", "x", "1e9", "99999999999999999999"])
def test_a_page_that_is_not_there_is_not_found(client: TestClient, library: Library, page: str) -> None:
    document = ids(library)["public"]
    for address in (f"{page}.png", f"{page}/places?start=0&end=5"):
        assert client.get(f"/sources/{document}/pages/{address}").status_code in (404, 422)


@pytest.mark.parametrize(
    "query", ["", "start=a&end=1", "start=-1&end=4", "start=9&end=1", f"start=0&end={10**30}"]
)
def test_no_range_breaks_it(client: TestClient, library: Library, query: str) -> None:
    document = ids(library)["public"]
    assert client.get(f"/sources/{document}/pages/1/places?{query}").status_code in (200, 422)


def test_it_is_drawn_once_and_kept_beside_the_plan(
    client: TestClient, library: Library, plans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = ids(library)["public"]
    address = f"/sources/{document}/pages/1.png"
    first = client.get(address)
    assert first.headers["content-type"] == "image/png"
    monkeypatch.setattr(page_pictures, "picture_of", lambda *_: pytest.fail("drawn again"))
    after = client_of(library, plans)
    assert after.get(address).content == first.content
    assert after.get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert list((plans / "midori" / KEPT).iterdir())  # `corpus remove` deletes the plan's folder


def test_a_file_that_went_or_was_damaged_is_not_found(
    client: TestClient, library: Library, plans: Path
) -> None:
    document = ids(library)["public"]
    next((plans / "midori").glob(f"{document}.pdf")).write_bytes(b"%PDF-1.4 damaged")
    assert client.get(f"/sources/{document}/pages/1.png").status_code == 404
    (plans / "midori" / f"{document}.pdf").unlink()
    assert client.get(f"/sources/{document}/pages/2.png").status_code == 404
