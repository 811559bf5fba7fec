"""Where webhooks may go: never to a machine on the private network, unless WEBHOOK_ALLOW_PRIVATE says so.

A name is looked at when it is given, but what counts is the address of each connection, checked when its socket is
made: a name may mean another address by then.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_URL = 2048
# Below 1024 live mail, name and file servers, which must not be made to listen to us.
LOW_PORTS = (80, 443)
FIRST_FREE_PORT = 1024
SCHEMES = {"http": 80, "https": 443}
# Addresses that carry another one inside, so that what is behind them is decided elsewhere.
_TUNNELS = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "192.88.99.0/24")
# Kept for protocols and examples, which `ipaddress` does not know all of.
_KEPT = ("192.0.0.0/24", "3fff::/20")
_SPECIAL = tuple(ipaddress.ip_network(name) for name in _TUNNELS + _KEPT)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PrivateAddress(OSError):
    """A webhook may not go to this address."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is not on the public internet")


@dataclass(frozen=True)
class Target:
    """Where a URL leads."""

    host: str
    port: int


def read_target(url: str) -> Target:
    """Raises ValueError with a sentence unless it is a plain http or https URL with a host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("This is no URL. Give one like https://example.org/hook.") from None
    if parts.scheme not in SCHEMES or not host:
        raise ValueError("A webhook's URL begins with https:// or http:// and a host.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise ValueError("A webhook's URL holds no name and password: its signature says who sends it.")
    if parts.fragment or not url.isascii() or not url.isprintable() or any(character in url for character in " \\"):
        raise ValueError("A webhook's URL has no fragment, no spaces, and only ASCII (punycode for other names).")
    return Target(host, SCHEMES[parts.scheme] if port is None else port)


def check_port(port: int) -> None:
    """Raises ValueError for a port that other services live on."""
    if port not in LOW_PORTS and port < FIRST_FREE_PORT:
        raise ValueError("A webhook goes to port 80, 443, or one from 1024 on.")


def check_address(text: str) -> None:
    """Raises PrivateAddress unless it is a single machine on the public internet."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise PrivateAddress(text) from None
    if not is_public(address):
        raise PrivateAddress(text)


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.is_site_local:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not (is_special or address.is_link_local or address.is_private)
