"""Who gets into the console: nobody where it is not set, else by the token or the city's own sign-in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.channels.admin.console import LOGIN, LOGIN_FAILED, LOGOUT
from assistant.channels.admin.start import ROUTERS
from assistant.state.pause import Switch
from tests.unit.assistant.channels.admin.conftest import ACTOR, NAME, TOKEN, Desk, desk_over
from tests.unit.assistant.made import Bench

PAGES = (
    "/admin",
    "/admin/answers",
    "/admin/search",
    "/admin/records",
    "/admin/corrections",
    "/admin/channel",
    "/admin/exports",
    "/admin/acts",
)
FORMS = (
    "/admin/search",
    "/admin/corrections",
    "/admin/corrections/1/remove",
    "/admin/corrections/1/review",
    "/admin/channel/pause",
    "/admin/channel/resume",
    "/admin/exports",
    "/admin/logout",
)
SSO = "X-Remote-User"
PROXIED = {"admin_sso_header": SSO, "trusted_proxies": "10.9.0.0/24"}


@pytest.mark.parametrize("path", ["/admin", "/admin/login", "/admin/exports", "/admin/answers/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_where_nothing_opens_it_it_is_not_there(bench: Bench, tmp_path: Path, method: str, path: str) -> None:
    with desk_over(bench, tmp_path) as desk:
        answered = desk.client.request(method, path, headers={SSO: "sato"})
        nothing = desk.client.request(method, "/adminx", headers={SSO: "sato"})
    assert answered.status_code == nothing.status_code == 404
    assert answered.text.replace(path, "/adminx") == nothing.text
    assert not (tmp_path / "secret.key").exists()


def test_the_tests_know_every_page_and_form() -> None:
    routes = [route for router in ROUTERS for route in router.routes]
    there = {(m, getattr(r, "path", "")) for r in routes for m in getattr(r, "methods", ())}
    told = {("GET", p) for p in (*PAGES, "/admin/login", "/admin/answers/{message_id}")}
    told |= {("POST", re.sub(r"/1/", "/{identity}/", p)) for p in (*FORMS, "/admin/login")}
    assert {(m, p) for m, p in there if m != "HEAD"} == told


@pytest.mark.parametrize("path", [*PAGES, "/admin/answers/some-answer"])
def test_without_a_session_every_page_leads_to_the_login(closed: Desk, path: str) -> None:
    response = closed.get(path)
    assert (response.status_code, response.headers["location"]) == (303, "/admin/login")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", FORMS)
def test_without_a_session_no_form_is_taken(closed: Desk, path: str) -> None:
    assert closed.post(path, "x").status_code == 401
    assert closed.acts() == []


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("csrf", ["", "x", "0" * 64])
def test_a_form_of_another_page_is_refused(desk: Desk, path: str, csrf: str) -> None:
    before = desk.acts()
    assert desk.post(path, csrf, what="answers", format="csv", message="x").status_code == 403
    assert desk.client.post(path, json={"csrf": desk.csrf()}).status_code == 415
    assert desk.acts() == before
    assert desk.get("/admin").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_kept_by_no_cache_shown_in_no_frame_and_runs_no_script(desk: Desk, path: str) -> None:
    response = desk.get(path)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "script-src" not in policy and "<script" not in response.text and "style=" not in response.text


def test_the_token_signs_in_with_a_cookie_that_no_script_and_no_other_site_has(closed: Desk) -> None:
    response = closed.log_in()
    assert (response.status_code, response.headers["location"]) == (303, "/admin")
    cookie = next(c for c in response.headers.get_list("set-cookie") if c.startswith("plan_admin="))
    assert {"httponly", "samesite=strict", "secure", "path=/admin", "max-age=1800"} <= {
        part.strip().lower() for part in cookie.split(";")
    }
    assert TOKEN not in cookie
    assert NAME in closed.get("/admin").text
    [(actor, action, session)] = closed.acts()
    assert (actor, action) == (ACTOR, LOGIN) and session


def test_over_http_the_cookie_is_not_marked_as_secure(bench: Bench, tmp_path: Path) -> None:
    with desk_over(bench, tmp_path, "http://testserver", admin_token=TOKEN) as desk:
        assert "secure" not in desk.log_in().headers["set-cookie"].lower()
        assert desk.get("/admin").status_code == 200


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.lower(), "鍵" * 20])
def test_a_wrong_token_is_told_plainly_and_noted_without_it(closed: Desk, tmp_path: Path, token: str) -> None:
    response = closed.log_in(token)
    assert response.status_code == 403 and "鍵が正しくありません。" in response.text
    assert "plan_admin=" not in str(response.headers.get_list("set-cookie"))
    assert closed.get("/admin").status_code == 303
    assert [(a, b) for a, b, _ in closed.acts()] == [(ACTOR, LOGIN_FAILED)]
    if len(token) > 1:
        assert token not in response.text
        files = [p for p in tmp_path.rglob("*") if p.is_file()]
        assert [p for p in files if token.encode() in p.read_bytes()] == []


@pytest.mark.parametrize("name", ["", "  ", "\x07", "長" * 61, "\u202e佐藤"])
def test_a_name_that_says_nothing_is_refused(closed: Desk, name: str) -> None:
    assert closed.log_in(name=name).status_code == 422
    assert closed.acts() == []


def test_logins_are_counted_and_too_many_are_refused_also_the_right_one(closed: Desk) -> None:
    statuses = [closed.log_in("wrong").status_code for _ in range(8)]
    assert statuses[:5] == [403] * 5 and set(statuses[5:]) == {429}
    refused = closed.log_in()
    assert refused.status_code == 429 and "秒ほど待ってください" in refused.text
    assert len(closed.acts()) == 5


def test_a_login_that_another_page_sends_is_refused(closed: Desk) -> None:
    assert closed.post("/admin/login", "x", token=TOKEN, name=NAME).status_code == 403
    closed.get("/admin/login")
    assert closed.post("/admin/login", "x", token=TOKEN, name=NAME).status_code == 403
    foreign = {"Origin": "https://elsewhere.example"}
    assert closed.client.post("/admin/login", data={"token": TOKEN}, headers=foreign).status_code == 403


def test_who_signs_out_is_out_wherever_the_cookie_has_got_to(desk: Desk) -> None:
    cookie = desk.client.cookies["plan_admin"]
    assert desk.post("/admin/logout").headers["location"] == "/admin/login"
    assert desk.get("/admin").status_code == 303
    assert [a for _, a, _ in desk.acts()] == [LOGIN, LOGOUT]
    desk.client.cookies.set("plan_admin", cookie, path="/admin")
    assert desk.get("/admin").status_code == 303


def test_a_header_of_the_citys_sign_in_is_believed_from_a_trusted_proxy_alone(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_over(bench, tmp_path, **PROXIED) as desk:
        assert desk.get("/admin", headers={SSO: "sato"}).status_code == 401
        desk.client._transport.client = ("10.9.0.7", 1)  # type: ignore[attr-defined]
        assert desk.get("/admin").status_code == 401
        shown = desk.get("/admin", headers={SSO: "sato"})
        assert shown.status_code == 200 and "sato さん" in shown.text
        assert desk.get("/admin/login", headers={SSO: "sato"}).status_code == 401
        assert desk.get("/admin").status_code == 401, "the cookie alone is not enough"
        assert desk.get("/admin", headers=[(SSO, "sato"), (SSO, "root")]).status_code == 401
        assert desk.get("/admin", headers={SSO: "  "}).status_code == 401
        assert [(a, b) for a, b, _ in desk.acts()] == [("sato", LOGIN)]
        assert "tanaka さん" in desk.get("/admin", headers={SSO: "tanaka"}).text
        desk.client.headers[SSO] = "tanaka"
        assert desk.post("/admin/channel/pause", message="休みます").status_code == 303
        desk.client.headers[SSO] = "sato"
        csrf = desk.csrf()
        desk.client.headers[SSO] = "tanaka"
        assert desk.post("/admin/channel/resume", csrf).status_code == 403
        assert desk.acts()[1:3] == [("tanaka", LOGIN, desk.acts()[1][2]), ("tanaka", "channel pause", None)]


def test_a_japanese_name_in_the_header_is_read(bench: Bench, tmp_path: Path) -> None:
    with desk_over(bench, tmp_path, **PROXIED) as desk:
        desk.client._transport.client = ("10.9.0.7", 1)  # type: ignore[attr-defined]
        assert "佐藤 さん" in desk.get("/admin", headers={SSO: "佐藤".encode()}).text
        for name in ("\ufffd", "a\u202eb", "長" * 61):
            assert desk.get("/admin", headers={SSO: name.encode()}).status_code == 401


@pytest.mark.parametrize("path", PAGES)
def test_it_stays_up_while_the_chat_is_paused(desk: Desk, tmp_path: Path, path: str) -> None:
    Switch(tmp_path).pause()
    assert desk.get(path).status_code == 200


def test_a_cookie_that_is_made_up_opens_nothing(closed: Desk) -> None:
    for cookie in ("x", "e30.x", "." * 50, "a" * 5000):
        closed.client.cookies.set("plan_admin", cookie, path="/admin")
        assert closed.get("/admin").status_code == 303
