"""The pages of the plans: what is there, at which address, and what is said to be lacking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.channels.app import create_app
from assistant.channels.plan_pages import plan_view_of
from assistant.settings import Settings
from tests.unit.assistant.made import Bench


@pytest.fixture(scope="module")
def client(bench: Bench) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(_env_file=None), bench.service())) as client:
        yield client


def test_every_record_has_an_address_of_its_own_that_is_found(client: TestClient, bench: Bench) -> None:
    for holding in bench.library.holdings:
        view = plan_view_of(holding.public_records)
        addresses = [m.address for m in view.measures] + [k.address for k in view.kpis]
        assert len(set(addresses)) == len(addresses) > 0
        page = client.get(f"/plans/{holding.id}").text
        for address in addresses:
            assert f'href="{address}"' in page
            assert client.get(address).status_code == 200


def test_a_measure_is_shown_with_all_that_the_plan_says_of_it(client: TestClient, bench: Bench) -> None:
    plan = bench.library.holdings[0].public_records
    [measure] = [m for m in plan_view_of(plan).measures if "みなとポイント" in m.measure.title]
    page = client.get(measure.address).text
    for words in ("商工観光課", "加盟店の募集", "みなとポイント登録者数", "1,100人", "2,800人", "設計"):
        assert words in page
    assert f"#c{measure.measure.source.start}-{measure.measure.source.end}" in page


def test_bars_are_in_proportion(bench: Bench) -> None:
    view = plan_view_of(bench.library.holdings[0].public_records)
    assert [bar.share for bar in view.kpis[0].bars] == [39, 100]


def test_two_plans_are_compared_and_what_one_lacks_is_said(client: TestClient) -> None:
    page = client.get("/compare").text
    assert page.index("あけぼの市") < page.index("はるかぜ町")
    row = page[page.index("成果指標（基準値と目標値）") :].split("</tr>")[0]
    assert "<td>2件</td><td>計画に書かれていません</td>" in row
    swapped = client.get("/compare?left=harukaze&right=akebono").text
    assert "<td>計画に書かれていません</td><td>2件</td>" in swapped


@pytest.mark.parametrize("query", ["left=nowhere", "left=akebono&right=akebono", "left=%00&right=%ff"])
def test_a_choice_that_is_none_is_passed_over(client: TestClient, query: str) -> None:
    assert client.get(f"/compare?{query}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/plans/nowhere", "/plans/akebono/measures/99-9", "/plans/akebono/kpis/none", "/plans/%00"]
)
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
