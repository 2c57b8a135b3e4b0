"""Who is calling: the peer's address, or what a proxy that is named in the settings says it was.

X-Forwarded-For and Forwarded (RFC 7239) are read from the right: each trusted proxy vouches for the address
to its left, and the first that is none of ours is the caller. What stands further left anyone can write.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Neighbours of one line share their limit: a household has a /56, and an attacker a whole /64.
IPV4_PREFIX, IPV6_PREFIX = 24, 56
MOST_HOPS = 32

_FOR = re.compile(r'for\s*=\s*(?:"([^"]*)"|([^;,\s"]*))', re.IGNORECASE)


def address_of(text: str) -> Address | None:
    """Return an address as it stands in a header, with or without brackets and a port, else None."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def network_of(host: str) -> str:
    """Return the network that a caller's limit is counted for; what is no address stands for itself."""
    address = address_of(host)
    if address is None:
        return host
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((address, prefix), strict=False))


def is_local(host: str) -> bool:
    """Tell whether the caller is a program on this machine, by loopback or without any address."""
    address = address_of(host)
    return address is None or address.is_loopback


def trusts(proxies: Sequence[Network], address: Address | None) -> bool:
    """Tell whether an address is that of a trusted proxy."""
    return address is not None and any(address in network for network in proxies)


def came_by_proxy(scope: Scope) -> bool:
    """Tell whether a request came through a trusted proxy: what it says of the caller may be believed."""
    return "peer" in scope


class TrustedProxies:
    """Give the routes the caller's own address and scheme; without trusted proxies headers say nothing."""

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self._app = app
        self._proxies = tuple(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the address that is believed."""
        if self._proxies and scope["type"] == "http" and scope.get("client"):
            peer = address_of(scope["client"][0])
            if trusts(self._proxies, peer):
                scope = {**scope, "peer": scope["client"], **self._told(Headers(scope=scope))}
        await self._app(scope, receive, send)

    def _told(self, headers: Headers) -> dict[str, object]:
        told: dict[str, object] = {}
        caller = self._caller(headers)
        if caller is not None:
            told["client"] = (str(caller), 0)
        scheme = headers.get("x-forwarded-proto", "").strip().lower()
        if scheme in ("http", "https"):
            told["scheme"] = scheme
        return told

    def _caller(self, headers: Headers) -> Address | None:
        """Return the caller that the headers name; None where they name none or contradict each other."""
        listed = ",".join(headers.getlist("x-forwarded-for"))
        forwarded = ",".join(headers.getlist("forwarded"))
        named = {
            self._first_stranger(hops)
            for hops in (
                listed.split(",") if listed else [],
                [a or b for a, b in _FOR.findall(forwarded)],
            )
            if hops
        }
        # A proxy writes one of the two and may pass the other on as it came: then neither is believed.
        return named.pop() if len(named) == 1 else None

    def _first_stranger(self, hops: list[str]) -> Address | None:
        address = None
        for hop in reversed(hops[-MOST_HOPS:]):
            address = address_of(hop)
            if address is None or not trusts(self._proxies, address):
                break
        return address
