"""The node's UDP sockets: one per address, all on one port."""

import socket
from ipaddress import ip_address

BUFFER = 4 << 20
# With port 0 the first address gets any port, which another address may not have free.
TRIES = 20


def bind(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """One socket per address: a wildcard would answer from the wrong source. OSError if taken."""
    for _ in range(TRIES):
        bound: list[socket.socket] = []
        try:
            for address in addresses:
                chosen = port or (int(bound[0].getsockname()[1]) if bound else 0)
                bound.append(_bind_one(address, chosen))
            return bound
        except OSError:
            for each in bound:
                each.close()
            if port:
                raise
    raise OSError("no UDP port is free on all addresses")


def _bind_one(address: str, port: int) -> socket.socket:
    is_v6 = ip_address(address.partition("%")[0]).version == 6
    bound = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        if is_v6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound
