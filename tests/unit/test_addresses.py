"""Which addresses are on the public internet, in whatever form they come."""

import contextlib
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizsys.addresses import PrivateAddress, check_address, is_public, read_target

INSIDE = [
    *("127.0.0.1", "10.0.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
    *("::", "::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "::127.0.0.1"),
    *("192.0.0.8", "192.0.0.170", "192.88.99.1", "3fff::1", "::ffff:192.0.0.8"),
    *("::ffff:127.0.0.1", "::ffff:192.168.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:1::1", "not an address", ""),
]
OUTSIDE = ["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"]
PRIVATE_NETS = [
    ipaddress.IPv4Network(name) for name in ("10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12")
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_refused(address: str) -> None:
    with pytest.raises(PrivateAddress):
        check_address(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside_is_let_through(address: str) -> None:
    check_address(address)


@given(st.sampled_from(PRIVATE_NETS).flatmap(lambda net: st.ip_addresses(v=4, network=net)))
def test_a_private_address_is_private_in_every_disguise(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    disguises = [number, (0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | number << 80]
    assert not is_public(address)
    assert not any(is_public(ipaddress.IPv6Address(disguise)) for disguise in disguises)


@pytest.mark.parametrize("sign", ["\x00", "\x7f", "\t", "\r", "\n", " ", "\\", "\u3002", "\u2460", "#x"])
def test_a_url_holds_nothing_that_readers_take_differently(sign: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        read_target(f"http://example.org/{sign}x")


@given(st.text(max_size=60) | st.text("htps:/@[]:%#?.1a ", max_size=40))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read_target(text).host
