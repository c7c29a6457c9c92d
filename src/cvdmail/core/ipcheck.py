"""Which IP addresses a fetcher may connect to: those of the public internet, by our own list.

A name in a security.txt is chosen by strangers, and so is what it resolves to.  If it led to an address of the
network we run in, we would ask a metadata service or an internal page on the stranger's behalf (server-side request
forgery).  ``ipaddress.is_global`` is not enough: it takes addresses for global that carry an IPv4 address inside
(NAT64, 6to4, IPv4-compatible), site-local and multicast ones.  So: IPv6 only from 2000::/3, minus the special blocks
of the IANA registry; an IPv4 address inside is taken out and judged too; IPv4 minus its special blocks.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IANA IPv4 Special-Purpose Address Registry, multicast, reserved; and one address at which a cloud serves its metadata.
_CLOSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
# Inside 2000::/3: protocol assignments (Teredo, ORCHID, benchmarking), documentation, AS112.
_CLOSED_V6 = tuple(IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; the local-use 64:ff9b:1::/48 stays closed


def _open_v4(address: IPv4Address) -> bool:
    return not any(address in block for block in _CLOSED_V4)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether ``address`` is one of the public internet, with any IPv4 address inside it being so too.

    IPv4-mapped, NAT64 and 6to4 addresses are as public as what they carry.  Teredo and IPv4-compatible addresses are
    never public: no server of a vendor has one.  An address with a scope (``%eth0``) is not public.
    """
    if isinstance(address, IPv4Address):
        return _open_v4(address)
    if address.scope_id is not None or address.teredo is not None:
        return False
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return _open_v4(inner)
    return address in _PUBLIC_V6 and not any(address in block for block in _CLOSED_V6)


def is_public_text(text: str) -> bool:
    """Like :func:`is_public` for an address as text; anything that is no address is not public."""
    try:
        return is_public(ip_address(text))
    except ValueError:
        return False
