"""Who is calling is what the peer is, or what a trusted proxy says; a forged header changes nothing."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.guard.addresses import Network, TrustedProxies, address_of, is_local, network_of

PROXIES: tuple[Network, ...] = (ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("2001:db8:1::/48"))


def caller(peer: str, *headers: tuple[str, str], proxies: tuple[Network, ...] = PROXIES) -> tuple[str, str]:
    """Return the address and the scheme that the app behind the proxies is told."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    scope = {
        "type": "http",
        "client": (peer, 5000),
        "scheme": "http",
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers],
    }
    asyncio.run(TrustedProxies(app, proxies)(scope, None, None))  # type: ignore[arg-type]
    return seen["client"][0], seen["scheme"]


@pytest.mark.parametrize(
    "header", [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9"), ("x-real-ip", "1.1.1.1")]
)
def test_a_stranger_who_forges_a_header_stays_who_they_are(header: tuple[str, str]) -> None:
    assert caller("198.51.100.7", header)[0] == "198.51.100.7"
    assert caller("127.0.0.1", header, proxies=())[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "6.6.6.6, 203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.4")], "203.0.113.9"),
        ([("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "203.0.113.9:4711")], "203.0.113.9"),
        ([("x-forwarded-for", "[2001:db8:9::1]:4711")], "2001:db8:9::1"),
        ([("x-forwarded-for", "::ffff:203.0.113.9")], "203.0.113.9"),
        ([("forwarded", "for=6.6.6.6, for=203.0.113.9;proto=https, for=10.0.0.4")], "203.0.113.9"),
        ([("forwarded", 'for="[2001:db8:9::1]:4711"')], "2001:db8:9::1"),
        ([("forwarded", "For=203.0.113.9"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ([("x-forwarded-for", "10.0.0.9")], "10.0.0.9"),
    ],
)
def test_a_chain_of_trusted_proxies_names_the_first_stranger(
    headers: list[tuple[str, str]], expected: str
) -> None:
    assert caller("10.0.0.2", *headers)[0] == expected
    assert caller("2001:db8:1::2", *headers)[0] == expected


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("x-forwarded-for", "")],
        [("x-forwarded-for", "unknown")],
        [("x-forwarded-for", "203.0.113.9, <script>")],
        [("forwarded", "for=_hidden")],
        [("forwarded", "by=1.2.3.4")],
        [("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "6.6.6.6")],
    ],
)
def test_what_names_nobody_or_contradicts_itself_leaves_the_proxy(headers: list[tuple[str, str]]) -> None:
    assert caller("10.0.0.2", *headers)[0] == "10.0.0.2"


def test_only_a_trusted_proxy_says_the_scheme() -> None:
    proto = ("x-forwarded-proto", "https")
    assert caller("10.0.0.2", proto)[1] == "https"
    assert caller("198.51.100.7", proto)[1] == "http"
    assert caller("10.0.0.2", ("x-forwarded-proto", "javascript"))[1] == "http"


LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=200)


@given(LATIN, st.sampled_from(["x-forwarded-for", "forwarded"]))
def test_no_header_breaks_it_or_names_what_is_no_address(value: str, name: str) -> None:
    assert address_of(caller("10.0.0.2", (name, value))[0]) is not None


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:9:8ff:1::5", "2001:db8:9:800::/56"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/56"),
        ("testclient", "testclient"),
    ],
)
def test_neighbours_share_a_network(host: str, network: str) -> None:
    assert network_of(host) == network


def test_loopback_and_what_has_no_address_are_this_machine() -> None:
    assert [is_local(h) for h in ("127.0.0.1", "::1", "", "10.0.0.1", "8.8.8.8")] == [
        True, True, True, False, False,
    ]  # fmt: skip
