"""Where a request comes from: the address of the client, and whether it speaks https, also behind a proxy of ours."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import hdrs, web

from handlers.context import CONTEXT

PROXY_HEADERS = (hdrs.X_FORWARDED_FOR, hdrs.X_FORWARDED_PROTO, hdrs.FORWARDED, hdrs.VIA)


def read_address(request: web.Request) -> str:
    """The client's address; behind TRUSTED_PROXIES the last one in X-Forwarded-For that is none of them."""
    address = request.remote or ""
    if not is_trusted(request, address):
        return address
    for hop in reversed(",".join(request.headers.getall(hdrs.X_FORWARDED_FOR, [])).split(",")):
        if (known := _plain(hop.strip())) is None:
            return address
        address = known
        if not is_trusted(request, address):
            return address
    return address


def read_block(request: web.Request) -> str:
    """The address, of IPv6 its /64: one client has all of those."""
    address = read_address(request)
    plain = _parse(address)
    return str(IPv6Address(int(plain) >> 64 << 64)) if isinstance(plain, IPv6Address) else address


def is_https(request: web.Request) -> bool:
    """By its own connection, or by X-Forwarded-Proto of a trusted proxy."""
    told = request.headers.get(hdrs.X_FORWARDED_PROTO, "").lower() == "https"
    return request.secure or (told and is_trusted(request, request.remote or ""))


def read_origin(request: web.Request) -> str:
    """Scheme and host as the client sees them; "" behind a proxy that is not trusted: there they may be others."""
    forwarded = any(name in request.headers for name in PROXY_HEADERS)
    if forwarded and not is_trusted(request, request.remote or ""):
        return ""
    return f"{'https' if is_https(request) else 'http'}://{request.host}"


def is_trusted(request: web.Request, address: str) -> bool:
    proxies = request.app[CONTEXT].settings.trusted_proxies
    if not proxies:
        return False
    plain = _parse(address)
    return plain is not None and any(plain in network for network in proxies)


def _plain(text: str) -> str | None:
    found = _parse(text)
    return None if found is None else str(found)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that came as an IPv6 one is one all the same."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
