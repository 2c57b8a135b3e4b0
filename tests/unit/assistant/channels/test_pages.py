"""The pages' routes: what is shown to whom, and what is not there."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.channels.bundle import widget_script
from assistant.channels.pages import (
    MEDIA_TYPES,
    environment,
    files_router,
    pages_router,
    printed_date,
    printed_period,
)
from corpus.library import Library, load_library
from corpus.records import Period

LIBRARY = load_library()


def client_of(library: Library) -> TestClient:
    """Return a client of an app that has the pages only."""
    app = FastAPI()
    app.include_router(files_router())
    app.include_router(pages_router(library, environment()))
    return TestClient(app)


def for_staff_only(library: Library, municipality: str) -> Library:
    """Return the library with one municipality's documents shown to staff only."""
    holdings = []
    for holding in library.holdings:
        if holding.id == municipality:
            documents = tuple(d.model_copy(update={"visibility": "staff"}) for d in holding.plan.documents)
            plan = holding.plan.model_copy(update={"documents": documents})
            holding = holding.model_copy(update={"plan": plan})
        holdings.append(holding)
    return Library(holdings=tuple(holdings))


@pytest.fixture(scope="module")
def client() -> TestClient:
    """Give a client over the shipped plans."""
    return client_of(LIBRARY)


def test_the_front_page_offers_every_municipality(client: TestClient) -> None:
    page = client.get("/").text
    for holding in LIBRARY.holdings:
        assert f'href="/?municipality={holding.id}"' in page
        assert f'href="/plans/{holding.id}"' in page
        assert holding.plan.municipality.name in page
        assert all(f"/sources/{d.document_id}" in page for d in holding.documents)


def test_the_widget_of_the_front_page_is_for_a_known_municipality_only(client: TestClient) -> None:
    chosen = LIBRARY.holdings[0].id
    assert (
        f'src="/widget.js" data-municipality="{chosen}"'
        in client.get("/", params={"municipality": chosen}).text
    )
    assert "data-municipality" not in client.get("/", params={"municipality": '"><script>'}).text


def test_the_widget_is_a_script_that_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/widget.js")
    assert first.content == widget_script()
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", sorted(MEDIA_TYPES))
def test_a_file_is_sent_with_its_type_and_not_twice(client: TestClient, name: str) -> None:
    first = client.get(f"/static/{name}")
    assert first.headers["content-type"] == MEDIA_TYPES[name]
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/static/source.html", "/static/..%2fpages.py", "/sources/nowhere", "/sources/%00"]
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_document_for_staff_is_neither_shown_nor_named() -> None:
    held = LIBRARY.holdings[0]
    client = client_of(for_staff_only(LIBRARY, held.id))
    document_id = held.documents[0].document_id
    missing = client.get(f"/sources/{document_id}")
    assert missing.status_code == 404
    assert missing.json() == client.get("/sources/nowhere").json()
    assert missing.json()["detail"].startswith("document_id: ")
    assert document_id not in client.get("/").text
    assert f"municipality={held.id}" not in client.get("/").text


def test_the_pages_have_nothing_inline(client: TestClient) -> None:
    paths = ["/", *(f"/sources/{d.document_id}" for h in LIBRARY.holdings for d in h.documents)]
    for path in paths:
        page = client.get(path).text
        assert "style=" not in page.replace("&lt;ul style=", "")
        assert "<style" not in page
        inside = page.count('<script type="module" src="/static/') + page.count('<script src="/widget.js"')
        assert page.count("<script") == inside
        assert "https://" not in page


def test_dates_are_given_in_both_calendars() -> None:
    assert printed_date("2026-04") == "令和8年（2026年）4月"
    assert printed_date("2026-04-01") == "令和8年（2026年）4月1日"
    assert printed_date("2019") == "令和元年（2019年）"
    assert printed_date("令和8年春") == "令和8年春"
    assert (
        printed_period(Period(start=2026, end=2030)) == "令和8年度（2026年度）から令和12年度（2030年度）まで"
    )
