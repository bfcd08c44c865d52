"""The network address of a request; forwarded headers are believed only from our own proxies."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


def client_address(peer: str, forwarded_for: str, trusted: Iterable[str]) -> str:
    """`peer` unless it is a trusted proxy: then the nearest address that is not one.

    The header is read from the right, because everything left of our own proxies' entries was
    written by whoever sent the request. Empty when nothing is an address.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address if _is_address(address) else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(text: str, trusted: Iterable[str]) -> bool:
    if not _is_address(text):
        return False
    address = ip_address(text)
    return any(address in ip_network(network, strict=False) for network in trusted)
